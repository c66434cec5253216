"""Coming in with a password, and going again."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import auth
from django.http import HttpRequest

from cluster.answers.problems import AuthenticationRequired
from cluster.streams import unit_of_work
from security import audit, credentials, lockout
from security.audit.logins import ENDED, tell_came
from security.authentication import caller_for_user
from security.caller import Caller
from security.models import CredentialKind, User
from security.signals import tell_access_changed

REFUSAL = "Wrong username or password."


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who came in, and the token they now carry."""

    caller: Caller
    issued: credentials.Issued


def log_in(*, request: HttpRequest, username: str, password: str) -> Login:
    """Give a staff token for the right password; every wrong way in is told the same, and takes as long.

    Django's backend hashes the password of unknown users too. Raises LimitExceeded after too many wrong ones.
    """
    attempt = lockout.attempt(request, username)
    user = auth.authenticate(request, username=User.normalize_username(username), password=password)
    caller = caller_for_user(user) if isinstance(user, User) else None
    if not isinstance(user, User) or caller is None or not caller.is_known:
        raise AuthenticationRequired(REFUSAL)
    attempt.succeeded()
    with unit_of_work():
        tell_came(caller, user)
        return Login(caller, credentials.issue(CredentialKind.STAFF, user=user))


def log_out(*, request: HttpRequest, by: Caller) -> None:
    """Take back the token that was shown, or end the session."""
    with unit_of_work():
        if by.credential_id is not None:
            audit.record(ENDED, by=by, target=by.identity())
            credentials.revoke([by.credential_id], by=by)
        else:
            auth.logout(request)
            tell_access_changed(by=by, user_id=by.user_id)
