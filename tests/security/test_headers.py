"""What every answer tells the browser, whatever kind of answer it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.conf import settings as chosen
from django.test import Client
from pytest_django import Settings

from requests_app.models import Stay
from settings.policies import CORS_ALLOW_HEADERS, CORS_ALLOW_METHODS
from tests import cast
from tests.cast import Hotel
from tests.security.observatory import Seen, directives, grade, score

pytestmark = pytest.mark.django_db

OURS, FOREIGN = "https://desk.example", "https://evil.example"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Reporting-Endpoints": 'csp="/api/csp-report"',
}


@pytest.fixture(autouse=True)
def front_end(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [OURS]


@pytest.fixture
def over_https(settings: Settings) -> dict[str, Any]:
    """What settings.prod says, where there is TLS."""
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    settings.GUEST_COOKIE_NAME = "__Secure-bellhop_stay"
    return {"secure": True}


def tells_all(answer: Any) -> None:
    for name, value in ALWAYS.items():
        assert answer[name] == value, name
    policy = directives(answer["Content-Security-Policy"])
    assert policy["default-src"] == {"'none'"}
    assert not {"'unsafe-inline'", "'unsafe-eval'"} & set().union(*policy.values())
    assert policy["report-uri"] == {"/api/csp-report"}
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert answer["Server"] == "bellhop"
    assert "X-Powered-By" not in answer
    assert "no-store" in answer["Cache-Control"] or "public" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *(("/api/request", 200), ("/api/docs", 200), ("/api/schema", 200), ("/api/nowhere", 404)),
        *(("/health", 200), ("/health/live", 200), ("/nowhere", 404), ("/", 302), ("/admin/", 302)),
        *(("/admin/login/", 200), ("/static/admin/css/base.css", 200), ("/static/nothing.css", 404)),
        *(("/stay", 403), ("/s/nonsense", 404), ("/api/csp-report", 405), ("/api/auth/logout", 405)),
    ],
)
def test_every_kind_of_answer_carries_them(hotel: Hotel, path: str, status: int) -> None:
    headers = cast.bearer(hotel.lan) if path.startswith("/api") else {}
    answer = Client().get(path, headers=headers)
    if path not in ("/stay", "/s/nonsense", "/"):
        assert answer.status_code == status
    tells_all(answer)
    answer.close()


def test_so_do_refusals_and_the_short_way(hotel: Hotel) -> None:
    client, lan = Client(), cast.bearer(hotel.lan)
    cast.asked(hotel.lan, hotel.property)
    first = client.get("/api/request", headers=lan)
    again = client.get("/api/request", headers=lan)
    tag = {"If-None-Match": again["ETag"]}
    unchanged = client.get("/api/request", headers=lan | tag)
    json = "application/json"
    created = client.post("/api/request", {}, content_type=json, headers=lan)
    large = client.post("/api/request", b" " * 3_000_000, content_type=json, headers=lan)
    foreign_host = client.get("/api/request", headers={"Host": "evil.example"})
    statuses = []
    for answer in (first, again, unchanged, created, large, foreign_host, client.get("/api/request")):
        tells_all(answer)
        statuses.append(answer.status_code)
    assert statuses == [200, 200, 304, 400, 413, 400, 401]


def test_so_does_a_mistake_of_ours(hotel: Hotel, monkeypatch: pytest.MonkeyPatch) -> None:
    def fall(*_: object, **__: object) -> None:
        raise RuntimeError("a mistake")

    monkeypatch.setattr("security.shown.me", fall)
    answer = Client(raise_request_exception=False).get("/api/auth/me", headers=cast.bearer(hotel.lan))
    assert answer.status_code == 500
    tells_all(answer)


def test_plain_http_is_sent_to_https_and_probes_are_not(over_https: dict[str, Any]) -> None:
    sent = Client().get("/admin/login/")
    assert (sent.status_code, sent["Location"]) == (301, "https://testserver/admin/login/")
    tells_all(sent)
    assert "Strict-Transport-Security" not in sent
    assert Client().get("/health/live").status_code == 200


def test_a_program_in_the_clear_is_refused_and_not_sent_on(hotel: Hotel, over_https: dict[str, Any]) -> None:
    lan = cast.bearer(hotel.lan)
    refused = Client().get("/api/request", headers=lan)
    assert (refused.status_code, refused.json()["code"]) == (403, "PERMISSION_DENIED")
    assert "Location" not in refused
    tells_all(refused)
    assert Client().get("/api/request", headers=lan, **over_https).status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/admin/login/", "/stay", "/api/request", "/static/admin/css/base.css"]
)
def test_nothing_is_echoed(path: str) -> None:
    answer = Client().trace(path)
    assert (answer.status_code, "TRACE" in answer["Allow"]) == (405, False)


@pytest.mark.parametrize("path", ["/admin/login/", "/admin/", "/api/docs", "/stay", "/api/request"])
def test_the_observatory_gives_its_best_grade(hotel: Hotel, over_https: dict[str, Any], path: str) -> None:
    client = Client()
    if path == "/admin/":
        said = {"username": "hoa", "password": cast.PASSWORD, "next": "/admin/"}
        client.post("/admin/login/", said, **over_https)
    if path == "/stay":
        opened = cast.checked_in(hotel.lan, hotel.property)
        assert Stay.objects.exists()
        client.get(f"/s/{opened.token}", **over_https)
    headers = cast.bearer(hotel.lan) if path.startswith("/api/request") else {}
    answer = client.get(path, headers=headers, **over_https)
    assert answer.status_code == 200
    cors = client.get(path, headers=headers | {"Origin": FOREIGN}, **over_https)
    jar = (*answer.cookies.values(), *client.cookies.values())
    seen = Seen(
        {name.lower(): value for name, value in answer.items()},
        [cookie.OutputString() for cookie in jar],
        {name.lower(): value for name, value in cors.items()},
        answer.content.decode(),
    )
    assert grade(seen) == "A+"
    assert score(seen) >= 125


def test_the_scorer_knows_a_bad_answer() -> None:
    assert grade(Seen({})) == "F"
    assert grade(Seen({"content-security-policy": "script-src 'unsafe-inline'"})) == "F"


def test_cookies_are_for_this_host_and_https_alone(hotel: Hotel, over_https: dict[str, Any]) -> None:
    said = {"username": "lan", "password": cast.PASSWORD, "next": "/admin/"}
    answer = Client().post("/admin/login/", said, **over_https)
    assert answer.status_code == 302
    session = answer.cookies["__Host-sessionid"]
    assert (session["secure"], session["httponly"], session["samesite"]) == (True, True, "Lax")
    assert (session["path"], session["domain"]) == ("/", "")
    csrf = answer.cookies["__Host-csrftoken"]
    assert (csrf["secure"], csrf["samesite"], csrf["path"]) == (True, "Lax", "/")


def test_a_guest_s_cookie_is_for_https_and_their_own_pages(hotel: Hotel, over_https: dict[str, Any]) -> None:
    client, token = Client(), cast.checked_in(hotel.lan, hotel.property).token
    cookie = client.get(f"/s/{token}", **over_https).cookies["__Secure-bellhop_stay"]
    assert (cookie["secure"], cookie["httponly"], cookie["path"]) == (True, True, "/stay")
    assert client.get("/stay", **over_https).status_code == 200
    gone = Client().get("/stay", **over_https).cookies["__Secure-bellhop_stay"]
    assert (gone["max-age"], gone["secure"]) == (0, True)


def test_the_end_of_a_session_clears_what_the_browser_kept(hotel: Hotel) -> None:
    for path in ("/admin/logout/", "/api/auth/logout"):
        client = Client()
        client.force_login(hotel.lan)
        assert client.post(path)["Clear-Site-Data"] == '"cache", "storage"'
    token = cast.bearer(hotel.lan)
    assert "Clear-Site-Data" not in Client().post("/api/auth/logout", headers=token)


def asked_from(origin: str, headers: Mapping[str, str], path: str = "/api/request") -> Any:
    return Client().get(path, headers={**headers, "Origin": origin})


@pytest.mark.parametrize(
    "origin",
    [
        FOREIGN,
        "null",
        "http://desk.example",
        f"{OURS}.evil.example",
        f"{OURS}:444",
        "https://desk.example@evil",
    ],
)
def test_another_origin_is_told_nothing(hotel: Hotel, origin: str) -> None:
    answer = asked_from(origin, cast.bearer(hotel.lan))
    assert not [name for name, _ in answer.items() if name.lower().startswith("access-control-")]
    assert "origin" in answer["Vary"].lower()


def test_a_listed_origin_is_told_and_may_show_its_session(hotel: Hotel) -> None:
    lan = cast.bearer(hotel.lan)
    for answer in (
        asked_from(OURS, lan),
        asked_from(OURS, lan),
        asked_from(OURS, {}),
        asked_from(OURS, lan, "/api/x"),
    ):
        assert answer["Access-Control-Allow-Origin"] == OURS
        assert answer["Access-Control-Allow-Credentials"] == "true"
        assert "ETag" in answer["Access-Control-Expose-Headers"]
    for path in ("/api/request", "/health", "/api/nowhere"):
        assert "origin" in Client().get(path)["Vary"].lower()
    assert "Access-Control-Allow-Origin" not in asked_from(OURS, {}, "/admin/login/")


@pytest.mark.parametrize("method", CORS_ALLOW_METHODS)
def test_a_preflight_knows_every_method_and_header(method: str) -> None:
    asking = {
        "Origin": OURS,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": ", ".join(CORS_ALLOW_HEADERS),
    }
    answer = Client().options("/api/request/1", headers=asking)
    assert answer.status_code == 200
    assert method in answer["Access-Control-Allow-Methods"]
    assert set(CORS_ALLOW_HEADERS) <= set(answer["Access-Control-Allow-Headers"].split(", "))
    refused = Client().options("/api/request/1", headers=asking | {"Origin": FOREIGN})
    assert "Access-Control-Allow-Origin" not in refused


def test_nothing_is_allowed_to_all_origins() -> None:
    assert not getattr(chosen, "CORS_ALLOW_ALL_ORIGINS", False)
    assert not getattr(chosen, "CORS_ALLOWED_ORIGIN_REGEXES", [])
