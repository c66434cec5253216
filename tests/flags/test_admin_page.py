"""The flags' pages in the back office: superusers see and switch, nobody else."""

from __future__ import annotations

import pytest
from django.test import Client

from cluster import flags
from cluster.models import CONTROL_STREAM, Event, FlagState
from requests_app.flags import BALANCING, PAGINATION
from tests import cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
PAGE = "/admin/cluster/flagstate/"
SWITCH = f"{PAGE}switch/{PAGINATION.name}/"


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(cast.superuser())
    return client


def test_all_flags_are_there(admin: Client) -> None:
    text = admin.get(PAGE).content.decode()
    for flag in flags.declared():
        assert f'data-flag="{flag.name}"' in text
    assert "style=" not in text


def test_a_switch_for_everyone_and_for_one_role(admin: Client) -> None:
    assert admin.post(SWITCH, {"percent": "25"}).status_code == 302
    said = {"percent": "0", "kind": "role", "value": "manager"}
    assert admin.post(SWITCH, said).status_code == 302
    state = FlagState.objects.get()
    assert (state.percent, state.exceptions) == (25, {"role:manager": 0})
    assert "25 %; role:manager off" in admin.get(PAGE).content.decode()
    event = Event.objects.filter(stream=CONTROL_STREAM, name=flags.SWITCHED).latest("seq")
    assert event.change["by"] == {"kind": "staff", "username": "admin"}


def test_what_can_not_be_is_told(admin: Client) -> None:
    for wrong in ({"percent": "101"}, {"percent": "0", "kind": "user", "value": "nobody"}, {}):
        assert admin.post(SWITCH, wrong).status_code == 200
    node = admin.post(f"{PAGE}switch/{BALANCING.name}/", {"percent": "50"})
    assert "concerns nodes" in node.content.decode()
    assert admin.get(f"{PAGE}switch/no-such-flag/").status_code == 302
    assert not FlagState.objects.exists()


def test_nobody_else_comes_in() -> None:
    hotel = cast.demo_hotel()
    manager = Client()
    manager.force_login(hotel.hoa)
    for client in (manager, Client()):
        for door in (PAGE, SWITCH):
            assert client.get(door).status_code in (302, 403)
        assert client.post(SWITCH, {"percent": "0"}).status_code in (302, 403)
    assert not FlagState.objects.exists()
    forging = Client(enforce_csrf_checks=True)
    forging.force_login(cast.superuser())
    assert forging.post(SWITCH, {"percent": "0"}).status_code == 403
