"""Changing one's own password, by whichever door."""

from __future__ import annotations

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from cluster.answers.problems import Invalid, PermissionDenied
from cluster.streams import unit_of_work
from security import audit, first_passwords, lockout, sessions
from security.audit.logins import tell_failed
from security.caller import Caller
from security.models import User

WRONG = "password: this is not your password."
THE_SAME = "newPassword: this is your password already: choose another one."


def change(*, request: HttpRequest, by: Caller, password: str, new: str) -> int:
    """Set a new password; whatever else was open with the old one ends. Return how many ended.

    Raises Invalid for a wrong one and for one that the rules refuse, LimitExceeded after too many wrong ones.
    """
    if by.user_id is None:
        raise PermissionDenied
    attempt = lockout.attempt(request, by.username)
    with unit_of_work():
        user = User.objects.select_for_update().get(pk=by.user_id)
        if not user.check_password(password):
            tell_failed(user, "password-again")
            raise Invalid.field("password", WRONG)
        attempt.does_not_count()
        if first_passwords.is_over(user):
            raise PermissionDenied(str(first_passwords.OVER))
        if new == password:
            raise Invalid.field("newPassword", THE_SAME)
        try:
            password_validation.validate_password(new, user)
        except ValidationError as refused:
            raise Invalid.field("newPassword", " ".join(refused.messages)) from None
        user.set_password(new)
        user.first_password_until = None
        user.save(update_fields=["password", "first_password_until"])
        return tell_changed(by, keep=by)


def tell_changed(by: Caller, *, keep: Caller | None = None) -> int:
    """End what was open with the old password, but for ``keep``, and write it in the book."""
    if by.user_id is None:
        return 0
    with unit_of_work():
        audit.record("password:changed", by=by, target=f"user:{by.user_id}")
        return sessions.end_all(by=by, user_id=by.user_id, keep=keep)
