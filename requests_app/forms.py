"""Pieces of forms that every HTML door needs: choices, and refusals beside their fields."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms

from cluster.answers.problems import Problem

FIELDS = {"assigned_to": "assignee"}
"""Names of the JSON API, in snake_case, that forms call otherwise."""


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
