"""Where a drill takes place: a service given by its address, a cluster that stands, one of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cluster.local import keys
from cluster.local.nodes import Application
from cluster.local.plan import Refused
from cluster.local.verbs import Cluster, Say
from requests_app.drill.faults import Faults, Local, Nobody, NoMeans
from requests_app.drill.place import Place, parts

BALANCER = "caddy"

Ground = tuple[Place, Faults]


def given(url: str, nodes: Sequence[str], password: str) -> Ground:
    """Return a service by its address and those of its nodes, `NAME=URL` each. It is not ours to break."""
    named = [word.partition("=") for word in nodes]
    told = [{"name": name, "url": url, "kind": "all"} for name, _, url in named]
    return Place(url, password, parts(told)), Nobody()


def standing(folder: Path, application: Application, release: str, password: str) -> Ground:
    """Return the local cluster that is up. Raises NoMeans."""
    cluster = Cluster(folder, application, _quietly)
    status: Any = cluster.status()
    if not status["url"]:
        raise NoMeans("No local cluster is up: `make cluster` starts one, and --up one of its own.")
    known = password or keys.kept(folder)["DEMO_PASSWORD"]
    return Place(status["url"], known, parts(status["parts"])), Local(cluster, release)


@contextmanager
def own(application: Application, *, release: str, nodes: int, password: str, say: Say) -> Iterator[Ground]:
    """Start a cluster in a folder of its own, and leave nothing of it. Raises NoMeans."""
    home = Path(tempfile.mkdtemp(prefix="bellhop-drill-"))
    home.chmod(0o711)  # PostgreSQL refuses root, so another user must get through to its own folder
    folder = home / "local"
    cluster = Cluster(folder, application, say)
    try:
        cluster.up(count=nodes, balancer=BALANCER, port=0, limits="relaxed")
        yield standing(folder, application, release, password)
    except Refused as refused:
        raise NoMeans(str(refused)) from None
    finally:
        cluster.down(purge=True)
        shutil.rmtree(home, ignore_errors=True)


def _quietly(_: str) -> None:
    """Say nothing: the scoreboard does."""
