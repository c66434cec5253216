"""Pieces of forms that every HTML door needs: plain text, refusals beside their fields."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from cluster.answers.problems import Invalid, Problem
from security import text

FIELDS = {"assigned_to": "assignee"}
"""Names of the JSON API, in snake_case, that forms call otherwise."""


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


def offer(form: forms.Form, name: str, choices: Sequence[tuple[str, object]]) -> None:
    """Give a field of the form its choices."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} offers no choice")
    field.choices = list(choices)


def tell(form: forms.Form, problem: Problem) -> None:
    """Write a refusal beside the fields it names, and above the form for all others."""
    named = [fault for fault in problem.details if _field(fault) in form.fields]
    for fault in named:
        form.add_error(_field(fault), str(fault["message"]))
    if not named:
        form.add_error(None, problem.error)


def _field(fault: Any) -> str:
    name = re.sub(r"(?<!^)([A-Z])", r"_\1", str(fault["field"])).lower()
    return FIELDS.get(name, name)


def _bare(message: str) -> str:
    return message.removeprefix("text: ")
