"""The same change to many requests, all or none or as many as can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from cluster.answers.problems import Invalid, PermissionDenied, Problem, detail
from cluster.streams import Work, unit_of_work
from requests_app import access, events
from requests_app.actions import assignment
from requests_app.actions.assignment import KEEP, Keep, NewAssignee
from requests_app.actions.remove import apply_removal
from requests_app.actions.status import Applied, apply_status, check_move
from requests_app.lifecycle import Status
from requests_app.models import GuestRequest
from requests_app.permissions import BULK, REMOVE
from requests_app.problems import BulkRejected, RequestNotFound
from security import audit, permissions
from security.audit.middleware import REFUSED
from security.caller import Caller
from security.models import User

Check = Callable[[GuestRequest], None]
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What became of one id of a batch; ``problem`` None when it was (or already stood) changed."""

    request_id: int
    problem: Problem | None

    @property
    def ok(self) -> bool:
        """Say whether the request is now as asked."""
        return self.problem is None


def bulk_change(
    *,
    by: Caller,
    request_ids: Sequence[int],
    status: Status | None = None,
    notes: str = "",
    assignee: NewAssignee = KEEP,
    partial: bool = False,
) -> list[ItemResult]:
    """Give many requests a status, notes, an assignee. Atomic unless ``partial``.

    Raises BulkRejected naming every bad item when atomic and any item is bad: nothing changed.
    """
    permissions.require_anywhere(by, BULK)
    people: dict[int, User | Keep | None] = {}

    def check(request: GuestRequest) -> None:
        check_move(by, request, status or Status(request.status), notes)
        if request.property_id not in people:
            people[request.property_id] = _person(request.property_id, assignee)

    with unit_of_work() as work:
        good, results = _sorted_out(by, BULK, request_ids, check, partial=partial)
        now = timezone.now()
        applied = []
        for request in good:
            new = status or Status(request.status)
            change = apply_status(work, request, new, notes, people[request.property_id], now)
            applied.append((request, change))
        _announce(work, [pair for pair in applied if pair[1].anything], by, notes)
    return results


def bulk_assign(
    *, by: Caller, request_ids: Sequence[int], assignee: str | None, notes: str = "", partial: bool = False
) -> list[ItemResult]:
    """Give many requests to one member, or to nobody."""
    return bulk_change(by=by, request_ids=request_ids, assignee=assignee, notes=notes, partial=partial)


def bulk_remove(
    *, by: Caller, request_ids: Sequence[int], notes: str = "", partial: bool = False
) -> list[ItemResult]:
    """Soft-delete many requests."""
    permissions.require_anywhere(by, REMOVE)
    with unit_of_work() as work:
        good, results = _sorted_out(by, REMOVE, request_ids, _nothing_more, partial=partial)
        for request in good:
            apply_removal(work, request, by, notes)
    return results


def _nothing_more(request: GuestRequest) -> None:
    """Check nothing beyond the permission itself."""


def _sorted_out(
    by: Caller, permission: str, request_ids: Sequence[int], check: Check, *, partial: bool
) -> tuple[list[GuestRequest], list[ItemResult]]:
    wanted = list(dict.fromkeys(request_ids))
    possible = [pk for pk in wanted if 0 < pk <= LARGEST_ID]  # beyond, the database would refuse to look
    rows = access.visible(by).filter(pk__in=possible).select_related("property", "assignee")
    # Ascending primary key is the one order in which rows are locked, or two batches deadlock.
    found = {row.pk: row for row in rows.select_for_update(no_key=True, of=("self",)).order_by("pk")}
    if missing := found.keys() ^ possible:
        access.tell_hidden(by, missing)
    results = [ItemResult(pk, _problem(by, permission, found.get(pk), check)) for pk in wanted]
    bad = [result for result in results if not result.ok]
    if bad and not partial:
        raise BulkRejected(details=_details(request_ids, bad))
    return [found[result.request_id] for result in results if result.ok], results


def _problem(by: Caller, permission: str, request: GuestRequest | None, check: Check) -> Problem | None:
    if request is None:
        return RequestNotFound()
    try:
        access.check_own(by, permissions.require(by, permission, request.property_id), request)
        check(request)
    except Invalid:
        raise  # a field of the call is wrong, not an item of the batch
    except Problem as problem:
        if isinstance(problem, PermissionDenied):
            place, target = request.property_id, f"request:{request.pk}"
            audit.happened(REFUSED, by=by, property=place, target=target, after={"permission": permission})
        return problem
    return None


def _details(request_ids: Sequence[int], bad: Sequence[ItemResult]) -> list[dict[str, object]]:
    places = {pk: place for place, pk in reversed(list(enumerate(request_ids)))}
    return [
        detail(f"requestIds[{places[item.request_id]}]", problem.error, problem.code, id=item.request_id)
        for item in bad
        if (problem := item.problem) is not None
    ]


def _person(property_id: int, assignee: NewAssignee) -> User | Keep | None:
    if assignee is None or isinstance(assignee, Keep):
        return assignee
    return assignment.member_named(property_id, assignee)


def _announce(work: Work, applied: Sequence[tuple[GuestRequest, Applied]], by: Caller, notes: str) -> None:
    moved: dict[int, list[tuple[GuestRequest, str]]] = defaultdict(list)
    for request, change in applied:
        if change.old_status:
            moved[request.property_id].append((request, change.old_status))
            continue
        if change.reassigned:
            old = change.old_assignee.username if change.old_assignee else None
            events.assigned(work, request, by, old=old)
        elif change.noted is not None:
            events.updated(work, request, by, before={"notes": change.noted}, after={"notes": request.notes})
    for batch in moved.values():
        old_statuses = {request.pk: old for request, old in batch}
        events.bulk_status_changed(work, [request for request, _ in batch], by, old=old_statuses, notes=notes)
