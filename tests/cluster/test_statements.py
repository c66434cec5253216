"""A transaction's BEGIN goes with its first statement, its COMMIT with its last."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from cluster.models import StreamHead
from cluster.statements import begin_with, commit_with
from cluster.streams import unit_of_work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

ONE = ("SELECT 1", ())


def head(stream: int) -> tuple[str, tuple[object, ...]]:
    columns = "(stream, epoch, seq, oldest, counters)"
    return f"INSERT INTO cluster_streamhead {columns} VALUES (%s, 'e', 0, 1, '{{}}')", (stream,)


def test_it_works() -> None:
    told = []
    with transaction.atomic(durable=True):
        assert begin_with(ONE) == [(1,)]
        transaction.on_commit(lambda: told.append(StreamHead.objects.filter(stream__in=[71, 72]).count()))
        commit_with([head(71), head(72)])
    assert told == [2]
    assert connection.get_autocommit()


def test_what_came_before_the_last_is_in_the_same_transaction() -> None:
    with pytest.raises(IntegrityError):
        _fail_at_the_end()
    assert not StreamHead.objects.exists()
    StreamHead.objects.create(stream=71, epoch="e")


@transaction.atomic(durable=True)
def _fail_at_the_end() -> None:
    begin_with(ONE)
    StreamHead.objects.create(stream=71, epoch="e")
    transaction.on_commit(lambda: pytest.fail("told of what was not committed"))
    commit_with([head(72), head(72)])


def test_an_error_after_the_first_statement_rolls_back() -> None:
    with pytest.raises(ZeroDivisionError):
        _fail_half_way()
    assert not StreamHead.objects.exists()


@transaction.atomic(durable=True)
def _fail_half_way() -> None:
    begin_with(ONE)
    StreamHead.objects.create(stream=71, epoch="e")
    raise ZeroDivisionError


def test_inside_another_block_it_neither_begins_nor_commits() -> None:
    with pytest.raises(ZeroDivisionError):
        _fail_around()
    assert not StreamHead.objects.exists()


@transaction.atomic
def _fail_around() -> None:
    with transaction.atomic():
        assert begin_with(ONE) == [(1,)]
        commit_with([head(71)])
    raise ZeroDivisionError


def test_it_begins_once() -> None:
    with transaction.atomic():
        StreamHead.objects.create(stream=71, epoch="e")
        assert begin_with(ONE) == [(1,)]
        commit_with([])
    assert StreamHead.objects.count() == 1


def test_whoever_looks_first_may_end_it_there() -> None:
    def refuse(heads: object) -> None:
        raise ZeroDivisionError(heads)

    def joined() -> None:
        with unit_of_work() as work:
            work.count(71, {"total": 1})
            with unit_of_work(refuse):
                pytest.fail("went on")

    with pytest.raises(ZeroDivisionError), unit_of_work(refuse):
        pytest.fail("went on")
    with pytest.raises(ZeroDivisionError):
        joined()
    assert not StreamHead.objects.exists()
