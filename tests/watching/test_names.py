"""Dashboards, alerts and documents name only what the code exports."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser as promql
import pytest
import yaml

from tests.watching.exported import exported

ROOT = Path(__file__).parents[2]
ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"
RULES = [
    rule for group in yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]
]
DASHBOARDS = sorted((ROOT / "deploy" / "grafana").glob("*.json"))
PAGE = ROOT / "docs" / "alerts.md"
DOCUMENTS = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "CHANGELOG.md"]
NAMED = re.compile(r"\bbellhop_[a-z_]+[a-z]\b(?!\*)")
AROUND_ONE = (promql.AggregateExpr, promql.ParenExpr, promql.UnaryExpr, promql.SubqueryExpr)
NO_METRICS = {
    "bellhop_serving": "a database role of security.md",
    "bellhop_web": "nginx's group of nodes",
    "bellhop_live": "nginx's group of nodes",
    "bellhop_stay": "the guest's cookie",
    "bellhop_delivered": "a line of the log",
}


def queries() -> Iterator[tuple[str, str]]:
    """Every expression with the place it stands at."""
    for rule in RULES:
        yield rule["alert"], rule["expr"]
    for file in DASHBOARDS:
        for panel in json.loads(file.read_text(encoding="utf-8"))["panels"]:
            for target in panel.get("targets", ()):
                yield f"{file.name}: {panel['title']}", target["expr"]


def selectors(expression: Any) -> Iterator[Any]:
    """Every series an expression selects."""
    if isinstance(expression, promql.VectorSelector):
        yield expression
    elif isinstance(expression, promql.MatrixSelector):
        yield expression.vector_selector
    else:
        for part in parts(expression):
            yield from selectors(part)


def parts(expression: Any) -> list[Any]:
    if isinstance(expression, promql.BinaryExpr):
        return [expression.lhs, expression.rhs]
    if isinstance(expression, promql.Call):
        return list(expression.args)
    if isinstance(
        expression, promql.AggregateExpr | promql.ParenExpr | promql.UnaryExpr | promql.SubqueryExpr
    ):
        return [it for it in (expression.expr, getattr(expression, "param", None)) if it is not None]
    return []


def labels_named(expression: Any) -> set[str]:
    """Every label an expression selects, groups or joins by."""
    found = {matcher.name for it in selectors(expression) for matcher in it.matchers.matchers}
    todo = [expression]
    while todo:
        part = todo.pop()
        modifier = getattr(part, "modifier", None)
        matching = getattr(modifier, "matching", None) if isinstance(part, promql.BinaryExpr) else modifier
        found.update(getattr(matching, "labels", None) or ())
        todo += parts(part)
    return found


@pytest.fixture(scope="module")
def known() -> dict[str, frozenset[str]]:
    return exported()


@pytest.mark.parametrize(("place", "query"), [pytest.param(*it, id=it[0]) for it in queries()])
def test_every_query_names_what_is_exported(place: str, query: str, known: dict[str, frozenset[str]]) -> None:
    expression = promql.parse(query)
    names = {it.name for it in selectors(expression)}
    assert names, place
    assert names <= known.keys(), f"{place}: {sorted(names - known.keys())} is exported by nobody"
    for it in selectors(expression):
        assert {matcher.name for matcher in it.matchers.matchers} <= known[it.name], place
    labels = frozenset().union(*(known[name] for name in names))
    assert labels_named(expression) <= labels


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_every_alert_says_how_bad_what_and_where_to_read_on(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert rule["annotations"]["summary"]
    page, _, anchor = rule["annotations"]["runbook"].partition("#")
    assert ROOT / page == PAGE
    assert f"## {rule['alert']}\n" in PAGE.read_text(encoding="utf-8")
    assert anchor == rule["alert"].lower()


def test_every_page_is_of_an_alert() -> None:
    pages = re.findall(r"^## (\w+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(pages) == sorted(rule["alert"] for rule in RULES)


def test_documents_name_only_metrics_that_exist(known: dict[str, frozenset[str]]) -> None:
    families = known.keys() | {re.sub(r"_(total|bucket|sum|count)$", "", name) for name in known}
    for document in DOCUMENTS:
        named = set(NAMED.findall(document.read_text(encoding="utf-8"))) - NO_METRICS.keys()
        assert named <= families, f"{document.name}: {sorted(named - families)}"


def test_a_name_that_is_gone_is_found(known: dict[str, frozenset[str]]) -> None:
    expression = promql.parse("sum by (plaec) (rate(bellhop_sockets_gone_total{a='b'}[5m])) > on (nod) up")
    assert {it.name for it in selectors(expression)} == {"bellhop_sockets_gone_total", "up"}
    assert labels_named(expression) == {"plaec", "a", "nod"}
    assert "bellhop_sockets_gone_total" not in known
