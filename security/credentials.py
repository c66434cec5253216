"""Tokens and keys: made, found by their digest, taken back. Shown once, stored hashed."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from cluster.answers.problems import Invalid
from cluster.streams import unit_of_work
from security import audit, text
from security.caller import SYSTEM, Caller
from security.models import Credential, CredentialKind, Property, User
from security.signals import tell_access_changed

SCOPES = ("request:create", "request:read", "request:update", "stay", "ops")
STAFF_LIFETIME = timedelta(hours=12)
HINT_LENGTH = 12
MOST_CALLS = 100_000_000
NAME_LENGTH = 100

PREFIXES = {CredentialKind.STAFF: "staff", CredentialKind.API_KEY: "key", CredentialKind.GUEST: "guest"}
TOKEN = re.compile(rf"({'|'.join(PREFIXES.values())})_[A-Za-z0-9_-]{{43}}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Issued:
    """A new credential and, this one time, what its holder shows."""

    credential: Credential
    token: str


def issue(  # noqa: PLR0913 - the columns of one row
    kind: CredentialKind,
    *,
    user: User | None = None,
    property: Property | None = None,  # noqa: A002
    subject: int | None = None,
    scopes: Collection[str] = (),
    name: str = "",
    expires_at: datetime | None = None,
    second_factor: bool = False,
    address: str = "",
    agent: str = "",
    rate_limit: int | None = None,
) -> Issued:
    """Make a credential; a staff token that names no end is good for 12 hours."""
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown:
        raise Invalid.field("scopes", f"Unknown: {', '.join(unknown)}. Known: {', '.join(SCOPES)}.")
    _check_limit(kind, rate_limit)
    name = text.clean("name", name, limit=NAME_LENGTH, multiline=False)
    if kind is CredentialKind.STAFF and expires_at is None:
        expires_at = timezone.now() + STAFF_LIFETIME
    token = f"{PREFIXES[kind]}_{secrets.token_urlsafe(32)}"
    with unit_of_work():
        credential = Credential.objects.create(
            kind=kind,
            digest=digest(token),
            hint=token[:HINT_LENGTH],
            name=name,
            user=user,
            property=property,
            subject=subject,
            scopes=sorted(scopes),
            expires_at=expires_at,
            second_factor=second_factor,
            address=address,
            agent=agent,
            rate_limit=rate_limit,
        )
    return Issued(credential, token)


def revoke(credential_ids: Iterable[int], *, by: Caller = SYSTEM) -> int:
    """Take back those that are still good; return how many. Their sockets die with them."""
    with unit_of_work():
        rows = _take_back(Q(pk__in=list(credential_ids)))
        for row in rows:
            _tell_revoked(row, by)
            tell_access_changed(
                by=by,
                credential_id=row.pk,
                user_id=row.user_id,
                property_id=row.property_id,
                stay_id=row.subject if row.kind == CredentialKind.GUEST else None,
            )
    return len(rows)


def limit(credential_id: int, rate_limit: int | None, *, by: Caller = SYSTEM) -> None:
    """Give an Api-Key a limit of its own, or with None everybody's. Raises Invalid."""
    with unit_of_work():
        row = Credential.objects.select_for_update(no_key=True).filter(pk=credential_id).first()
        if row is None:
            raise Invalid.field("id", "There is no such credential.")
        _check_limit(CredentialKind(row.kind), rate_limit)
        row.rate_limit = rate_limit
        row.save(update_fields=["rate_limit"])
        tell_access_changed(by=by, credential_id=row.pk, property_id=row.property_id)


def revoke_of_user(user_id: int) -> int:
    """Take back all of a person's tokens; the caller tells why their access changed."""
    with unit_of_work():
        rows = _take_back(Q(user_id=user_id))
        caller = audit.current_origin().caller()
        for row in rows:
            _tell_revoked(row, caller if caller.is_known else SYSTEM)
    return len(rows)


def is_token(kind: CredentialKind, token: str) -> bool:
    """Say whether ``token`` could be one of that kind at all, which costs no query."""
    return token.startswith(f"{PREFIXES[kind]}_") and TOKEN.fullmatch(token) is not None


def digest(token: str) -> str:
    """Return the stored form of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _check_limit(kind: CredentialKind, rate_limit: int | None) -> None:
    if rate_limit is None:
        return
    if kind is not CredentialKind.API_KEY:
        raise Invalid.field("rateLimit", "Only an Api-Key has a limit of its own.")
    if not 0 < rate_limit <= MOST_CALLS:
        raise Invalid.field("rateLimit", f"A limit is from 1 to {MOST_CALLS}.")


def _tell_revoked(row: Credential, by: Caller) -> None:
    audit.record(
        "credential:revoked",
        by=by,
        property=row.property_id,
        target=f"credential:{row.pk}",
        after={"kind": row.kind, "user_id": row.user_id, "subject": row.subject},
    )


def _take_back(which: Q) -> list[Credential]:
    """Lock what is still unrevoked in primary key order, and mark it revoked."""
    rows = list(
        Credential.objects.select_for_update(no_key=True)
        .filter(which, revoked_at__isnull=True)
        .order_by("pk")
    )
    Credential.objects.filter(pk__in=[row.pk for row in rows]).update(revoked_at=timezone.now())
    return rows
