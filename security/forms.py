"""The field of HTML forms that carries text for people, by the same rule as a JSON body's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from cluster.answers.problems import Invalid
from security import text


class PlainTextField(forms.CharField):
    """A text as ``security.text.clean`` keeps it; browsers' CRLF becomes LF."""

    def __init__(self, *, limit: int, multiline: bool = False, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea(attrs={"rows": 3}) if multiline else forms.TextInput())
        super().__init__(strip=False, **options)
        self.limit = limit
        self.multiline = multiline
        self.widget.attrs["maxlength"] = limit

    def to_python(self, value: Any) -> str:
        """Return the text as it would be stored."""
        typed = str(value or "").replace("\r\n", "\n")
        try:
            return text.clean(
                "text", typed, limit=self.limit, maximum=settings.MAX_INPUT_LENGTH, multiline=self.multiline
            )
        except Invalid as problem:
            raise ValidationError(_bare(str(problem.details[0]["message"]))) from None


def _bare(message: str) -> str:
    return message.removeprefix("text: ")
