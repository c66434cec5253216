"""The checker is told of two leaders at once, and of one who wrote after its time."""

from __future__ import annotations

from dataclasses import replace

from requests_app.drill.checks import leading
from requests_app.drill.journal import Logged, Status
from tests.drill.day import good_day


def test_a_good_day_has_one_leader() -> None:
    journal, after = good_day()
    assert leading.quarrels(journal) == []
    assert leading.after_its_time(after, "web-1", 10) == []


def test_two_leaders_of_one_term() -> None:
    journal, _ = good_day()
    journal.statuses.append(Status(5.1, "web-2", "web-2", 1, {}))
    assert leading.quarrels(journal) == ["term 1 was led by web-1 and web-2"]


def test_a_node_that_goes_back_to_an_older_term() -> None:
    journal, _ = good_day()
    journal.statuses[10] = replace(journal.statuses[10], term=2, leader=None)
    assert leading.quarrels(journal)[0] == "web-1 went back to term 1"


def test_a_leader_who_writes_after_its_time() -> None:
    _, after = good_day()
    after.log.append(Logged(21, 3, 3, "request:urgent", "web-1", "system"))
    assert leading.after_its_time(after, "web-1", 20) == ["request:urgent 21 of request 3"]
    assert leading.after_its_time(after, "web-2", 20) == []
