"""The secrets of a local cluster: made once, kept where only their owner reads."""

import json
import os
import secrets
from pathlib import Path

FILE = "secrets.json"
NAMES = {"SECRET_KEY": 48, "METRICS_TOKEN": 24, "POSTGRES_PASSWORD": 24, "REDIS_PASSWORD": 24}
PASSWORD_BYTES = 9


def kept(folder: Path) -> dict[str, str]:
    """Return the cluster's secrets, made on first use."""
    place = folder / FILE
    if not place.exists():
        made = {name: secrets.token_urlsafe(size) for name, size in NAMES.items()}
        made["DEMO_PASSWORD"] = secrets.token_urlsafe(PASSWORD_BYTES)
        draft = place.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as writer:
            json.dump(made, writer)
        draft.replace(place)
    found: dict[str, str] = json.loads(place.read_text())
    return found
