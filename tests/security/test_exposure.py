"""An operator is told what would be open, before anybody finds it."""

from __future__ import annotations

from ipaddress import ip_network
from types import SimpleNamespace

import pytest

from security import exposure


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    settings = SimpleNamespace(METRICS_ENABLED=True, METRICS_ALLOWED_CIDRS=[ip_network("10.0.0.0/8")])
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    settings.ALLOWED_HOSTS = ["bellhop.example"]
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]
    settings.REDIS_URL = "rediss://redis/0"
    settings.DATABASES = {"default": {"HOST": "db", "OPTIONS": {"sslmode": "verify-full"}}}
    monkeypatch.setattr(exposure, "settings", settings)
    return settings


def ids() -> list[str | None]:
    return [found.id for found in exposure.what_is_exposed() if found.hint]


def test_a_closed_house_is_told_nothing(closed: SimpleNamespace) -> None:
    assert ids() == []


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("TRUSTED_PROXIES", [], "bellhop.W001"),
        ("TRUSTED_PROXIES", [ip_network("::/0")], "bellhop.W002"),
        ("ALLOWED_HOSTS", ["*"], "bellhop.W003"),
        ("CORS_ALLOWED_ORIGINS", ["http://app.example"], "bellhop.W004"),
        ("METRICS_ALLOWED_CIDRS", [ip_network("8.0.0.0/8")], "bellhop.W005"),
        ("METRICS_ALLOWED_CIDRS", [ip_network("0.0.0.0/0")], "bellhop.W005"),
        ("DATABASES", {"default": {"HOST": "db", "OPTIONS": {"sslmode": "require"}}}, "bellhop.I001"),
        ("REDIS_URL", "redis://redis:6379/0", "bellhop.I002"),
    ],
)
def test_each_opening_is_told_by_its_name(
    closed: SimpleNamespace, name: str, value: object, told: str
) -> None:
    setattr(closed, name, value)
    assert ids() == [told]
