"""A body is read strictly, and refused in words its sender understands."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory

from cluster.answers import read_object
from cluster.answers.problems import Invalid, UnsupportedMedia

pytestmark = pytest.mark.urls("tests.cluster.doors")

BAD = {
    "broken": b'{"a":',
    "not utf-8": b'{"a": "\xff"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "NaN": b'{"a": NaN}',
    "infinity": b'{"a": 1e999}',
    "a bare control character": b'{"a": "\x01"}',
    "a lone surrogate": b'{"a": "\\ud800"}',
    "the same name twice": b'{"a": 1, "a": 2}',
    "very deep": b"[" * 100_000,
    "too deep": b"[" * 40 + b"]" * 40,
    "deep objects": b'{"a":' * 40 + b"1" + b"}" * 40,
    "a number without end": b"1" * 5000,
}


def post(body: bytes, content_type: str = "application/json") -> tuple[int, dict[str, object]]:
    response = Client(raise_request_exception=False).post("/api/echo", body, content_type=content_type)
    return response.status_code, response.json()


def test_it_works() -> None:
    status, body = post('{"requestText": "thêm khăn 🛁 \\u0041", "n": [1, 2.5, null, true]}'.encode())
    assert (status, body["data"]) == (201, {"requestText": "thêm khăn 🛁 A", "n": [1, 2.5, None, True]})


@pytest.mark.parametrize("name", BAD)
def test_it_rejects_what_is_not_plain_json(name: str) -> None:
    status, body = post(BAD[name])
    assert (status, body["code"]) == (400, "VALIDATION_ERROR")
    assert "JSON" in str(body["error"])


def test_many_brackets_that_are_not_deep_are_fine() -> None:
    assert post(b"[" + b",".join([b"[1]"] * 500) + b"]")[0] == 201


def test_a_number_beyond_64_bits_does_not_break_anything() -> None:
    assert post(b'{"a": 99999999999999999999999}')[0] == 201


def test_nothing_is_an_empty_object() -> None:
    assert post(b"", "")[1]["data"] == {}
    assert post(b"", "application/json")[1]["data"] == {}


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_it_rejects_another_type(content_type: str) -> None:
    status, body = post(b"a=1", content_type)
    assert (status, body["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_charset_beside_the_type_is_fine() -> None:
    assert post(b"{}", "application/json; charset=utf-8")[0] == 201


def test_it_rejects_a_body_over_the_limit(settings: object) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100  # type: ignore[attr-defined]
    status, body = post(b'{"a": "' + b"x" * 200 + b'"}')
    assert (status, body["code"]) == (413, "PAYLOAD_TOO_LARGE")


def test_a_plain_door_reads_objects_alone() -> None:
    make = RequestFactory()
    assert read_object(make.post("/", b'{"a": 1}', content_type="application/json")) == {"a": 1}
    with pytest.raises(Invalid, match="object"):
        read_object(make.post("/", b"[1]", content_type="application/json"))
    with pytest.raises(UnsupportedMedia):
        read_object(make.post("/", b"a=1", content_type="text/plain"))
