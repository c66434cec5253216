"""Single sign-on against a real provider on the loopback: one way in, and every way not in."""

from __future__ import annotations

import base64
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from security import first_passwords, sessions
from security.audit import queue
from security.models import AuditEntry, Identity, StaffSession, User
from security.single_sign_on import attempts, fetching
from security.single_sign_on import provider as ours
from settings.problems import UnusableEnvironment
from settings.reading import read
from tests import cast
from tests.cast import Hotel
from tests.security import provider as theirs
from tests.security.provider import CLIENT, SECRET, Key, Provider
from tests.security.test_second_factor import PAGE, SETUP, code, enrolled
from tests.settings.test_environment import IN_PROD

pytestmark = pytest.mark.django_db
LOGIN, START, BACK = "/admin/login/", "/admin/oidc/start", "/admin/oidc/callback"


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    with theirs.running() as found:
        settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = (
            found.issuer,
            CLIENT,
            SECRET,
        )
        settings.OIDC_NAME = "Hotel ID"
        ours.forget()
        yield found
        ours.forget()


@pytest.fixture
def hoa(hotel: Hotel, provider: Provider) -> User:
    Identity.objects.create(issuer=provider.issuer, subject="sub-1", user=hotel.hoa)
    return hotel.hoa


def begun(provider: Provider, client: Client, wanted: str = "", subject: str = "sub-1") -> str:
    there = client.get(START, {"next": wanted} if wanted else {})
    assert there.status_code == 302
    assert there["Location"].startswith(f"{provider.issuer}/authorize?"), there["Location"]
    return provider.authorize(there["Location"], subject)


def came_in(client: Client) -> bool:
    return client.get("/api/auth/me").status_code == 200


def refused(client: Client, query: str) -> str:
    """Come back, be refused, and return the sentence on the login page."""
    answer = client.get(f"{BACK}?{query}", follow=True)
    assert answer.redirect_chain[-1][0].startswith(LOGIN)
    assert not came_in(client)
    return " ".join(str(each) for each in answer.context["messages"])


@pytest.mark.both_databases
def test_it_works(hoa: User, provider: Provider) -> None:
    client = Client()
    page = client.get(LOGIN, {"next": "/admin/account/"}).content.decode()
    assert "Sign in with Hotel ID" in page
    assert f'href="{START}?next=%2Fadmin%2Faccount%2F"' in page
    answer = client.get(f"{BACK}?{begun(provider, client, '/admin/account/')}")
    assert answer["Location"] == "/admin/account/"
    assert came_in(client)
    assert AuditEntry.objects.filter(action="login:succeeded", actor="hoa").exists()
    assert StaffSession.objects.get(user=hoa).second_factor is False


def test_the_session_has_a_new_key(hoa: User, provider: Provider) -> None:
    client = Client()
    query = begun(provider, client)
    before = client.cookies["sessionid"].value
    client.get(f"{BACK}?{query}")
    assert client.cookies["sessionid"].value != before
    assert not StaffSession.objects.filter(session_key=before).exists()


def test_it_is_off_unless_configured(hotel: Hotel) -> None:
    assert "oidc" not in Client().get(LOGIN).content.decode()
    assert [Client().get(path).status_code for path in (START, BACK)] == [404, 404]


def test_the_way_there_asks_for_what_is_configured(hoa: User, provider: Provider, settings: Any) -> None:
    settings.OIDC_SCOPES = ("email",)
    asked = parse_qs(urlsplit(Client().get(START)["Location"]).query)
    assert asked["scope"] == ["openid email"]
    assert asked["redirect_uri"] == ["http://testserver/admin/oidc/callback"]
    assert asked["client_id"] == [CLIENT]
    assert len(asked["nonce"][0]) == len(asked["state"][0]) == 43


def test_the_provider_is_shown_our_secret(hoa: User, provider: Provider, settings: Any) -> None:
    client = Client()
    client.get(f"{BACK}?{begun(provider, client)}")
    assert provider.shown == [{"client": CLIENT, "secret": SECRET}]
    settings.OIDC_CLIENT_SECRET = "not-it"
    other = Client()
    assert "can not be trusted" in refused(other, begun(provider, other))


def test_a_foreign_page_begins_nothing(hoa: User, provider: Provider) -> None:
    client = Client()
    assert client.get(START, headers={"Sec-Fetch-Site": "cross-site"})["Location"] == LOGIN
    assert attempts.ATTEMPT not in client.session
    assert client.post(START).status_code == 405


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil"]
)
def test_next_stays_in_the_house(hoa: User, provider: Provider, wanted: str) -> None:
    client = Client()
    assert client.get(f"{BACK}?{begun(provider, client, wanted)}")["Location"] == "/admin/"


def test_a_wrong_state_opens_nothing(hoa: User, provider: Provider) -> None:
    client, stranger = Client(), Client()
    query = begun(provider, client)
    assert "not begun in this browser" in refused(stranger, query)
    assert "not begun in this browser" in refused(client, query.replace("state=", "state=x"))
    assert "/token" not in provider.asked


def test_a_state_is_good_once(hoa: User, provider: Provider) -> None:
    client = Client()
    query = begun(provider, client)
    assert client.get(f"{BACK}?{query}")["Location"] == "/admin/"
    assert client.get(f"{BACK}?{query}")["Location"].startswith(LOGIN)
    assert provider.asked.count("/token") == 1


def test_a_state_is_good_for_ten_minutes(hoa: User, provider: Provider, monkeypatch: Any) -> None:
    monkeypatch.setattr(attempts, "SECONDS", -1)
    client = Client()
    assert "too long ago" in refused(client, begun(provider, client))


def test_the_provider_may_say_no(hoa: User, provider: Provider) -> None:
    client = Client()
    query = begun(provider, client).replace("code=", "error=access_denied&x=")
    assert "did not let you in" in refused(client, query)


def test_an_answer_of_another_issuer(hoa: User, provider: Provider) -> None:
    client = Client()
    assert "can not be trusted" in refused(
        client, begun(provider, client) + "&iss=https%3A%2F%2Fevil.example"
    )


LIES: dict[str, tuple[dict[str, Any], str]] = {
    "nonce": ({"nonce": "another"}, "wrong-nonce"),
    "no nonce": ({"nonce": None}, "MissingRequiredClaimError"),
    "audience": ({"aud": "somebody-else"}, "InvalidAudienceError"),
    "several": ({"aud": [CLIENT, "other"]}, "wrong-authorized-party"),
    "party": ({"azp": "other"}, "wrong-authorized-party"),
    "issuer": ({"iss": "https://evil.example"}, "InvalidIssuerError"),
    "expired": ({"exp": 1_700_000_000}, "ExpiredSignatureError"),
    "no end": ({"exp": None}, "MissingRequiredClaimError"),
    "not yet": ({"iat": 4_000_000_000}, "ImmatureSignatureError"),
    "no subject": ({"sub": None}, "MissingRequiredClaimError"),
    "empty subject": ({"sub": ""}, "wrong-subject"),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_a_token_must_say(hoa: User, provider: Provider, caplog: Any, lie: str) -> None:
    provider.claims, reason = LIES[lie]
    client = Client()
    with caplog.at_level(logging.WARNING, "bellhop.security"):
        assert "can not be trusted" in refused(client, begun(provider, client))
    assert f"oidc.refused: {reason}" in caplog.text
    assert "sub-1" not in caplog.text
    assert "eyJ" not in caplog.text


def unsigned(claims: dict[str, Any], provider: Provider) -> str:
    return jwt.encode(claims, "", algorithm="none", headers={"kid": "first"})


def by_public_key(claims: dict[str, Any], provider: Provider) -> str:
    # PyJWT refuses to sign so; a forger does it by hand.
    parts = [{"alg": "HS256", "kid": "first", "typ": "JWT"}, claims]
    head = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts
    )
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(
        head.encode(), provider.key.pem()
    )
    return f"{head}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def by_our_secret(claims: dict[str, Any], provider: Provider) -> str:
    return jwt.encode(claims, SECRET.ljust(32, "x"), algorithm="HS256", headers={"kid": "first"})


def by_another_key(claims: dict[str, Any], provider: Provider) -> str:
    return jwt.encode(claims, Key("first").private, algorithm="RS256", headers={"kid": "first"})


def with_another_name(claims: dict[str, Any], provider: Provider) -> str:
    return jwt.encode(claims, Key("x", "ES256").private, algorithm="ES256", headers={"kid": "first"})


def changed(claims: dict[str, Any], provider: Provider) -> str:
    head, _, signature = provider.signed(claims).split(".")
    body = base64.urlsafe_b64encode(json.dumps({**claims, "sub": "sub-2"}).encode()).decode().rstrip("=")
    return f"{head}.{body}.{signature}"


def nonsense(claims: dict[str, Any], provider: Provider) -> str:
    return "no.token.atall"


@pytest.mark.parametrize(
    "forge", [unsigned, by_public_key, by_our_secret, by_another_key, with_another_name, changed, nonsense]
)
def test_only_the_providers_signature_counts(
    hoa: User, provider: Provider, forge: Callable[[dict[str, Any], Provider], str]
) -> None:
    provider.sign = lambda claims: forge(claims, provider)
    client = Client()
    assert "can not be trusted" in refused(client, begun(provider, client))


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_keys_may_change(hoa: User, provider: Provider, monkeypatch: Any, algorithm: str) -> None:
    first = Client()
    first.get(f"{BACK}?{begun(provider, first)}")
    provider.key = Key("second", algorithm)
    provider.published = [*provider.published, provider.key]
    soon = Client()
    assert "can not be trusted" in refused(soon, begun(provider, soon))
    assert provider.asked.count("/keys") == 1, "a token with an unknown key had the keys fetched at once"
    ours.known().keys.cooldown_duration = 0
    later = Client()
    later.get(f"{BACK}?{begun(provider, later)}")
    assert came_in(later)
    assert provider.asked.count("/keys") == 2
    assert provider.asked.count(ours.WELL_KNOWN) == 1


def test_strangers_stay_outside(hotel: Hotel, provider: Provider) -> None:
    people = User.objects.count()
    client = Client()
    assert "linked with nobody here" in refused(client, begun(provider, client))
    assert User.objects.count() == people
    assert not Identity.objects.exists()
    assert {"by": "oidc", "reason": "not-linked"} in told()


def told() -> list[Any]:
    queue.flush()
    return [json.loads(row.after or "{}") for row in AuditEntry.objects.filter(action="login:failed")]


def test_who_was_let_out_stays_outside(hoa: User, provider: Provider) -> None:
    User.objects.filter(pk=hoa.pk).update(is_active=False)
    client = Client()
    assert "not open" in refused(client, begun(provider, client))
    User.objects.filter(pk=hoa.pk).update(is_active=True)
    hoa.memberships.update(is_active=False)
    assert "not open" in refused(client, begun(provider, client))


@pytest.mark.both_databases
def test_a_name_links_only_where_that_is_allowed(hotel: Hotel, provider: Provider, settings: Any) -> None:
    settings.OIDC_LINK_BY_USERNAME = True
    client = Client()
    client.get(f"{BACK}?{begun(provider, client)}")
    assert came_in(client)
    assert Identity.objects.get().user == hotel.hoa
    taken = Client()
    assert "linked with nobody" in refused(taken, begun(provider, taken, subject="sub-2"))
    settings.OIDC_USERNAME_CLAIM = "email"
    User.objects.filter(username="lan").update(username="lan@hotel.example")
    provider.claims = {"email": "lan@hotel.example"}
    unchecked = Client()
    assert "linked with nobody" in refused(unchecked, begun(provider, unchecked, subject="sub-3"))
    provider.claims |= {"email_verified": True}
    checked = Client()
    checked.get(f"{BACK}?{begun(provider, checked, subject='sub-3')}")
    assert came_in(checked)


def test_a_name_never_links_a_superuser(hotel: Hotel, provider: Provider, settings: Any) -> None:
    settings.OIDC_LINK_BY_USERNAME = True
    cast.superuser()
    provider.claims = {"preferred_username": "admin"}
    client = Client()
    assert "linked with nobody" in refused(client, begun(provider, client))


def test_the_own_second_factor_is_asked(hoa: User, provider: Provider) -> None:
    enrolled(hoa)
    client = Client()
    answer = client.get(f"{BACK}?{begun(provider, client, '/admin/account/')}")
    assert answer["Location"] == PAGE
    assert not came_in(client)
    assert client.post(PAGE, {"code": code()})["Location"] == "/admin/account/"
    assert came_in(client)


@pytest.mark.parametrize(
    ("ways", "let_in"), [(["pwd", "mfa"], True), (["hwk"], True), (["pwd"], False), ("mfa", False)]
)
def test_the_providers_second_factor_counts(
    hoa: User, provider: Provider, settings: Any, ways: Any, let_in: bool
) -> None:
    enrolled(hoa)
    settings.MFA_REQUIRED_ROLES = frozenset({"manager"})
    provider.claims = {"amr": ways}
    client = Client()
    client.get(f"{BACK}?{begun(provider, client)}")
    assert came_in(client) is let_in


def test_a_role_that_needs_one_is_led_to_the_set_up(hoa: User, provider: Provider, settings: Any) -> None:
    settings.MFA_REQUIRED_ROLES = frozenset({"manager"})
    client = Client()
    client.get(f"{BACK}?{begun(provider, client)}")
    assert not came_in(client)
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == SETUP


def test_after_a_password_and_a_second_step_one_is_where_one_wanted(hotel: Hotel) -> None:
    enrolled(hotel.hoa)
    client = Client()
    said = {"username": "hoa", "password": cast.PASSWORD, "next": "/admin/account/"}
    assert client.post(LOGIN, said)["Location"] == PAGE
    assert client.post(PAGE, {"code": code()})["Location"] == "/admin/account/"


def test_a_password_somebody_else_has_set_is_given_up(hoa: User, provider: Provider) -> None:
    User.objects.filter(pk=hoa.pk).update(first_password_until=first_passwords.end())
    client = Client()
    client.get(f"{BACK}?{begun(provider, client)}")
    assert came_in(client)
    hoa.refresh_from_db()
    assert (hoa.first_password_until, hoa.has_usable_password()) == (None, False)


def test_forced_logout_ends_it(hoa: User, provider: Provider) -> None:
    client = Client()
    client.get(f"{BACK}?{begun(provider, client)}")
    sessions.end_all(by=cast.caller(hoa), user_id=hoa.pk)
    assert not came_in(client)


def test_a_silent_provider_is_told_and_not_waited_for(
    hoa: User, provider: Provider, monkeypatch: Any
) -> None:
    monkeypatch.setattr(fetching, "READ_SECONDS", 0.2)
    provider.hang = threading.Event()
    began = time.monotonic()
    for _ in range(20):
        answer = Client().get(START, follow=True)
        assert "does not answer" in str(*answer.context["messages"])
    assert time.monotonic() - began < 10
    assert provider.asked == [ours.WELL_KNOWN], "a silent provider was asked again"


@pytest.mark.parametrize(
    ("status", "words"), [(503, "does not answer"), (302, "can not be trusted"), (404, "can not")]
)
def test_a_provider_in_trouble_is_told(hoa: User, provider: Provider, status: int, words: str) -> None:
    client = Client()
    query = begun(provider, client)
    provider.status = status
    assert words in refused(client, query)


def test_a_provider_that_is_gone_is_told(hoa: User, provider: Provider, settings: Any) -> None:
    settings.OIDC_ISSUER = "http://127.0.0.1:1"
    assert "does not answer" in str(*Client().get(START, follow=True).context["messages"])


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "file:///etc/passwd"},
        {"jwks_uri": "ftp://127.0.0.1/keys"},
        {"authorization_endpoint": None},
        {"more": "x" * fetching.LARGEST},
    ],
)
def test_a_discovery_that_can_not_be_meant(hoa: User, provider: Provider, said: dict[str, Any]) -> None:
    provider.discovery = said
    assert "can not be trusted" in str(*Client().get(START, follow=True).context["messages"])


def test_an_https_issuer_never_leads_to_plain_http() -> None:
    with pytest.raises(ours.Refused):
        ours._address("https://login.example", "http://login.example/token")


def test_a_secret_in_the_form_for_those_who_take_it_there(
    hoa: User, provider: Provider, monkeypatch: Any
) -> None:
    provider.discovery = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    client, sent = Client(), []
    monkeypatch.setattr(fetching, "_exchange", record_of(fetching._exchange, sent))
    query = begun(provider, client)
    client.get(f"{BACK}?{query}")
    assert sent[-1]["client_secret"] == SECRET


def record_of(exchange: Any, sent: list[Any]) -> Any:
    def kept(address: str, form: Any, login: Any) -> Any:
        sent.append(form)
        return exchange(address, form, login)

    return kept


@pytest.mark.both_databases
def test_links_by_command(hotel: Hotel, provider: Provider, capsys: Any) -> None:
    call_command("identity", "link", "hoa", "sub-1")
    client = Client()
    client.get(f"{BACK}?{begun(provider, client)}")
    assert came_in(client)
    with pytest.raises(CommandError, match="linked already"):
        call_command("identity", "link", "lan", "sub-1")
    call_command("identity", "list")
    assert "hoa" in capsys.readouterr().out
    call_command("identity", "unlink", str(Identity.objects.get().pk))
    assert not came_in(client)


@pytest.mark.both_databases
def test_links_in_the_back_office(hotel: Hotel, provider: Provider) -> None:
    path = "/admin/security/identity/"
    above, manager = Client(), Client()
    above.post(LOGIN, {"username": cast.superuser().username, "password": cast.PASSWORD})
    manager.post(LOGIN, {"username": "hoa", "password": cast.PASSWORD})
    assert manager.get(path).status_code == 403
    said = {"user": hotel.hoa.pk, "issuer": provider.issuer, "subject": "sub-1"}
    assert provider.issuer in above.get(f"{path}add/").content.decode()
    assert above.post(f"{path}add/", said).status_code == 302
    assert AuditEntry.objects.filter(action="identity:created", actor="admin").exists()
    assert above.post(f"{path}add/", said).status_code == 200
    row = Identity.objects.get()
    assert above.get(path).status_code == 200
    assert above.get(f"{path}{row.pk}/change/").status_code == 200
    assert above.post(f"{path}{row.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Identity.objects.exists()
    assert not came_in(manager)


@pytest.mark.parametrize("missing", ["OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"])
def test_half_a_configuration_is_refused(missing: str) -> None:
    said = {"OIDC_ISSUER": "https://l.example", "OIDC_CLIENT_ID": "x", "OIDC_CLIENT_SECRET": "y"}
    del said[missing]
    with pytest.raises(UnusableEnvironment, match=missing):
        read({"DJANGO_SETTINGS_MODULE": "settings.dev", **said})


def test_prod_needs_https() -> None:
    said = {"OIDC_ISSUER": "http://l.example", "OIDC_CLIENT_ID": "x", "OIDC_CLIENT_SECRET": "y"}
    assert read({"DJANGO_SETTINGS_MODULE": "settings.dev", **said})
    with pytest.raises(UnusableEnvironment, match="OIDC_ISSUER"):
        read(IN_PROD | said)
