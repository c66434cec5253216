"""Follow docs/install.md and docs/backup.md literally on a bare Debian machine, from install to restore.

    debootstrap --variant=minbase --include=systemd-sysv,dbus,sudo,ca-certificates bookworm BASE
    .venv/bin/python -m tests.acceptance BASE --in FOLDER

As root, some seven minutes; it needs systemd-container, and the ports 80, 443, 5432, 6379, 8001, 8002, 8101,
8102 and 9090 of this machine. FOLDER gets the machine, `walk.log` (all that was said) and `console.log`.
Leaves with 0 when every step went as written, 1 when one did not: the log's last lines say which.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tests.acceptance import machine, steps

SECONDS = 1500
ANSWERS = (
    (rb"[Pp]assword[^\n]*: ?$", steps.PASSWORD),
    (rb"\[y/N\] $", "y"),
)
DONE, FAILED = "### all done", "### failed"


def prepare(root: Path) -> None:
    """Put this commit into the machine, and copies of it that are other releases."""
    source = root / steps.SOURCE[1:]
    source.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "clone", "-q", str(steps.ROOT), str(source)], check=True)
    for release in (steps.GOOD, steps.NOT_LOADING, steps.DYING):
        copy = source.with_name(f"bellhop-{release}")
        shutil.copytree(source, copy, symlinks=True)
        edit(copy / "cluster/identity.py", r'(?m)^RELEASE = ".*"', f'RELEASE = "{release}"')
    broken = "raise RuntimeError('it does not load')"
    more(source.with_name(f"bellhop-{steps.NOT_LOADING}") / "cluster/serving/wsgi.py", broken)
    dying = "def start(role):\n    raise RuntimeError('it dies')"
    more(source.with_name(f"bellhop-{steps.DYING}") / "cluster/pulse.py", dying)


def edit(path: Path, pattern: str, by: str) -> None:
    """Replace what is there once."""
    text, count = re.subn(pattern, by, path.read_text())
    if count != 1:
        raise SystemExit(f"{path}: {pattern} is there {count} times")
    path.write_text(text)


def more(path: Path, code: str) -> None:
    """Add some code at the end."""
    path.write_text(f"{path.read_text()}\n\n{code}\n")


def script(root: Path) -> str:
    """Write the steps into the machine; return the path there of what runs them all in one shell."""
    lines = ["set -eE -o pipefail", f"trap 'echo \"{FAILED}: $BASH_COMMAND\"' ERR"]
    for number, step in enumerate(steps.steps()):
        name = f"root/step-{number:02}.sh"
        (root / name).write_text(step.lines)
        lines += [f'echo; echo "### {number:02} $(date +%T) {step.title}"', f". /{name}"]
    lines.append(f"echo '{DONE}'")
    (root / "root/walk.sh").write_text("\n".join(lines) + "\n")
    return "/root/walk.sh"


def main() -> int:
    """Make the machine, type, tell."""
    about, _, rest = (__doc__ or "").partition("\n\n")
    form = argparse.RawDescriptionHelpFormatter
    reader = argparse.ArgumentParser("tests.acceptance", description=about, epilog=rest, formatter_class=form)
    reader.add_argument("base", type=Path, metavar="BASE", help="a bare Debian 12, as debootstrap makes it")
    reader.add_argument("--in", dest="folder", type=Path, required=True, help="where the machine and logs go")
    reader.add_argument("--overlay", type=Path, help="files to put over it: a mirror for apt or pip, say")
    reader.add_argument("--bind", action="append", default=[], help="a folder of this machine to show in it")
    words = reader.parse_args()
    words.folder.mkdir(parents=True, exist_ok=True)
    root, log = words.folder / "machine", words.folder / "walk.log"
    machine.furnish(words.base, root, words.overlay)
    prepare(root)
    begun = time.monotonic()
    with machine.booted(root, words.folder / "console.log", words.bind) as first, log.open("wb") as out:
        machine.typed(first, script(root), ANSWERS, out, SECONDS)
    told = log.read_bytes().decode(errors="replace")
    for line in told.splitlines():
        if line.startswith("###"):
            print(line)
    print(f"{time.monotonic() - begun:.0f} s; all that was said: {log}")
    return 0 if DONE in told else 1


if __name__ == "__main__":
    sys.exit(main())
