"""Where sessions are kept (``SESSION_ENGINE``): over after twelve hours, or when long unused."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone

if TYPE_CHECKING:
    from security.models.sessions import StaffSession

ORIGIN = "came_in"
PASSED = "second_factor"


def reference_of(session_key: str) -> str:
    """Return the name of a session that does not open it."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:32]


def touch_seconds() -> float:
    """Return how old "last used" may be: a write now and then, not one a request."""
    return min(300.0, settings.SESSION_IDLE_TIMEOUT / 4000)


def is_over(row: StaffSession, now: datetime) -> bool:
    """Say whether nobody used it for too long; its full age is its ``expire_date``."""
    return now - row.seen_at > timedelta(milliseconds=settings.SESSION_IDLE_TIMEOUT)


class SessionStore(db.SessionStore):
    """Django's store in the database, that also knows whose a session is."""

    seen_at: datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[StaffSession]:
        """Return the table."""
        from security.models.sessions import StaffSession  # noqa: PLC0415 - apps are not ready before

        return StaffSession

    def _get_session_from_db(self) -> Any:
        row = super()._get_session_from_db()  # type: ignore[misc]
        if row is not None and is_over(row, timezone.now()):
            self._session_key = None
            return None
        self.seen_at = row.seen_at if row is not None else None
        return row

    def create_model_instance(self, data: Any) -> Any:
        """Return the row, whose end no later use puts off."""
        row: Any = super().create_model_instance(data)
        origin: Mapping[str, Any] = data.get(ORIGIN, {})
        began = datetime.fromtimestamp(origin["at"], UTC) if origin else timezone.now()
        row.reference = reference_of(row.session_key)
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.second_factor = bool(data.get(PASSED))
        row.began_at = began
        row.address, row.agent = origin.get("address", ""), origin.get("agent", "")
        row.expire_date = min(row.expire_date, began + timedelta(seconds=settings.SESSION_COOKIE_AGE))
        return row
