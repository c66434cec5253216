"""What an ASGI server's start and stop do."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from cluster import pulse
from cluster.models import Node
from cluster.nodes import NameTaken
from settings.lifespan import lifespan

Said = list[dict[str, Any]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    for name in ("start", "watch", "stop"):
        monkeypatch.setattr(pulse, name, lambda *_, name=name: found.append(name))
    return found


async def lived() -> Said:
    """Start and stop; return what the application said."""
    asked: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    said: Said = []

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    for word in ("startup", "shutdown"):
        asked.put_nowait({"type": f"lifespan.{word}"})
    await lifespan({"type": "lifespan"}, asked.get, send)
    return said


async def test_it_enters_the_cluster_and_leaves_it(calls: list[str]) -> None:
    said = await lived()

    assert [message["type"] for message in said] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]
    assert calls == ["start", "watch", "stop"]


async def test_it_does_not_start_under_another_s_name(
    calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken() -> None:
        raise NameTaken(Node(instance_id="web-1", pid=7, host="here"))

    monkeypatch.setattr(pulse, "start", taken)
    (said,) = await lived()

    assert said["type"] == "lifespan.startup.failed"
    assert "'web-1' is taken: process 7 on here" in said["message"]
    assert calls == []
