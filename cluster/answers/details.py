"""DRF's nested errors as the flat list a client can show beside its fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rest_framework.settings import api_settings

from cluster.answers.problems import detail

WHOLE = "body"
"""The field of an error that is about everything at once."""


def flatten(errors: object) -> list[dict[str, object]]:
    """Return one entry a message, each with its path: ``items[0].name``."""
    return [detail(path or WHOLE, str(message), _code(message)) for path, message in _walk(errors, "")]


def sentence(details: Sequence[Mapping[str, object]]) -> str:
    """Return one clear sentence that names the fields."""
    if not details:
        return "Some fields are missing or wrong."
    if len(details) == 1:
        return f"{details[0]['field']}: {details[0]['message']}"
    names = dict.fromkeys(str(entry["field"]) for entry in details)
    return f"Some fields are missing or wrong: {', '.join(names)}."


def _walk(errors: object, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(errors, Mapping):
        for name, inside in errors.items():
            yield from _walk(inside, _join(path, name))
    elif isinstance(errors, list | tuple):
        for index, inside in enumerate(errors):
            # Messages of one field stand in a list too; only what is nested has a place in it.
            place = f"{path}[{index}]" if isinstance(inside, Mapping | list | tuple) else path
            yield from _walk(inside, place)
    else:
        yield path, errors


def _join(path: str, name: object) -> str:
    if name in (api_settings.NON_FIELD_ERRORS_KEY, "__all__"):
        return path
    if isinstance(name, int):
        return f"{path}[{name}]"
    own = _camel(str(name))
    return f"{path}.{own}" if path else own


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def _code(message: object) -> str:
    return str(getattr(message, "code", None) or "invalid")
