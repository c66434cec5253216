"""From what somebody shows to the Caller they are, in one query."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request

from cluster import flags
from cluster.answers.problems import AuthenticationRequired
from security import credentials, holders, limits, memory
from security.caller import ANONYMOUS, Caller, CallerKind
from security.models import CredentialKind, StaffSession, User
from security.second_factor.policy import is_demanded
from security.session_store import PASSED, is_over, reference_of, touch_seconds
from security.targets import subject_of
from security.watch import blocks

SCHEMES = {
    "bearer": CredentialKind.STAFF,
    "api-key": CredentialKind.API_KEY,
    "guest": CredentialKind.GUEST,
}
CHALLENGE = 'Bearer realm="bellhop"'


def authenticate(authorization: str, *, session_user: User | AnonymousUser | None = None) -> Caller:
    """Return who shows this ``Authorization`` header, else whose session it is, else ANONYMOUS.

    Raises AuthenticationRequired for a header that is anything but a good credential: unknown
    scheme, another kind's token, malformed, expired, revoked, or its owner disabled.
    """
    if not authorization.strip():
        return caller_for_user(session_user) if session_user is not None else ANONYMOUS
    scheme, _, token = authorization.strip().partition(" ")
    kind = SCHEMES.get(scheme.lower())
    token = token.strip()
    if kind is None or not credentials.is_token(kind, token):
        raise AuthenticationRequired
    caller, access = holders.of_token(kind, token)
    memory.remember(authorization, caller, access)
    return caller


def caller_for_user(user: User | AnonymousUser) -> Caller:
    """Return the staff caller a logged-in user is; ANONYMOUS for one no property is open to."""
    return holders.of_user(user) if isinstance(user, User) and user.is_active else ANONYMOUS


def caller_for_session(user: User | AnonymousUser, session: SessionBase) -> Caller:
    """Return who a session belongs to.

    ANONYMOUS while their role's second factor has not been shown, or their password is somebody else's.
    """
    caller = caller_for_user(user)
    if not caller.is_known or not session.session_key:
        return caller
    if user.first_password_until:  # type: ignore[union-attr] # it is known, so a User
        return ANONYMOUS
    if not session.get(PASSED) and is_demanded(is_superuser=caller.is_superuser, roles=caller.roles.values()):
        return ANONYMOUS
    return replace(caller, session=reference_of(session.session_key))


def caller_of(request: HttpRequest) -> Caller:
    """Return whose session a page or the admin is opened with; asked once a request."""
    known: Caller | None = getattr(request, "session_caller", None)
    if known is None:
        known = caller_for_session(request.user, request.session)
        if known.is_known:
            _touch(request.session)
        request.session_caller = known  # type: ignore[attr-defined]
    return known


def renew(caller: Caller) -> Caller:
    """Return the caller with the rights they have now. Raises AuthenticationRequired when none are left.

    Raises SuspiciousRequest for one who was blocked meanwhile; that is read anew, for the news of it may
    be faster than this node's memory.
    """
    blocks.refresh()
    blocks.require_free(caller)
    if caller.credential_id is not None:
        return holders.of_credential(caller.credential_id)
    if caller.session:
        return _of_session(caller.session)
    user = User.objects.filter(pk=caller.user_id).first() if caller.user_id is not None else None
    now = caller_for_user(user) if user else ANONYMOUS
    if not now.is_known:
        raise AuthenticationRequired
    return now


def _of_session(reference: str) -> Caller:
    """Return whose session it is, if it is still open and may be used."""
    now = timezone.now()
    rows = StaffSession.objects.select_related("user").filter(reference=reference, expire_date__gt=now)
    row = rows.first()
    caller = caller_for_user(row.user) if row is not None and row.user else ANONYMOUS
    if row is None or not caller.is_known or is_over(row, now):
        raise AuthenticationRequired
    if row.user and row.user.first_password_until:
        raise AuthenticationRequired
    roles = caller.roles.values()
    if not row.second_factor and is_demanded(is_superuser=caller.is_superuser, roles=roles):
        raise AuthenticationRequired
    return replace(caller, session=reference)


def _touch(session: SessionBase) -> None:
    """Note that a session is used: a write once in a while."""
    seen, now = getattr(session, "seen_at", None), timezone.now()
    if seen is not None and (now - seen).total_seconds() > touch_seconds():
        rows = StaffSession.objects.filter(reference=reference_of(session.session_key or ""))
        rows.update(seen_at=now)


class CallerAuthentication(SessionAuthentication):
    """DRF's door to the above: sets ``request.caller`` always, ``request.user`` for staff."""

    def authenticate(self, request: Request) -> tuple[User, Caller] | None:
        """Return the person and their Caller; None for those who are no person, or nobody.

        Here every call is counted too: nothing of the API is asked before.
        """
        bare: Any = request._request  # noqa: SLF001
        try:
            bare.caller = _whoever_calls(bare)
        except AuthenticationRequired:
            limits.admit(bare, ANONYMOUS)
            raise
        flags.concern(lambda: subject_of(bare.caller))
        blocks.require_free(bare.caller)
        limits.admit(bare, bare.caller)
        if bare.caller.is_known and not bare.META.get("HTTP_AUTHORIZATION", "").strip():
            self.enforce_csrf(request)
        return (person(bare.caller), bare.caller) if bare.caller.kind is CallerKind.STAFF else None

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002
        """Return the challenge that makes DRF answer 401 to nobody, and 403 to somebody."""
        return CHALLENGE


def _whoever_calls(bare: HttpRequest) -> Caller:
    recognised = memory.recognised(bare)
    if recognised is not None:
        return recognised.caller
    authorization = bare.META.get("HTTP_AUTHORIZATION", "")
    return authenticate(authorization) if authorization.strip() else caller_of(bare)


def person(caller: Caller) -> User:
    """Return the caller as a User without asking the database; other fields load when touched."""
    known = {
        "id": caller.user_id,
        "username": caller.username,
        "is_superuser": caller.is_superuser,
        "is_active": True,
    }
    return User.from_db(None, list(known), list(known.values()))
