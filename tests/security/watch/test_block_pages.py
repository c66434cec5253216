"""Blocks in the back office: seen, made and ended by a superuser, and by nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cluster.models import Event
from security.models import Block
from tests import cast
from tests.cast import Hotel

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/admin/security/block/"
ADDRESS = "203.0.113.5"


@pytest.fixture
def admin(hotel: Hotel) -> Client:
    client = Client()
    client.force_login(cast.superuser())
    return client


def block(admin: Client, **said: str) -> str:
    form = {"source": ADDRESS, "minutes": "60", "reason": "<b>abuse</b>", **said}
    return admin.post(f"{LIST}add/", form, follow=True).content.decode()


def test_it_works(admin: Client) -> None:
    page = block(admin)
    made = Block.objects.get()
    assert (made.source, made.made_by, made.reasons) == (f"address:{ADDRESS}", "admin", ["<b>abuse</b>"])
    assert made.is_whole
    assert timedelta(minutes=59) < made.until - timezone.now() < timedelta(minutes=61)
    assert "&lt;b&gt;abuse" in page
    assert "<b>abuse" not in page
    assert Event.objects.filter(name="source:blocked").count() == 1


@pytest.mark.parametrize("way", ["action", "delete"])
def test_it_lets_in_again(admin: Client, way: str) -> None:
    block(admin)
    pk = Block.objects.get().pk
    if way == "action":
        admin.post(LIST, {"action": "let_in", "_selected_action": [str(pk)]})
    else:
        admin.post(f"{LIST}{pk}/delete/", {"post": "yes"})
    assert not Block.objects.exists()
    assert Event.objects.filter(name="source:unblocked").count() == 1


@pytest.mark.parametrize(
    "wrong", [{"source": "somewhere"}, {"minutes": "0"}, {"minutes": "527041"}, {"reason": "a\x07b"}]
)
def test_it_rejects_what_makes_no_block(admin: Client, wrong: dict[str, str]) -> None:
    assert "errorlist" in block(admin, **wrong)
    assert not Block.objects.exists()


def test_it_is_closed_to_managers(hotel: Hotel) -> None:
    client = Client()
    client.force_login(hotel.hoa)
    assert client.get(LIST).status_code == 403
    assert client.post(f"{LIST}add/", {"source": ADDRESS, "minutes": "5"}).status_code == 403
    assert not Block.objects.exists()
