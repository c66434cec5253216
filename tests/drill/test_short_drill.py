"""The drill itself, in its short form, on a cluster of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.journeys.house import ROOT

LONGEST_SECONDS = 280
CLUSTERS_OWN = ("DATABASE_URL", "REDIS_URL", "DATA_DIR", "DJANGO_SETTINGS_MODULE")


@pytest.mark.journey
@pytest.mark.timeout(LONGEST_SECONDS + 20)
def test_every_promise_holds_on_a_cluster_of_two_and_two() -> None:
    environment = {name: value for name, value in os.environ.items() if name not in CLUSTERS_OWN}
    done = subprocess.run(
        [sys.executable, "manage.py", "drill", "--up", "--short", "--json"],
        cwd=ROOT,
        env=environment | {"DJANGO_SETTINGS_MODULE": "settings.dev"},
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-8000:]
    told = json.loads(done.stdout)
    assert told["kept"]
    assert len(told["scenarios"]) == 9
