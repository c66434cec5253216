"""A cluster that goes back to the release before."""

from __future__ import annotations

import io
import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import httpx
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cluster import flags, identity, nodes
from cluster.flags import reading, registry
from cluster.models import CommandAck, Node, NodeRole, ReleaseSeen
from cluster.nodes import Life
from cluster.overview import look
from cluster.releases import departures, discipline, walking
from cluster.releases.shelf import Shelf
from tests import cast
from tests.cast import Hotel
from tests.journeys.house import ROOT, House
from tests.live.lines import until

pytestmark = pytest.mark.django_db(transaction=True)
NEXT = f"{identity.RELEASE}+next"
BROKEN = f"{identity.RELEASE}+broken"
DYING = f"{identity.RELEASE}+next.2"


@pytest.fixture
def hotel(transactional_db: None) -> Hotel:
    return cast.demo_hotel()


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """This house, and the same again under the next name, which is in force."""
    found = Shelf(tmp_path / "releases")
    found.add(ROOT, NEXT)
    (found.folder / identity.VERSION).symlink_to(ROOT)
    found.put(NEXT)
    return found


@pytest.fixture
def houses(hotel: Hotel, shelf: Shelf, tmp_path: Path) -> Iterator[list[House]]:
    """Two nodes with the next release; the first one leads."""
    opened = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        more = {"RELEASES_DIR": str(shelf.folder)}
        house = House(tmp_path / name, manage=shelf.folder / "current/manage.py", more=more)
        opened.append(house.open())
    ReleaseSeen.objects.create(version=identity.VERSION, started_at=timezone.now())
    yield opened
    for house in opened:
        house.close()


class Guests:
    """Somebody asks for a page all the time, at whichever node takes the call, like a balancer."""

    def __init__(self, houses: list[House], hotel: Hotel) -> None:
        self.answered = self.failed = 0
        self._houses, self._credential = houses, cast.bearer(hotel.hoa)
        self._enough = Event()
        self._thread = Thread(target=self._ask, daemon=True)

    def __enter__(self) -> Guests:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        self._thread.join(10)

    def _ask(self) -> None:
        with httpx.Client(headers=self._credential, timeout=5) as client:
            while not self._enough.wait(0.02):
                if any(self._answers(client, house) for house in self._houses):
                    self.answered += 1
                else:
                    self.failed += 1

    def _answers(self, client: httpx.Client, house: House) -> bool:
        try:
            return client.get(f"{house.address}/api/request").is_success
        except httpx.TransportError:
            return False


def at_night(house: House, *words: str) -> subprocess.CompletedProcess[str]:
    """What a tired person types."""
    shown = {"BELLHOP_MANAGE": shlex.join([sys.executable, str(house.manage)])}
    command = [sys.executable, str(ROOT / "deploy/rollback"), *words]
    return subprocess.run(
        command,
        env={**house._environment(), **shown},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


def versions() -> set[str]:
    return set(Node.objects.values_list("version", flat=True))


@pytest.mark.journey
def test_the_way_back_while_the_house_is_open(houses: list[House], shelf: Shelf, hotel: Hotel) -> None:
    assert versions() == {NEXT}
    pids = dict(Node.objects.values_list("instance_id", "pid"))
    refused = at_night(houses[0], "--to", "0.0.9", "--yes")
    assert (refused.returncode, versions()) == (2, {NEXT})
    assert "nothing was changed: 0.0.9 is no release" in refused.stderr
    with Guests(houses, hotel) as guests:
        done = at_night(houses[0], "--yes", "--json")
        until(lambda: guests.answered > 20)
    assert done.returncode == 0, done.stdout + done.stderr
    assert guests.failed == 0
    assert versions() == {identity.VERSION}
    assert dict(Node.objects.values_list("instance_id", "pid")) == pids
    assert (shelf.folder / "current").readlink() == Path(identity.VERSION)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert told[-1]["said"] == f"Done: 2 nodes run {identity.VERSION}."
    steps = [step["step"] for step in told if step.get("node")]
    assert steps[:2] == [f"could go to {identity.VERSION}"] * 2
    assert (
        steps[2:]
        == [
            f"is asked to go from {NEXT} to {identity.VERSION}",
            f"is up with {identity.VERSION}",
        ]
        * 2
    )
    again = io.StringIO()
    call_command("rollout", identity.VERSION, stdout=again)
    assert again.getvalue().count(f"is up with {identity.VERSION}") == 2


@pytest.mark.journey
def test_a_release_that_would_not_run_stops_the_walk(houses: list[House], shelf: Shelf) -> None:
    (shelf.folder / BROKEN).mkdir()
    (shelf.folder / BROKEN / "manage.py").write_text("import sys; sys.exit('bellhop: PORT is not a port')")
    with pytest.raises(CommandError, match=r"PORT is not a port.*not touched") as stopped:
        call_command("rollback", "--to", BROKEN, stdout=io.StringIO())
    assert stopped.value.returncode == 1
    assert str(stopped.value).count("not touched") == 1
    with pytest.raises(CommandError, match=r"could not go.*nothing was changed"):
        call_command("rollout", BROKEN, "--dry-run", stdout=io.StringIO())
    said = io.StringIO()
    call_command("rollout", identity.VERSION, "--dry-run", stdout=said)
    assert said.getvalue().count(f"could go to {identity.VERSION}") == 2
    assert versions() == {NEXT}
    assert all(httpx.get(f"{house.address}/health/ready").is_success for house in houses)


def supervised(house: House, shelf: Shelf, release: str) -> Thread:
    """Start a node again as soon as `current` names that release, as whoever supervises it would."""

    def watch() -> None:
        until(lambda: (shelf.folder / "current").readlink() == Path(release), 60)
        house.open()

    thread = Thread(target=watch, daemon=True)
    thread.start()
    return thread


@pytest.mark.journey
def test_the_way_back_from_a_release_in_which_a_node_dies(houses: list[House], shelf: Shelf) -> None:
    shelf.add(ROOT, DYING)
    code = shelf.folder / DYING / "cluster/pulse.py"
    code.write_text(f"{code.read_text()}\n\ndef start(role):\n    raise RuntimeError('it dies')\n")
    with pytest.raises(CommandError, match=r"did not come back.*not touched\. To go back: bellhop-rollback"):
        call_command("rollout", DYING, "--timeout", "8", stdout=io.StringIO())
    assert (shelf.folder / "current").readlink() == Path(DYING)
    dead = next(it for it in houses if it.process is not None and it.process.poll() is not None)
    (alive,) = (it for it in houses if it is not dead)
    looked = at_night(alive, "--look")
    assert f"It could go back to {NEXT}; nothing was changed." in looked.stdout, looked.stderr
    assert f"`current` names {DYING}, it would again name {NEXT}" in looked.stdout
    assert "Only one node" not in looked.stdout, "the one that lives does not start anew"
    supervisor = supervised(dead, shelf, NEXT)
    done = at_night(alive, "--yes")
    supervisor.join(30)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"left for {DYING} and is awaited with {NEXT}" in done.stdout
    assert f"Done: 2 nodes run {NEXT}." in done.stdout
    assert versions() == {NEXT}


@pytest.mark.journey
def test_a_release_that_can_not_be_loaded_is_refused_at_a_look(houses: list[House], shelf: Shelf) -> None:
    shelf.add(ROOT, BROKEN)
    (shelf.folder / BROKEN / "cluster/serving/wsgi.py").write_text("raise RuntimeError('it does not load')")
    with pytest.raises(CommandError, match="could not go"):
        call_command("rollout", BROKEN, "--dry-run", stdout=io.StringIO())
    with pytest.raises(
        CommandError, match=r"fails `serve --look`: RuntimeError: it does not load.*not touched"
    ):
        call_command("rollout", BROKEN, stdout=io.StringIO())
    assert all(httpx.get(f"{house.address}/health/ready").is_success for house in houses)
    assert (shelf.folder / "current").readlink() == Path(NEXT)


@pytest.mark.journey
def test_a_folder_may_hold_a_build_with_a_longer_name(houses: list[House], shelf: Shelf) -> None:
    """The walk waits for what the folder holds, and half-way the way back is the older one."""
    folder = identity.RELEASE + ".1"
    (shelf.folder / NEXT).rename(shelf.folder / folder)
    (shelf.folder / folder / "RELEASE").write_text(f"{identity.RELEASE}+again\n")
    call_command("rollout", folder, stdout=io.StringIO())
    assert versions() == {f"{identity.RELEASE}+again"}


def test_half_way_the_older_one_is_the_way_back(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking.history, "RELEASES", ("0.1.0", "0.2.0"))
    now = timezone.now()
    for name, version in (("a", "0.1.0"), ("b", "0.2.0+build")):
        life = Life(NodeRole.ALL, instance_id=name)
        nodes.claim(life)
        Node.objects.filter(pk=name).update(version=version)
        ReleaseSeen.objects.create(version=version, started_at=now)
    assert walking.release_before() == "0.1.0"
    Node.objects.filter(pk="a").update(version="0.2.0+build")
    assert walking.release_before() == "0.1.0"
    Node.objects.update(version="0.1.0")
    with pytest.raises(walking.Refused):
        walking.release_before()


def left_for(build: str, *, name: str, boot: str) -> None:
    """A node has answered an order and gone."""
    detail, now = departures.answer(build), timezone.now()
    order = f"order-{CommandAck.objects.count()}"
    CommandAck.objects.create(order=order, instance_id=name, boot=boot, ok=True, detail=detail, at=now)


def test_where_a_node_died_in_a_newer_one_the_way_back_is_what_runs(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking.history, "RELEASES", ("0.1.0", "0.2.0", "0.3.0"))
    for version in ("0.1.0", "0.2.0"):
        ReleaseSeen.objects.create(version=version, started_at=timezone.now())
    for name in ("a", "b"):
        nodes.claim(Life(NodeRole.ALL, instance_id=name, boot="before"))
    Node.objects.update(version="0.2.0")
    left_for("0.2.0", name="a", boot="long ago")
    departures.is_back("a")
    assert departures.departed() == {}
    assert walking.release_before() == "0.1.0", "all went well"
    left_for("0.3.0", name="a", boot="before")
    Node.objects.filter(pk="a").update(status="left")
    assert walking.release_before() == "0.2.0", "it went, and nobody saw it again"
    assert look().reasons == {"left for release 0.3.0 and is not back": ["a"]}
    departures.is_back("b")
    assert departures.departed() == {"a": departures.Departure("before", "0.3.0")}
    departures.is_back("a")
    Node.objects.filter(pk="a").delete()
    ReleaseSeen.objects.create(version="0.3.0", started_at=timezone.now())
    assert walking.release_before() == "0.2.0", "it came back, died, and was forgotten"
    ReleaseSeen.objects.filter(pk="0.2.0").update(started_at=timezone.now())
    assert walking.release_before() == "0.1.0", "the others began anew since: that is over"
    left_for("0.3.0", name="a", boot="before")
    CommandAck.objects.update(at=timezone.now() - timedelta(days=2))
    assert walking.release_before() == "0.1.0", "it was given up"


def test_whoever_goes_back_twice_is_not_taken_forward(transactional_db: None) -> None:
    now = timezone.now()
    for ago, version in enumerate(("0.1.0+2", "0.1.0+9", "0.1.0+10")):
        ReleaseSeen.objects.create(version=version, started_at=now - timedelta(hours=ago))
    nodes.claim(Life(NodeRole.ALL, instance_id="a"))
    for version, before in (("0.1.0+10", "0.1.0+2"), ("0.1.0+9", "0.1.0+2")):
        Node.objects.update(version=version)
        assert walking.release_before() == before
    Node.objects.update(version="0.1.0+2")
    with pytest.raises(walking.Refused, match=r"No release older than 0\.1\.0\+2"):
        walking.release_before()


def test_the_dead_are_passed_over(transactional_db: None) -> None:
    for name in ("living", "dead"):
        nodes.claim(Life(NodeRole.ALL, instance_id=name))
    Node.objects.filter(pk="dead").update(last_heartbeat=timezone.now() - timedelta(seconds=3))
    assert walking.order_of_march() == ["living"], "a silent one is waited for until it is known"
    assert [step.node for step in walking.passed_over()] == ["dead"]


@pytest.mark.usefixtures("transactional_db")
class TestRefusals:
    """What is refused before anything is changed."""

    def refusal(self, *words: str) -> str:
        with pytest.raises(CommandError) as refused:
            call_command("rollback", *words)
        assert refused.value.returncode == 2
        return str(refused.value)

    def test_nothing_to_go_back_to(self) -> None:
        assert self.refusal().startswith(f"No release older than {identity.RELEASE} has run")

    def test_nobody_is_there(self) -> None:
        assert self.refusal("--to", identity.RELEASE) == "No node is up."

    def test_a_release_nobody_knows(self) -> None:
        assert self.refusal("--to", "0.0.9").startswith("0.0.9 is no release of this house")

    def test_below_a_floor(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(walking.history, "RELEASES", ("0.0.9", identity.RELEASE))
        monkeypatch.setattr(discipline, "floors", lambda _: {"house.0009_tidy": identity.RELEASE})
        said = self.refusal("--to", "0.0.9")
        assert "house.0009_tidy took away" in said
        assert "Restore a backup" in said


def test_the_flags_of_what_came_after(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> None:
    monkeypatch.setattr(registry, "_flags", {})
    monkeypatch.setattr(reading, "_snapshot", reading.Snapshot())
    monkeypatch.setattr(walking.history, "RELEASES", ("0.1.0", "0.2.0", "0.3.0"))
    for name, since in (("a", "0.1.0"), ("b", "0.2.0"), ("c", "0.3.0"), ("d", "0.3.0")):
        flags.declare(name, name, since=since)
    flags.switch(["d"], on=False, by={})
    assert walking.flags_newer_than("0.2.0+build") == ["c"]
    assert walking.flags_newer_than("0.1.0") == ["b", "c"]
    assert walking.flags_newer_than("0.3.0") == []
