"""The rules, one by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from requests_app import lifecycle
from requests_app.lifecycle import Candidate, Status

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LEGAL = {
    ("pending", "in-progress"), ("pending", "on-hold"), ("pending", "completed"), ("pending", "cancelled"),
    ("in-progress", "on-hold"), ("in-progress", "completed"), ("in-progress", "cancelled"),
    ("on-hold", "in-progress"), ("on-hold", "completed"), ("on-hold", "cancelled"),
    ("completed", "in-progress"),
}  # fmt: skip


@pytest.mark.parametrize("old", list(Status))
@pytest.mark.parametrize("new", list(Status))
def test_just_the_moves_of_the_contract_are_legal(old: Status, new: Status) -> None:
    assert lifecycle.may_move(old, new) is ((old.value, new.value) in LEGAL)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("pending", Status.PENDING),
        ("in_progress", Status.IN_PROGRESS),
        ("Đã ghi nhận", Status.PENDING),
        ("Đang xử lý", Status.IN_PROGRESS),
        ("Tạm dừng", Status.ON_HOLD),
        ("Chờ phản hồi", Status.ON_HOLD),
        ("Hoàn thành", Status.COMPLETED),
        ("Đã hủy", Status.CANCELLED),
        ("done", None),
    ],
)
def test_legacy_names_are_understood(word: str, status: Status | None) -> None:
    assert lifecycle.parse_status(word) is status


def test_cancelling_and_reopening_need_notes() -> None:
    needing = {(old, new) for old in Status for new in Status if lifecycle.needs_notes(old, new)}
    to_cancelled = {(old, Status.CANCELLED) for old in Status if old is not Status.CANCELLED}
    assert needing == to_cancelled | {(Status.COMPLETED, Status.IN_PROGRESS)}


@pytest.mark.parametrize(
    "text",
    [
        "There is a LEAK in 101!",
        "Fire",
        "vòi nước hỏng rồi",
        "Khẩn cấp: cần bác sĩ",
        "broken, again",
        "CHÁY!",
    ],
)
def test_alarm_words_are_found_as_whole_words_in_any_case(text: str) -> None:
    assert lifecycle.found_alarm_words(text, lifecycle.ALARM_WORDS)


@pytest.mark.parametrize(
    "text", ["a table by the fireplace", "leaking charm", "urgently", "unbroken views", "firefly"]
)
def test_a_word_inside_another_is_no_alarm(text: str) -> None:
    assert not lifecycle.found_alarm_words(text, lifecycle.ALARM_WORDS)


def test_a_decomposed_word_is_the_same_word() -> None:
    decomposed = "vo\u0300i nu\u031bo\u031b\u0301c ho\u0309ng"
    assert lifecycle.found_alarm_words(decomposed, lifecycle.ALARM_WORDS) == ["hỏng"]


def test_folding_knows_every_script() -> None:
    assert lifecycle.fold("ZOË") == lifecycle.fold("zoë")
    assert lifecycle.fold("STRASSE") == lifecycle.fold("Straße")


def test_due_leaves_holds_out() -> None:
    due = lifecycle.due_at(NOON, timedelta(minutes=10), {1: 120, 2: 45, 3: 20}, 3)
    assert due == NOON + timedelta(minutes=30)


def test_a_held_request_does_not_become_overdue() -> None:
    later = NOON + timedelta(hours=5)
    assert lifecycle.is_overdue("pending", NOON, None, later)
    assert not lifecycle.is_overdue("on-hold", NOON, NOON - timedelta(minutes=1), later)
    assert lifecycle.is_overdue("on-hold", NOON, NOON + timedelta(minutes=1), later)
    assert not lifecycle.is_overdue("completed", NOON, None, later)


def test_the_turn_goes_to_fewest_open_then_longest_idle_then_name() -> None:
    busy = Candidate(1, "an", 3, None)
    recent = Candidate(2, "binh", 1, NOON)
    idle = Candidate(3, "minh", 1, NOON - timedelta(hours=1))
    new = Candidate(4, "zara", 1, None)
    twin = Candidate(5, "yen", 1, None)
    assert lifecycle.choose_assignee([busy, recent, idle]) == idle
    assert lifecycle.choose_assignee([busy, recent, idle, new]) == new
    assert lifecycle.choose_assignee([new, twin]) == twin
    assert lifecycle.choose_assignee([]) is None
