"""Plain text: kept to the letter, or refused in words that name the field."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError

from cluster.answers.problems import Invalid, Unclean
from cluster.shapes import CamelSerializer
from security import text
from security.fields import PlainTextField

INNOCENT = [
    "2 < 3 & 5 > 4",
    "temp <25C",
    "AT&T",
    "O'Brien",
    "<3",
    "🧺 please 👨‍👩‍👧",
    "Phòng 101 cần thêm khăn tắm",
    "أحتاج مناشف إضافية",
    "select the union square tour and drop off at table 5",
    "one\ttwo\r\nthree",
    '<script>alert("x")</script>',
    "C:\\temp\\%00",
]

letters = st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]), max_size=200)


@pytest.mark.parametrize("innocent", INNOCENT)
def test_innocent_text_comes_back_to_the_letter(innocent: str) -> None:
    assert text.clean("requestText", innocent, limit=1000, required=True) == innocent


@given(letters)
def test_only_form_and_outer_blanks_ever_change(said: str) -> None:
    kept = text.clean("requestText", said, limit=10_000)
    assert kept == unicodedata.normalize("NFC", said).strip()
    assert text.clean("requestText", kept, limit=10_000) == kept


@given(st.text(max_size=50), st.characters(categories=["Cc", "Cs"]), st.text(max_size=50))
def test_controls_are_refused_wherever_they_stand(before: str, control: str, after: str) -> None:
    if control in "\t\n\r":
        return
    with pytest.raises(Unclean) as refusal:
        text.clean("notes", before + control + after, limit=500)
    assert refusal.value.code == "INPUT_SANITIZATION_FAILED"
    assert refusal.value.details[0]["field"] == "notes"


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.lists(st.text()), st.binary()))
def test_it_rejects_what_is_no_text(value: object) -> None:
    with pytest.raises(Invalid) as refusal:
        text.clean("notes", value, limit=500)
    assert refusal.value.code == "VALIDATION_ERROR"


def test_it_rejects_too_much() -> None:
    with pytest.raises(Invalid) as over_the_field:
        text.clean("notes", "x" * 501, limit=500)
    assert over_the_field.value.code == "VALIDATION_ERROR"
    with pytest.raises(Unclean):
        text.clean("notes", "x" * 10_001, limit=500)
    assert len(text.clean("notes", f"  {'x' * 500}  ", limit=500)) == 500


def test_it_rejects_blanks_where_a_text_is_required() -> None:
    assert text.clean("notes", " \n ", limit=500) == ""
    with pytest.raises(Invalid, match="blank"):
        text.clean("requestText", " \u3000\n ", limit=500, required=True)


@pytest.mark.parametrize("line_break", ["\n", "\r", "\u2028", "\u2029"])
def test_it_rejects_a_second_line_where_there_is_one(line_break: str) -> None:
    with pytest.raises(Invalid):
        text.clean("guestName", f"Zoë{line_break}Ng", limit=100, multiline=False)


class Shape(CamelSerializer):
    guest_name = PlainTextField(max_length=5, multiline=False)


def test_a_field_keeps_to_the_rule_and_names_itself() -> None:
    assert Shape.read({"guest_name": " Zoe\u0308 "}) == {"guest_name": "Zoë"}
    for wrong in (5, True, None, [], "", " ", "Zoë Ng", "a\nb"):
        with pytest.raises(ValidationError) as refusal:
            Shape.read({"guestName": wrong})
        assert list(refusal.value.detail) == ["guestName"]
    with pytest.raises(Unclean) as unclean:
        Shape.read({"guestName": "a\x00b"})
    assert unclean.value.details[0]["field"] == "guestName"
