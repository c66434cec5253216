"""BEGIN goes with a transaction's first statement, COMMIT with its last; rows as save() writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from cluster.models import Event, StreamHead
from cluster.statements import begin_with, commit_with, insert, insert_one, together
from cluster.streams import unit_of_work
from requests_app.lifecycle import Priority, Status
from requests_app.models import GuestRequest
from tests import cast

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


def test_a_row_is_the_row_save_would_write() -> None:
    hotel = cast.demo_hotel()
    said = cast.asked(hotel.lan, hotel.property, priority=Priority.LOW)
    said.request_text = "'; DROP \\ %s \" \u2028 😀 <b> \\u0041\n\t"
    said.items = [{"name": said.request_text, "price": 1.5, "many": 2**60}, None, True]
    said.total_amount = Decimal("12345678901.50")
    said.held_for = timedelta(days=-2, seconds=90_000, microseconds=7)
    said.assignment = {"rule": "x", "1": [1]}
    said.due_at = datetime(2030, 5, 1, 18, 30, 0, 123456, tzinfo=timezone(timedelta(hours=7)))
    said.local_day = date(2030, 5, 1)
    said.status = Status.PENDING  # a member, not its value
    kept = []
    for write in (insert_one, lambda row: row.save(force_insert=True)):
        said.pk, said.order_id = None, f"REQ-{len(kept)}"
        write(said)
        kept.append(said.pk)
    one, other = (GuestRequest.objects.filter(pk=pk).values().get() for pk in kept)
    for row in (one, other):
        del row["id"], row["order_id"]
    assert one == other


def test_an_encoder_of_its_own_is_asked() -> None:
    change = {"at": datetime(2030, 5, 1, 0, 0, 0, 123456, tzinfo=UTC), "amount": Decimal("1.50")}
    rows = [
        Event(stream=7, epoch="e", seq=seq, name="n", at=change["at"], node="a", change=change)
        for seq in range(3)
    ]
    rows[0].save()
    together([insert(rows[1:])])
    found = list(Event.objects.filter(stream=7).order_by("seq").values("change", "rooms", "frame", "at"))
    assert len(found) == 3
    assert found[0] == found[1] == found[2]
