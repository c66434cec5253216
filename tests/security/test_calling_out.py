"""Whom the service calls: its database, its Redis, and whoever is named here with a reason."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
APPS = ("cluster", "security", "requests_app", "settings")
CALLERS = {
    "aiohttp",
    "ftplib",
    "http.client",
    "httpx",
    "paramiko",
    "requests",
    "smtplib",
    "urllib.request",
    "urllib3",
}
WHO_MAY = {
    "cluster/local": "starts and asks the parts of a cluster on this very machine",
    "requests_app/drill": "calls such a local cluster",
    "security/single_sign_on": "asks the identity provider that the operator named",
}
SCRIPTS = sorted(
    path for app in ("cluster", "requests_app", "security") for path in (ROOT / app).glob("static/**/*.js")
)


def modules_of(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return found


def test_nothing_else_calls_out() -> None:
    strangers = {}
    for path in (file for app in APPS for file in (ROOT / app).rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        called = modules_of(ast.parse(path.read_text(encoding="utf-8"))) & CALLERS
        if called and not place.startswith(tuple(WHO_MAY)):
            strangers[place] = called
    assert strangers == {}


def test_scripts_keep_others_names_out_of_prototypes() -> None:
    """Objects keyed by a slug have no prototype; nothing merges what came over the wire."""
    assert SCRIPTS
    for path in SCRIPTS:
        text = path.read_text(encoding="utf-8")
        for bad in (
            "= {};",
            " in data",
            "Object.assign({",
            "__proto__ ",
            "eval(",
            "innerHTML",
            "postMessage",
        ):
            assert bad not in text, (path.name, bad)


def test_scripts_keep_nothing_but_the_wish_for_sound() -> None:
    kept = re.compile(r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\.")
    keepers = {path.name for path in SCRIPTS if kept.search(path.read_text(encoding="utf-8"))}
    assert keepers == {"sound.js"}
    (wish,) = re.findall(r"setItem\((.*), ", (ROOT / "requests_app/static/bellhop/sound.js").read_text())
    assert wish == "WISH"
