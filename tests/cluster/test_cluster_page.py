"""The cluster's page in the back office: for superusers, asked about, against forgery."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from cluster import control, nodes
from cluster.admin import orders
from cluster.models import Event, NodeRole
from cluster.nodes import Life

pytestmark = pytest.mark.django_db(transaction=True)

PAGE, ORDER = "/admin/cluster/node/", "/admin/cluster/node/order/"


def person(name: str, *, above_all: bool, **options: Any) -> Client:
    user = get_user_model().objects.create_user(name, is_staff=True, is_superuser=above_all)
    client = Client(**options)
    client.force_login(user)
    return client


@pytest.fixture
def admin() -> Client:
    nodes.claim(Life(NodeRole.WEB, "web-1"))
    return person("admin", above_all=True)


def orders_given() -> int:
    return Event.objects.filter(name="command:given").count()


def test_it_works(admin: Client) -> None:
    page = admin.get(PAGE)
    assert page.status_code == 200
    text = page.content.decode()
    assert 'data-node="web-1"' in text
    assert "command=drain&amp;node=web-1" in text
    assert "<script>" not in text
    assert "style=" not in text


def test_its_living_part_comes_alone(admin: Client) -> None:
    part = admin.get(PAGE, headers={"X-Bellhop-Part": "yes"})
    assert part.content.decode().lstrip().startswith("<section")
    assert "no-store" in part["Cache-Control"]


def test_nobody_else_sees_or_orders_anything(admin: Client) -> None:
    staff = person("lan", above_all=False)
    for path in (PAGE, f"{ORDER}?command=drain&node=web-1"):
        assert staff.get(path).status_code in (302, 403)
        assert Client().get(path).status_code == 302
    assert staff.post(ORDER, {"command": "drain", "node": "web-1"}).status_code in (302, 403)
    assert orders_given() == 0


def test_a_form_of_another_site_is_refused(admin: Client) -> None:
    careful = person("other", above_all=True, enforce_csrf_checks=True)
    assert careful.post(ORDER, {"command": "drain", "node": "web-1"}).status_code == 403
    assert orders_given() == 0


def test_asking_orders_nothing(admin: Client) -> None:
    page = admin.get(ORDER, {"command": "drain", "node": "web-1"})
    assert page.status_code == 200
    assert "Nobody else of this role serves" in page.content.decode()
    assert orders_given() == 0


def test_the_answer_is_told(admin: Client, monkeypatch: Any) -> None:
    def answered(order: control.Order, seconds: float) -> control.Outcome:
        return control.Outcome(order, {}, {"web-1": "it is stuck"}, ())

    monkeypatch.setattr(control, "wait", answered)
    page = admin.post(ORDER, {"command": "drain", "node": "web-1"}, follow=True)
    assert "Drain: web-1: it is stuck" in page.content.decode()
    event = Event.objects.get(name="command:given")
    assert (event.change["by"], event.change["to"]) == ("admin", ["web-1"])


def test_what_is_no_order_or_no_node(admin: Client) -> None:
    page = admin.post(ORDER, {"command": "ping", "node": "web-1"}, follow=True)
    assert "There is no such order." in page.content.decode()
    page = admin.post(ORDER, {"command": "drain", "node": "<web-9>"}, follow=True)
    assert "There is no node &#x27;&lt;web-9&gt;&#x27;" in page.content.decode()
    assert orders_given() == 0


def test_every_answer_has_its_message() -> None:
    order = control.Order("o", "drain", {}, "hoa", None, expected=("a", "b", "c"), given_at=None)  # type: ignore[arg-type]
    told = [said for _, said in orders.told(control.Outcome(order, {"a": "yes"}, {"b": "no"}, ("c",)))]
    assert told == ["drain: a: yes", "drain: b: no", "drain: c: no answer in time"]
