"""Coming into the back office in two steps: the password, then the second factor.

Between the two nobody is logged in: the session only says who gave a good password, for ten minutes.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import auth
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from cluster.streams import unit_of_work
from security import lockout, own_password, second_factor
from security.audit.logins import tell_failed
from security.authentication import caller_for_user
from security.models import User
from security.second_factor import keys
from security.session_store import PASSED

WAITING = "waiting_for_second_factor"
WANTED = "wanted_page"
LONGEST_WANTED = 2000
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
        tell_failed(user, "second-factor")
        return False
    attempt.succeeded()
    finish(request, user)
    return True


def show_key(request: HttpRequest, user: User, answer: str) -> bool:
    """Let them in if it is the answer of a key of theirs. Raises LimitExceeded after too many wrong ones."""
    attempt = lockout.attempt(request, user.username)
    if not keys.is_shown(request, user, answer):
        tell_failed(user, "security-key")
        return False
    attempt.succeeded()
    finish(request, user)
    return True


def finish(request: HttpRequest, user: User, *, shown: bool = True) -> None:
    """Log them in under a new session key, as one who showed a second factor unless said otherwise."""
    wanted = request.session.get(WANTED, "")
    request.session.pop(WAITING, None)
    auth.login(request, user, backend=BACKEND)
    if wanted:
        request.session[WANTED] = wanted  # another person's session was emptied
    if shown:
        request.session[PASSED] = True


def go_on_to(request: HttpRequest, address: str) -> None:
    """Keep where they wanted to go before they had to log in."""
    wanted = local(request, address)
    if wanted:
        request.session[WANTED] = wanted
    else:
        request.session.pop(WANTED, None)


def destination(request: HttpRequest) -> str:
    """Return where they wanted to go, once; the index where they did not say."""
    return request.session.pop(WANTED, "") or reverse("admin:index")


def local(request: HttpRequest, address: str) -> str:
    """Return an address of this host as it is, and nothing for any other."""
    is_ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours and len(address) <= LONGEST_WANTED else ""


def begin_anew(request: HttpRequest, user: User, change: Callable[[], object]) -> None:
    """Change what somebody comes in with, end all they have open, and log them in under a new key."""
    has_passed = bool(request.session.get(PASSED))
    with unit_of_work():
        own_password.tell_changed(caller_for_user(user))
        change()
    auth.login(request, user, backend=BACKEND)
    if has_passed:
        request.session[PASSED] = True
