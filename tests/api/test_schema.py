"""GET /api/schema and /api/docs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from openapi_spec_validator import validate

from cluster.shapes import camel
from tests.api.test_matrix import TABLE

pytestmark = pytest.mark.django_db

NOT_DESCRIBED = {"GET api/schema", "GET api/docs"}


@pytest.fixture
def schema() -> Any:
    response = Client().get("/api/schema")
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    return response.json()


def operations(schema: Any) -> dict[str, Any]:
    methods = ("get", "post", "put", "patch", "delete")
    return {
        f"{method.upper()} {path}": item[method]
        for path, item in schema["paths"].items()
        for method in methods
        if method in item
    }


def test_it_is_valid_openapi_3_1(schema: Any) -> None:
    assert schema["openapi"].startswith("3.1")
    validate(schema)


def test_every_endpoint_is_described(schema: Any) -> None:
    routes = {
        endpoint: re.sub(r"<(?:str|path):(\w+)>", lambda name: f"{{{camel(name[1])}}}", endpoint)
        for endpoint in TABLE
    }
    wanted = {route.replace(" ", " /") for endpoint, route in routes.items() if endpoint not in NOT_DESCRIBED}
    probes = {"GET /health", "GET /health/live", "GET /health/ready", "GET /metrics"}
    assert wanted | probes == set(operations(schema))


def test_every_operation_tells_its_refusals_and_who_may(schema: Any) -> None:
    for name, operation in operations(schema).items():
        if "/api/" not in name:
            continue
        assert operation["security"], name
        assert {"400", "401", "500", "503"} <= operation["responses"].keys(), name
        if operation["security"] != [{}]:
            assert {"403", "404"} <= operation["responses"].keys(), name
    patch = operations(schema)["PATCH /api/request/{requestId}"]
    assert {"409", "412", "413", "415", "422"} <= patch["responses"].keys()
    names = {parameter.get("$ref", "").rpartition("/")[2] for parameter in patch["parameters"]}
    assert {"IdempotencyKey", "IfMatch", "RequestId"} <= names


def test_every_reference_leads_somewhere(schema: Any) -> None:
    for reference in set(re.findall(r"'\$ref': '#/([^']+)'", str(schema))):
        place = schema
        for part in reference.split("/"):
            place = place[part]


def test_answers_are_enveloped_and_in_camel_case(schema: Any) -> None:
    listed = operations(schema)["GET /api/request"]["responses"]["200"]
    body = listed["content"]["application/json"]
    assert body["schema"]["required"] == ["success", "data", "pagination", "_metadata"]
    (example,) = body["examples"].values()
    assert example["value"]["data"][0]["roomNumber"] == "101"
    assert "X-Stream-Cursor" in listed["headers"]
    for name, component in schema["components"]["schemas"].items():
        assert not [field for field in component.get("properties", {}) if "_" in field[1:]], name


def test_all_codes_are_named(schema: Any) -> None:
    codes = schema["components"]["schemas"]["Failure"]["properties"]["code"]["enum"]
    assert {"VALIDATION_ERROR", "BULK_REJECTED", "RESYNC_REQUIRED", "INPUT_SANITIZATION_FAILED"} <= set(codes)


def test_the_docs_page_needs_nobody_else_and_nothing_inline() -> None:
    response = Client().get("/api/docs")
    page = response.content.decode()
    assert response.status_code == 200
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert not re.findall(r"<style|style=|\son\w+=|https?://", page)
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page)
    assert len(scripts) == 3
    assert all("src=" in attributes and not inside for attributes, inside in scripts)
    start = Client().get(re.findall(r'src="(/api/docs[^"]*)"', page)[0])
    assert (start.status_code, start["Content-Type"]) == (200, "application/javascript")
    assert "/api/schema" in start.content.decode()


def test_its_files_are_our_own() -> None:
    page = Client().get("/api/docs").content.decode()
    for path in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
        response = Client().get(path)
        assert response.getvalue(), path
        assert response.status_code == 200, path
        response.close()
