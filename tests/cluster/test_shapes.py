"""The shape of a JSON body: two spellings, aliases, and errors in the wire's own names."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from cluster.answers.problems import Invalid
from cluster.shapes import CamelSerializer, camel


class LineShape(CamelSerializer):
    unit_price = serializers.IntegerField()


class OrderShape(CamelSerializer):
    aliases: ClassVar[dict[str, str]] = {"room": "room_number"}

    room_number = serializers.CharField(max_length=4)
    order_line = LineShape(required=False)

    def validate_room_number(self, value: str) -> str:
        return value.upper()


@pytest.mark.parametrize("name", ["roomNumber", "room_number", "room"])
def test_every_spelling_works(name: str) -> None:
    assert OrderShape.read({name: "1a", "unheard": 1}) == {"room_number": "1A"}


def test_the_wire_s_own_spelling_counts_first() -> None:
    said = {"room": "3", "room_number": "2", "roomNumber": "1"}
    assert OrderShape.read(said) == {"room_number": "1"}


def test_a_partial_body_says_only_what_it_says() -> None:
    assert OrderShape.read({}, partial=True) == {}


def test_errors_name_the_camel_case_field_inside_others_too() -> None:
    with pytest.raises(ValidationError) as refusal:
        OrderShape.read({"room": "12345", "orderLine": {"unit_price": "x"}})
    detail: Any = refusal.value.detail
    assert list(detail) == ["roomNumber", "orderLine"]
    assert list(detail["orderLine"]) == ["unitPrice"]


@pytest.mark.parametrize("body", [None, [], [{}], "text", 5, True])
def test_it_rejects_a_body_that_is_no_object(body: object) -> None:
    with pytest.raises(Invalid, match="JSON object"):
        OrderShape.read(body)


def test_it_shows_under_the_wire_s_names() -> None:
    assert OrderShape({"room_number": "7", "order_line": {"unit_price": 5}}).data == {
        "roomNumber": "7",
        "orderLine": {"unitPrice": 5},
    }


def test_camel() -> None:
    assert [camel(name) for name in ("room", "room_number", "roomNumber", "")] == [
        "room",
        "roomNumber",
        "roomNumber",
        "",
    ]
