"""What the deployment files tell a process is what the process understands."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from cluster.views import PROBES
from settings.env import SECRETS, Environment
from settings.reading import notices, read
from tests.deploy import reading
from tests.deploy.reading import DEPLOY, UNITS, compose, configuration, of_kind, pods
from tests.deploy.units import FOLDER, ROOT, Unit

KNOWN = {*map(str.upper, Environment.model_fields), *(f"{name}_FILE" for name in SECRETS)}
PYTHONS_OWN = {"DJANGO_SETTINGS_MODULE", "PATH", "LANG", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
SECRET_FILES = {
    "database-url": "postgresql://bellhop:secret@postgres:5432/bellhop",
    "redis-url": "redis://:secret@redis:6379/0",
    "secret-key": "0123456789abcdefghijklmnopqrstuvwxyz",
    "audit-key": "zyxwvutsrqponmlkjihgfedcba9876543210",
    "metrics-token": "0123456789abcdef",
    "backup-key": "b-for-backups-zyxwvutsrqponmlkjihgfedcba98",
}


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    for name, value in SECRET_FILES.items():
        (tmp_path / name).write_text(value)
    return tmp_path


def in_milliseconds(*names: str, said: dict[str, str]) -> list[int]:
    usual = {"DRAIN_GRACE": 3000, "DRAIN_TIMEOUT": Environment.model_fields["drain_timeout"].default}
    return [int(said.get(name, usual[name])) for name in names]


def patience(said: dict[str, str]) -> float:
    """How long a supervisor has to wait before it kills, in seconds: docs/serving.md."""
    return sum(in_milliseconds("DRAIN_GRACE", "DRAIN_TIMEOUT", said=said)) / 1000 + 10


def seconds(text: str) -> int:
    number, unit = re.fullmatch(r"(\d+)\s*(s|m|min|)", text).groups()  # type: ignore[union-attr]
    return int(number) * (1 if unit in ("s", "") else 60)


def test_every_variable_is_a_setting(secrets: Path) -> None:
    for place, told in reading.told(secrets).items():
        assert set(told) - KNOWN - PYTHONS_OWN == set(), place


def test_every_process_could_start_with_it(secrets: Path) -> None:
    for place, told in reading.told(secrets).items():
        moved = {
            name: re.sub(r"^/run/secrets/(bellhop/)?", f"{secrets}/", value)
            if name.endswith("_FILE")
            else value
            for name, value in told.items()
        }
        moved["ALLOWED_HOSTS"] = "bellhop.example"  # compose has it from the person who types
        environment = read(moved)
        assert environment.trusted_proxies, place
        assert notices(moved) == [], place
        assert moved["DJANGO_SETTINGS_MODULE"] == "settings.prod", place


def test_supervisors_wait_for_the_drain() -> None:
    grace = {name: pod.get("terminationGracePeriodSeconds", 30) for name, pod in pods().items()}
    for name in ("bellhop-web", "bellhop-live"):
        assert grace[name] >= patience(configuration()), name
    for word in UNITS[:2]:
        (stop,) = Unit.of(word).said("TimeoutStopSec")
        assert seconds(stop) >= patience({}), word
    for name, service in reading.ours(compose()["services"]).items():
        if "ROLE" in service["environment"]:
            assert seconds(service["stop_grace_period"]) >= patience(service["environment"]), name


def test_every_probe_is_a_door() -> None:
    asked = [
        container[probe]["httpGet"]
        for pod in pods().values()
        for container in pod["containers"]
        for probe in ("startupProbe", "livenessProbe", "readinessProbe")
        if "httpGet" in container.get(probe, {})
    ]
    assert len(asked) == 7
    assert {it["path"] for it in asked} <= set(PROBES)
    nginx = compose()["services"]["nginx"]["healthcheck"]["test"][-1]
    assert nginx.removeprefix("https://127.0.0.1") in PROBES
    assert re.findall(r"'(/health\S*)'", reading.dockerfile()) == ["/health/live"]
    assert "/health/live" in PROBES


def test_nobody_is_killed_for_the_database() -> None:
    for name in ("bellhop-web", "bellhop-live"):
        (container,) = pods()[name]["containers"]
        assert container["livenessProbe"]["httpGet"]["path"] == "/health/live"
        assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"


def test_ports_agree() -> None:
    port = reading.image_environment()["PORT"]
    assert f"EXPOSE {port}" in reading.dockerfile()
    for name in ("bellhop-web", "bellhop-live"):
        (container,) = pods()[name]["containers"]
        assert [str(it["containerPort"]) for it in container["ports"]] == [port]
        assert {"name": "PORT", "value": port} in container["env"]
    for service in of_kind("Service"):
        names = {"bellhop": [80, 443]}.get(service["metadata"]["name"], [int(port)])
        assert [it["port"] for it in service["spec"]["ports"]] == names
    for file in ("docker/nodes.conf", "kubernetes/nodes.conf", "nginx/nodes.conf"):
        servers = re.findall(r"^ +server \S+:(\d+) .*max_fails=0;", (DEPLOY / file).read_text(), re.MULTILINE)
        assert servers, file
        assert set(servers) == {port}, file


def test_nginx_knows_every_node_of_the_compose_file() -> None:
    nodes = {it for it, service in compose()["services"].items() if "ROLE" in service.get("environment", {})}
    named = set(re.findall(r"server (\S+):", (DEPLOY / "docker/nodes.conf").read_text()))
    assert nodes == named == {"web-1", "web-2", "live-1", "live-2"}
    for name in nodes:
        told = compose()["services"][name]["environment"]
        assert (told["INSTANCE_ID"], told["ROLE"]) == (name, name.partition("-")[0])


def test_the_images_python_is_one_we_run_on() -> None:
    (version,) = re.findall(r"^ARG BASE=python:(\d+)\.(\d+)\.\d+-", reading.dockerfile(), re.MULTILINE)
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    low, high = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", wanted).groups()  # type: ignore[union-attr]
    assert version[0] == "3"
    assert int(low) <= int(version[1]) < int(high)


def test_every_image_is_named_by_version() -> None:
    images = [it["image"] for it in compose()["services"].values()]
    images += [it["image"] for pod in pods().values() for it in pod["containers"]]
    for image in images:
        assert image == "bellhop" or re.search(r":(\$\{\w+:-)?\d+\.\d+", image), image


def test_containers_can_do_little() -> None:
    for name, service in compose()["services"].items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert {"cpus", "memory", "pids"} == set(service["deploy"]["resources"]["limits"]), name
    assert re.search(r"^USER 10001:10001$", reading.dockerfile(), re.MULTILINE)
    for name, pod in pods().items():
        assert pod["securityContext"]["runAsNonRoot"], name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert pod["automountServiceAccountToken"] is False, name
        for container in pod["containers"]:
            can = container["securityContext"]
            assert can["readOnlyRootFilesystem"], name
            assert can["allowPrivilegeEscalation"] is False, name
            assert can["capabilities"] == {"drop": ["ALL"]}, name


def test_no_secret_is_written_in_a_file() -> None:
    for place, told in reading.told(Path("/run/credentials")).items():
        assert not set(told) & set(SECRETS), place
    assert of_kind("Secret") == []


def test_kustomize_takes_every_manifest() -> None:
    import yaml

    said = yaml.safe_load((DEPLOY / "kustomization.yaml").read_text())
    files = {str(it.relative_to(DEPLOY)) for it in (DEPLOY / "kubernetes").glob("*.yaml")}
    assert set(said["resources"]) == files
    for generated in said["configMapGenerator"]:
        assert all((DEPLOY / file).is_file() for file in generated["files"])


def test_units_are_all_held_alike() -> None:
    blocks = {
        file.name: file.read_text().partition("# What the process can not do")[2]
        for file in FOLDER.glob("*.service")
    }
    assert len(blocks) == 4
    assert len({block.partition("[Install]")[0].strip() for block in blocks.values()}) == 1


def test_what_units_are_handed_is_made_by_the_steps() -> None:
    steps = (DEPLOY / "install").read_text() + (ROOT / "docs/install.md").read_text()
    for word in UNITS:
        for line in Unit.of(word).said("LoadCredential"):
            name = line.partition(":")[0]
            assert f"keep {name} " in steps or f"/etc/bellhop/secrets/{name}" in steps, name


def test_the_readme_names_every_file() -> None:
    said = (DEPLOY / "README.md").read_text()
    for file in DEPLOY.rglob("*"):
        name = str(file.relative_to(DEPLOY))
        if file.is_file() and "__pycache__" not in name and "secrets.d" not in name and name != "README.md":
            assert f"`{name}`" in said or f"`{Path(name).parent}/*{Path(name).suffix}`" in said, name
