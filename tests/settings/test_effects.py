"""One variable, one effect: each moves what it should and nothing else, and what it moves is seen acting."""

from __future__ import annotations

import logging
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from django.test import Client

from cluster import health, metrics, status, timings
from cluster.answers.problems import Problem
from cluster.health import checking
from cluster.lines import SteadyFile
from cluster.local.process import free_port
from cluster.serving import readiness, scraped
from security.watch import blocks, watching
from settings.databases import databases
from settings.env import Environment
from settings.logs import log_file, logging_settings, transports
from settings.reading import notices, read
from settings.redis import address
from tests.live.lines import until
from tests.settings.authority import Authority
from tests.settings.test_environment import IN_PROD
from tests.settings.variables import AUTHORITY, EFFECTS, house

ROOT = Path(__file__).parents[2]
NAMES = [name.upper() for name in Environment.model_fields]


def dev(**said: str) -> Environment:
    return read({"DJANGO_SETTINGS_MODULE": "settings.dev", **said})


@pytest.mark.parametrize("name", NAMES)
def test_every_variable_has_a_test_that_sees_it_act(name: str) -> None:
    assert name in EFFECTS, f"add {name} to tests/settings/variables.py, with a test of what it does"
    file, _, test = EFFECTS[name].seen.partition("::")
    text = (ROOT / file).read_text(encoding="utf-8")
    assert f"def {test}" in text if test else name in text


def test_nothing_is_promised_that_is_not_there() -> None:
    assert set(EFFECTS) == set(NAMES)


@pytest.mark.parametrize("name", [name for name in NAMES if EFFECTS[name].value != AUTHORITY])
def test_it_moves_this_and_nothing_else(monkeypatch: Any, tmp_path: Path, name: str) -> None:
    given = {"DJANGO_SETTINGS_MODULE": "settings.dev", "DATA_DIR": str(tmp_path)}
    before = house(monkeypatch, given)
    value = str(tmp_path / "other") if name == "DATA_DIR" else EFFECTS[name].value
    after = house(monkeypatch, given | {name: value})
    moved = {key for key in before if before[key] != after[key]}
    assert moved == set(EFFECTS[name].moves), moved


TOLD = {
    "DB_POOL_MIN": ("2", lambda it: it["pool"]["min_size"], 2),
    "DB_POOL_MAX": ("7", lambda it: it["pool"]["max_size"], 7),
    "DB_ACQUIRE_TIMEOUT": ("1500", lambda it: it["pool"]["timeout"], 1.5),
    "DB_IDLE_TIMEOUT": ("5000", lambda it: it["pool"]["max_idle"], 5.0),
    "DB_LOCK_TIMEOUT": ("700", lambda it: "-c lock_timeout=700" in it["options"], True),
    "DB_STATEMENT_TIMEOUT": ("900", lambda it: "-c statement_timeout=900" in it["options"], True),
}


@pytest.mark.parametrize("name", TOLD)
def test_databases_are_told(name: str) -> None:
    value, found, expected = TOLD[name]
    url = {"DATABASE_URL": "postgresql://db/x"}
    assert found(databases(dev(**url))["default"]["OPTIONS"]) != expected
    assert found(databases(dev(**url, **{name: value}))["default"]["OPTIONS"]) == expected


def test_redis_learns_of_its_authorities(tmp_path: Path) -> None:
    file = str(Authority(tmp_path, "house").path)
    assert address(dev(REDIS_URL="rediss://r:1/0")) == "rediss://r:1/0"
    assert file.replace("/", "%2F") in address(dev(REDIS_URL="rediss://r:1/0", REDIS_SSL_CA=file))


@pytest.mark.parametrize("name", ["STICKY_SESSIONS", "TRUST_PROXY"])
def test_what_can_not_act_is_accepted_with_a_notice(name: str) -> None:
    assert dev(**{name: "true"})
    (sentence,) = notices({name: "true"})
    assert sentence.startswith(f"{name} does nothing here: ")


def test_staging_is_prod_with_other_values(monkeypatch: Any) -> None:
    prod = house(monkeypatch, IN_PROD)
    staging = house(monkeypatch, IN_PROD | {"DJANGO_SETTINGS_MODULE": "settings.staging"})
    assert set(prod) == set(staging)
    different = {name for name in prod if prod[name] != staging[name]}
    assert different == {"PROFILE", "RATE_LIMIT_MAX_REQUESTS", "SECURE_HSTS_SECONDS"}
    for module in ("prod", "staging"):
        code = (ROOT / "settings" / f"{module}.py").read_text().split('"""')[2]
        assert code.strip() == "from settings.base import *"


@pytest.mark.parametrize("name", ["LISTEN_HOST", "LISTEN_PORT"])
def test_serve_listens_where_it_is_told(settings: Any, name: str) -> None:
    from cluster.management.commands.serve import Command

    setattr(settings, name, "127.0.0.9" if name == "LISTEN_HOST" else 8123)
    options = vars(Command().create_parser("manage.py", "serve").parse_args([]))
    assert options[name.removeprefix("LISTEN_").lower()] == getattr(settings, name)


def test_serve_says_in_a_sentence_that_a_port_is_taken() -> None:
    from django.core.management import CommandError, call_command

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            CommandError, match=rf"Can not listen on 127\.0\.0\.1:{port}: Address already in use"
        ):
            call_command("serve", "--host", "127.0.0.1", "--port", str(port))


def test_metrics_have_a_port_of_their_own(settings: Any) -> None:
    port = free_port()
    scraped.open_door("127.0.0.1", port)
    assert "bellhop_sockets" in httpx.get(f"http://127.0.0.1:{port}/metrics").text
    assert httpx.get(f"http://127.0.0.1:{port}/health").status_code == 404
    settings.METRICS_ALLOWED_CIDRS = []
    assert httpx.get(f"http://127.0.0.1:{port}/metrics/").status_code == 403


def test_metrics_off_is_a_404(client: Client, settings: Any) -> None:
    assert client.get("/metrics").status_code == 200
    settings.METRICS_ENABLED = False
    assert client.get("/metrics").status_code == 404


def test_performance_monitoring_off_times_nothing(settings: Any) -> None:
    settings.PERFORMANCE_MONITORING_ENABLED = False
    timings.record("test.off", 1)
    assert "test.off" not in timings.snapshot()
    assert not timings.is_recording()


@pytest.mark.parametrize(("rate", "low", "high"), [(0, 0, 0), (0.25, 150, 350), (1, 1000, 1000)])
def test_a_share_of_operations_is_timed(settings: Any, rate: float, low: int, high: int) -> None:
    settings.PERFORMANCE_SAMPLING_RATE = rate
    name = f"test.share.{rate}"
    for _ in range(1000):
        timings.record(name, 1)
    assert low <= timings.snapshot().get(name, {"count": 0})["count"] <= high


@pytest.mark.django_db(transaction=True)
def test_health_checks_off(client: Client, settings: Any) -> None:
    settings.HEALTH_CHECK_ENABLED = False
    assert client.get("/health").status_code == 404
    assert client.get("/health/live").status_code == client.get("/health/ready").status_code == 200
    assert health.check_all() == {}


@pytest.mark.django_db(transaction=True)
def test_health_answers_there_too(client: Client, settings: Any) -> None:
    settings.HEALTH_CHECK_PATH = "/healthz"
    for path in ("/healthz", "/healthz/", "/health"):
        assert client.get(path, headers={"Host": "10.0.0.1"}).json()["checks"]


def test_dependencies_are_looked_at_by_the_interval(settings: Any, monkeypatch: Any) -> None:
    looks: list[int] = []
    monkeypatch.setattr(checking, "_checks", {})
    health.register("counted", lambda: looks.append(1))
    settings.HEALTH_CHECK_INTERVAL = 60.0
    health.check_all(), health.check_all()
    assert len(looks) == 1
    settings.HEALTH_CHECK_INTERVAL = 0.02
    watch = health.Watch()
    watch.start()
    until(lambda: len(looks) > 3)
    watch.stop()


def test_load_balancing_off_leaves_the_work_to_the_first(settings: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(readiness, "_is_spare", lambda: True)
    monkeypatch.setattr(readiness, "check_all", dict)
    assert readiness.unreadiness() == ""
    settings.LOAD_BALANCING_ENABLED = False
    assert readiness.unreadiness() == "another-node-serves"


@pytest.mark.django_db(transaction=True)
def test_total_nodes_says_who_is_missing(settings: Any) -> None:
    assert not [why for why in status.reasons() if why.startswith("nodes")]
    settings.TOTAL_NODES = 3
    assert "nodes: 0 of 3 live (TOTAL_NODES)" in status.reasons()


def test_only_allowed_hosts_are_answered(client: Client, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["hotel.example"]
    assert client.get("/api/nothing", headers={"Host": "other.example"}).status_code == 400
    assert client.get("/api/nothing", headers={"Host": "hotel.example"}).status_code == 404


def test_a_named_origin_may_call(settings: Any) -> None:
    origin = {"Origin": "https://app.example"}
    assert "Access-Control-Allow-Origin" not in Client().get("/api/nothing", headers=origin)
    settings.CORS_ALLOWED_ORIGINS = [origin["Origin"]]
    found = Client().get("/api/nothing", headers=origin)
    assert found["Access-Control-Allow-Origin"] == origin["Origin"]


def test_https_only_sends_others_there(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/api/nothing")["Location"] == "https://testserver/api/nothing"
    assert Client().get("/health/live").status_code == 200


def test_debug_shows_more(settings: Any) -> None:
    settings.DEBUG = True
    assert b"Using the URLconf" in Client().get("/nothing").content


def test_texts_over_the_maximum_are_refused(settings: Any) -> None:
    from security.fields import PlainTextField

    field = PlainTextField(max_length=None)
    assert field.run_validation("x" * 60)
    settings.MAX_INPUT_LENGTH = 50
    with pytest.raises(Problem, match="at most 50"):
        field.run_validation("x" * 60)


@pytest.mark.django_db(transaction=True)
def test_a_block_comes_at_the_score_and_lasts_its_time(settings: Any, monkeypatch: Any) -> None:
    added: list[float] = []
    monkeypatch.setattr(blocks, "find", lambda _: None)
    monkeypatch.setattr(blocks, "add", lambda source, *, seconds, reasons: added.append(seconds))
    found = [SimpleNamespace(reason="scanner", points=50, is_text=False)]
    watching.record("a source", found)
    assert added == []
    settings.THREAT_BLOCK_TIME, settings.THREAT_BLOCK_SCORE = 5_000, 40
    watching.record("another source", found)
    assert added == [5.0]


@pytest.mark.parametrize(
    ("said", "level", "handlers"),
    [
        ({}, "INFO", {"console"}),
        ({"LOG_TRANSPORTS": "file"}, "INFO", {"file"}),
        ({"LOG_ENABLE_CONSOLE": "false"}, "INFO", set()),
        ({"LOG_ENABLE_FILE": "true"}, "INFO", {"console", "file"}),
        ({"LOG_LEVEL": "error"}, "ERROR", {"console"}),
    ],
)
def test_log_variables_say_how_lines_leave(said: dict[str, str], level: str, handlers: set[str]) -> None:
    told = dev(**said)
    form = told.log_format or "text"
    found = logging_settings(level=told.log_level, form=form, ways=transports(told), file=log_file(told))
    assert (found["root"]["level"], set(found["handlers"])) == (level, handlers)


def line(handler: logging.Handler, text: str) -> None:
    handler.handle(logging.LogRecord("test", logging.INFO, "", 0, text, None, None))


def test_lines_go_where_they_are_sent(tmp_path: Path, monkeypatch: Any) -> None:
    told = dev(LOG_TRANSPORTS="file", LOG_DIRECTORY=str(tmp_path / "logs"), INSTANCE_ID="web-1")
    file = log_file(told)
    assert file == tmp_path / "logs" / "web-1.log"
    handler = SteadyFile(str(file))
    handler.maxBytes = 40
    for number in range(10):
        line(handler, f"a line of some length {number}")
    assert len(list(file.parent.iterdir())) == 6
    file.rename(file.with_name("taken-away"))
    line(handler, "after that")
    assert file.read_text() == "after that\n"
    handler.close()


def test_a_full_disk_costs_lines_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "full.log").symlink_to("/dev/full")
    handler, lost = SteadyFile(str(tmp_path / "full.log")), metrics.LOG_LINES_LOST._value.get()
    line(handler, "lost"), line(handler, "lost too")
    assert metrics.LOG_LINES_LOST._value.get() == lost + 2
    handler.close()
