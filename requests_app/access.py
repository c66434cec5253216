"""Reaching a request by id: only through functions that know who asks."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from cluster.answers.problems import Conflict, PermissionDenied, detail
from requests_app import meanwhile
from requests_app.models import GuestRequest
from requests_app.problems import RequestNotFound
from security import audit, permissions
from security.audit.middleware import HIDDEN
from security.caller import Caller
from security.permissions import Grant

Expected = int | frozenset[int] | None
"""The version a caller saw, or any of several; None takes the request as it is."""


def visible(caller: Caller) -> QuerySet[GuestRequest]:
    """Return the undeleted requests that exist for ``caller`` at all."""
    rows = GuestRequest.objects.filter(deleted_at__isnull=True)
    if caller.is_guest:
        return rows.filter(stay_id=caller.stay_id or 0)
    properties = caller.property_ids()
    return rows if properties is None else rows.filter(property_id__in=properties)


def permitted(caller: Caller, permission: str) -> QuerySet[GuestRequest]:
    """Return the requests ``caller`` may use with ``permission``; raises 401 or 403 for none at all."""
    permissions.require_anywhere(caller, permission)
    allowed = permissions.permitted_properties(caller, permission)
    rows = visible(caller)
    return rows if allowed is None or caller.is_guest else rows.filter(property_id__in=allowed)


def get(caller: Caller, permission: str, request_id: int) -> GuestRequest:
    """Return one request to look at. Raises 401, RequestNotFound or 403, in that order."""
    return _checked(caller, permission, visible(caller), request_id)


def lock(caller: Caller, permission: str, request_id: int, *, expected: Expected = None) -> GuestRequest:
    """Return one request locked for a change by ``caller``; call inside a unit of work.

    ``expected`` is what the caller last saw; Conflict when it is another version by now.
    """
    rows = visible(caller).select_for_update(no_key=True, of=("self",))
    request = _checked(caller, permission, rows, request_id)
    _check_version(caller, request, expected)
    return request


def tell_hidden(caller: Caller, request_ids: Collection[int], origin: audit.Origin | None = None) -> None:
    """Have it written that somebody named requests that exist, but not for them; only refused calls ask."""
    rows = GuestRequest.objects.filter(pk__in=request_ids, deleted_at__isnull=True)
    for pk, property_id in rows.values_list("pk", "property_id"):
        target = f"request:{pk}"
        audit.happened(HIDDEN, by=caller, property=property_id, target=target, origin=origin)


def _check_version(caller: Caller, request: GuestRequest, expected: Expected) -> None:
    """Raise Conflict when the caller saw another version: with the present one, and what changed since.

    Guests are only told that it did: who works on their request, and how, is not theirs to see.
    """
    if expected is None:
        return
    seen = expected if isinstance(expected, frozenset) else frozenset({expected})
    if request.version not in seen:
        sent = ", ".join(str(version) for version in sorted(seen)) or "another"
        message = f"This request is at version {request.version} now, you sent {sent}."
        details = [detail("version", message, "stale", current=request.version)]
        if not caller.is_guest:
            details += meanwhile.changed_since(request, min(seen, default=request.version))
        raise Conflict(message, details=details)


def check_own(caller: Caller, grant: Grant, request: GuestRequest) -> None:
    """Refuse department staff a request that is neither theirs, their department's nor open to all."""
    if grant is not Grant.OWN or caller.is_guest:
        return
    department = caller.role_in(request.property_id)
    if request.assignee_id not in (None, caller.user_id) and request.department != department:
        raise PermissionDenied("This request is another department's work.")


def _checked(caller: Caller, permission: str, rows: QuerySet[GuestRequest], request_id: int) -> GuestRequest:
    if not caller.is_known:
        permissions.require_anywhere(caller, permission)
    request = rows.select_related("property", "assignee").filter(pk=request_id).first()
    if request is None:
        tell_hidden(caller, [request_id])
        raise RequestNotFound
    check_own(caller, permissions.require(caller, permission, request.property_id), request)
    return request
