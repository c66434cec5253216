"""Who is counted as whom, what they are told, and when they are refused."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest
from django.test import Client

from requests_app.models import GuestRequest
from security import credentials, memory
from security.addresses import network_of
from security.metrics import RATE_LIMIT_DECISIONS
from security.models import Credential
from tests import cast
from tests.cast import Hotel

LIST = "/api/request"
NAMES = ("Limit", "Remaining", "Reset")
PREFIXES = ("RateLimit", "X-RateLimit")


@pytest.fixture(autouse=True)
def small_limits(settings: Any, hotel: Hotel) -> None:
    settings.RATE_LIMIT_MAX_REQUESTS, settings.RATE_LIMIT_WINDOW_MS = 3, 900_000
    settings.RATE_LIMIT_STAFF = 5
    settings.RATELIMIT_CACHE_PREFIX = f"{id(hotel)}"


def call(headers: dict[str, str] | None = None, path: str = LIST, **more: Any) -> Any:
    return Client().get(path, headers=headers, **more)


def statuses(times: int, headers: dict[str, str] | None = None, **more: Any) -> list[int]:
    return [call(headers, **more).status_code for _ in range(times)]


def told(response: Any) -> list[int]:
    ours, legacy = ([int(response[f"{word}-{name}"]) for name in NAMES] for word in PREFIXES)
    assert ours == legacy
    return ours


def test_it_works(hotel: Hotel) -> None:
    lan = cast.bearer(hotel.lan)
    assert [told(call(lan))[:2] for _ in range(5)] == [[5, left] for left in (4, 3, 2, 1, 0)]
    refused = call(lan)
    assert refused.status_code == 429
    assert told(refused)[:2] == [5, 0]
    body = refused.json()
    assert (body["success"], body["code"]) == (False, "RATE_LIMIT_EXCEEDED")
    assert 0 < body["retryAfter"] == int(refused["Retry-After"]) == told(refused)[2] <= 60
    assert body["_metadata"]["requestId"] == refused["X-Request-ID"]


def test_staff_guests_and_keys_are_counted_by_who_they_are(hotel: Hotel) -> None:
    key = cast.api_key(hotel.property, "request:read")
    guest = cast.header("Guest", cast.checked_in(hotel.lan, hotel.property).token)
    for headers, most in ((key, 3), (guest, 3), (cast.bearer(hotel.lan), 5), (cast.bearer(hotel.minh), 5)):
        assert statuses(most + 1, headers) == [200] * most + [429]


def test_two_tokens_of_one_person_are_one_person(hotel: Hotel) -> None:
    assert statuses(5, cast.bearer(hotel.lan)) == [200] * 5
    assert statuses(1, cast.bearer(hotel.lan)) == [429]


def test_strangers_and_bad_credentials_are_counted_by_address(hotel: Hotel) -> None:
    bad = {"Authorization": "Bearer nonsense"}
    assert statuses(2) + statuses(2, bad) == [401, 401, 401, 429]
    assert statuses(1, REMOTE_ADDR="203.0.113.9") == [401]
    assert statuses(1, cast.bearer(hotel.lan)) == [200]


def test_the_short_way_counts_too_and_once(hotel: Hotel) -> None:
    memory.forget()
    lan = cast.bearer(hotel.lan)
    etag = call(lan)["ETag"]
    seen = call({**lan, "If-None-Match": etag})
    assert (seen.status_code, told(seen)[1]) == (304, 3)
    assert statuses(4, lan) == [200, 200, 200, 429]


def test_short_writes_count_too_and_once(hotel: Hotel) -> None:
    lan = cast.bearer(hotel.lan)
    towels = {"requestText": "Two extra towels, please", "roomNumber": "101"}

    def ask(body: object) -> Any:
        return Client().post(LIST, body, "application/json", headers=lan)

    assert told(call(lan))[1] == 4
    answers = [ask(towels), ask({}), ask(towels), ask({}), ask(towels), ask({})]
    assert [answer.status_code for answer in answers] == [201, 400, 201, 400, 429, 429]
    assert [told(answer)[1] for answer in answers] == [3, 2, 1, 0, 0, 0]
    assert answers[-1].json()["code"] == "RATE_LIMIT_EXCEEDED"
    assert GuestRequest.objects.count() == 2


@pytest.mark.parametrize(
    "path", ["/api/request/999999", "/api/request?limit=x", "/api/instance-info", "/api/stay"]
)
def test_refusals_carry_the_headers(hotel: Hotel, path: str) -> None:
    response = call(cast.bearer(hotel.minh), path)
    assert response.status_code in (400, 403, 404)
    assert told(response)[:2] == [5, 4]


@pytest.mark.parametrize("method", ["post", "delete", "put"])
def test_writes_and_wrong_methods_count(hotel: Hotel, method: str) -> None:
    response = getattr(Client(), method)(LIST, {}, "application/json", headers=cast.bearer(hotel.lan))
    assert told(response)[:2] == [5, 4]


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Client-IP", "True-Client-IP"]
)
def test_a_forged_address_changes_nothing(header: str) -> None:
    found = [call({header: f"198.51.100.{number}"}).status_code for number in range(4)]
    assert found == [401, 401, 401, 429]
    forged = [call({header: f"for=198.51.100.{number}"}).status_code for number in range(2)]
    assert forged == [429, 429]


def test_a_trusted_proxy_is_believed_to_its_own_last_word(settings: Any) -> None:
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.0/8")]
    hops = [call({"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.7"}).status_code for number in range(4)]
    assert hops == [401, 401, 401, 429]
    assert call({"X-Forwarded-For": "203.0.113.8"}).status_code == 401


def test_an_ipv6_customer_has_one_address() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:1") != network_of("2001:db8:0:1::1")
    found = [call(REMOTE_ADDR=f"2001:db8::{number}").status_code for number in range(1, 5)]
    assert found == [401, 401, 401, 429]


def test_nothing_is_said_where_limits_are_off(hotel: Hotel, settings: Any) -> None:
    settings.RATE_LIMIT_STAFF = 0
    assert "RateLimit-Limit" not in call(cast.bearer(hotel.lan))


def test_probes_are_not_limited() -> None:
    assert statuses(5, path="/health/live") == [200] * 5


def test_the_document_is_limited_by_address() -> None:
    paths = ("/api/schema", "/api/docs", "/api/schema", "/api/docs")
    assert [call(path=path).status_code for path in paths] == [200, 200, 200, 429]


def test_a_key_may_have_a_limit_of_its_own(hotel: Hotel, settings: Any) -> None:
    key = cast.api_key(hotel.property, "request:read")
    row = Credential.objects.get(kind="api-key")
    credentials.limit(row.pk, 4)
    assert statuses(5, key) == [200, 200, 200, 200, 429]
    credentials.limit(row.pk, None)
    assert told(call(key))[:2] == [3, 0]
    settings.RATE_LIMIT_MAX_REQUESTS = 0
    credentials.limit(row.pk, 1)
    assert statuses(1, key) == [429]


def test_the_back_office_is_limited_by_who_is_in_else_by_address(hotel: Hotel) -> None:
    lan = Client()
    lan.force_login(hotel.lan)
    assert [lan.get("/admin/").status_code for _ in range(6)] == [200] * 5 + [429]
    assert statuses(1, cast.bearer(hotel.lan)) == [429]
    assert statuses(4, path="/admin/") == [302, 302, 302, 429]


def test_guest_pages_are_limited_by_stay_and_strangers_by_address(hotel: Hotel) -> None:
    guest = Client()
    guest.get(f"/s/{cast.checked_in(hotel.lan, hotel.property).token}")
    assert [guest.get("/stay").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert [Client().get("/stay").status_code for _ in range(4)] == [403, 403, 403, 429]
    refused = guest.get("/stay")
    assert refused["Content-Type"].startswith("text/html")
    assert int(refused["Retry-After"]) > 0
    assert told(refused)[:2] == [3, 0]


def test_decisions_are_counted(hotel: Hotel) -> None:
    allowed, refused = (RATE_LIMIT_DECISIONS.labels("staff", word) for word in ("allowed", "refused"))
    before = allowed._value.get(), refused._value.get()
    statuses(7, cast.bearer(hotel.lan))
    assert (allowed._value.get() - before[0], refused._value.get() - before[1]) == (5, 2)
