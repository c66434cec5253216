"""The hotel's rows of the permission table (contract, section 2)."""

from __future__ import annotations

from security.permissions import Grant, Row, declare

YES, OWN, NO = Grant.YES, Grant.OWN, Grant.NO

CREATE = "request.create"
READ = "request.read"
OVERVIEW = "request.overview"
THREAD = "request.thread"
EVENTS = "event.read"
STATUS = "request.status"
EDIT = "request.edit"
BULK = "request.bulk"
REMOVE = "request.remove"
REOPEN = "request.reopen"
EXPORT = "request.export"
STAYS = "stay.keep"
FORGET = "guest.forget"
DUTY = "staff.duty"
STAFF = "staff.read"
CATALOGUE = "catalogue.read"
PERFORMANCE = "performance.read"
CACHE_CLEAR = "cache.clear"

ROWS = {
    CREATE: Row(
        anonymous=OWN, guest=OWN, scope="request:create", department=YES, front_desk=YES, manager=YES
    ),
    READ: Row(guest=OWN, scope="request:read", department=YES, front_desk=YES, manager=YES),
    OVERVIEW: Row(scope="request:read", department=YES, front_desk=YES, manager=YES),
    THREAD: Row(guest=OWN, scope="request:read", department=YES, front_desk=YES, manager=YES),
    EVENTS: Row(guest=OWN, scope="request:read", department=YES, front_desk=YES, manager=YES),
    STATUS: Row(guest=OWN, scope="request:update", department=OWN, front_desk=YES, manager=YES),
    EDIT: Row(scope="request:update", department=OWN, front_desk=YES, manager=YES),
    BULK: Row(scope="request:update", front_desk=YES, manager=YES),
    REMOVE: Row(manager=YES),
    REOPEN: Row(manager=YES),
    EXPORT: Row(manager=YES),
    STAYS: Row(scope="stay", front_desk=YES, manager=YES),
    FORGET: Row(manager=YES),
    DUTY: Row(department=OWN, front_desk=YES, manager=YES),
    STAFF: Row(scope="request:read", department=YES, front_desk=YES, manager=YES),
    CATALOGUE: Row(guest=OWN, scope="", department=YES, front_desk=YES, manager=YES),
    PERFORMANCE: Row(scope="ops", manager=YES),
    CACHE_CLEAR: Row(scope="ops"),
}

declare(ROWS)
