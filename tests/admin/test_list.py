"""The request list: pages by key, filters, search, the wall."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from requests_app import actions
from requests_app.lifecycle import Status
from requests_app.models import GuestRequest
from tests import cast
from tests.admin.conftest import SignIn, ask
from tests.cast import Hotel, OtherHotel

LIST = "/admin/requests_app/guestrequest/"
PER_PAGE = 25

pytestmark = pytest.mark.both_databases


def test_it_works(lan: Client, towels: GuestRequest) -> None:
    page = lan.get(LIST)
    assert page.status_code == 200
    assert b"Two more towels" in page.content
    assert towels.order_id.encode() in page.content


def test_every_page_runs_the_same_few_queries_and_counts_nothing(lan: Client, hotel: Hotel) -> None:
    for number in range(3 * PER_PAGE + 5):
        ask(hotel, f"Wish {number}")
    first, few = _watched(lan, LIST)
    second, again = _watched(lan, _link(first, "next"))
    third, more = _watched(lan, _link(second, "next"))
    _, back = _watched(lan, _link(third, "prev"))
    assert len(few) == len(again) == len(more) == len(back) <= 10
    for sql in (*few, *again, *more, *back):
        assert not re.search(r"\bCOUNT\s*\(|\bOFFSET\b", sql, re.IGNORECASE), sql


def test_more_rows_mean_no_more_queries(lan: Client, hotel: Hotel) -> None:
    ask(hotel)
    _, one = _watched(lan, LIST)
    for _ in range(PER_PAGE):
        ask(hotel, "Room on fire", room="102")
    _, many = _watched(lan, LIST)
    assert len(one) == len(many)


@pytest.mark.parametrize("column", [*range(1, 9), *range(-8, 0)])
def test_walking_on_and_back_meets_every_row_once_in_any_order(
    lan: Client, hotel: Hotel, column: int
) -> None:
    for number in range(2 * PER_PAGE + 3):
        ask(hotel, f"Wish {number}", room=f"{100 + number % 7}", priority=1 + number % 3)
    there, address = [], f"{LIST}?o={column}"
    while address:
        page = lan.get(address).content.decode()
        there.append(_ids(page))
        address = _link(page, "next", missing="")
    assert [len(ids) for ids in there] == [PER_PAGE, PER_PAGE, 3]
    assert len({pk for ids in there for pk in ids}) == 2 * PER_PAGE + 3
    back = lan.get(_link(page, "prev")).content.decode()
    assert _ids(back) == there[1]
    assert _ids(lan.get(_link(back, "prev")).content.decode()) == there[0]


def test_it_sorts_by_the_column_clicked_last(lan: Client, hotel: Hotel) -> None:
    high, low = ask(hotel, priority=3), ask(hotel, priority=1)
    assert _ids(_page(lan, "?o=-4.-7")) == [high.pk, low.pk]
    assert _ids(_page(lan, "?o=4.-7")) == [low.pk, high.pk]


def test_it_tells_the_exact_total_from_the_counters(lan: Client, hotel: Hotel) -> None:
    ask(hotel)
    ask(hotel)
    assert "2 requests" in _page(lan, "")
    assert "2 requests" in _page(lan, "?status=pending")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=open", ["fire"]),
        ("status=completed", ["tea"]),
        ("priority=high", ["fire"]),
        ("urgency=urgent", ["fire"]),
        ("attention=pressing", ["fire"]),
        ("attention=overdue", []),
        ("assignee=none", ["fire", "tea"]),
        ("assignee=me", []),
        ("service=maintenance", ["fire"]),
        ("created=today", ["fire", "tea"]),
        ("q=FIRE", ["fire"]),
        ("q=zoë", ["tea"]),
        ("q=nothing+like+it", []),
        ("status=open&priority=low", []),
    ],
)
def test_it_filters(lan: Client, hotel: Hotel, query: str, found: list[str]) -> None:
    tea = ask(hotel, "Green tea", guest_name="ZOË")
    ask(hotel, "There is a fire", service_type="maintenance")
    actions.change_status(by=cast.caller(hotel.lan), request_id=tea.pk, status=Status.COMPLETED)
    page = _page(lan, f"?{query}")
    assert [word for word in ("fire", "tea") if f"{word}</span>" in page] == found


@pytest.mark.parametrize("query", ["status=sleeping", "service=spa", "assignee=otto", "department=x", "id=1"])
def test_it_does_not_show_everything_for_an_unknown_filter(
    lan: Client, towels: GuestRequest, query: str
) -> None:
    page = lan.get(f"{LIST}?{query}")
    assert page.status_code == 302
    assert page["Location"].endswith("?e=1")


@pytest.mark.parametrize("cursor", ["x", "2", "W10", "%00", "WyJjcmVhdGVkX2F0OmRlc2MiLDEsMV0"])
def test_a_cursor_that_is_not_ours_leads_to_the_first_page(
    lan: Client, towels: GuestRequest, cursor: str
) -> None:
    page = lan.get(f"{LIST}?p={cursor}")
    assert page.status_code == 200
    assert b"Two more towels" in page.content


def test_it_does_not_show_another_propertys_requests(
    elsewhere: OtherHotel, towels: GuestRequest, signed_in: SignIn
) -> None:
    page = signed_in(elsewhere.otto).get(LIST)
    assert page.status_code == 200
    assert b"Two more towels" not in page.content


def test_it_does_not_show_deleted_requests(lan: Client, hotel: Hotel, towels: GuestRequest) -> None:
    actions.remove(by=cast.caller(hotel.hoa), request_id=towels.pk)
    assert "Two more towels" not in _page(lan, "")


def test_a_superuser_chooses_a_property(
    hotel: Hotel, elsewhere: OtherHotel, towels: GuestRequest, signed_in: SignIn
) -> None:
    admin = signed_in(cast.superuser())
    assert _ids(_page(admin, "")) == [towels.pk]
    assert _ids(_page(admin, "?property=demo-hotel")) == [towels.pk]
    assert _ids(_page(admin, "?property=other-hotel")) == []


def test_department_staff_see_the_list_without_bulk_actions(
    hotel: Hotel, towels: GuestRequest, signed_in: SignIn
) -> None:
    page = _page(signed_in(hotel.minh), "")
    assert "Two more towels" in page
    assert "_selected_action" not in page


def test_a_stranger_is_led_to_the_login(client: Client, hotel: Hotel) -> None:
    assert client.get(LIST)["Location"].startswith("/admin/login/")


def test_the_script_gets_the_rows_alone_with_the_position_they_were_read_at(
    lan: Client, towels: GuestRequest
) -> None:
    page = lan.get(LIST, headers={"X-Bellhop-Part": "yes"})
    assert b"Two more towels" in page.content
    assert b"<html" not in page.content
    assert re.fullmatch(r"demo-hotel:e\w+:\d+", page["X-Stream-Cursor"])


def test_markup_in_a_text_stays_text(lan: Client, hotel: Hotel) -> None:
    ask(hotel, "<script>alert(1)</script> 2 < 3 & O'Brien", guest_name='"><img src=x>')
    page = _page(lan, "")
    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 2 &lt; 3 &amp; O&#x27;Brien" in page


def test_the_page_has_no_inline_script_or_style(lan: Client, towels: GuestRequest) -> None:
    page = _page(lan, "")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page)


def test_it_tells_lateness_by_icon_and_word(lan: Client, hotel: Hotel) -> None:
    late, held = ask(hotel, "Tea"), ask(hotel, "Coffee")
    long_ago = timezone.now() - timedelta(minutes=95)
    GuestRequest.objects.filter(pk=late.pk).update(due_at=long_ago, created_at=long_ago - timedelta(days=3))
    actions.change_status(by=cast.caller(hotel.lan), request_id=held.pk, status=Status.ON_HOLD)
    page = _page(lan, "")
    assert '<span aria-hidden="true">⚠</span> 1 h late' in page
    assert ">3 days</time>" in page
    assert page.count("⚠") == 1


def _page(client: Client, query: str) -> str:
    answer = client.get(f"{LIST}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def _ids(page: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'data-request="(\d+)"', page)]


def _link(page: str, rel: str, missing: str | None = None) -> str:
    found = re.search(rf'<a href="([^"]+)" rel="{rel}"', page)
    if found is None and missing is not None:
        return missing
    assert found, f"no {rel} link"
    query = found[1].replace("&amp;", "&")
    assert parse_qs(urlsplit(query).query)["p"]
    return f"{LIST}{query}"


def _watched(client: Client, address: str) -> tuple[str, list[str]]:
    with CaptureQueriesContext(connection) as watched:
        page = client.get(address)
    assert page.status_code == 200
    return page.content.decode(), [query["sql"] for query in watched.captured_queries]
