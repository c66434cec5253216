"""Bulk actions: the same verbs for many requests, as many as can be, and every refusal told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cluster.answers.problems import Invalid
from requests_app import actions
from requests_app.actions import KEEP, ItemResult
from requests_app.lifecycle import Status
from requests_app.models import GuestRequest
from security.admin.walls import needs
from security.authentication import caller_of
from security.forms import PlainTextField

NOBODY = "-"
MOST = 500
LARGEST_ID = 2**63 - 1


class BatchForm(ActionForm):
    """What to do with the ticked requests, for whom, and why."""

    assignee = forms.CharField(label=_("Assign to:"), required=False, widget=forms.Select)
    notes = PlainTextField(label=_("Notes:"), limit=500, required=False)

    def clean_select_across(self) -> bool:
        """Only what is ticked: a batch the person has not seen is nobody's wish."""
        return False


Batch = Callable[[Any, HttpRequest, QuerySet[GuestRequest]], None]


def to_status(status: Status, label: Any) -> Batch:
    """Return the action that gives the ticked requests a status, and the chosen assignee if any."""

    @needs("bulk")
    @admin.action(description=label)
    def act(modeladmin: Any, request: HttpRequest, queryset: QuerySet[GuestRequest]) -> None:
        form = filled_in(request)
        chosen = form["assignee"]
        results = actions.bulk_change(
            by=caller_of(request),
            request_ids=ticked(request),
            status=status,
            notes=form["notes"],
            assignee=_assignee(chosen) if chosen else KEEP,
            partial=True,
        )
        report(request, results)

    act.__name__ = f"to_{status.name.lower()}"
    return act


@needs("bulk")
@admin.action(description=_("Assign"))
def assign(modeladmin: Any, request: HttpRequest, queryset: QuerySet[GuestRequest]) -> None:
    """Give the ticked requests to one colleague, or to nobody."""
    form = filled_in(request)
    if not form["assignee"]:
        raise Invalid("Choose whom to assign to.")
    results = actions.bulk_assign(
        by=caller_of(request),
        request_ids=ticked(request),
        assignee=_assignee(form["assignee"]),
        notes=form["notes"],
        partial=True,
    )
    report(request, results)


@needs("delete")
@admin.action(description=_("Delete"))
def remove(modeladmin: Any, request: HttpRequest, queryset: QuerySet[GuestRequest]) -> None:
    """Take the ticked requests out of sight."""
    notes = filled_in(request)["notes"]
    report(
        request,
        actions.bulk_remove(by=caller_of(request), request_ids=ticked(request), notes=notes, partial=True),
    )


BULK_ACTIONS = (
    to_status(Status.IN_PROGRESS, _("Start")),
    to_status(Status.ON_HOLD, _("Put on hold")),
    to_status(Status.COMPLETED, _("Complete")),
    to_status(Status.CANCELLED, _("Cancel (needs notes)")),
    assign,
    remove,
)


def ticked(request: HttpRequest) -> list[int]:
    """Return the ids that were ticked. Raises Invalid for what is no id, or for too many."""
    sent = request.POST.getlist(ACTION_CHECKBOX_NAME)
    if not all(word.isascii() and word.isdigit() and int(word) <= LARGEST_ID for word in sent):
        raise Invalid("One of the ticked rows is no request.")
    if len(sent) > MOST:
        raise Invalid(f"At most {MOST} requests at once.")
    return [int(word) for word in sent]


def report(request: HttpRequest, results: Sequence[ItemResult]) -> None:
    """Tell how many were changed, and each reason why others were not, once."""
    changed = sum(result.ok for result in results)
    if changed:
        words = ngettext(
            "%(count)d request is as you wished.", "%(count)d requests are as you wished.", changed
        )
        messages.success(request, words % {"count": changed})
    reasons = Counter(result.problem.error for result in results if result.problem)
    for reason, count in reasons.items():
        words = ngettext("%(count)d request was not changed:", "%(count)d requests were not changed:", count)
        messages.error(request, f"{words % {'count': count}} {reason}")


def filled_in(request: HttpRequest) -> dict[str, str]:
    """Return the assignee and the notes. Raises Invalid saying which of them is wrong."""
    form = forms.Form(request.POST)
    form.fields = {name: BatchForm.base_fields[name] for name in ("assignee", "notes")}
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        raise Invalid(f"{name}: {errors[0]}")
    return form.cleaned_data


def _assignee(chosen: str) -> str | None:
    return None if chosen == NOBODY else chosen
