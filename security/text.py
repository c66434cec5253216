"""Plain text from strangers: kept to the letter, cleaned of nothing but what is not text.

Nothing here looks for markup: every output escapes for itself, so ``temp <25C`` stays as typed.
Pure: the limits are passed in.
"""

from __future__ import annotations

import re
import unicodedata

from cluster.answers.problems import Invalid, Unclean, detail

# C0 and C1 controls other than TAB, LF and CR; lone surrogates can not even be stored as UTF-8.
NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
MAXIMUM = 10_000
LINE_BREAKS = re.compile("[\n\r\u2028\u2029]")


def clean(
    name: str,
    value: object,
    *,
    limit: int,
    maximum: int = MAXIMUM,
    required: bool = False,
    multiline: bool = True,
) -> str:
    """Return ``value`` in Unicode form NFC without outer blanks, or refuse the field ``name``.

    ``maximum`` bounds what is looked at at all. Raises Unclean for a longer text or one with
    control characters, Invalid for no text, one over ``limit``, or none where one is required.
    """
    if not isinstance(value, str):
        raise Invalid.field(name, "Send a text.", "invalid")
    _refuse_unclean(name, value, maximum)
    text = unicodedata.normalize("NFC", value).strip()
    if required and not text:
        raise Invalid.field(name, "This field may not be blank.", "blank")
    if len(text) > limit:
        raise Invalid.field(name, f"At most {limit} characters, and this has {len(text)}.", "max_length")
    if not multiline and LINE_BREAKS.search(text):
        raise Invalid.field(name, "Send one line.", "line_break")
    return text


def _refuse_unclean(name: str, value: str, maximum: int) -> None:
    if len(value) > maximum:
        message = f"{name}: at most {maximum} characters are accepted at all."
        raise _unclean(name, message, "too_long")
    found = NOT_TEXT.search(value)
    if found:
        message = f"{name}: the control character U+{ord(found[0]):04X} is not text."
        raise _unclean(name, message, "control_character")


def _unclean(name: str, message: str, code: str) -> Unclean:
    return Unclean(message, details=[detail(name, message, code)])
