"""`manage.py cluster`: what an operator types, what they read, and how a script is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from rich.console import Console

from cluster import identity, nodes
from cluster.clock import DatabaseNow
from cluster.console import arguments, configuration, pictures, watching
from cluster.local.process import free_port
from cluster.models import Event, Node, NodeReport, NodeRole
from cluster.nodes import Life
from cluster.overview import look
from cluster.pulse import Pulse
from tests.live.lines import until

ROOT = Path(__file__).resolve().parent.parent.parent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def here() -> Iterator[str]:
    """The name of this process as a node that leads and has reported."""
    started = Pulse(NodeRole.ALL)
    started.start()
    until(NodeReport.objects.exists)
    until(Event.objects.filter(name="leader:changed").exists)
    yield identity.instance_id()
    started.stop()


def other(name: str, silent: float = 0, **figures: Any) -> None:
    life = Life(NodeRole.WEB, name)
    nodes.claim(life)
    NodeReport.objects.create(instance_id=name, boot=life.boot, figures=figures, at=DatabaseNow())
    Node.objects.filter(pk=name).update(last_heartbeat=DatabaseNow() - timedelta(seconds=silent))


def typed(*words: str) -> tuple[int, str]:
    """Type it; return the exit code and what is printed."""
    said, code = StringIO(), 0
    try:
        call_command("cluster", *words, stdout=said)
    except CommandError as refused:
        return refused.returncode, str(refused)
    except SystemExit as end:
        code = int(end.code or 0)
    return code, said.getvalue()


def test_status(here: str) -> None:
    code, said = typed("status")
    assert f"1 of 1 nodes here · {here} leads (term 1)" in said
    assert "s ago" in said
    assert f"{here} leads (term 1)" in said
    assert code in (0, 1)  # the channel layer of a fresh process may take a moment


@pytest.mark.parametrize("width", [80, 120, 200])
def test_no_word_is_cut_on_a_narrow_terminal(here: str, width: int) -> None:
    other("hotel-by-the-sea-web-8001")
    console = Console(file=StringIO(), width=width, force_terminal=True, color_system=None)
    console.print(pictures.nodes(look(), watched=True))
    said = console.file.getvalue()
    assert "…" not in said
    assert "hotel-by-the-sea-web-8001" in said
    assert {"state", "leads", "version"} <= set(said.split())
    assert ("pid" in said.splitlines()[0]) == (width == 200)
    assert ("not shown for want of room: pid" in said) == (width < 200)


def test_status_as_json(here: str) -> None:
    other("web-9", silent=60)
    code, said = typed("status", "--json")
    found = json.loads(said)
    assert found.keys() == {
        *("at", "mode", "degraded", "reasons", "leader", "term", "sockets", "nodes", "news"),
    }
    assert {node["instanceId"]: node["state"] for node in found["nodes"]} == {here: "up", "web-9": "down"}
    assert found["news"][0]["words"] == f"{here} leads (term 1)"
    assert code == 1


def test_what_is_wrong_is_said_once_with_those_who_say_it(here: str) -> None:
    for name in ("web-8", "web-9"):
        cache = {"hits": 934, "misses": 66, "hitRate": 0.934, "redis": "open"}
        other(name, reasons=["cache: it is away"], cache=cache)
    code, said = typed("status")
    assert "cache: it is away (web-8, web-9)" in said
    assert "degraded" in said
    assert "open" in said
    assert "93 %" in said
    assert code == 1


@pytest.mark.parametrize("verb", ["status", "nodes", "config"])
def test_nobody_is_there(verb: str) -> None:
    code, said = typed(verb)
    assert code == 3
    assert "Nobody is there" in said


def test_nodes(here: str) -> None:
    assert typed("nodes")[0] == 0
    other("web-9", silent=60)
    code, said = typed("nodes", "--json")
    assert [node["instanceId"] for node in json.loads(said)] == sorted([here, "web-9"])
    assert code == 1


def test_send(here: str) -> None:
    code, said = typed("send", "ping")
    assert code == 0
    assert f"here, process {os.getpid()}" in said
    code, said = typed("send", "log-level", "level=loud", "--json")
    assert code == 1
    assert json.loads(said)["failed"][here].startswith("level=loud is none of")
    assert Event.objects.filter(name="command:given").count() == 2


def test_a_silent_node_is_named(here: str) -> None:
    other("web-9", silent=60)
    code, said = typed("send", "ping", "--to", "web-9", "--to", here, "--json")
    assert code == 2
    assert json.loads(said)["silent"] == ["web-9"]
    assert list(json.loads(said)["confirmed"]) == [here]


def test_nobody_to_send_to() -> None:
    assert typed("send", "ping") == (3, "Nobody is there: the order was given to no one.\n")


def test_an_unknown_node_is_told_who_is_known(here: str) -> None:
    assert typed("drain", "web-7") == (3, f"There is no node 'web-7'. These are there: {here}.")


@pytest.mark.parametrize("words", [("drain",), ("undrain",), ("drain", "web-1", "--all")])
def test_nobody_drains_everybody_by_mistake(words: tuple[str, ...]) -> None:
    assert typed(*words) == (2, "Name nodes, or say --all, one of the two.")


def test_wrong_words() -> None:
    assert typed("send", "ping", "loud") == (2, "'loud' is not name=value.")
    for words in (
        ("watch", "--for", "nan"),
        ("send", "ping", "--timeout", "-1"),
        ("watch", "--changes", "0"),
    ):
        with pytest.raises(CommandError, match="argument"):
            call_command("cluster", *words)


def test_config_shows_who_was_told_otherwise(here: str) -> None:
    assert typed("config")[0] == 0
    same = configuration.in_force()[here]
    other("web-9", settings={**same, "INSTANCE_ID": "web-9", "LOG_LEVEL": "debug"})
    code, said = typed("config")
    assert code == 1
    assert "2 nodes: 1 setting differs." in said
    assert "LOG_LEVEL" in said
    found = json.loads(typed("config", "--json")[1])
    assert found["differ"] == ["LOG_LEVEL"]
    assert found["settings"]["LOG_LEVEL"] == {here: "(default)", "web-9": "debug"}
    assert "SECRET_KEY" not in found["settings"]


def test_secrets_leave_as_digests() -> None:
    from settings.reading import fingerprint

    address = "postgresql://hotel:hush@db/bellhop"
    environ = {"SECRET_KEY": "s3cret", "DATABASE_URL": address, "PORT": "80"}
    found = fingerprint("key", environ)
    assert "s3cret" not in str(found)
    assert "hush" not in str(found)
    assert found["PORT"] == "80"
    changed = fingerprint("key", {**environ, "DATABASE_URL": address.replace("hush", "hash")})
    assert changed["DATABASE_URL"] != found["DATABASE_URL"]
    assert changed["SECRET_KEY"] == found["SECRET_KEY"]


def test_watch_says_a_line_a_change(here: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.05)
    other("web-9")
    code, said = typed("watch", "--changes", "3", "--for", "20")
    lines = [line.split("  ", 1)[1] for line in said.splitlines()]
    assert lines[0].startswith("there: ")
    assert "web-9 up → suspect" in lines
    assert "web-9 suspect → down" in lines
    assert code == 0


def test_watch_as_json_is_one_object_a_line(here: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.05)
    code, said = typed("watch", "--for", "0.3", "--json")
    for line in said.splitlines():
        assert json.loads(line).keys() == {"at", "changes", "cluster"}
    assert code == 0


def test_watch_outlives_the_database(here: str, monkeypatch: Any) -> None:
    from django.db import OperationalError

    looks = iter([watching.look(), OperationalError("gone"), OperationalError("gone"), watching.look()])

    def look() -> Any:
        found = next(looks)
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(watching, "look", look)
    with suppress(RuntimeError):
        _, said = typed("watch", "--changes", "3")
    assert [line.split("  ", 1)[1] for line in said.splitlines()][1:] == [
        "the database can not be reached",
        "the database is back",
    ]


def test_ctrl_c_is_a_good_end(monkeypatch: Any) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(watching, "look", interrupted)
    assert typed("watch")[0] == 0


def test_every_verb_explains_itself(capsys: Any) -> None:
    for words in ([], *([verb] for verb in VERBS)):
        with pytest.raises(SystemExit) as end:
            call_command("cluster", *words, "--help")
        assert end.value.code == 0
    said = capsys.readouterr().out
    assert "exit codes of send, drain, undrain and cache-clear:" in said
    assert "  ping          Answer, and do nothing else." in said
    assert arguments.TIMEOUT == 5


VERBS = ("status", "nodes", "watch", "send", "drain", "undrain", "cache-clear", "config")


def test_a_database_that_is_away_is_one_sentence(tmp_path: Path) -> None:
    nowhere = f"postgresql://nobody@127.0.0.1:{free_port()}/bellhop"
    environ = {**os.environ, "DATABASE_URL": nowhere, "DJANGO_SETTINGS_MODULE": "settings.test"}
    found = subprocess.run(
        [sys.executable, "manage.py", "cluster", "status"],
        cwd=ROOT,
        env={**environ, "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert found.returncode == 4
    assert found.stderr.startswith("CommandError: The database can not be used: ")
    assert "Traceback" not in found.stderr
    assert len(found.stderr.splitlines()) == 1


@pytest.mark.journey
def test_orders_need_no_redis(tmp_path: Path) -> None:
    """A node and a shell whose Redis is nowhere; the answer comes through the database."""
    database = connection.settings_dict
    url = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        url = f"postgresql://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    environ = {
        **os.environ,
        "DATABASE_URL": url,
        "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0",
        "DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "settings.test",
    }
    serve = [sys.executable, "manage.py", "serve", "--port", str(free_port())]
    named = {**environ, "INSTANCE_ID": "alone"}
    with (tmp_path / "log").open("wb") as log:
        node = subprocess.Popen(serve, cwd=ROOT, env=named, stdout=log, stderr=log)
    try:
        until(Node.objects.filter(pk="alone", status="up").exists, 30)
        shell = [sys.executable, "manage.py", "cluster", "send", "ping", "--json", "--timeout", "10"]
        found = subprocess.run(
            shell, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False
        )
        assert found.returncode == 0, found.stderr
        assert list(json.loads(found.stdout)["confirmed"]) == ["alone"]
    finally:
        node.terminate()
        node.wait(20)
