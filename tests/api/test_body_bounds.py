"""What a body may hold: bounded in depth, in parts and in size, on both ways in; never a 500."""

from __future__ import annotations

import pytest

from requests_app.models import GuestRequest
from tests.api.speaking import TOWELS, Speaker, data_of, fields_of, refusal_of

pytestmark = pytest.mark.django_db

PATH = "/api/request"
MALFORMED = {
    "a huge number": b'{"totalAmount": ' + b"9" * 5_000 + b"}",
    "an infinite number": b'{"totalAmount": 1e400}',
    "no number": b'{"totalAmount": NaN}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "no UTF-8": b'{"requestText": "\xff"}',
    "half a character": b'{"requestText": "\\ud800"}',
    "too deep": b"[" * 2_000 + b"]" * 2_000,
    "too deep for us": b'{"items":' + b"[" * 33 + b"]" * 33 + b"}",
    "a name twice": b'{"requestText": "a", "requestText": "b"}',
    "too many names": b"{" + b",".join(b'"k%d":1' % number for number in range(10_001)) + b"}",
    "too many values": b'{"requestIds":[' + b",".join([b"1"] * 10_001) + b"]}",
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_it_refuses_a_body_others_could_read_differently(lan: Speaker, body: bytes) -> None:
    data_of(lan.get(PATH))  # met once, Lan's next call may take the short way
    assert "JSON" in refusal_of(lan.post(PATH, body), 400, "VALIDATION_ERROR")["error"]


def test_it_refuses_a_body_that_is_too_large(lan: Speaker) -> None:
    body = b'{"requestText": "' + b"x" * (2 * 1024 * 1024) + b'"}'
    refusal_of(lan.post(PATH, body), 413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize(
    "items",
    [
        "[" * 1_000 + "]" * 1_000,
        '[{"name": 1, "name": 2}]',
        '["\\ud800"]',
        "[1e400]",
        f'["{"x" * 20_000}"]',
        [[[[[["deep"]]]]]],
        ["x"] * 101,
    ],
)
def test_it_refuses_items_beyond_their_bounds(lan: Speaker, items: object) -> None:
    assert fields_of(lan.post(PATH, TOWELS | {"items": items})) == ["items"]


def test_texts_within_items_are_kept_like_any_other(lan: Speaker) -> None:
    made = data_of(lan.post(PATH, TOWELS | {"items": [{" Zoe\u0308 ": ["  <b>tea</b> "]}]}), 201)
    assert GuestRequest.objects.get(pk=made["id"]).items == [{"Zoë": ["<b>tea</b>"]}]


@pytest.mark.parametrize("number", [2**63, 2**64 - 1, 10**20, -1, 0])
def test_a_number_no_row_has_is_no_row(hoa: Speaker, number: int) -> None:
    answer = hoa.post(f"{PATH}/bulk-update", {"requestIds": [number], "notes": "x"})
    assert answer.status_code in (400, 409), answer.content


@pytest.mark.parametrize("number", [2**63, 2**64 - 1, 10**20])
def test_a_version_no_row_has_is_refused(hoa: Speaker, number: int) -> None:
    made = data_of(hoa.post(PATH, TOWELS), 201)
    answer = hoa.patch(f"{PATH}/{made['id']}", {"requestText": "x", "version": number})
    assert answer.status_code in (400, 409), answer.content
