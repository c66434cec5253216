"""Why somebody does not come in: a word for the log, a sentence for them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

AWAY = _("The sign-on service does not answer. Try again in a minute, or use your password.")
STALE = _("That sign-in was not begun in this browser, or too long ago. Please begin again.")
DECLINED = _("The sign-on service did not let you in.")
DISTRUSTED = _("The sign-on service gave an answer that can not be trusted. Please begin again.")
STRANGER = _("Your account there is linked with nobody here. Ask an administrator to link it.")
CLOSED = _("Your account here is not open. Ask your manager.")


class Refused(Exception):
    """Not let in. ``reason`` holds nothing of what was sent: it is written down."""

    def __init__(self, reason: str, sentence: Any = DISTRUSTED) -> None:
        super().__init__(reason)
        self.reason, self.sentence = reason, sentence
