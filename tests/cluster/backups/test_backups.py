"""A backup is whole or is not there; a restore happens or does not; what must not come back does not."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from cluster import backups, nodes
from cluster.backups import Broken, Refused, files, manifest, sealing
from cluster.models import NodeRole, StreamHead
from cluster.nodes import Life
from requests_app.models import GuestRequest
from security.models import AuditEntry
from tests import cast
from tests.cast import Hotel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
KEY = "a-key-of-its-own-that-seals-what-is-carried-away"
OLD = "the-key-before-it-which-is-still-in-a-drawer-here"
ROOT = Path(__file__).parents[3]


@pytest.fixture
def hotel(transactional_db: None) -> Hotel:
    hotel = cast.demo_hotel()
    for number in range(12):
        cast.asked(hotel.lan, hotel.property, text=f"Towels {number}, 'quoted'\n\\. and a tab\t Đà Nẵng")
    return hotel


def shown(hotel: Hotel) -> Any:
    said = (
        Client(headers=cast.bearer(hotel.lan)).get("/api/request?limit=50&sortBy=created_at").json()["data"]
    )
    return [{name: row[name] for name in row if name not in ("age", "isOverdue")} for row in said]


def test_it_works(hotel: Hotel, tmp_path: Path) -> None:
    before = shown(hotel)
    made = backups.take(tmp_path, [])
    entries = AuditEntry.objects.count()
    cast.asked(hotel.lan, hotel.property, text="Too late")
    GuestRequest.objects.filter(pk=before[0]["id"]).update(request_text="spoilt")
    folder = tmp_path / made.name
    assert backups.verify(folder, [], restoring=True).rows == made.rows
    assert backups.last() == made.taken_at
    with pytest.raises(Refused, match="--replace"):
        backups.restore(folder, [], replace=False)
    backups.restore(folder, [], replace=True)
    assert AuditEntry.objects.count() == entries
    assert shown(hotel) == before
    call_command("audit", "verify", stdout=StringIO())
    call_command("verify_stats", stdout=StringIO())
    cast.asked(hotel.lan, hotel.property, text="And on it goes")
    assert len(shown(hotel)) == len(before) + 1


def test_clients_load_anew(hotel: Hotel, tmp_path: Path) -> None:
    head = StreamHead.objects.get(stream=hotel.property.pk)
    made = backups.take(tmp_path, [])
    for _ in range(3):
        cast.asked(hotel.lan, hotel.property)
    backups.restore(tmp_path / made.name, [], replace=True)
    lan = Client(headers=cast.bearer(hotel.lan))
    for since in (f"{head.epoch}:{head.seq}", str(head.seq), str(head.seq + 3)):
        said = lan.get("/api/events", {"since": since})
        assert (said.status_code, said.json()["code"]) == (410, "RESYNC_REQUIRED"), since
    now = StreamHead.objects.get(stream=hotel.property.pk)
    cast.asked(hotel.lan, hotel.property)
    events = lan.get("/api/events", {"since": f"{now.epoch}:{now.seq}"}).json()["data"]["events"]
    assert [event["event"] for event in events] == ["request:created"]


def test_nobody_comes_in_by_what_they_carried(hotel: Hotel, tmp_path: Path) -> None:
    token = cast.bearer(hotel.lan)
    made = backups.take(tmp_path, [])
    done = backups.restore(tmp_path / made.name, [], replace=True)
    assert Client(headers=token).get("/api/request").status_code == 401
    assert any("logs in anew" in sentence for sentence in done)


def test_who_was_forgotten_meanwhile_is_forgotten_again(hotel: Hotel, tmp_path: Path) -> None:
    request = cast.asked(hotel.lan, hotel.property, text="My name is Zoë")
    made = backups.take(tmp_path, [])
    call_command("forget", "--request", request.order_id, "--even-open", "--yes", stdout=StringIO())
    done = backups.restore(tmp_path / made.name, [], replace=True)
    assert GuestRequest.objects.get(pk=request.pk).request_text == "My name is Zoë"
    assert any("forgotten after this backup" in sentence for sentence in done)
    call_command("forget", "--resume", "--yes", stdout=StringIO())
    assert GuestRequest.objects.get(pk=request.pk).request_text == "[erased]"


def test_living_nodes_are_left_alone(hotel: Hotel, tmp_path: Path) -> None:
    made = backups.take(tmp_path, [])
    nodes.claim(Life(NodeRole.WEB, "web-1"))
    with pytest.raises(Refused, match="web-1"):
        backups.restore(tmp_path / made.name, [], replace=True)


@pytest.mark.parametrize("keys", [[], [KEY]])
def test_each_change_is_found(hotel: Hotel, tmp_path: Path, keys: list[str]) -> None:
    made = backups.take(tmp_path, keys)
    for part in made.parts[:: max(1, len(made.parts) // 6)]:
        for spoil in (cut, flip, swap):
            folder = tmp_path / "spoilt"
            shutil.copytree(tmp_path / made.name, folder)
            spoil(folder / f"{part.name}{files.SUFFIX}")
            with pytest.raises(Broken, match=part.name):
                backups.verify(folder, keys, restoring=False)
            with pytest.raises(Broken, match=part.name):
                backups.restore(folder, keys, replace=True)
            shutil.rmtree(folder)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def swap(path: Path) -> None:
    path.unlink()


def test_a_manifest_that_was_changed_is_found(hotel: Hotel, tmp_path: Path) -> None:
    folder = tmp_path / backups.take(tmp_path, [KEY]).name
    told = json.loads((folder / manifest.NAME).read_text())
    told["manifest"]["rows"] = {}
    (folder / manifest.NAME).write_text(json.dumps(told))
    with pytest.raises(Broken, match="vouches"):
        backups.verify(folder, [KEY], restoring=False)
    (folder / manifest.NAME).write_text("{")
    with pytest.raises(Broken, match="can not be read"):
        backups.verify(folder, [KEY], restoring=False)


def test_without_the_key_it_tells_nothing(hotel: Hotel, tmp_path: Path) -> None:
    folder = tmp_path / backups.take(tmp_path, [OLD]).name
    for path in folder.iterdir():
        assert b"Towels" not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0 or path.name == manifest.NAME
    for keys, words in (([], "BACKUP_KEY is needed"), ([KEY], "no key")):
        with pytest.raises(Broken, match=words):
            backups.verify(folder, keys, restoring=False)
    assert backups.verify(folder, [KEY, OLD], restoring=True).is_sealed


@pytest.mark.parametrize(
    "size", [0, 1, sealing.PIECE_BYTES, sealing.PIECE_BYTES + 1, 3 * sealing.PIECE_BYTES]
)
def test_pieces_can_not_be_cut_swapped_or_doubled(tmp_path: Path, size: int) -> None:
    plain, path = os.urandom(size), tmp_path / "it"
    with path.open("wb") as file:
        sealer = sealing.Sealer(file, KEY, "it")
        sealer.write(plain)
        sealer.finish()
    with path.open("rb") as file:
        assert b"".join(sealing.opened(file, [OLD, KEY], "it")) == plain
    whole = path.read_bytes()
    step, start = sealing.PIECE_BYTES + sealing.TAG_BYTES, len(sealing.MAGIC) + sealing.SALT_BYTES
    pieces = [whole[place : place + step] for place in range(start, len(whole), step)]
    wrongs = [pieces[:-1], pieces[::-1] if len(pieces) > 1 else [], [*pieces, pieces[-1]]]
    for wrong in wrongs:
        path.write_bytes(whole[:start] + b"".join(wrong))
        with path.open("rb") as file, pytest.raises(sealing.WrongKey):
            list(sealing.opened(file, [KEY], "it"))
    with path.open("rb") as file, pytest.raises(sealing.WrongKey):
        list(sealing.opened(file, [KEY], "another name"))


def test_nothing_is_left_of_one_that_could_not_be_written(
    hotel: Hotel, tmp_path: Path, monkeypatch: Any
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(backups.NotTaken, match="No space left"):
        backups.take(tmp_path / "there", [])
    assert list((tmp_path / "there").iterdir()) == []
    assert backups.last() is None


def test_old_ones_go_and_the_verified_one_stays(hotel: Hotel, tmp_path: Path) -> None:
    names = [backups.take(tmp_path, []).name for _ in range(4)]
    (tmp_path / ".partial-of-a-killed-run").mkdir()
    backups.verify(tmp_path / names[0], [], restoring=False)
    assert backups.forget_old(tmp_path, 2) == [names[1]]
    assert sorted(path.name for path in tmp_path.iterdir()) == [names[0], *names[2:]]


def test_it_lies_where_it_is_told(hotel: Hotel, tmp_path: Path, settings: Any) -> None:
    settings.BACKUP_DIRECTORY, settings.BACKUP_KEY = tmp_path / "here", f"{KEY},{OLD}"
    out = StringIO()
    call_command("backup", "--json", "--verify", stdout=out)
    told = json.loads(out.getvalue())
    assert Path(told["folder"]).parent == tmp_path / "here"
    assert (told["isSealed"], told["isVerified"]) == (True, True)
    out = StringIO()
    call_command("verify_backup", stdout=out)
    assert "is whole" in out.getvalue()
    with pytest.raises(CommandError, match="Nothing was changed") as refused:
        call_command("restore", "--yes")
    assert refused.value.returncode == 1
    call_command("restore", "--replace", "--yes", stdout=out)
    assert "Restored" in out.getvalue()


def test_nobody_says_yes(hotel: Hotel, tmp_path: Path, settings: Any, monkeypatch: Any) -> None:
    settings.BACKUP_DIRECTORY = tmp_path
    backups.take(tmp_path, [])
    monkeypatch.setattr("builtins.input", lambda _: "yes")
    with pytest.raises(CommandError, match="Nobody said yes"):
        call_command("restore", "--replace")


def killed_at(tmp_path: Path, words: list[str], place: str) -> None:
    """Run a command in a process that kills itself, as by kill -9, when it comes to ``place``."""
    module, _, name = place.rpartition(".")
    script = (
        "import importlib, os, signal, django; django.setup(); from django.core import management;"
        f"where = importlib.import_module({module!r});"
        f"setattr(where, {name!r}, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL));"
        f"management.call_command(*{words!r})"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment(tmp_path), check=False)
    assert done.returncode == -signal.SIGKILL


def environment(tmp_path: Path) -> dict[str, str]:
    place = connection.settings_dict
    url = f"sqlite:///{place['NAME']}"
    if connection.vendor == "postgresql":
        url = f"postgresql://{place['USER']}@{place['HOST']}:{place['PORT']}/{place['NAME']}"
    here = {"DATABASE_URL": url, "BACKUP_DIRECTORY": str(tmp_path), "DJANGO_SETTINGS_MODULE": "settings.test"}
    return {**os.environ, **here}


@pytest.mark.parametrize("lost", ["gone", "empty"])
def test_it_is_looked_at_where_the_database_is_lost(hotel: Hotel, tmp_path: Path, lost: str) -> None:
    made = backups.take(tmp_path, [])
    lost_url = {
        "gone": "postgresql://nobody@127.0.0.1:1/none",
        "empty": f"sqlite:///{tmp_path / 'empty.sqlite3'}",
    }[lost]
    words = [sys.executable, "manage.py", "verify_backup", "--quick", str(tmp_path / made.name)]
    done = subprocess.run(
        words,
        cwd=ROOT,
        env={**environment(tmp_path), "DATABASE_URL": lost_url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "is whole" in done.stdout


def test_a_killed_backup_leaves_none(hotel: Hotel, tmp_path: Path) -> None:
    killed_at(tmp_path, ["backup"], "cluster.backups.taking._finish")
    assert backups.known(tmp_path) == []
    assert len(list(tmp_path.iterdir())) == 1
    backups.forget_old(tmp_path, 1)
    assert list(tmp_path.iterdir()) == []


def test_a_killed_restore_has_changed_nothing(hotel: Hotel, tmp_path: Path) -> None:
    made = backups.take(tmp_path, [])
    cast.asked(hotel.lan, hotel.property, text="After the backup")
    before = shown(hotel)
    killed_at(tmp_path, ["restore", "--replace", "--yes"], "cluster.backups.restoring.new_epoch")
    assert shown(hotel) == before
    call_command("audit", "verify", stdout=StringIO())
    backups.restore(tmp_path / made.name, [], replace=True)
    assert len(shown(hotel)) == len(before) - 1


def test_work_goes_on_meanwhile(hotel: Hotel, tmp_path: Path, monkeypatch: Any) -> None:
    if connection.vendor == "sqlite":
        return  # the whole file is one page or two here: nothing happens meanwhile
    dumped: Callable[..., Any] = backups.take.__globals__["postgresql"].dump

    def write_meanwhile(*said: Any) -> Any:
        parts = dumped(*said)
        yield next(parts)
        assert another_writes(tmp_path) == 0
        yield from parts

    rows = GuestRequest.objects.count()
    monkeypatch.setattr("cluster.backups.postgresql.dump", write_meanwhile)
    made = backups.take(tmp_path, [])
    assert GuestRequest.objects.count() == rows + 1
    assert made.rows["requests_app_guestrequest"] == rows
    backups.verify(tmp_path / made.name, [], restoring=True)


def another_writes(tmp_path: Path) -> int:
    script = (
        "import django; django.setup(); from tests import cast; from security.models import User, Property;"
        "cast.asked(User.objects.get(username='lan'), Property.objects.get(slug='demo-hotel'))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment(tmp_path), check=False)
    return done.returncode


def test_an_older_backup_finds_what_was_added(hotel: Hotel, tmp_path: Path) -> None:
    """Migrations only expand: a table and a column that a backup does not know of are left as they begin."""
    if connection.vendor == "sqlite":
        return  # the file brings its schema with it, and is migrated
    folder = tmp_path / backups.take(tmp_path, []).name
    told = json.loads((folder / manifest.NAME).read_text())
    said = told["manifest"]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE requests_app_guestrequest ADD COLUMN added_since text")
    try:
        backups.restore(folder, [], replace=True)
        said["parts"][0]["columns"].append("gone_since")
        (folder / manifest.NAME).write_text(json.dumps(told))
        with pytest.raises(Broken, match=f"restore with release {said['release']}"):
            backups.restore(folder, [], replace=True)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE requests_app_guestrequest DROP COLUMN added_since")


def test_its_age_is_known(hotel: Hotel, tmp_path: Path) -> None:
    backups.take(tmp_path, [])
    found = backups.last()
    assert found
    assert timezone.now() - found < timedelta(minutes=1)
