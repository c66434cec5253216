"""The key of a machine that was given none: made once, kept in an ignored file."""

import os
import secrets
from pathlib import Path


def kept_secret_key(folder: Path) -> str:
    """The folder's key, made on first use; two processes that start at once agree on one."""
    path = folder / "secret-key"
    if not path.exists():
        make(path)
    return path.read_text(encoding="ascii").strip()


def make(path: Path) -> None:
    """Write a new key beside the path and link it there, unless another process was first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600, exist_ok=False)
    draft.write_text(secrets.token_urlsafe(64), encoding="ascii")
    try:
        os.link(draft, path)  # unlike a rename, a link never replaces the key of the first process
    except FileExistsError:
        pass
    finally:
        draft.unlink()
