"""django-allauth's account app, of which its second factors need the tables (``INSTALLED_APPS``)."""

from __future__ import annotations

from allauth.account.apps import AccountConfig


class Accounts(AccountConfig):  # type: ignore[misc] # allauth has no types
    """allauth's tables alone: none of its pages are mounted, so it needs no middleware on every call."""

    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        """Connect nothing."""
