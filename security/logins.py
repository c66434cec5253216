"""Coming in with a password, and going again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import auth
from django.http import HttpRequest

from cluster.answers.problems import AuthenticationRequired, PermissionDenied, detail
from cluster.streams import unit_of_work
from security import audit, credentials, first_passwords, lockout, second_factor
from security.addresses import client_address
from security.audit.logins import ENDED, tell_came, tell_demanded, tell_failed
from security.authentication import caller_for_user
from security.caller import Caller
from security.models import CredentialKind, User

REFUSAL = "Wrong username or password."
CODE_NEEDED = "This account needs a code of its second factor too: otp."
KEY_ONLY = (
    "Your security key works in the back office only: log in here with a recovery code as otp, "
    "or set up an authenticator app."
)
CODE_WRONG = "Wrong or used code."
SET_UP = "Your role needs a second factor: log in to the back office once, which sets it up."


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who came in, and the token they now carry."""

    caller: Caller
    issued: credentials.Issued
    password_until: datetime | None


def log_in(*, request: HttpRequest, username: str, password: str, otp: str = "") -> Login:
    """Give a staff token for the right password; every wrong way in is told the same, and takes as long.

    Django's backend hashes the password of unknown users too. Raises LimitExceeded after too many wrong ones.
    """
    attempt = lockout.attempt(request, username)
    user = auth.authenticate(request, username=User.normalize_username(username), password=password)
    caller = caller_for_user(user) if isinstance(user, User) else None
    if not isinstance(user, User) or caller is None or not caller.is_known:
        if isinstance(user, User):
            tell_failed(user, "nothing-open")
        raise AuthenticationRequired(REFUSAL)
    shown = _second_factor(caller, user, otp, attempt)
    if first_passwords.is_over(user):
        attempt.does_not_count()
        raise PermissionDenied(str(first_passwords.OVER))
    attempt.succeeded()
    with unit_of_work():
        tell_came(caller, user)
        issued = credentials.issue(
            CredentialKind.STAFF,
            user=user,
            second_factor=shown,
            address=client_address(request)[:45],
            agent=request.META.get("HTTP_USER_AGENT", "")[:200],
        )
    return Login(caller, issued, user.first_password_until)


def _second_factor(caller: Caller, user: User, otp: str, attempt: lockout.Try) -> bool:
    """Say whether a second factor was shown. A wrong code stays counted like a wrong password."""
    if not second_factor.is_set_up(user.pk):
        if second_factor.is_demanded(is_superuser=caller.is_superuser, roles=caller.roles.values()):
            attempt.does_not_count()
            tell_demanded(user)
            raise PermissionDenied(SET_UP)
        return False
    if not otp:
        attempt.does_not_count()
        needed = CODE_NEEDED if second_factor.has_app(user.pk) else KEY_ONLY
        raise AuthenticationRequired(needed, details=[detail("otp", needed, "required")])
    if not second_factor.passes(user.pk, otp):
        tell_failed(user, "second-factor")
        raise AuthenticationRequired(CODE_WRONG, details=[detail("otp", CODE_WRONG)])
    return True


def log_out(*, request: HttpRequest, by: Caller) -> None:
    """Take back the token that was shown, or end the session."""
    with unit_of_work():
        if by.credential_id is not None:
            audit.record(ENDED, by=by, target=by.identity())
            credentials.revoke([by.credential_id], by=by)
        else:
            auth.logout(request)  # and tells it: security.sessions
