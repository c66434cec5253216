"""The back office: who enters, and what they find on their side of the wall."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cluster.models import Event
from security import credentials
from security.authentication import authenticate
from security.models import Credential, CredentialKind, Membership, Property, Role, User
from tests import cast

pytestmark = pytest.mark.django_db

MEMBERS = "/admin/security/membership/"
KEYS = "/admin/security/credential/"
PROPERTIES = "/admin/security/property/"
PEOPLE = "/admin/security/user/"


@pytest.fixture
def hotel() -> cast.Hotel:
    return cast.demo_hotel()


@pytest.fixture
def next_door() -> cast.OtherHotel:
    return cast.other_hotel()


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def key_of(place: Property) -> Credential:
    return credentials.issue(CredentialKind.API_KEY, property=place, scopes=["stay"], name="kiosk").credential


def told(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def test_members_and_superusers_enter(hotel: cast.Hotel) -> None:
    for user in (hotel.minh, hotel.hoa, cast.superuser()):
        client = Client()
        response = client.post("/admin/login/", {"username": user.username, "password": cast.PASSWORD})
        assert response.status_code == 302
        assert client.get("/admin/").status_code == 200


def test_nobody_else_enters(hotel: cast.Hotel) -> None:
    stranger = cast.person("stranger")
    response = Client().post("/admin/login/", {"username": "stranger", "password": cast.PASSWORD})
    assert response.status_code == 200
    assert as_(stranger).get("/admin/").status_code == 302
    Membership.objects.filter(user=hotel.minh).update(is_active=False)
    assert as_(hotel.minh).get("/admin/").status_code == 302
    Property.objects.update(is_active=False)
    assert as_(hotel.hoa).get("/admin/").status_code == 302


def test_a_bearer_token_does_not_open_the_back_office(hotel: cast.Hotel) -> None:
    assert Client().get("/admin/", headers=cast.bearer(hotel.hoa)).status_code == 302


def test_a_manager_sees_their_own_side_of_the_wall(hotel: cast.Hotel, next_door: cast.OtherHotel) -> None:
    theirs, mine = key_of(next_door.property), key_of(hotel.property)
    client = as_(hotel.hoa)
    members, keys = client.get(MEMBERS).content.decode(), client.get(KEYS).content.decode()
    assert "lan" in members
    assert "otto" not in members
    assert mine.hint in keys
    assert theirs.hint not in keys
    assert "Other Hotel" not in members + keys + client.get(PROPERTIES).content.decode()
    foreign = Membership.objects.get(user=next_door.otto)
    for url, refusal in ((f"{MEMBERS}{foreign.pk}/change/", 302), (f"{KEYS}{theirs.pk}/change/", 403)):
        assert client.get(url).status_code == 302
        assert client.post(url, {"role": "concierge"}).status_code == refusal
    assert client.get(f"{PROPERTIES}{next_door.property.pk}/change/").status_code == 302


@pytest.mark.parametrize("url", [MEMBERS, KEYS, PROPERTIES, PEOPLE])
def test_department_staff_find_none_of_it(hotel: cast.Hotel, url: str) -> None:
    for user in (hotel.minh, hotel.lan):
        assert as_(user).get(url).status_code == 403
        assert as_(user).get(f"{url}add/").status_code == 403


def test_only_superusers_see_everybody(hotel: cast.Hotel) -> None:
    admin = as_(cast.superuser())
    assert as_(hotel.hoa).get(PEOPLE).status_code == 403
    assert as_(hotel.hoa).get(f"{PROPERTIES}add/").status_code == 403
    for url in (PEOPLE, PROPERTIES, KEYS, MEMBERS):
        assert admin.get(url).status_code == 200
        assert admin.get(f"{url}add/").status_code == 200
    assert admin.get(f"{PEOPLE}{hotel.lan.pk}/change/").status_code == 200


def test_a_manager_adds_a_member(hotel: cast.Hotel) -> None:
    said = {"property": hotel.property.pk, "username": "nga", "display_name": "Nga", "role": "concierge"}
    response = as_(hotel.hoa).post(f"{MEMBERS}add/", said, follow=True)
    assert "shown this once" in told(response)
    assert Membership.objects.get(user__username="nga").role == Role.CONCIERGE
    assert User.objects.get(username="nga").is_staff


def test_a_manager_does_not_add_next_door(hotel: cast.Hotel, next_door: cast.OtherHotel) -> None:
    said = {"property": next_door.property.pk, "username": "nga", "role": "concierge"}
    response = as_(hotel.hoa).post(f"{MEMBERS}add/", said)
    assert response.status_code == 200
    assert not User.objects.filter(username="nga").exists()


def test_a_refusal_is_told_above_the_page(hotel: cast.Hotel) -> None:
    member = Membership.objects.get(user=hotel.hoa)
    said = {"role": "front-desk", "is_active": "on", "display_name": "Hoa"}
    response = as_(hotel.hoa).post(f"{MEMBERS}{member.pk}/change/", said, follow=True)
    assert "at least one active manager" in told(response)
    member.refresh_from_db()
    assert member.role == Role.MANAGER


def test_a_manager_changes_and_lets_out(hotel: cast.Hotel) -> None:
    member = Membership.objects.get(user=hotel.lan)
    said = {"role": "concierge", "display_name": "Lan Anh"}
    as_(hotel.hoa).post(f"{MEMBERS}{member.pk}/change/", said)
    member.refresh_from_db()
    assert (member.role, member.is_active, member.user.display_name) == ("concierge", False, "Lan Anh")
    assert Event.objects.filter(name="access:changed").count() == 1


def test_a_manager_resets_a_password(hotel: cast.Hotel) -> None:
    member = Membership.objects.get(user=hotel.lan)
    said = {"action": "reset_passwords", "_selected_action": [member.pk]}
    response = as_(hotel.hoa).post(MEMBERS, said, follow=True)
    shown = told(response).rsplit(" ", 1)[-1]
    assert Client().login(username="lan", password=shown)


def test_a_manager_makes_a_key_that_is_shown_once(hotel: cast.Hotel) -> None:
    said = {"property": hotel.property.pk, "name": "kiosk", "scopes": ["request:create", "stay"]}
    response = as_(hotel.hoa).post(f"{KEYS}add/", said, follow=True)
    token = told(response).split("shown this once: ")[1].split()[0]
    caller = authenticate(f"Api-Key {token}")
    assert caller.scopes == {"request:create", "stay"}
    assert caller.slugs == {hotel.property.pk: "demo-hotel"}
    assert token not in as_(hotel.hoa).get(KEYS).content.decode()


def test_a_manager_revokes_their_own_keys_only(hotel: cast.Hotel, next_door: cast.OtherHotel) -> None:
    mine, theirs = key_of(hotel.property), key_of(next_door.property)
    said = {"action": "revoke", "_selected_action": [mine.pk, theirs.pk]}
    as_(hotel.hoa).post(KEYS, said)
    assert list(Credential.objects.filter(revoked_at__isnull=False)) == [mine]


def test_a_manager_does_not_close_or_rename_their_property(hotel: cast.Hotel) -> None:
    said = {
        "name": "Grand Demo",
        "timezone": "Asia/Ho_Chi_Minh",
        "currency": "VND",
        "language": "vi",
        "slug": "x",
    }
    as_(hotel.hoa).post(f"{PROPERTIES}{hotel.property.pk}/change/", said)
    hotel.property.refresh_from_db()
    assert (hotel.property.name, hotel.property.slug, hotel.property.is_active) == (
        "Grand Demo",
        "demo-hotel",
        True,
    )


def test_nothing_is_deleted_here(hotel: cast.Hotel) -> None:
    admin = as_(cast.superuser())
    member = Membership.objects.get(user=hotel.lan)
    said = {"action": "delete_selected", "_selected_action": [member.pk], "post": "yes"}
    admin.post(MEMBERS, said)
    assert admin.post(f"{MEMBERS}{member.pk}/delete/", {"post": "yes"}).status_code == 403
    assert admin.post(f"{PEOPLE}{hotel.lan.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Membership.objects.filter(pk=member.pk).exists()


def test_a_superuser_who_lets_a_person_out_ends_their_tokens(hotel: cast.Hotel) -> None:
    token = cast.bearer(hotel.lan)
    said = {"username": "lan", "display_name": "Lan", "email": "", "language": ""}
    response = as_(cast.superuser()).post(f"{PEOPLE}{hotel.lan.pk}/change/", said)
    assert response.status_code == 302
    assert Client().get("/api/auth/me", headers=token).status_code == 401
    assert Credential.objects.get().revoked_at is not None


def test_a_new_password_ends_what_was_open_with_the_old_one(hotel: cast.Hotel) -> None:
    token = cast.bearer(hotel.lan)
    said = {"usable_password": "true", "password1": "seven green teacups", "password2": "seven green teacups"}
    response = as_(cast.superuser()).post(f"{PEOPLE}{hotel.lan.pk}/password/", said)
    assert response.status_code == 302
    assert Client().login(username="lan", password="seven green teacups")
    assert Client().get("/api/auth/me", headers=token).status_code == 401


def test_a_superuser_makes_a_person(hotel: cast.Hotel) -> None:
    said = {
        "username": "nga",
        "usable_password": "true",
        "password1": "seven green teacups",
        "password2": "seven green teacups",
    }
    response = as_(cast.superuser()).post(f"{PEOPLE}add/", said)
    assert response.status_code == 302
    assert not User.objects.get(username="nga").is_staff


def test_a_key_says_when_it_is_over(hotel: cast.Hotel) -> None:
    row = key_of(hotel.property)
    Credential.objects.filter(pk=row.pk).update(expires_at=timezone.now() - timedelta(days=1))
    assert "icon-no" in as_(hotel.hoa).get(KEYS).content.decode()
