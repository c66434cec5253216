"""The page of one request: how it stands, what happened, what was said, and the next step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from cluster.answers import dumps
from cluster.answers.problems import Conflict, IdempotencyConflict, Problem, RuleViolated
from requests_app import access, actions, lifecycle
from requests_app.actions import KEEP
from requests_app.admin import columns, timeline
from requests_app.admin.fields import EditForm, MoveForm, ReplyForm, as_stored, with_present
from requests_app.admin.places import colleague_choices, service_choices
from requests_app.form_keys import new_form_key, send_once
from requests_app.forms import tell
from requests_app.lifecycle import OPEN, Status
from requests_app.models import GuestRequest
from requests_app.permissions import EDIT, REMOVE, REOPEN, STATUS
from requests_app.queries import detail as queries
from requests_app.queries.positions import cursor_header, positions
from security import permissions
from security.authentication import caller_of
from security.caller import Caller
from security.permissions import Grant

PART = "X-Bellhop-Part"
PAGE = "admin/requests_app/guestrequest/change_form.html"
LIVE_PART = "admin/requests_app/guestrequest/detail.html"
TAKE = "take"


@dataclass(slots=True)
class Visit:
    """One person looking at one request, with the forms they see."""

    request: HttpRequest
    caller: Caller
    row: GuestRequest
    edit: EditForm | None = None
    move: MoveForm | None = None
    reply: ReplyForm | None = None
    missed: list[timeline.Line] = field(default_factory=list)


def view(site: ModelAdmin[Any], request: HttpRequest, row: GuestRequest) -> HttpResponse:
    """Answer with the page, by the clock of the request's property."""
    visit = Visit(request, caller_of(request), row)
    # Rendered in here and not later: a TemplateResponse would leave the zone behind.
    with timezone.override(ZoneInfo(row.property.timezone)):
        if request.method == "POST" and _done(visit):
            return HttpResponseRedirect(request.get_full_path())
        return _page(site, visit).render()


def may(caller: Caller, permission: str, row: GuestRequest) -> bool:
    """Say whether the table and the department allow this for this request."""
    cell = permissions.grant(caller, permission, row.property_id)
    if cell is Grant.NO:
        return False
    try:
        access.check_own(caller, cell, row)
    except Problem:
        return False
    return True


def _done(visit: Visit) -> bool:
    """Do what the pressed button says; False when the page must be shown again with what was typed."""
    word = visit.request.POST.get("do", "")
    if word == "edit":
        return _edit(visit)
    if word == "reply":
        return _reply(visit)
    return _move(visit, word)


def _edit(visit: Visit) -> bool:
    form = visit.edit = _edit_form(visit, visit.request.POST)
    if not form.is_valid():
        return False
    try:
        actions.edit(
            by=visit.caller,
            request_id=visit.row.pk,
            changes=form.changes(),
            assignee=form.new_assignee(),
            expected=form.cleaned_data["version"],
        )
    except Conflict:
        _catch_up(visit, form.cleaned_data["seen"])
        visit.edit = _edit_form(visit, form.rebased({**as_stored(visit.row), **_seen(visit)}))
        return False
    except Problem as problem:
        tell(form, problem)
        return False
    messages.success(visit.request, _("Saved."))
    return True


def _move(visit: Visit, word: str) -> bool:
    form = visit.move = MoveForm(visit.request.POST)
    status = lifecycle.parse_status(word)
    if not form.is_valid():
        return False
    if status is None and word != TAKE:
        tell(form, RuleViolated(_("Choose what to do.")))
        return False
    try:
        actions.change_status(
            by=visit.caller,
            request_id=visit.row.pk,
            status=status,
            notes=form.cleaned_data["notes"],
            assignee=visit.caller.username if word == TAKE else KEEP,
            expected=form.cleaned_data["version"],
        )
    except Conflict:
        _catch_up(visit, form.cleaned_data["seen"])
        visit.move = MoveForm({"notes": form.cleaned_data["notes"], **_seen(visit)})
        return False
    except Problem as problem:
        tell(form, problem)
        return False
    return True


def _reply(visit: Visit) -> bool:
    form = visit.reply = ReplyForm(visit.request.POST)
    if not form.is_valid():
        return False
    try:
        send_once(visit.request, visit.caller, lambda: _post(visit, form.cleaned_data["content"]))
    except IdempotencyConflict:
        tell(
            form,
            RuleViolated(_("This form was sent before; press the button again to send the new text too.")),
        )
        return False
    except Problem as problem:
        tell(form, problem)
        return False
    return True


def _post(visit: Visit, content: str) -> int:
    return actions.post_message(by=visit.caller, request_id=visit.row.pk, content=content).pk


def _catch_up(visit: Visit, seen: int) -> None:
    """Read the request again, and what others did to it since the person's page was made."""
    visit.row = access.get(visit.caller, STATUS, visit.row.pk)
    visit.missed = [line for line in _history(visit) if line.seq > seen]


def _seen(visit: Visit) -> dict[str, Any]:
    newest = _history(visit)[:1]
    return {"version": visit.row.version, "seen": newest[0].seq if newest else 0}


def _history(visit: Visit) -> list[timeline.Line]:
    return timeline.lines(queries.history(visit.caller, visit.row.pk))


def _edit_form(visit: Visit, data: Any = None, initial: Any = None) -> EditForm:
    places = [visit.row.property]
    present = visit.row.assignee.username if visit.row.assignee else ""
    return EditForm(
        data,
        initial=initial or as_stored(visit.row),
        services=with_present(service_choices(places), visit.row.service_type),
        colleagues=with_present(colleague_choices(places), present),
    )


def _page(site: ModelAdmin[Any], visit: Visit) -> TemplateResponse:
    # The position first: what is written after it, the socket tells; nothing falls between.
    cursor = cursor_header(positions(visit.caller, [visit.row.property_id]))
    history = _history(visit)
    seen = {"version": visit.row.version, "seen": history[0].seq if history else 0}
    context = {
        **site.admin_site.each_context(visit.request),
        "opts": site.opts,
        "preserved_filters": site.get_preserved_filters(visit.request),
        "title": f"{visit.row.room_number} · {visit.row.order_id}",
        "original": visit.row,
        "row": visit.row,
        "marks": _marks(visit.row),
        "service": dict(service_choices([visit.row.property])).get(
            visit.row.service_type, visit.row.service_type
        ),
        "items": [_item(one) for one in visit.row.items],
        "cursor": cursor,
        "timeline": history,
        "why": timeline.why_assigned(visit.row),
        "thread": queries.messages(visit.caller, visit.row.pk),
        "edit": _offered_edit(visit, seen),
        "move": visit.move or MoveForm(initial=seen),
        "steps": _steps(visit.caller, visit.row),
        "reply": visit.reply or ReplyForm(),
        "form_key": new_form_key(),
        "missed": visit.missed,
        "may_remove": may(visit.caller, REMOVE, visit.row),
    }
    part = LIVE_PART if visit.request.headers.get(PART) else PAGE
    return TemplateResponse(visit.request, part, context, headers={"X-Stream-Cursor": cursor})


def _offered_edit(visit: Visit, seen: dict[str, Any]) -> EditForm | None:
    if visit.row.status not in OPEN or not may(visit.caller, EDIT, visit.row):
        return visit.edit
    return visit.edit or _edit_form(visit, initial={**as_stored(visit.row), **seen})


def _marks(row: GuestRequest) -> list[Any]:
    now = timezone.now()
    return [
        columns.status_mark(row),
        columns.priority_mark(row),
        columns.urgency_mark(row),
        columns.due_mark(row, now),
        columns.escalation_mark(row),
    ]


def _item(one: object) -> str:
    """Return an item as people say it where it has a name, else as it was sent."""
    if not isinstance(one, dict) or "name" not in one:
        return dumps(one).decode()
    return f"{one.get('quantity', 1)} × {one['name']}"


def _steps(caller: Caller, row: GuestRequest) -> list[tuple[str, str]]:
    """Return the buttons: what the lifecycle and the table allow this person now."""
    if not may(caller, STATUS, row):
        return []
    old = Status(row.status)
    steps = [(status.value, _step(old, status)) for status in Status if lifecycle.may_move(old, status)]
    if old is Status.COMPLETED:
        return steps if may(caller, REOPEN, row) else []
    takes = old in OPEN and row.assignee_id != caller.user_id and caller.role_in(row.property_id) is not None
    return [(TAKE, _("Take it")), *steps] if takes else steps


def _step(old: Status, new: Status) -> str:
    if new is Status.IN_PROGRESS:
        return {Status.ON_HOLD: _("Resume"), Status.COMPLETED: _("Reopen")}.get(old, _("Start"))
    return {
        Status.ON_HOLD: _("Put on hold"),
        Status.COMPLETED: _("Complete"),
        Status.CANCELLED: _("Cancel request"),
    }[new]
