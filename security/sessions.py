"""What a person has open, browsers and tokens alike, and the ways to end it.

Ending deletes the session or revokes the token in the same transaction that tells every node, so
that sockets close with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models import Q
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from cluster.answers.problems import AuthenticationRequired, NotFound
from cluster.leader import leader_work
from cluster.streams import unit_of_work
from security import credentials
from security.addresses import client_address
from security.caller import Caller, CallerKind
from security.models import Credential, CredentialKind, StaffSession, User
from security.session_store import ORIGIN, is_over
from security.signals import tell_access_changed

TOKEN = "token-"  # noqa: S105 - how a token's id begins in the list
AGENT_LENGTH = 200
THIS = "this"


@dataclass(frozen=True, slots=True)
class Opened:
    """One browser or token that is still good."""

    id: str
    began_at: datetime
    seen_at: datetime | None
    expires_at: datetime | None
    address: str
    agent: str
    is_this: bool

    @property
    def kind(self) -> str:
        """Return ``session`` or ``token``."""
        return "token" if self.id.startswith(TOKEN) else "session"


def open_of(caller: Caller) -> list[Opened]:
    """Return what the caller has open, newest first."""
    now = timezone.now()
    rows = StaffSession.objects.filter(user_id=_person(caller), expire_date__gt=now)
    browsers = [_browser(row, caller) for row in rows if not is_over(row, now)]
    good = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
    tokens = Credential.objects.filter(
        good, user_id=_person(caller), kind=CredentialKind.STAFF, revoked_at__isnull=True
    )
    every = [*browsers, *(_token(row, caller) for row in tokens)]
    return sorted(every, key=lambda each: each.began_at, reverse=True)


def end(*, by: Caller, id: str) -> None:  # noqa: A002
    """End one of the caller's own, ``this`` being what they came in with. Raises NotFound for others'."""
    if id == THIS:
        id = f"{TOKEN}{by.credential_id}" if by.credential_id is not None else by.session  # noqa: A001
    with unit_of_work():
        if id.startswith(TOKEN):
            number = id.removeprefix(TOKEN)
            known = number.isascii() and number.isdigit() and len(number) < 19
            own = Credential.objects.filter(user_id=_person(by), kind=CredentialKind.STAFF)
            mine = own.filter(pk=int(number)) if known else own.none()
            ended = credentials.revoke(mine.values_list("pk", flat=True), by=by)
        else:
            ended = StaffSession.objects.filter(user_id=_person(by), reference=id).delete()[0]
            tell_access_changed(by=by, user_id=by.user_id)
        if not ended:
            raise NotFound("There is no such session.")


def end_all(*, by: Caller, user_id: int, keep: Caller | None = None) -> int:
    """End all a person has open, but for what ``keep`` came in with; return how many ended."""
    tokens = Credential.objects.filter(user_id=user_id, revoked_at__isnull=True)
    browsers = StaffSession.objects.filter(user_id=user_id)
    if keep is not None:
        tokens = tokens.exclude(pk=keep.credential_id or 0)
        browsers = browsers.exclude(reference=keep.session or "-")
    with unit_of_work():
        ended = credentials.revoke(tokens.values_list("pk", flat=True), by=by) + browsers.delete()[0]
        tell_access_changed(by=by, user_id=user_id)
    return ended


def forget_as_leader(term: int) -> None:
    """Delete, as the cluster's leader, what has ended."""
    old = StaffSession.objects.filter(expire_date__lte=timezone.now())
    if old.exists():
        with leader_work(term):
            old.delete()


@receiver(user_logged_in, dispatch_uid="security.sessions.came_in")
def came_in(request: HttpRequest, **_: object) -> None:
    """Keep when and from where somebody came in."""
    known = "REMOTE_ADDR" in request.META
    request.session[ORIGIN] = {
        "at": timezone.now().timestamp(),
        "address": client_address(request)[:45] if known else "",
        "agent": request.META.get("HTTP_USER_AGENT", "")[:AGENT_LENGTH],
    }


@receiver(user_logged_out, dispatch_uid="security.sessions.went")
def went(user: User | None = None, **_: object) -> None:
    """Tell that a session is over: its sockets close with it."""
    if isinstance(user, User):
        who = Caller(kind=CallerKind.STAFF, user_id=user.pk, username=user.username)
        tell_access_changed(by=who, user_id=user.pk)


def _person(caller: Caller) -> int:
    if caller.user_id is None:
        raise AuthenticationRequired
    return caller.user_id


def _browser(row: StaffSession, caller: Caller) -> Opened:
    return Opened(
        id=row.reference,
        began_at=row.began_at,
        seen_at=row.seen_at,
        expires_at=row.expire_date,
        address=row.address,
        agent=row.agent,
        is_this=row.reference == caller.session,
    )


def _token(row: Credential, caller: Caller) -> Opened:
    return Opened(
        id=f"{TOKEN}{row.pk}",
        began_at=row.created_at,
        seen_at=None,
        expires_at=row.expires_at,
        address=row.address,
        agent=row.agent,
        is_this=row.pk == caller.credential_id,
    )
