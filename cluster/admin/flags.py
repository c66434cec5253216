"""The flags in the back office: for whom each is on, and switching it, asked about first."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cluster import flags
from cluster.admin.log import ReadOnlyAdmin
from cluster.flags import Flag, Rule
from cluster.models import FlagState


class SwitchForm(forms.Form):
    """A share, and whom it is for."""

    percent = forms.IntegerField(
        label=gettext_lazy("percent"), min_value=flags.NOBODY, max_value=flags.EVERYBODY
    )
    kind = forms.ChoiceField(label=gettext_lazy("only for"), required=False)
    value = forms.CharField(label=gettext_lazy("called"), required=False, max_length=150)

    def __init__(self, flag: Flag, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if flag.of_nodes:
            del self.fields["kind"], self.fields["value"]
        else:
            choices = [("", _("everyone")), *((kind.name, kind.name) for kind in flags.kinds())]
            self.fields["kind"] = forms.ChoiceField(
                label=gettext_lazy("only for"), choices=choices, required=False
            )

    @property
    def only(self) -> str:
        """Return the label that is meant, nothing for everyone."""
        kind = self.cleaned_data.get("kind", "")
        return f"{kind}:{self.cleaned_data.get('value', '')}" if kind else ""


@admin.register(FlagState)
class FlagAdmin(ReadOnlyAdmin):
    """One page for all flags, one for switching each; a row of its own is only a memory."""

    def get_urls(self) -> list[URLPattern]:
        """Add the page that switches."""
        door = path(
            "switch/<str:name>/", self.admin_site.admin_view(self.switch_view), name="cluster_flag_switch"
        )
        return [door, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show every flag that is declared."""
        self._only_for_operators(request)
        rules = flags.rules_by_name()
        shown = [_shown(flag, rules.get(flag.name, Rule())) for flag in flags.declared()]
        return self._page(request, "change_list", {"flags": shown, "title": _("Feature flags")})

    def switch_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """Ask how a flag is meant to stand, then switch it."""
        self._only_for_operators(request)
        back = reverse("admin:cluster_flagstate_changelist")
        flag = flags.find(name)
        if flag is None:
            messages.error(request, _("There is no such flag."))
            return redirect(back)
        rule = flags.rules_by_name().get(name, Rule())
        form = SwitchForm(flag, request.POST or None, initial={"percent": rule.everyone})
        if request.method == "POST" and form.is_valid() and _switched(request, flag, form):
            return redirect(back)
        context = {"flag": _shown(flag, rule), "form": form, "back": back, "title": name}
        return self._page(request, "switch", context)

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        page = self.admin_site.each_context(request) | context | {"opts": self.opts}
        return TemplateResponse(request, f"admin/cluster/flagstate/{name}.html", page)

    def _only_for_operators(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied


def _shown(flag: Flag, rule: Rule) -> dict[str, object]:
    return {
        "name": flag.name,
        "help": flag.help,
        "state": flags.in_words(rule.shown()),
        "is_on": rule.is_plainly_on,
        "forced": flags.is_forced_off(flag),
        "needs": ", ".join(needed.name for needed in flag.needs),
    }


def _switched(request: HttpRequest, flag: Flag, form: SwitchForm) -> bool:
    """Switch as the form says; a refusal is told on it."""
    by = {"kind": "staff", "username": request.user.get_username()}
    try:
        changed = flags.switch_to(flag.name, form.cleaned_data["percent"], by=by, only=form.only)
    except flags.NotSwitchable as wrong:
        form.add_error(None, str(wrong))
        return False
    messages.success(request, f"{flag.name}: {_('switched') if changed else _('it was so already')}")
    return True
