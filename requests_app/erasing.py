"""What is a guest's own in this house, and what stands in its place once it is erased. Pure.

``docs/privacy.md`` is the inventory; a test holds every text of the models and of the API to be
named either here or there as one that stays.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any

import orjson

ERASED = "[erased]"
"""What a reader finds where a text was required: an honest word, and never a guest's."""

Blank = Callable[[Any], Any]


def _word(_: Any) -> str:
    return ERASED


def _word_if_any(value: Any) -> Any:
    return ERASED if value else value


REQUEST_FIELDS: Mapping[str, Blank] = MappingProxyType(
    {
        "request_text": _word,
        "guest_name": lambda _: "",
        "phone_number": lambda _: "",
        "description": lambda _: "",
        "special_instructions": lambda _: "",
        "order_type": lambda _: "",
        "items": lambda _: [],
        # The database holds a cancelled request to have notes.
        "notes": _word_if_any,
    }
)
"""The columns of a request; its folded ones are made of these."""

SHOWN_KEYS: Mapping[str, Blank] = MappingProxyType(
    {
        "requestText": _word,
        "guestName": lambda _: None,
        "phoneNumber": lambda _: None,
        "description": lambda _: None,
        "specialInstructions": lambda _: None,
        "orderType": lambda _: None,
        "items": lambda _: [],
        "notes": _word_if_any,
        "content": _word,
    }
)
"""The same as the API and the events call them; ``content`` is a line of the thread."""


def blanked(request: object) -> dict[str, object]:
    """Return the columns of ``request`` that have something to erase, with what will stand there."""
    found = {name: (getattr(request, name), blank) for name, blank in REQUEST_FIELDS.items()}
    return {name: blank(old) for name, (old, blank) in found.items() if blank(old) != old}


def scrubbed(value: Any, about: frozenset[int]) -> Any:
    """Return what an event tells without the guest's words; other requests of a batch keep theirs.

    The notes of a batch are one text about all of its requests, so they go with any of them.
    """
    if isinstance(value, list):
        return [scrubbed(each, about) for each in value]
    if not isinstance(value, dict) or ("orderId" in value and value.get("id") not in about):
        return value
    return {
        key: SHOWN_KEYS[key](inside) if key in SHOWN_KEYS else scrubbed(inside, about)
        for key, inside in value.items()
    }


def is_answer_about(content: bytes, requests: Mapping[int, str], stays: Collection[int]) -> bool:
    """Say whether a stored answer shows one of these requests (order id by id), or one of these stays."""
    _, _, body = content.partition(b"\n")
    try:
        told = orjson.loads(body) if body else None
    except orjson.JSONDecodeError:  # more than one value: data and pagination
        return True
    return any(_is_about(each, requests, stays) for each in (told if isinstance(told, list) else [told]))


def _is_about(told: Any, requests: Mapping[int, str], stays: Collection[int]) -> bool:
    if not isinstance(told, dict):
        return False
    if "orderId" in told:
        return requests.get(told.get("id", 0)) == told["orderId"] or told.get("stayId") in stays
    if "requestId" in told:
        return told["requestId"] in requests
    return "checkOut" in told and told.get("id") in stays
