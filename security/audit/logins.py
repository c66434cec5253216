"""Coming in and going, through whichever door: Django's own signals tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from security.audit.book import only_property, record
from security.audit.queue import happened
from security.authentication import caller_for_user
from security.caller import Caller, CallerKind
from security.models import User

SUCCEEDED, FAILED, ENDED = "login:succeeded", "login:failed", "login:ended"


@receiver(user_logged_in, dispatch_uid="security.audit.logins.came")
def came(user: Any, **_: Any) -> None:
    """Write that a session began."""
    if isinstance(user, User):
        tell_came(caller_for_user(user), user)


def tell_came(caller: Caller, user: User) -> None:
    """Write that somebody came in; one no property is open to is named all the same."""
    by = caller if caller.is_known else _person(user)
    record(SUCCEEDED, by=by, target=f"user:{user.pk}", after={"propertyId": only_property(by)})


@receiver(user_logged_out, dispatch_uid="security.audit.logins.went")
def went(user: Any, **_: Any) -> None:
    """Write that a session ended."""
    if isinstance(user, User):
        record(ENDED, by=_person(user), target=f"user:{user.pk}")


@receiver(user_login_failed, dispatch_uid="security.audit.logins.failed")
def failed(credentials: Mapping[str, Any], **_: Any) -> None:
    """Have a wrong password written."""
    happened(FAILED, typed=str(credentials.get("username") or ""))


def _person(user: User) -> Caller:
    return Caller(kind=CallerKind.STAFF, user_id=user.pk, username=user.username)
