"""Each column of an old row has its place, or its reason. No database."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from requests_app.importing.rows import Row
from requests_app.importing.translation import Destination, Member, NotTaken, Rules, Translated, translate
from tests.importing import old

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MADE = datetime(2025, 5, 19, 8, 30, tzinfo=UTC)
LAST = datetime(2025, 5, 19, 9, 0, 0, 500_000, tzinfo=UTC)
PLACE = Destination(
    property_id=1,
    slug="demo-hotel",
    zone=HANOI,
    currency="VND",
    departments={"housekeeping": "housekeeping", "room-service": "front-desk", "general": "front-desk"},
    members={"lan": Member(5, "lan")},
)
RULES = Rules(
    now=datetime(2026, 1, 1, tzinfo=UTC), longest=10_000, services={"3": ["Housekeeping", "Towels"]}
)


def taken(rules: Rules = RULES, /, **said: str | None) -> Translated:
    return translate(Row("line 1", old.row(**said)), PLACE, rules)


def columns(**said: str | None) -> dict[str, Any]:
    return taken(**said).columns


def refused(**said: str | None) -> list[tuple[str, str]]:
    with pytest.raises(NotTaken) as problem:
        taken(**said)
    return [(fault.column, fault.code) for fault in problem.value.faults]


def test_a_good_row() -> None:
    made = columns()
    assert made["request_text"] == "Phở & 2 towels\nplease"
    assert made["guest_name"] == "O'Brien <b>Zoë</b>"
    assert (made["created_at"], made["updated_at"], made["completed_at"]) == (MADE, LAST, LAST)
    assert made["local_day"] == date(2025, 5, 19)
    assert made["order_id"] == "REQ-1747643400000"
    assert (made["due_at"], made["source"], made["version"]) == (None, "api", 1)
    assert taken().hours_off is None


def test_older_names_and_what_is_missing() -> None:
    made = translate(
        Row("", {"id": "1", "room": "7A", "content": "Tea", "time": "2025-05-19 15:30:00"}), PLACE, RULES
    ).columns
    assert (made["room_number"], made["request_text"], made["status"]) == ("7A", "Tea", "pending")
    bare = translate(Row("", {"id": "1", "order_id": "REQ-1747643400000"}), PLACE, RULES).columns
    assert (bare["room_number"], bare["request_text"], bare["created_at"]) == (
        "TBD",
        "Voice Assistant Request",
        MADE,
    )
    assert refused(order_id=None, created_at=None)[0] == ("created_at", "required")


@pytest.mark.parametrize(
    ("word", "status", "stamp"),
    [
        ("Đã ghi nhận", "pending", None),
        ("Đang xử lý", "in-progress", "started_at"),
        ("Tạm dừng", "on-hold", "held_at"),
        ("Chờ phản hồi", "on-hold", "held_at"),
        ("completed", "completed", "completed_at"),
        ("Đã hủy", "cancelled", "cancelled_at"),
        ("deleted", "pending", "deleted_at"),
        (None, "pending", None),
    ],
)
def test_statuses(word: str | None, status: str, stamp: str | None) -> None:
    made = columns(status=word)
    assert made["status"] == status
    stamps = ("started_at", "held_at", "completed_at", "cancelled_at", "deleted_at")
    assert {name: made[name] for name in stamps if made[name]} == ({stamp: LAST} if stamp else {})
    assert bool(made["notes"]) == (status == "cancelled")


@pytest.mark.parametrize(
    ("priority", "urgency", "rank"),
    [
        (None, None, (2, 1)),
        ("Thấp", "normal", (1, 1)),
        ("Bình thường", "urgent", (2, 2)),
        ("Cao", None, (3, 1)),
        ("Khẩn cấp", "normal", (3, 2)),
        ("urgent", "critical", (3, 3)),
    ],
)
def test_priorities(priority: str | None, urgency: str | None, rank: tuple[int, int]) -> None:
    made = columns(priority=priority, urgency=urgency)
    assert (made["priority"], made["urgency"]) == rank


def test_services_are_found_by_any_of_their_names() -> None:
    assert columns(service_id="3")["service_type"] == "housekeeping"
    assert columns(order_type="Room Service")["service_type"] == "room-service"
    assert columns(service_id="room_service")["department"] == "front-desk"
    assert columns(service_id="99", type="order")["service_type"] == "general"
    named = Rules(now=RULES.now, longest=10_000, codes={"laundry": "housekeeping"})
    assert taken(named, order_type="Laundry").columns["service_type"] == "housekeeping"


def test_people() -> None:
    assert columns(assigned_to="LAN")["assignee_id"] == 5
    unknown = columns(assigned_to="Nguyễn Ai")
    assert unknown["assignee_id"] is None
    assert json.loads(unknown["assignment"]) == {"rule": "imported", "name": "Nguyễn Ai"}


def test_numbers() -> None:
    assert columns(phone_number="+84 912-345.678")["phone_number"] == "+84912345678"
    assert columns(phone_number="0084912345678")["phone_number"] == "+84912345678"
    dialled = Rules(now=RULES.now, longest=10_000, dialling_code="84")
    assert taken(dialled, phone_number="0912 345 678").columns["phone_number"] == "+84912345678"
    kept = taken(phone_number="0912 345 678", special_instructions="Knock")
    assert kept.columns["special_instructions"] == "Knock\nPhone: 0912 345 678"
    assert (kept.columns["phone_number"], kept.beside) == ("", ["phone_number"])


def test_money() -> None:
    assert columns(total_amount="250000.50", currency="usd")["total_amount"] == Decimal("250000.50")
    assert columns(total_amount="0.00")["total_amount"] is None
    assert columns(total_amount="12.300")["total_amount"] == Decimal("12.3")
    assert refused(total_amount="-1", currency="đồng") == [
        ("currency", "invalid"),
        ("total_amount", "invalid"),
    ]
    assert refused(total_amount="NaN") == [("total_amount", "invalid")]


def test_orders() -> None:
    assert json.loads(columns(items='[{"name": "Phở"}]')["items"]) == [{"name": "Phở"}]
    assert json.loads(columns(items='{"name": "Tea"}')["items"]) == [{"name": "Tea"}]
    assert json.loads(columns(items="{broken")["items"]) == ["{broken"]
    assert refused(items=json.dumps(["x"] * 101)) == [("items", "too_large")]
    assert columns(delivery_time="2025-05-19 18:00:00+07")["delivery_time"] == datetime(
        2025, 5, 19, 11, tzinfo=UTC
    )
    assert columns(delivery_time="as soon as possible")["special_instructions"] == (
        "Delivery time: as soon as possible"
    )


def test_nothing_is_cut_and_every_reason_is_given() -> None:
    faults = refused(
        request_content="x" * 1001, room_number="Room 101", description="x" * 501, status="what", priority="?"
    )
    assert faults == [
        ("room_number", "invalid"),
        ("request_content", "max_length"),
        ("description", "max_length"),
        ("priority", "unknown"),
        ("status", "unknown"),
    ]
    assert refused(guest_name="a\x00b") == [("guest_name", "control_character")]


def test_no_reason_holds_a_guests_text() -> None:
    with pytest.raises(NotTaken) as problem:
        taken(
            request_content="secret" * 200, guest_name="secret\x01", room_number="secret room", items="[" * 9
        )
    assert "secret" not in repr(problem.value.faults)


def test_times_of_another_zone_are_noticed() -> None:
    elsewhere = Rules(now=RULES.now, longest=10_000, zone=ZoneInfo("UTC"))
    assert taken(elsewhere).hours_off == 7
    assert refused(created_at="2027-01-01 00:00:00") == [("created_at", "future")]
    assert refused(created_at="yesterday") == [("created_at", "invalid")]
    assert refused(completed_at="2025-05-18 00:00:00") == [("completed_at", "order")]


def test_what_has_no_place_is_told() -> None:
    assert taken(metadata='{"a": 1}', estimated_completion=None, call_id="c-1").left == ["metadata"]
    assert columns(call_id="c-1")["source"] == "voice"
