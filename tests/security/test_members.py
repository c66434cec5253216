"""Members of a property, managed by its manager: the verbs and their doors."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from cluster.answers.problems import NotFound, PermissionDenied, RuleViolated
from cluster.models import Event
from security import members
from security.models import Credential, Membership, Role, User
from tests import cast

pytestmark = pytest.mark.django_db

JSON = "application/json"
NEW = {"username": "nga", "displayName": "Nga Trần", "role": "concierge"}


@pytest.fixture
def hotel() -> cast.Hotel:
    return cast.demo_hotel()


@pytest.fixture
def next_door() -> cast.OtherHotel:
    return cast.other_hotel()


def add(client: Client, body: object, by: User, **headers: str) -> Any:
    return client.post("/api/member", body, content_type=JSON, headers=cast.bearer(by) | headers)


def change(client: Client, username: str, body: object, by: User) -> Any:
    return client.patch(f"/api/member/{username}", body, content_type=JSON, headers=cast.bearer(by))


def can_log_in(client: Client, username: str, password: str) -> bool:
    body = {"username": username, "password": password}
    answer = client.post("/api/auth/login", body, content_type=JSON)
    # One that somebody else has set is good for choosing another: test_first_password.py.
    return answer.status_code == 200 or "set by somebody else" in answer.json()["error"]


def news() -> list[dict[str, Any]]:
    return list(Event.objects.filter(name="access:changed").order_by("seq").values_list("change", flat=True))


def test_adding_works_and_shows_a_password_once(client: Client, hotel: cast.Hotel) -> None:
    response = add(client, NEW, by=hotel.hoa)
    data = response.json()["data"]
    assert response.status_code == 201
    assert (data["username"], data["displayName"], data["role"]) == ("nga", "Nga Trần", "concierge")
    assert data["propertyId"] == "demo-hotel"
    assert can_log_in(client, "nga", data["oneTimePassword"])


def test_adding_takes_a_given_password_and_does_not_repeat_it(client: Client, hotel: cast.Hotel) -> None:
    response = add(client, NEW | {"password": "seven green teacups"}, by=hotel.hoa)
    assert response.status_code == 201
    assert "oneTimePassword" not in response.json()["data"]
    assert can_log_in(client, "nga", "seven green teacups")


def test_adding_twice_with_a_key_adds_once(client: Client, hotel: cast.Hotel) -> None:
    answers = [add(client, NEW, by=hotel.hoa, **{"Idempotency-Key": "k1"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert answers[0].json()["data"] == answers[1].json()["data"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"username": ""}, "username"),
        ({"username": "two words"}, "username"),
        ({"username": 7}, "username"),
        ({"role": "king"}, "role"),
        ({"role": None}, "role"),
        ({"displayName": "x" * 101}, "displayName"),
        ({"password": "short"}, "password"),
        ({"password": "1234567890123"}, "password"),
        ({"language": "not a language"}, "language"),
        ({"propertyId": []}, "propertyId"),
    ],
)
def test_adding_rejects_a_wrong_field(
    client: Client, hotel: cast.Hotel, wrong: dict[str, object], field: str
) -> None:
    response = add(client, NEW | wrong, by=hotel.hoa)
    assert response.status_code == 400
    assert response.json()["details"][0]["field"] == field
    assert not User.objects.filter(username="nga").exists()


def test_a_superuser_brings_somebody_in_from_next_door(
    client: Client, hotel: cast.Hotel, next_door: cast.OtherHotel
) -> None:
    response = add(
        client, {"username": "otto", "role": "concierge", "propertyId": "demo-hotel"}, by=cast.superuser()
    )
    assert response.status_code == 201
    assert "oneTimePassword" not in response.json()["data"]
    assert can_log_in(client, "otto", cast.PASSWORD)


def test_a_manager_does_not_enlist_somebody_from_next_door(
    client: Client, hotel: cast.Hotel, next_door: cast.OtherHotel
) -> None:
    response = add(client, {"username": "otto", "role": "concierge"}, by=hotel.hoa)
    assert response.status_code == 400
    assert response.json()["details"][0]["code"] == "taken"
    assert next_door.otto.memberships.count() == 1


def test_a_taken_username_with_a_new_password_is_refused(
    client: Client, hotel: cast.Hotel, next_door: cast.OtherHotel
) -> None:
    response = add(client, NEW | {"username": "otto", "password": "seven green teacups"}, by=hotel.hoa)
    assert response.status_code == 400
    assert response.json()["details"][0]["code"] == "taken"


def test_adding_a_member_again_is_refused(client: Client, hotel: cast.Hotel) -> None:
    assert add(client, {"username": "lan", "role": "concierge"}, by=hotel.hoa).status_code == 422


def test_changing_works_and_every_node_hears_it(client: Client, hotel: cast.Hotel) -> None:
    response = change(
        client, "lan", {"role": "manager", "display_name": "Lan Anh", "language": "vi"}, by=hotel.hoa
    )
    data = response.json()["data"]
    assert response.status_code == 200
    assert (data["role"], data["displayName"], data["language"]) == ("manager", "Lan Anh", "vi")
    assert news() == [{"userId": hotel.lan.pk, "propertyId": hotel.property.pk}]


def test_letting_somebody_out_ends_their_tokens(client: Client, hotel: cast.Hotel) -> None:
    token = cast.bearer(hotel.lan)
    assert change(client, "lan", {"isActive": False}, by=hotel.hoa).status_code == 200
    assert client.get("/api/auth/me", headers=token).status_code == 401
    assert Credential.objects.get(user=hotel.lan).revoked_at is not None
    assert not can_log_in(client, "lan", cast.PASSWORD)
    assert not User.objects.get(username="lan").is_staff


def test_letting_somebody_in_again_works(client: Client, hotel: cast.Hotel) -> None:
    for is_active in (False, True):
        change(client, "lan", {"isActive": is_active}, by=hotel.hoa)
    assert can_log_in(client, "lan", cast.PASSWORD)
    assert User.objects.get(username="lan").is_staff


def test_letting_somebody_out_here_does_not_let_them_out_elsewhere(
    client: Client, hotel: cast.Hotel, next_door: cast.OtherHotel
) -> None:
    Membership.objects.create(user=hotel.lan, property=next_door.property, role=Role.CONCIERGE)
    token = cast.bearer(hotel.lan)
    change(client, "lan", {"isActive": False}, by=hotel.hoa)
    me = client.get("/api/auth/me", headers=token).json()["data"]
    assert me["properties"] == [{"propertyId": "other-hotel", "role": "concierge"}]


@pytest.mark.parametrize("body", [{"isActive": False}, {"role": "front-desk"}])
def test_a_property_keeps_its_last_manager(
    client: Client, hotel: cast.Hotel, body: dict[str, object]
) -> None:
    cast.member("former", Role.MANAGER, hotel.property, is_active=False)
    response = change(client, "hoa", body, by=hotel.hoa)
    assert response.status_code == 422
    assert response.json()["code"] == "BUSINESS_RULE_VIOLATION"


def test_one_of_two_managers_may_go(client: Client, hotel: cast.Hotel) -> None:
    cast.member("second", Role.MANAGER, hotel.property)
    assert change(client, "hoa", {"role": "front-desk"}, by=hotel.hoa).status_code == 200


def test_resetting_gives_a_password_and_ends_what_was_open(client: Client, hotel: cast.Hotel) -> None:
    token = cast.bearer(hotel.lan)
    session = Client()
    session.force_login(hotel.lan)
    response = client.post("/api/member/lan/reset", content_type=JSON, headers=cast.bearer(hotel.hoa))
    assert response.status_code == 200
    assert can_log_in(client, "lan", response.json()["data"]["oneTimePassword"])
    assert not can_log_in(client, "lan", cast.PASSWORD)
    assert client.get("/api/auth/me", headers=token).status_code == 401
    assert session.get("/api/auth/me").status_code == 401


def test_the_account_of_somebody_who_works_elsewhere_too_is_out_of_reach(
    client: Client, hotel: cast.Hotel, next_door: cast.OtherHotel
) -> None:
    Membership.objects.create(user=next_door.otto, property=hotel.property, role=Role.CONCIERGE)
    assert (
        client.post("/api/member/otto/reset", content_type=JSON, headers=cast.bearer(hotel.hoa)).status_code
        == 403
    )
    assert change(client, "otto", {"displayName": "Mine"}, by=hotel.hoa).status_code == 403
    assert change(client, "otto", {"role": "housekeeping"}, by=hotel.hoa).status_code == 200
    assert can_log_in(client, "otto", cast.PASSWORD)


def test_superusers_are_out_of_a_manager_s_reach(client: Client, hotel: cast.Hotel) -> None:
    admin = cast.superuser()
    assert add(client, {"username": "admin", "role": "concierge"}, by=hotel.hoa).status_code == 400
    Membership.objects.create(user=admin, property=hotel.property, role=Role.CONCIERGE)
    assert change(client, "admin", {"role": "housekeeping"}, by=hotel.hoa).status_code == 403
    assert (
        client.post("/api/member/admin/reset", content_type=JSON, headers=cast.bearer(hotel.hoa)).status_code
        == 403
    )


def test_listing_shows_one_s_own_property(
    client: Client, hotel: cast.Hotel, next_door: cast.OtherHotel
) -> None:
    rows = client.get("/api/member", headers=cast.bearer(hotel.hoa)).json()["data"]
    assert [row["username"] for row in rows] == ["hoa", "lan", "minh"]
    everybody = client.get("/api/member", headers=cast.bearer(cast.superuser())).json()["data"]
    assert {row["propertyId"] for row in everybody} == {"demo-hotel", "other-hotel"}


def test_another_property_is_not_there(client: Client, hotel: cast.Hotel, next_door: cast.OtherHotel) -> None:
    for name in ("demo-hotel", hotel.property.pk, str(hotel.property.pk), "no-such"):
        body = NEW | {"propertyId": name}
        assert add(client, body, by=next_door.otto).status_code == 404
        url = f"/api/member?propertyId={name}"
        assert client.get(url, headers=cast.bearer(next_door.otto)).status_code == 404
    assert change(client, "lan", {"role": "manager"}, by=next_door.otto).status_code == 404
    with pytest.raises(NotFound):
        members.reset_password(by=cast.caller(next_door.otto), property_id=hotel.property.pk, username="lan")


def test_only_managers_may(client: Client, hotel: cast.Hotel, next_door: cast.OtherHotel) -> None:
    for somebody in (hotel.lan, hotel.minh):
        assert add(client, NEW, by=somebody).status_code == 403
        assert client.get("/api/member", headers=cast.bearer(somebody)).status_code == 403
        # What is outside one's properties is not there, whatever one's role is.
        assert add(client, NEW | {"propertyId": "other-hotel"}, by=somebody).status_code == 404
    for header in (cast.guest_token(hotel.property), cast.api_key(hotel.property, "stay", "ops")):
        assert client.get("/api/member", headers=header).status_code == 403
    assert client.get("/api/member?propertyId=nowhere").status_code == 401
    with pytest.raises(PermissionDenied):
        members.change(
            by=cast.caller(hotel.minh), property_id=hotel.property.pk, username="lan", role="manager"
        )


def test_a_manager_of_several_says_which(
    client: Client, hotel: cast.Hotel, next_door: cast.OtherHotel
) -> None:
    Membership.objects.create(user=hotel.hoa, property=next_door.property, role=Role.MANAGER)
    response = add(client, NEW, by=hotel.hoa)
    assert response.status_code == 400
    assert response.json()["details"][0]["field"] == "propertyId"
    response = add(client, NEW | {"tenantId": "other-hotel"}, by=hotel.hoa)
    assert response.json()["data"]["propertyId"] == "other-hotel"


def test_it_rejects_a_member_nobody_knows(hotel: cast.Hotel) -> None:
    with pytest.raises(NotFound):
        members.change(
            by=cast.caller(hotel.hoa), property_id=hotel.property.pk, username="ghost", role="manager"
        )
    with pytest.raises(RuleViolated):
        members.change(
            by=cast.caller(hotel.hoa), property_id=hotel.property.pk, username="hoa", is_active=False
        )


@pytest.mark.django_db(transaction=True)
def test_two_managers_can_not_let_each_other_out_at_once() -> None:
    hotel = cast.demo_hotel()
    second = cast.member("second", Role.MANAGER, hotel.property)
    start, refused = threading.Barrier(2), []

    def let_out(by: User, username: str) -> None:
        who = cast.caller(by)
        start.wait()
        try:
            members.change(by=who, property_id=hotel.property.pk, username=username, is_active=False)
        except (RuleViolated, PermissionDenied, NotFound) as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=let_out, args=who) for who in ((hotel.hoa, "second"), (second, "hoa"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    left = Membership.objects.filter(property=hotel.property, role=Role.MANAGER, is_active=True)
    assert (left.count(), len(refused)) == (1, 1)
