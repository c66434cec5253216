"""Pages of requests."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cluster.answers.problems import AuthenticationRequired, Invalid, PermissionDenied
from requests_app import actions, shown
from requests_app.lifecycle import Status
from requests_app.models import GuestRequest
from requests_app.permissions import OVERVIEW, READ
from requests_app.queries import keyset, listing
from requests_app.queries.criteria import Criteria
from requests_app.queries.listing import Paging, Question
from security.caller import ANONYMOUS, Caller
from tests import cast
from tests.cast import Hotel, OtherHotel

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def ids(page: listing.Page) -> list[int]:
    return [request["id"] for request in page.requests]  # type: ignore[misc]


def ask(caller: Caller, paging: Paging = listing.FIRST_PAGE, **criteria: Any) -> listing.Page:
    return listing.page(
        Question(caller=caller, permission=READ, criteria=Criteria(**criteria), paging=paging)
    )


@pytest.fixture
def ten(hotel: Hotel) -> list[int]:
    """Ten requests with ties in every sortable column but the id."""
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    made = [
        cast.asked(hotel.lan, hotel.property, f"No {n}", priority=n % 3 + 1, room_number=str(101 + n % 2)).pk
        for n in range(10)
    ]
    for n, pk in enumerate(made):
        due = None if n == 4 else noon + timedelta(minutes=n % 4)
        moment = noon + timedelta(seconds=n // 3)
        GuestRequest.objects.filter(pk=pk).update(created_at=moment, updated_at=moment, due_at=due)
    return made


def test_it_works_newest_first(hotel: Hotel, ten: list[int]) -> None:
    page = ask(cast.caller(hotel.lan))
    assert ids(page) == ten[::-1]
    assert page.pagination["total"] == 10
    assert page.pagination["totalIsEstimate"] is False
    [position] = page.positions
    assert position.slug == "demo-hotel"


@pytest.mark.parametrize("name", list(keyset.SORTS))
@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("limit", [1, 3, 10])
def test_cursors_walk_every_order_forth_and_back(
    hotel: Hotel, ten: list[int], name: str, descending: bool, limit: int
) -> None:
    lan, order = cast.caller(hotel.lan), keyset.order_named(name, descending=descending)
    whole = ids(ask(lan, Paging(limit=100, order=order)))
    assert sorted(whole) == sorted(ten)
    forth, pages, cursor = [], [], ""
    while True:
        page = ask(lan, Paging(limit=limit, order=order, cursor=cursor))
        forth += ids(page)
        pages.append(ids(page))
        cursor = page.pagination["nextCursor"]  # type: ignore[assignment]
        if not cursor:
            break
    assert forth == whole
    back = [ids(page)]
    while cursor := page.pagination["previousCursor"]:  # type: ignore[assignment]
        page = ask(lan, Paging(limit=limit, order=order, cursor=cursor))
        back.insert(0, ids(page))
    assert back == pages


def test_the_most_pressing_order_walks_too(hotel: Hotel, ten: list[int]) -> None:
    lan, order = cast.caller(hotel.lan), keyset.MOST_PRESSING
    whole = ids(ask(lan, Paging(limit=100, order=order), pressing=True))
    first = ask(lan, Paging(limit=2, order=order), pressing=True)
    second = ask(lan, Paging(limit=2, order=order, cursor=first.pagination["nextCursor"]), pressing=True)  # type: ignore[arg-type]
    assert ids(first) + ids(second) == whole[:4]
    assert first.pagination["total"] == len(whole)


def test_pages_by_number_agree_with_the_whole(hotel: Hotel, ten: list[int]) -> None:
    lan = cast.caller(hotel.lan)
    pages = [ids(ask(lan, Paging(page=number, limit=4))) for number in (1, 2, 3, 4)]
    assert pages == [ten[::-1][0:4], ten[::-1][4:8], ten[::-1][8:10], []]


@pytest.mark.parametrize("cursor", ["x", "W10", "bnVsbA", "WzFd", "🙂", "a" * 5000, "W251bGxd"])
def test_it_rejects_a_cursor_that_is_not_ours(hotel: Hotel, cursor: str) -> None:
    with pytest.raises(Invalid, match="cursor"):
        ask(cast.caller(hotel.lan), Paging(cursor=cursor))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(st.lists(st.one_of(st.integers(), st.text(), st.booleans(), st.none(), st.floats()), max_size=5))
def test_no_forged_cursor_gets_through_the_decoder(values: list[Any]) -> None:
    forged = keyset.encode(listing.NEWEST, keyset.Mark(backwards=False, values=()))
    assert isinstance(forged, str)
    import base64

    import orjson

    try:
        text = base64.urlsafe_b64encode(orjson.dumps([listing.NEWEST.name, False, *values])).decode()
    except TypeError:
        return
    with pytest.raises(Invalid):
        keyset.decode(listing.NEWEST, text)


def test_it_rejects_depth_by_number(hotel: Hotel) -> None:
    with pytest.raises(Invalid, match="cursor"):
        ask(cast.caller(hotel.lan), Paging(page=101, limit=100))


def test_the_total_is_exact_from_the_counters_for_one_dimension(hotel: Hotel, ten: list[int]) -> None:
    lan = cast.caller(hotel.lan)
    actions.change_status(by=lan, request_id=ten[0], status=Status.COMPLETED)
    assert ask(lan, statuses=("completed",)).pagination["total"] == 1
    assert ask(lan, statuses=("completed", "pending")).pagination["total"] == 10
    assert ask(lan, priorities=(3,)).pagination["total"] == 3
    assert ask(lan, statuses=("pending",), priorities=(3,)).pagination["total"] == 3


@pytest.mark.parametrize(
    ("criteria", "number"),
    [
        ({"guest_name": "ZOË"}, 1),
        ({"guest_name": "o"}, 2),
        ({"search": "towels"}, 2),
        ({"search": "straße"}, 1),
        ({"room_number": "10"}, 3),
        ({"exact_room": "10"}, 1),
        ({"assigned_to": "none"}, 2),
        ({"assigned_to": "minh"}, 1),
        ({"assigned_to": "me"}, 0),
        ({"service_types": ("housekeeping",)}, 1),
        ({"overdue": True}, 0),
        ({"overdue": False}, 3),
        ({"start": date(2020, 1, 1), "end": date(2020, 1, 2)}, 0),
        ({"search": "100%"}, 0),
        ({"search": "_"}, 0),
    ],
)
def test_filters_find_what_they_say(hotel: Hotel, criteria: dict[str, Any], number: int) -> None:
    cast.asked(hotel.lan, hotel.property, "Two Towels", guest_name="zoë", room_number="101")
    cast.asked(
        hotel.lan, hotel.property, "towels again", guest_name="Otto", room_number="A10", assigned_to="minh"
    )
    cast.asked(hotel.lan, hotel.property, "STRASSE map", room_number="10", service_type="housekeeping")
    assert len(ids(ask(cast.caller(hotel.lan), **criteria))) == number


def test_a_wall_stands_between_properties(hotel: Hotel, elsewhere: OtherHotel, ten: list[int]) -> None:
    mine = cast.asked(elsewhere.otto, elsewhere.property)
    assert ids(ask(cast.caller(elsewhere.otto))) == [mine.pk]
    assert mine.pk not in ids(ask(cast.caller(hotel.hoa)))
    assert len(ids(ask(cast.caller(cast.superuser())))) == 11


def test_a_guest_sees_their_own_and_less_of_it(hotel: Hotel, ten: list[int]) -> None:
    guest = cast.guest(cast.checked_in(hotel.lan, hotel.property))
    own = cast.asked(guest, hotel.property, "urgent water")
    actions.change_status(by=cast.caller(hotel.lan), request_id=own.pk, notes="for staff", assignee="minh")
    [seen] = ask(guest).requests
    assert seen["id"] == own.pk
    assert not {"notes", "assignedTo", "escalationLevel"} & seen.keys()
    assert seen["assignee"] == {"displayName": "Minh"}
    assert ask(guest).pagination["total"] == 1


def test_deleted_requests_are_nowhere(hotel: Hotel, ten: list[int]) -> None:
    actions.remove(by=cast.caller(hotel.hoa), request_id=ten[0])
    page = ask(cast.caller(hotel.hoa))
    assert ten[0] not in ids(page)
    assert page.pagination["total"] == 9


def test_it_rejects_strangers_and_guests_where_the_table_says_so(hotel: Hotel) -> None:
    with pytest.raises(AuthenticationRequired):
        ask(ANONYMOUS)
    guest = cast.guest(cast.checked_in(hotel.lan, hotel.property))
    with pytest.raises(PermissionDenied):
        listing.page(Question(caller=guest, permission=OVERVIEW))


@pytest.mark.parametrize("rows", [0, 1, 30])
def test_it_makes_the_same_number_of_queries_for_any_number_of_rows(
    hotel: Hotel, rows: int, django_assert_num_queries: Any
) -> None:
    for _ in range(rows):
        cast.asked(hotel.lan, hotel.property)
    lan = cast.caller(hotel.lan)
    with django_assert_num_queries(2):
        ask(lan)
    with django_assert_num_queries(2):
        ask(lan, statuses=("pending",))


def test_the_compiled_statement_shows_what_the_model_shows(hotel: Hotel) -> None:
    made = cast.asked(
        hotel.lan,
        hotel.property,
        "2 < 3 & 5 > 4",
        items=({"name": "x"},),
        total_amount="12.50",
        assigned_to="minh",
    )
    [listed] = ask(cast.caller(hotel.lan)).requests
    made.refresh_from_db()
    assert listed == shown.shown_request(made)
