"""A node that shows a certificate of its own, to a proxy that trusts one authority alone."""

from __future__ import annotations

import ssl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.management import CommandError
from websockets.sync.client import connect

from cluster.management.commands.serve import known_by_certificate
from tests import cast
from tests.cast import Hotel
from tests.journeys.house import House
from tests.live.lines import SUBPROTOCOL, Line
from tests.settings.authority import Authority


class SecretHouse(House):
    """One that is found over TLS only."""

    trusted: ssl.SSLContext

    @property
    def address(self) -> str:
        return f"https://localhost:{self.port}"

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.address}/health/ready", verify=self.trusted).status_code == 200
        except httpx.TransportError:
            return False


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_both_kinds_of_server_speak_tls(hotel: Hotel, tmp_path: Path) -> None:
    authority = Authority(tmp_path, "ours")
    trusted = ssl.create_default_context(cafile=authority.path)
    more = {"SSL_CERTIFICATE": str(authority.server("localhost")), "HTTPS_ONLY": "true"}
    lan = cast.bearer(hotel.lan)
    houses = {role: SecretHouse(tmp_path / role, more=more | {"ROLE": role}) for role in ("web", "live")}
    try:
        for house in houses.values():
            house.folder.mkdir()
            house.trusted = trusted
        with ThreadPoolExecutor() as threads:
            list(threads.map(SecretHouse.open, houses.values()))
        for role, house in houses.items():
            speaks_to_who_trusts_it(house, role, lan)
    finally:
        for house in houses.values():
            house.die()


def speaks_to_who_trusts_it(house: SecretHouse, role: str, lan: dict[str, str]) -> None:
    plain = f"http://localhost:{house.port}/health/live"
    with pytest.raises(httpx.TransportError):
        httpx.get(plain)
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{house.address}/health/live")
    if role == "web":
        answer = httpx.get(f"{house.address}/api/request", headers=lan, verify=house.trusted)
        assert answer.status_code == 200  # with HTTPS_ONLY: it knows that nobody listened
        return
    address = f"wss://localhost:{house.port}/ws/events"
    given: Any = {"subprotocols": [SUBPROTOCOL], "proxy": None, "ssl": house.trusted}
    with Line(connect(address, additional_headers=lan, **given)) as desk:
        desk.sub("property:demo-hotel")


def test_a_pair_that_is_none(settings: Any, tmp_path: Path) -> None:
    settings.SSL_CERTIFICATE = settings.SSL_KEY = Authority(tmp_path, "ours").path
    with pytest.raises(CommandError, match="SSL_KEY") as told:
        known_by_certificate()
    assert told.value.returncode == 78
