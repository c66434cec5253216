"""Which property a call means."""

from __future__ import annotations

import pytest

from cluster.answers.problems import AuthenticationRequired, Invalid, NotFound, PermissionDenied
from security import grants, selection
from security.caller import ANONYMOUS
from security.models import Membership, Property, Role
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def hotel() -> cast.Hotel:
    return cast.demo_hotel()


def test_a_slug_an_id_and_nothing_all_name_the_only_one(hotel: cast.Hotel) -> None:
    hoa, own = cast.caller(hotel.hoa), hotel.property.pk
    for name in ("demo-hotel", own, str(own), None, ""):
        assert selection.property_for(hoa, grants.MEMBERS, name) == own


def test_a_superuser_names_any_of_several(hotel: cast.Hotel) -> None:
    admin, other = cast.caller(cast.superuser()), cast.other_hotel().property
    assert selection.property_for(admin, grants.MEMBERS, "other-hotel") == other.pk
    with pytest.raises(Invalid, match="propertyId"):
        selection.property_for(admin, grants.MEMBERS)
    for missing in ("nowhere", 10**30, "9" * 40):
        with pytest.raises(NotFound):
            selection.property_for(admin, grants.MEMBERS, missing)


def test_a_slug_that_looks_like_an_id_is_the_slug(hotel: cast.Hotel) -> None:
    numbered = Property.objects.create(slug=str(hotel.property.pk), name="Numbered")
    admin = cast.caller(cast.superuser())
    assert selection.property_named(admin, str(hotel.property.pk)) == numbered.pk


def test_one_who_manages_several_says_which(hotel: cast.Hotel) -> None:
    Membership.objects.create(user=hotel.hoa, property=cast.open_property("sister"), role=Role.MANAGER)
    with pytest.raises(Invalid, match="propertyId"):
        selection.property_for(cast.caller(hotel.hoa), grants.MEMBERS)


@pytest.mark.parametrize("name", [True, 1.5, [], {}, "a b", "x" * 51, "\x00", "-1\n2", "é"])
def test_it_rejects_what_can_be_no_property(hotel: cast.Hotel, name: object) -> None:
    with pytest.raises((Invalid, NotFound)):
        selection.property_for(cast.caller(hotel.hoa), grants.MEMBERS, name)


def test_first_401_then_404_then_403(hotel: cast.Hotel) -> None:
    cast.other_hotel()
    with pytest.raises(AuthenticationRequired):
        selection.property_for(ANONYMOUS, grants.MEMBERS, "nowhere")
    with pytest.raises(NotFound):
        selection.property_for(cast.caller(hotel.lan), grants.MEMBERS, "other-hotel")
    with pytest.raises(PermissionDenied):
        selection.property_for(cast.caller(hotel.lan), grants.MEMBERS, "demo-hotel")
