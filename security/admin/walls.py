"""The property wall of the back office: what every ModelAdmin of ours stands on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar, TypeVar

from django import forms
from django.contrib import admin, messages
from django.db.models import ForeignKey, Model, QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase

from cluster.answers.problems import NotFound, PermissionDenied, Problem
from cluster.streams import current_work, unit_of_work
from security import audit, permissions
from security.authentication import caller_of
from security.forms import PlainTextField
from security.models import Property
from security.permissions import Grant

ActionT = TypeVar("ActionT", bound=Callable[..., Any])


def needs(verb: str) -> Callable[[ActionT], ActionT]:
    """Mark a bulk action with the verb of ``WalledAdmin.permissions`` that it takes to see it."""

    def mark(action: ActionT) -> ActionT:
        action.needed_verb = verb  # type: ignore[attr-defined]
        return action

    return mark


def _verb_of(action: Callable[..., Any]) -> str:
    return str(getattr(action, "needed_verb", "view"))


class WalledAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Shows a person the rows of their properties, and asks the permission table for everything.

    ``property_path`` leads from a row to its property (``"pk"`` for the property itself).
    ``permissions`` maps ``view``, ``add``, ``change``, ``delete`` and the verbs of custom actions
    (``@needs("revoke")``) to the table's permissions; what is not in it, nobody may do. Every POST
    is one unit of work, and a refusal becomes a message above the page.
    """

    property_path: ClassVar[str] = "property"
    permissions: ClassVar[Mapping[str, str]] = {}

    def may(self, request: HttpRequest, verb: str, obj: Model | None = None) -> bool:
        """Say whether the person may do this to ``obj``, or to anything at all."""
        permission = self.permissions.get(verb)
        if permission is None:
            return False
        caller = caller_of(request)
        if obj is not None:
            return permissions.grant(caller, permission, self.property_id_of(obj)) is not Grant.NO
        return caller.is_known and permissions.permitted_properties(caller, permission) != frozenset()

    def property_id_of(self, obj: Model) -> int:
        """Return the id of the property ``obj`` belongs to; 0, which nobody enters, for none."""
        if self.property_path == "pk":
            return obj.pk or 0
        *way, last = self.property_path.split("__")
        for step in way:
            obj = getattr(obj, step)
        return getattr(obj, f"{last}_id") or 0

    def within_wall(self, request: HttpRequest, rows: QuerySet[Any], verb: str = "view") -> QuerySet[Any]:
        """Return the rows of the properties where the person may do this."""
        permission = self.permissions.get(verb)
        if permission is None:
            return rows.none()
        open_to = permissions.permitted_properties(caller_of(request), permission)
        return rows if open_to is None else rows.filter(**{f"{self.property_path}__in": open_to})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows on this side of the wall."""
        return self.within_wall(request, super().get_queryset(request))

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Ask the table."""
        return self.may(request, "view", obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Ask the table."""
        return self.may(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Ask the table."""
        return self.may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Ask the table."""
        return self.may(request, "delete", obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the app to whoever may see or add a row of it."""
        return self.may(request, "view") or self.may(request, "add")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer what the person may do; Django's own deletion would go around our verbs."""
        return {
            name: action
            for name, action in super().get_actions(request).items()
            if action and name != "delete_selected" and self.may(request, _verb_of(action[0]))
        }

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **options: Any
    ) -> Any:
        """Offer only rows of this side of the wall."""
        related = db_field.related_model
        if related is Property:
            options.setdefault("queryset", self._properties(request))
        elif self.admin_site.is_registered(related):
            options.setdefault("queryset", self.admin_site.get_model_admin(related).get_queryset(request))
        return super().formfield_for_foreignkey(db_field, request, **options)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Let every text of a row come in by the one rule of texts."""
        found = super().formfield_for_dbfield(db_field, request, **options)
        if type(found) is not forms.CharField or not db_field.max_length:
            return found
        return PlainTextField(
            limit=db_field.max_length,
            required=found.required,
            label=found.label,
            help_text=found.help_text,
            initial=found.initial,
        )

    def changeform_view(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        """Save in one unit of work."""
        view = partial(super().changeform_view, request, *args, **options)
        return self.in_unit_of_work(request, view)

    def delete_view(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        """Delete in one unit of work."""
        view = partial(super().delete_view, request, *args, **options)
        return self.in_unit_of_work(request, view)

    def changelist_view(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        """Run actions in one unit of work."""
        view = partial(super().changelist_view, request, *args, **options)
        return self.in_unit_of_work(request, view)

    def _properties(self, request: HttpRequest) -> QuerySet[Property]:
        permission = self.permissions.get("add") or self.permissions.get("change")
        if permission is None:
            return Property.objects.none()
        open_to = permissions.permitted_properties(caller_of(request), permission)
        return Property.objects.all() if open_to is None else Property.objects.filter(pk__in=open_to)

    def in_unit_of_work(self, request: HttpRequest, view: Callable[[], HttpResponseBase]) -> HttpResponseBase:
        """Run a view: what a POST changes is one unit, and a refusal becomes a message."""
        if request.method != "POST" or current_work() is not None:
            return view()
        try:
            with unit_of_work():
                return view()
        except Problem as problem:
            if isinstance(problem, PermissionDenied | NotFound):
                audit.happened("access:refused", target=self.opts.label_lower, by=caller_of(request))
            messages.error(request, problem.error)
            return HttpResponseRedirect(request.get_full_path())
