"""TLS to PostgreSQL and to Redis: real handshakes, with a relay in front of servers that have none."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.db import OperationalError, connection
from django.db.utils import ConnectionHandler

from cluster.limits import far as limits
from cluster.postgresql.presence import presence
from cluster.reaching import redis as reach_redis
from cluster.redis import breaker
from settings.databases import databases
from settings.reading import read
from settings.redis import address
from tests.live.lines import until
from tests.settings.authority import Authority
from tests.settings.relay import in_front_of


@pytest.fixture(scope="module")
def trusted(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("trusted"), "trusted")


@pytest.fixture(scope="module")
def unknown(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("unknown"), "unknown")


@pytest.fixture
def postgresql(trusted, db):
    """Return ports where the tests' server shows a right and a wrong name."""
    place = connection.settings_dict
    host, port = place["HOST"], int(place["PORT"])
    with (
        in_front_of(host, port, trusted.server("localhost"), "asked") as right,
        in_front_of(host, port, trusted.server("elsewhere.example"), "asked") as wrong,
    ):
        yield right, wrong


def connected(port: int, **said: str) -> bool:
    """Connect as a node told so would; say whether over TLS."""
    place = connection.settings_dict
    url = f"postgresql://{place['USER']}@localhost:{port}/{place['NAME']}"
    told = {
        "DJANGO_SETTINGS_MODULE": "settings.dev",
        "DATABASE_URL": url,
        "DB_ACQUIRE_TIMEOUT": "600",
        **said,
    }
    # Django keeps its pools by alias.
    opened = ConnectionHandler({"default": {}, "over_tls": databases(read(told))["default"]})["over_tls"]
    try:
        opened.ensure_connection()
        return bool(opened.connection.info.pgconn.ssl_in_use)
    finally:
        opened.close()
        opened.close_pool()
        presence.found()


def test_a_server_of_that_name_from_that_authority_is_taken(postgresql, trusted):
    assert connected(postgresql[0], DB_SSL_CA=str(trusted.path))


def test_another_name_is_refused(postgresql, trusted):
    with pytest.raises(OperationalError):
        connected(postgresql[1], DB_SSL_CA=str(trusted.path))


@pytest.mark.parametrize("told", ["DB_SSL", "DB_SSL_CA"])
def test_an_unknown_authority_is_refused(postgresql, unknown, told):
    with pytest.raises(OperationalError):
        connected(postgresql[0], **{told: "true" if told == "DB_SSL" else str(unknown.path)})


def test_db_ssl_reject_unauthorized_false_takes_anybody_over_tls(postgresql, unknown):
    for port in postgresql:
        assert connected(port, DB_SSL="true", DB_SSL_REJECT_UNAUTHORIZED="false")
        assert connected(port, DB_SSL_CA=str(unknown.path), DB_SSL_REJECT_UNAUTHORIZED="false")


@pytest.fixture
def secure_redis(trusted, settings):
    """Return the address of the tests' Redis behind TLS."""
    there = urlsplit(settings.REDIS_URL)
    with in_front_of(there.hostname, there.port, trusted.server("localhost")) as port:
        yield f"rediss://localhost:{port}{there.path}"
    breaker.stop()


def told(url: str, authority: Authority) -> str:
    said = {"DJANGO_SETTINGS_MODULE": "settings.dev", "REDIS_URL": url, "REDIS_SSL_CA": str(authority.path)}
    return address(read(said))


def test_everything_of_redis_goes_over_tls(secure_redis, trusted, settings):
    settings.REDIS_URL = told(secure_redis, trusted)
    assert breaker.use(lambda redis: limits.count(redis, "bellhop:test:tls", 5, 1_000)).passes == 1
    assert reach_redis().said == "TLS"


async def test_the_channel_layer_goes_over_tls(secure_redis, trusted):
    layer = RedisPubSubChannelLayer(hosts=[told(secure_redis, trusted)], prefix="bellhop-tls")
    channel = await layer.new_channel()
    await layer.group_add("desk", channel)
    await layer.group_send("desk", {"type": "ring"})
    assert await layer.receive(channel) == {"type": "ring"}
    await layer.flush()


def test_an_unknown_authority_opens_the_breaker_and_says_why(secure_redis, unknown, settings, caplog):
    settings.REDIS_URL = told(secure_redis, unknown)
    with pytest.raises(breaker.Away):
        breaker.use(lambda redis: redis.ping())
    until(lambda: not breaker.is_closed())
    (line,) = [record for record in caplog.records if record.message == "redis.away"]
    assert "certificate" in line.problem
    assert "certificate" in reach_redis().said
