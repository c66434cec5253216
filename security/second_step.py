"""Coming into the back office in two steps: the password, then the second factor.

Between the two nobody is logged in: the session only says who gave a good password, for ten minutes.
"""

from __future__ import annotations

from django.contrib import auth
from django.http import HttpRequest
from django.utils import timezone

from security import lockout, second_factor
from security.authentication import caller_for_user
from security.models import User
from security.session_store import PASSED

WAITING = "waiting_for_second_factor"
SECONDS = 600
BACKEND = "django.contrib.auth.backends.ModelBackend"


def begin(request: HttpRequest, user: User) -> None:
    """Keep that the password was right."""
    request.session.cycle_key()
    request.session[WAITING] = {
        "user": user.pk,
        "proof": user.get_session_auth_hash(),
        "until": timezone.now().timestamp() + SECONDS,
    }


def person(request: HttpRequest) -> User | None:
    """Return who has to show, or to set up, a second factor; None for everybody else."""
    waiting = request.session.get(WAITING)
    if waiting:
        user = User.objects.filter(pk=waiting["user"], is_active=True).first()
        is_good = user is not None and user.get_session_auth_hash() == waiting["proof"]
        return user if is_good and waiting["until"] > timezone.now().timestamp() else None
    user = request.user if isinstance(request.user, User) else None
    return user if user and is_unfinished(request, user) else None


def is_unfinished(request: HttpRequest, user: User) -> bool:
    """Say whether somebody logged in may go nowhere else until they showed a second factor."""
    caller = caller_for_user(user)
    demanded = second_factor.is_demanded(is_superuser=caller.is_superuser, roles=caller.roles.values())
    return caller.is_known and demanded and not request.session.get(PASSED)


def show(request: HttpRequest, user: User, code: str) -> bool:
    """Let them in if the code is good. Raises LimitExceeded after too many wrong ones."""
    attempt = lockout.attempt(request, user.username)
    if not second_factor.passes(user.pk, code):
        return False
    attempt.succeeded()
    finish(request, user)
    return True


def finish(request: HttpRequest, user: User) -> None:
    """Log them in under a new session key, as one who showed a second factor."""
    request.session.pop(WAITING, None)
    auth.login(request, user, backend=BACKEND)
    request.session[PASSED] = True
