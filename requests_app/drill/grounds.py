"""Where a drill takes place: a service given by its address, a cluster that stands, one of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from cluster.local import keys
from cluster.local.nodes import Application
from cluster.local.plan import Refused
from cluster.local.verbs import Cluster, Say
from cluster.releases.shelf import CURRENT, Shelf
from requests_app.drill.faults import Faults, Local, Nobody, NoMeans
from requests_app.drill.place import Place, parts

BALANCER = "caddy"

Ground = tuple[Place, Faults]


def given(url: str, nodes: Sequence[str], password: str) -> Ground:
    """Return a service by its address and those of its nodes, `NAME=URL` each. It is not ours to break."""
    named = [word.partition("=") for word in nodes]
    told = [{"name": name, "url": url, "kind": "all"} for name, _, url in named]
    return Place(url, password, parts(told)), Nobody()


def standing(folder: Path, application: Application, password: str) -> Ground:
    """Return the local cluster that is up. Raises NoMeans."""
    cluster = Cluster(folder, application, _quietly)
    status: Any = cluster.status()
    if not status["url"]:
        raise NoMeans("No local cluster is up: `make cluster` starts one, and --up one of its own.")
    known = password or keys.kept(folder)["DEMO_PASSWORD"]
    return Place(status["url"], known, parts(status["parts"])), Local(cluster)


@contextmanager
def own(application: Application, *, release: str, nodes: int, password: str, say: Say) -> Iterator[Ground]:
    """Start a cluster in a folder of its own, and leave nothing of it. Raises NoMeans.

    It runs the first of two builds of `release`, so that it can go forward and back.
    """
    home = Path(tempfile.mkdtemp(prefix="bellhop-drill-"))
    home.chmod(0o711)  # PostgreSQL refuses root, so another user must get through to its own folder
    folder, builds = home / "local", (f"{release}+drill.1", f"{release}+drill.2")
    cluster = Cluster(folder, _on_a_shelf(home / "releases", application, builds), say)
    try:
        cluster.up(count=nodes, balancer=BALANCER, port=0, limits="relaxed")
        place, _ = standing(folder, application, password)
        yield place, Local(cluster, builds)
    except Refused as refused:
        raise NoMeans(str(refused)) from None
    finally:
        cluster.down(purge=True)
        shutil.rmtree(home, ignore_errors=True)


def _on_a_shelf(folder: Path, application: Application, builds: Sequence[str]) -> Application:
    """Return the application as it is started from a folder of releases, the first of them in force."""
    shelf = Shelf(folder)
    folder.mkdir()
    for build in builds:
        shelf.add(Path(application.program).parent, build)
    shelf.put(builds[0])
    relaxed = {**application.relaxed, "RELEASES_DIR": str(folder)}
    return replace(application, program=folder / CURRENT / "manage.py", relaxed=relaxed)


def _quietly(_: str) -> None:
    """Say nothing: the scoreboard does."""
