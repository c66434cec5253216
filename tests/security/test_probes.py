"""Who may read more than a word in a health answer."""

from __future__ import annotations

import pytest
from django.test import Client

from tests import cast

pytestmark = pytest.mark.django_db


def test_staff_read_how_long_each_check_took(client: Client) -> None:
    lan = cast.demo_hotel().lan
    checks = client.get("/health", headers=cast.bearer(lan)).json()["checks"]
    assert checks.keys() == {"database", "cache", "channelLayer"}
    assert "ms" in checks["database"]


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer nonsense"}])
def test_others_read_a_word(client: Client, header: dict[str, str]) -> None:
    checks = client.get("/health", headers=header).json()["checks"]
    assert checks["cache"] == {"status": "healthy"}


def test_a_guest_reads_a_word(client: Client) -> None:
    place = cast.demo_hotel().property
    assert "ms" not in client.get("/health", headers=cast.guest_token(place)).json()["checks"]["database"]
