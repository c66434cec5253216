"""From what somebody shows to who they are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cluster.answers.problems import AuthenticationRequired
from security import credentials
from security.authentication import authenticate, renew
from security.caller import ANONYMOUS, CallerKind
from security.models import Credential, CredentialKind, Membership, Property, Role, User
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def hotel() -> cast.Hotel:
    return cast.demo_hotel()


def shown(header: dict[str, str]) -> str:
    return header["Authorization"]


def test_it_works_for_staff_in_one_query(
    hotel: cast.Hotel, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Membership.objects.create(user=hotel.lan, property=cast.open_property("sister"), role=Role.CONCIERGE)
    authorization = shown(cast.bearer(hotel.lan))
    with django_assert_num_queries(1):
        caller = authenticate(authorization)
    assert (caller.kind, caller.username, caller.display_name) == (CallerKind.STAFF, "lan", "Lan")
    assert set(caller.slugs.values()) == {"demo-hotel", "sister"}
    assert caller.role_in(hotel.property.pk) is Role.FRONT_DESK


def test_it_works_for_an_api_key_in_one_query(
    hotel: cast.Hotel, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    authorization = shown(cast.api_key(hotel.property, "request:read", "stay"))
    with django_assert_num_queries(1):
        caller = authenticate(authorization)
    assert caller.kind is CallerKind.API_KEY
    assert caller.scopes == {"request:read", "stay"}
    assert caller.slugs == {hotel.property.pk: "demo-hotel"}


def test_it_works_for_a_guest_in_one_query(
    hotel: cast.Hotel, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    authorization = shown(cast.guest_token(hotel.property, stay_id=7))
    with django_assert_num_queries(1):
        caller = authenticate(authorization)
    assert (caller.kind, caller.stay_id) == (CallerKind.GUEST, 7)
    assert caller.slugs == {hotel.property.pk: "demo-hotel"}


def test_a_superuser_belongs_to_no_property_and_sees_everything(hotel: cast.Hotel) -> None:
    admin = cast.superuser()
    Membership.objects.create(user=admin, property=hotel.property, role=Role.MANAGER)
    caller = authenticate(shown(cast.bearer(admin)))
    assert caller.sees_everything
    assert caller.slugs == {}


def test_the_word_before_the_token_may_be_spelled_any_way(hotel: cast.Hotel) -> None:
    token = shown(cast.bearer(hotel.lan)).split()[1]
    for authorization in (f"bearer {token}", f"BEARER  {token} "):
        assert authenticate(authorization).username == "lan"


def test_nothing_shown_is_nobody() -> None:
    assert authenticate("") is ANONYMOUS
    assert authenticate("  ") is ANONYMOUS


def test_a_session_is_its_person(hotel: cast.Hotel) -> None:
    assert authenticate("", session_user=hotel.minh).username == "minh"
    Membership.objects.filter(user=hotel.minh).update(is_active=False)
    assert authenticate("", session_user=hotel.minh) is ANONYMOUS


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer",
        "Bearer ",
        "Basic bGFuOmxhbg==",
        "Token abc",
        "Bearer null",
        "Bearer staff_short",
        f"Bearer staff_{'x' * 43}",
        f"Bearer staff_{'é' * 43}",
        f"Bearer staff_{'x' * 43}\x00",
        f"Bearer staff_{'x' * 100_000}",
        f"Api-Key staff_{'x' * 43}",
        f"staff_{'x' * 43}",
    ],
)
def test_it_rejects_what_is_no_credential(authorization: str) -> None:
    with pytest.raises(AuthenticationRequired):
        authenticate(authorization)


def test_it_rejects_a_good_token_under_another_word(hotel: cast.Hotel) -> None:
    staff = shown(cast.bearer(hotel.lan)).split()[1]
    key = shown(cast.api_key(hotel.property, "stay")).split()[1]
    guest = shown(cast.guest_token(hotel.property)).split()[1]
    for word, token in [
        ("Guest", staff),
        ("Api-Key", staff),
        ("Bearer", key),
        ("Guest", key),
        ("Bearer", guest),
    ]:
        with pytest.raises(AuthenticationRequired):
            authenticate(f"{word} {token}")


def test_it_rejects_a_token_whose_time_is_over(hotel: cast.Hotel) -> None:
    over = timezone.now() - timedelta(seconds=1)
    issued = credentials.issue(CredentialKind.STAFF, user=hotel.lan, expires_at=over)
    with pytest.raises(AuthenticationRequired):
        authenticate(f"Bearer {issued.token}")


def test_it_rejects_a_revoked_token(hotel: cast.Hotel) -> None:
    issued = credentials.issue(CredentialKind.STAFF, user=hotel.lan)
    credentials.revoke([issued.credential.pk])
    with pytest.raises(AuthenticationRequired):
        authenticate(f"Bearer {issued.token}")


def test_it_rejects_somebody_who_was_let_out(hotel: cast.Hotel) -> None:
    authorization = shown(cast.bearer(hotel.lan))
    Membership.objects.filter(user=hotel.lan).update(is_active=False)
    with pytest.raises(AuthenticationRequired):
        authenticate(authorization)
    Membership.objects.filter(user=hotel.lan).update(is_active=True)
    User.objects.filter(pk=hotel.lan.pk).update(is_active=False)
    with pytest.raises(AuthenticationRequired):
        authenticate(authorization)


def test_it_rejects_everybody_of_a_closed_property(hotel: cast.Hotel) -> None:
    headers = [cast.bearer(hotel.hoa), cast.api_key(hotel.property, "stay"), cast.guest_token(hotel.property)]
    Property.objects.filter(pk=hotel.property.pk).update(is_active=False)
    for header in headers:
        with pytest.raises(AuthenticationRequired):
            authenticate(shown(header))


def test_a_closed_property_does_not_close_the_person_s_others(hotel: cast.Hotel) -> None:
    Membership.objects.create(user=hotel.lan, property=cast.open_property("sister"), role=Role.CONCIERGE)
    authorization = shown(cast.bearer(hotel.lan))
    Property.objects.filter(pk=hotel.property.pk).update(is_active=False)
    assert set(authenticate(authorization).slugs.values()) == {"sister"}


def test_a_caller_is_renewed_with_the_rights_of_now(hotel: cast.Hotel) -> None:
    caller = authenticate(shown(cast.bearer(hotel.lan)))
    Membership.objects.filter(user=hotel.lan).update(role=Role.MANAGER)
    assert renew(caller).role_in(hotel.property.pk) is Role.MANAGER
    Credential.objects.update(revoked_at=timezone.now())
    with pytest.raises(AuthenticationRequired):
        renew(caller)


def test_a_session_s_caller_is_renewed_too(hotel: cast.Hotel) -> None:
    caller = cast.caller(hotel.lan)
    assert renew(caller) == caller
    Membership.objects.filter(user=hotel.lan).update(is_active=False)
    with pytest.raises(AuthenticationRequired):
        renew(caller)
    with pytest.raises(AuthenticationRequired):
        renew(ANONYMOUS)
