"""The checker is told of writes that went wrong, and complains of each."""

from __future__ import annotations

from dataclasses import replace

from requests_app.drill.checks import writes
from requests_app.drill.journal import Row
from tests.drill.day import good_day


def test_a_good_day_has_nothing_lost_and_nothing_double() -> None:
    journal, after = good_day()
    assert writes.lost(journal, after) == []
    assert writes.doubled(journal, after) == []


def test_a_lost_request() -> None:
    journal, after = good_day()
    del after.rows[2]
    assert writes.lost(journal, after) == [
        "create Drill 3: request 3 is not there",
        "edit Drill 3: request 3 is not there",
    ]


def test_a_lost_edit() -> None:
    journal, after = good_day()
    after.rows[2] = replace(after.rows[2], version=1)
    assert writes.lost(journal, after) == ["edit Drill 3: acknowledged at version 2, found at 1"]


def test_an_edit_with_another_text() -> None:
    journal, after = good_day()
    after.rows[2] = replace(after.rows[2], fields={"description": "old"})
    (complaint,) = writes.lost(journal, after)
    assert complaint == "edit Drill 3: description was acknowledged as 'new', found as 'old'"


def test_a_write_that_is_not_in_the_log() -> None:
    journal, after = good_day()
    del after.log[-1]
    assert writes.lost(journal, after) == ["edit Drill 5: version 2 is not in the log"]


def test_another_request_under_the_same_id() -> None:
    journal, after = good_day()
    after.rows[0] = replace(after.rows[0], marker="Drill 9")
    assert writes.lost(journal, after)[0] == "create Drill 1: request 1 says 'Drill 9'"


def test_a_request_made_twice() -> None:
    journal, after = good_day()
    after.rows.append(Row(77, 1, "Drill 3"))
    assert writes.doubled(journal, after) == ["Drill 3 was made 2 times: [3, 77]"]


def test_a_request_nobody_asked_for() -> None:
    journal, after = good_day()
    after.rows.append(Row(77, 1, "Drill 99"))
    assert writes.doubled(journal, after) == ["Drill 99 was never asked for"]


def test_what_was_not_acknowledged_may_be_there_once_or_not_at_all() -> None:
    journal, after = good_day()
    journal.writes[0].acked = None
    assert writes.made_without_word(journal, after) == 1
    assert writes.doubled(journal, after) == []
    journal.writes[1].acked = None
    del after.rows[0]
    assert writes.lost(journal, after) == []
