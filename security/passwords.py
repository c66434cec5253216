"""The house's rules about passwords that Django does not bring."""

from __future__ import annotations

import re

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

LONGEST = 128
HOUSE_WORDS = (
    *("bellhop", "hotel", "resort", "housekeeping", "maintenance", "concierge", "frontdesk", "front-desk"),
    *("reception", "manager", "itsupport", "it-support", "roomservice", "room-service", "superuser", "admin"),
    *("staff", "guest", "password", "welcome", "letmein", "qwerty"),
)
FEWEST_OTHER_LETTERS = 5
NOT_LETTERS = re.compile(r"[\W\d_]")


class MaximumLength:
    """Refuses a password whose hashing would be work for nothing."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:  # noqa: ARG002
        """Refuse."""
        if len(password) > LONGEST:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        """Return the rule."""
        return gettext("A password has at most %d characters.") % LONGEST


class HouseWords:
    """Refuses a password that is little more than words everybody here would try first."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:  # noqa: ARG002
        """Refuse."""
        left = said = password.casefold()
        for word in HOUSE_WORDS:
            left = left.replace(word, "")
        if left != said and len(NOT_LETTERS.sub("", left)) < FEWEST_OTHER_LETTERS:
            raise ValidationError(
                gettext("This password is little more than a word of the house."), code="password_house_word"
            )

    def get_help_text(self) -> str:
        """Return the rule."""
        return gettext("A password is more than a word of the house, like “bellhop” or “hotel”.")
