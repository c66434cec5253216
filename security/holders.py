"""Who holds a credential: one statement for the credential, its person and all their memberships."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone

from cluster.answers.problems import AuthenticationRequired
from security import credentials
from security.caller import ANONYMOUS, Caller, CallerKind
from security.models import Credential, CredentialKind, Membership, User


class Row(NamedTuple):
    """One membership of a credential's holder, or its only row when there is none."""

    id: int
    kind: str
    name: str
    subject: int | None
    scopes: list[str]
    property_id: int | None
    property__slug: str | None
    user_id: int | None
    user__username: str
    user__display_name: str
    user__first_name: str
    user__last_name: str
    user__language: str
    user__is_superuser: bool
    user__memberships__is_active: bool | None
    user__memberships__role: str
    user__memberships__property_id: int
    user__memberships__property__slug: str
    user__memberships__property__is_active: bool


def of_token(kind: CredentialKind, token: str) -> Caller:
    """Return the holder of a good token of that kind. Raises AuthenticationRequired for any other."""
    return _caller(_rows(Credential.objects.filter(digest=credentials.digest(token), kind=kind)))


def of_credential(credential_id: int) -> Caller:
    """Return the holder of a credential that is still good. Raises AuthenticationRequired."""
    return _caller(_rows(Credential.objects.filter(pk=credential_id)))


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


def _rows(which: QuerySet[Credential]) -> list[Row]:
    good = which.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now()),
        Q(user__isnull=True) | Q(user__is_active=True),
        Q(property__isnull=True) | Q(property__is_active=True),
        revoked_at__isnull=True,
    )
    return [Row._make(row) for row in good.order_by().values_list(*Row._fields)]


def _caller(rows: Sequence[Row]) -> Caller:
    if not rows:
        raise AuthenticationRequired
    row = rows[0]
    return _staff(row, rows) if row.kind == CredentialKind.STAFF else _of_property(row)


def _staff(row: Row, rows: Iterable[Row]) -> Caller:
    open_to = [] if row.user__is_superuser else [row for row in rows if _opens_a_property(row)]
    if not open_to and not row.user__is_superuser:
        raise AuthenticationRequired
    full_name = f"{row.user__first_name} {row.user__last_name}".strip()
    return Caller(
        kind=CallerKind.STAFF,
        user_id=row.user_id,
        username=row.user__username,
        display_name=row.user__display_name or full_name or row.user__username,
        is_superuser=row.user__is_superuser,
        roles={place.user__memberships__property_id: place.user__memberships__role for place in open_to},
        slugs={
            place.user__memberships__property_id: place.user__memberships__property__slug for place in open_to
        },
        credential_id=row.id,
        language=row.user__language,
    )


def _of_property(row: Row) -> Caller:
    is_guest = row.kind == CredentialKind.GUEST
    return Caller(
        kind=CallerKind.GUEST if is_guest else CallerKind.API_KEY,
        display_name="" if is_guest else row.name,
        slugs={row.property_id: row.property__slug} if row.property_id and row.property__slug else {},
        scopes=frozenset(row.scopes),
        credential_id=row.id,
        stay_id=row.subject if is_guest else None,
    )


def _opens_a_property(row: Row) -> bool:
    return bool(row.user__memberships__is_active and row.user__memberships__property__is_active)
