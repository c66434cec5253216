"""Where a server's programs are: in a wheel of this environment, else on the system."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path


@dataclass(frozen=True)
class Programs:
    """A folder of programs and where it came from."""

    folder: Path
    origin: str

    def __getitem__(self, name: str) -> Path:
        return self.folder / name


def wheel(package: str) -> Path | None:
    """The folder of an installed package, without importing it."""
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def version_of(program: Path) -> str:
    """The version a program says it is."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\d+(\.\d+)+", said)
    return found.group() if found else "unknown"


def readable_by_all(path: Path) -> bool:
    """Whether a stranger may walk to a path: a home folder is usually closed."""
    return all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents)


def copied_for_all(package: Path, home: Path) -> Path:
    """A copy of a package that a stranger may read, with the libraries it looks for beside itself."""
    for source in (package, package.with_name(f"{package.name}.libs")):
        if source.exists() and not (home / source.name).exists():
            shutil.copytree(source, home / source.name, symlinks=True)
    return home / package.name
