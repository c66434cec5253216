"""`deploy/check` on a machine that has less than it could use."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.deploy.units import ROOT

NEEDED = ("sh", "dirname", "mktemp", "rm", "sed", "cp", "basename", "cat", "openssl")


def test_it_says_what_it_could_not_look_at(tmp_path: Path) -> None:
    for name in NEEDED:
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    done = subprocess.run(
        [str(ROOT / "deploy/check"), str(Path(sys.executable).parent)],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "kubectl is not on this machine" in done.stdout
    assert "systemd-analyze is not on this machine" in done.stdout
    assert done.stdout.count("was NOT checked here.") == len(done.stdout.splitlines())
