"""What the deployment files say, as values."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from tests.deploy.units import ROOT, Unit

DEPLOY = ROOT / "deploy"
UNITS = ("bellhop-web@8001", "bellhop-live@8101", "bellhop-migrate@0.1.0", "bellhop-backup")
WORKLOADS = ("Deployment", "Job")
POSTGRESQLS_OWN = ("POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD_FILE")


def compose() -> dict[str, Any]:
    """The compose file, its anchors followed."""
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "docker/compose.yaml").read_text())
    return found


def manifests() -> list[dict[str, Any]]:
    """Every object of every manifest."""
    files = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    return [it for file in files for it in yaml.safe_load_all(file.read_text())]


def of_kind(*kinds: str) -> list[dict[str, Any]]:
    return [it for it in manifests() if it["kind"] in kinds]


def pods() -> dict[str, dict[str, Any]]:
    """Each workload's pod, by name."""
    return {it["metadata"]["name"]: it["spec"]["template"]["spec"] for it in of_kind(*WORKLOADS)}


def ours(services: dict[str, Any]) -> dict[str, Any]:
    """The compose services that run our image."""
    return {name: it for name, it in services.items() if it["image"].startswith("bellhop:")}


def dockerfile() -> str:
    return (DEPLOY / "docker/Dockerfile").read_text().replace("\\\n", " ")


def image_environment() -> dict[str, str]:
    """What the image tells its process, from the last stage."""
    last = dockerfile().rpartition("\nFROM ")[2]
    lines = [line[4:] for line in last.splitlines() if line.startswith("ENV ")]
    return dict(pair for line in lines for pair in re.findall(r"(\w+)=(\S+)", line))


def configuration() -> dict[str, str]:
    (found,) = [it["data"] for it in of_kind("ConfigMap")]
    return dict(found)


def told(folder: Path) -> dict[str, dict[str, str]]:
    """What each process is told, by where it is written; secrets lie in ``folder``."""
    services = ours(compose()["services"])
    found = {f"compose {name}": {**image_environment(), **it["environment"]} for name, it in services.items()}
    for word in UNITS:
        moved = {"/etc/bellhop/bellhop.env": str(DEPLOY / "systemd/bellhop.env")}
        found[word] = Unit.of(word, moved).environment(folder)
    for name, pod in pods().items():
        for container in pod["containers"]:
            if container["image"] == "bellhop":
                more = {it["name"]: it.get("value", name) for it in container.get("env", ())}
                found[f"kubernetes {name}"] = {**image_environment(), **configuration(), **more}
    return found
