"""Passwords that somebody else has set: good for three days, within which their person chooses another.

The back office asks for it before anything else. The API lets them in meanwhile, for its clients may have
no page to ask on, and says when it ends. OWASP ASVS 5.0, 6.4.1.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from security.models import User

LIFETIME = timedelta(hours=72)
OVER = _("The password you were given is over: ask for a new one, and change that one within three days.")


def end() -> datetime:
    """Return when a password that is set now is over."""
    return timezone.now() + LIFETIME


def give_up(user: User) -> None:
    """End such a password of somebody who comes in another way: nobody is asked for one they never use."""
    if user.first_password_until:
        user.set_unusable_password()
        user.first_password_until = None
        user.save(update_fields=["password", "first_password_until"])


def is_over(user: User) -> bool:
    """Say whether somebody's password was another's choice, and too long ago."""
    return user.first_password_until is not None and user.first_password_until <= timezone.now()
