"""The checker is told of reads that were behind, and complains of each."""

from __future__ import annotations

from requests_app.drill.checks import reads
from requests_app.drill.journal import Position
from tests.drill.day import EPOCH, good_day, reread

DETAIL_OF_THREE, SUM_AFTER_THREE = 4, 5


def test_a_good_day_has_no_stale_read() -> None:
    assert reads.stale(*good_day()) == []


def test_a_label_older_than_an_acknowledged_write() -> None:
    journal, after = good_day()
    reread(journal, DETAIL_OF_THREE, cursor=Position(EPOCH, 15))
    assert reads.stale(journal, after) == ["detail by web-1: its label is 15, 16 was acknowledged"]


def test_a_version_older_than_an_acknowledged_one() -> None:
    journal, after = good_day()
    reread(journal, DETAIL_OF_THREE, versions={3: 1})
    assert reads.stale(journal, after) == ["detail by web-1: it showed 3 at version 1, 2 was acknowledged"]


def test_a_request_left_out() -> None:
    journal, after = good_day()
    reread(journal, DETAIL_OF_THREE, versions={})
    assert reads.stale(journal, after) == ["detail by web-1: it left out 3"]


def test_a_sum_that_is_behind() -> None:
    journal, after = good_day()
    reread(journal, SUM_AFTER_THREE, total=102)
    assert reads.stale(journal, after) == ["statistics by web-1: a sum of 102, 103 were acknowledged"]


def test_a_read_that_began_before_the_acknowledgement_may_be_behind() -> None:
    journal, after = good_day()
    reread(journal, DETAIL_OF_THREE, began=3.4, versions={3: 1}, cursor=Position(EPOCH, 15))
    assert reads.stale(journal, after) == []
