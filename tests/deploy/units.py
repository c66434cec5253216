"""A systemd unit of `deploy/systemd/`, read and run as it says, by hand or in a test, where no systemd is.

python -m tests.deploy.units bellhop-web@8001        as root, on a machine where deploy/install has been
"""

from __future__ import annotations

import os
import pwd
import shlex
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy/systemd"
RELEASES = "/opt/bellhop/releases"


@dataclass
class Unit:
    """One unit with its instance; ``moved`` says where paths lie instead."""

    name: str
    instance: str = ""
    moved: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, word: str, moved: Mapping[str, str] | None = None) -> Unit:
        name, at, instance = word.partition("@")
        return cls(f"{name}@.service" if at else f"{name}.service", instance, moved or {})

    def said(self, key: str) -> list[str]:
        """Every value of a key, in order."""
        lines = (FOLDER / self.name).read_text().splitlines()
        return [line.partition("=")[2] for line in lines if line.startswith(f"{key}=")]

    def resolved(self, text: str, credentials: Path) -> str:
        """A value with its specifiers replaced and its paths moved."""
        short = socket.gethostname().partition(".")[0]
        for specifier, value in (("%i", self.instance), ("%I", self.instance), ("%l", short)):
            text = text.replace(specifier, value)
        text = text.replace("%d", str(credentials))
        for path, place in self.moved.items():
            text = text.replace(path, place)
        return text

    def command(self, credentials: Path) -> list[str]:
        (line,) = self.said("ExecStart")
        return shlex.split(self.resolved(line, credentials))

    def environment(self, credentials: Path) -> dict[str, str]:
        """What the process is told: the file, the lines, the folder of credentials, and no more."""
        told = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
        for file in self.said("EnvironmentFile"):
            lines = Path(self.resolved(file, credentials)).read_text().splitlines()
            told |= dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
        for line in self.said("Environment"):
            told |= dict(it.split("=", 1) for it in self.resolved(line, credentials).split())
        return told

    def hand_over(self, credentials: Path, owner: tuple[int, int] | None = None) -> None:
        """Copy the secrets to where only this process reads them, as LoadCredential= does."""
        for line in self.said("LoadCredential"):
            name, _, source = line.partition(":")
            place = credentials / name
            place.write_bytes(Path(self.resolved(source, credentials)).read_bytes())
            place.chmod(0o400)
            if owner:
                os.chown(place, *owner)

    def popen(self, credentials: Path, **more: object) -> subprocess.Popen[bytes]:
        """Start it with its environment alone."""
        return subprocess.Popen(self.command(credentials), env=self.environment(credentials), **more)  # type: ignore[call-overload,no-any-return]


def main() -> int:
    """Run one unit to its end as its own user, who may never be more than that."""
    unit = Unit.of(sys.argv[1])
    (user,) = unit.said("User")
    who = pwd.getpwnam(user)
    (home,) = unit.said("WorkingDirectory")
    with tempfile.TemporaryDirectory() as folder:
        credentials = Path(folder)
        os.chown(credentials, who.pw_uid, who.pw_gid)
        unit.hand_over(credentials, (who.pw_uid, who.pw_gid))
        drop = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--no-new-privs"]
        drop += ["--inh-caps=-all", "--bounding-set=-all"]
        command = [*drop, *unit.command(credentials)]
        return subprocess.run(command, env=unit.environment(credentials), cwd=home, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
