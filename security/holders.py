"""Who holds a credential: one statement for the credential, its person and all their memberships."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from cluster import flags
from cluster.answers.problems import AuthenticationRequired
from cluster.streams import ACCESS, NEVER, Head
from security import credentials
from security.caller import ANONYMOUS, Caller, CallerKind
from security.memory import Access
from security.models import CredentialKind, Membership, User
from security.second_factor.policy import is_demanded

# Written out because it runs in every request: to compile it costs the ORM ten times what it takes
# to run. ``open.id`` is null for a membership that opens nothing. The control stream's head tells the
# version of everybody's access, as of the very moment of the credential.
GOOD = """
SELECT credential.id, credential.kind, credential.name, credential.subject, credential.scopes,
       credential.expires_at, credential.second_factor, credential.rate_limit,
       place.id, place.slug,
       person.id, person.username, person.display_name, person.first_name, person.last_name,
       person.language, person.is_superuser,
       membership.role, open.id, open.slug,
       control.epoch, control.counters
FROM security_credential credential
LEFT JOIN security_property place ON place.id = credential.property_id
LEFT JOIN security_user person ON person.id = credential.user_id
LEFT JOIN security_membership membership ON membership.user_id = person.id AND membership.is_active
LEFT JOIN security_property open ON open.id = membership.property_id AND open.is_active
LEFT JOIN cluster_streamhead control ON control.stream = 0
WHERE credential.revoked_at IS NULL
  AND (credential.expires_at IS NULL OR credential.expires_at > %s)
  AND (credential.user_id IS NULL OR person.is_active)
  AND (credential.property_id IS NULL OR place.is_active)
"""
GOOD_BY_TOKEN = f"{GOOD} AND credential.digest = %s AND credential.kind = %s"
GOOD_BY_ID = f"{GOOD} AND credential.id = %s"


class Row(NamedTuple):
    """One membership of a credential's holder, or its only row when there is none."""

    id: int
    kind: str
    name: str
    subject: int | None
    scopes: str
    expires_at: datetime | None
    second_factor: bool
    rate_limit: int | None
    property_id: int | None
    property_slug: str | None
    user_id: int | None
    username: str
    display_name: str
    first_name: str
    last_name: str
    language: str
    is_superuser: bool
    role: str
    open_id: int | None
    open_slug: str
    epoch: str | None
    counters: str


def of_token(kind: CredentialKind, token: str) -> tuple[Caller, Access]:
    """Return the holder of a good token of that kind, and the version of access they were read at.

    Raises AuthenticationRequired for any other token.
    """
    rows = _rows(GOOD_BY_TOKEN, credentials.digest(token), kind.value)
    caller = _caller(rows)
    epoch, counters = rows[0].epoch, rows[0].counters
    control = NEVER if epoch is None else Head(epoch, 0, counters)
    flags.follow(control)
    return caller, control.version(ACCESS)


def of_credential(credential_id: int) -> Caller:
    """Return the holder of a credential that is still good. Raises AuthenticationRequired."""
    return _caller(_rows(GOOD_BY_ID, credential_id))


def of_user(user: User) -> Caller:
    """Return the staff caller a person is, or ANONYMOUS when no property is open to them."""
    open_to = Membership.objects.filter(user_id=user.pk, is_active=True, property__is_active=True)
    places = () if user.is_superuser else tuple(open_to.values_list("property_id", "role", "property__slug"))
    if not places and not user.is_superuser:
        return ANONYMOUS
    return Caller(
        kind=CallerKind.STAFF,
        user_id=user.pk,
        username=user.username,
        display_name=user.shown_as(),
        is_superuser=user.is_superuser,
        roles={pk: role for pk, role, _ in places},
        slugs={pk: slug for pk, _, slug in places},
        language=user.language,
    )


def _rows(statement: str, *which: str | int) -> list[Row]:
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(statement, [now, *which])
        return [Row._make(row) for row in cursor.fetchall()]


def _caller(rows: Sequence[Row]) -> Caller:
    if not rows:
        raise AuthenticationRequired
    row = rows[0]
    return _staff(row, rows) if row.kind == CredentialKind.STAFF else _of_property(row)


def _staff(row: Row, rows: Iterable[Row]) -> Caller:
    places = {} if row.is_superuser else {each.open_id: each for each in rows if each.open_id is not None}
    if not places and not row.is_superuser:
        raise AuthenticationRequired
    roles = {pk: place.role for pk, place in places.items()}
    if not row.second_factor and is_demanded(is_superuser=bool(row.is_superuser), roles=roles.values()):
        raise AuthenticationRequired
    return Caller(
        kind=CallerKind.STAFF,
        user_id=row.user_id,
        username=row.username,
        display_name=row.display_name or f"{row.first_name} {row.last_name}".strip() or row.username,
        is_superuser=bool(row.is_superuser),
        roles=roles,
        slugs={pk: place.open_slug for pk, place in places.items()},
        credential_id=row.id,
        language=row.language,
        good_until=_moment(row.expires_at),
    )


def _of_property(row: Row) -> Caller:
    is_guest = row.kind == CredentialKind.GUEST
    return Caller(
        kind=CallerKind.GUEST if is_guest else CallerKind.API_KEY,
        display_name="" if is_guest else row.name,
        slugs={row.property_id: row.property_slug} if row.property_id and row.property_slug else {},
        scopes=frozenset(json.loads(row.scopes)),
        credential_id=row.id,
        stay_id=row.subject if is_guest else None,
        rate_limit=None if is_guest else row.rate_limit,
        good_until=_moment(row.expires_at),
    )


def _moment(value: datetime | None) -> datetime | None:
    """Return a time of the database: SQLite's are in UTC without saying so."""
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value
