"""The application's processes in a local cluster: their environment, their readiness, their pids."""

import http.client
import json
import os
import ssl
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cluster.local import keys
from cluster.local.plan import LOOPBACK, Part, Plan, Refused
from cluster.local.process import launch

PROBE_SECONDS = 1.0
OWNER = "postgres"
DEFAULT_LIMITS = "default"
PREPARE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Application:
    """What the settings say of the application that is run here."""

    program: Path
    settings: str
    prepare: Sequence[Sequence[str]]
    seed: Sequence[str]
    relaxed: Mapping[str, str]


def environment(plan: Plan, application: Application, part: Part | None = None) -> dict[str, str]:
    """Return a node's environment: the caller's, with what makes it a part of this cluster."""
    secret = keys.kept(plan.folder)
    database = (
        f"postgresql://{OWNER}:{secret['POSTGRES_PASSWORD']}@{LOOPBACK}:{plan['postgres'].port}/{OWNER}"
    )
    bell = part.bell if part else plan["redis"].port
    own = {
        "DJANGO_SETTINGS_MODULE": application.settings,
        "DATABASE_URL": database,
        "REDIS_URL": f"redis://:{secret['REDIS_PASSWORD']}@{LOOPBACK}:{bell}/0",
        "SECRET_KEY": secret["SECRET_KEY"],
        "METRICS_TOKEN": secret["METRICS_TOKEN"],
        "ALLOWED_HOSTS": f"{LOOPBACK},localhost",
        "TRUSTED_PROXIES": f"{LOOPBACK}/32",
        "DATA_DIR": str(plan.folder / "data"),
        "HOST": LOOPBACK,
        "PORT": str(part.port if part else plan["lb"].port),
        "INSTANCE_ID": part.name if part else "",
        "HTTPS_ONLY": "true" if plan["lb"].secure else "false",
        "DEBUG": "",
        "DEMO_PASSWORD": os.environ.get("DEMO_PASSWORD") or secret["DEMO_PASSWORD"],
        "PYTHONUNBUFFERED": "1",
    }
    relaxed = {} if plan.limits == DEFAULT_LIMITS else application.relaxed
    given = {name: value for name, value in os.environ.items() if not name.endswith("_FILE")}
    return {**relaxed, **given, **own}


def prepare(plan: Plan, application: Application) -> str:
    """Migrate, collect the static files, fill in the demo; return what the last of these said."""
    for words in application.prepare:
        _manage(plan, application, words)
    return _manage(plan, application, application.seed)


def _manage(plan: Plan, application: Application, words: Sequence[str]) -> str:
    done = subprocess.run(
        [sys.executable, str(application.program), *words],
        env=environment(plan, application),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PREPARE_SECONDS,
        check=False,
    )
    if done.returncode:
        last = " | ".join((done.stderr or done.stdout).strip().splitlines()[-3:])
        raise Refused(f"manage.py {words[0]} failed: {last}")
    return done.stdout


def run(plan: Plan, application: Application, words: Sequence[str]) -> int:
    """Run a command of manage.py as one of this cluster, on the caller's terminal; return its exit code."""
    command = [sys.executable, str(application.program), *words]
    return subprocess.run(command, env=environment(plan, application), check=False).returncode


def open_node(plan: Plan, application: Application, part: Part) -> "subprocess.Popen[bytes]":
    """Start one node; it is ready later."""
    command = [sys.executable, str(application.program), "serve", "--role", part.kind]
    return launch(
        command,
        log=plan.folder / "logs" / f"{part.name}.log",
        environment=environment(plan, application, part),
        outlives_parent=True,
    )


def readiness(part: Part) -> dict[str, str] | None:
    """Return what a ready node says of itself, None from one that is not ready."""
    status, body, _ = ask(part.port, "/health/ready")
    if status != 200:
        return None
    said: dict[str, str] = json.loads(body)
    return said if said.get("instanceId") == part.name else None


def version(part: Part) -> str:
    """Return the release a node says it is; empty when it says nothing."""
    status, body, _ = ask(part.port, "/health/live")
    return str(json.loads(body)["version"]) if status == 200 else ""


def ask(port: int, path: str, trusted: Path | None = None) -> tuple[int, bytes, str]:
    """Return the status, the body and the answering node's name; 0 when nobody answers."""
    connection = (
        http.client.HTTPSConnection(
            LOOPBACK, port, timeout=PROBE_SECONDS, context=ssl.create_default_context(cafile=trusted)
        )
        if trusted
        else http.client.HTTPConnection(LOOPBACK, port, timeout=PROBE_SECONDS)
    )
    try:
        connection.request("GET", path, headers={"Connection": "close"})
        response = connection.getresponse()
        return response.status, response.read(), response.headers.get("X-Instance-ID", "")
    except (OSError, http.client.HTTPException):
        return 0, b"", ""
    finally:
        connection.close()
