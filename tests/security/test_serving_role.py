"""The database's user that serves needs no more than docs/security.md grants it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from tests import cast

DOCUMENT = Path(__file__).parents[2] / "docs" / "security.md"
JSON = "application/json"


@pytest.fixture
def serving(transactional_db: None) -> Iterator[None]:
    """Make the documented role, and be it; the role goes with the test."""
    hotel = cast.demo_hotel()
    assert hotel.property.pk
    (statements,) = re.findall(r"```sql\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    role = f"bellhop_serving_{os.getpid()}"
    lines = [line.partition("--")[0] for line in statements.splitlines()]
    with connection.cursor() as cursor:
        for statement in filter(str.strip, "".join(lines).split(";")):
            cursor.execute(statement.replace("LOGIN PASSWORD '…'", "").replace("bellhop_serving", role))
        cursor.execute(f"SET ROLE {role}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(f"DROP OWNED BY {role}")
        cursor.execute(f"DROP ROLE {role}")


@pytest.mark.usefixtures("serving")
def test_it_serves() -> None:
    client = Client()
    said = {"username": "hoa", "password": cast.PASSWORD}
    token = client.post("/api/auth/login", said, content_type=JSON).json()["data"]["token"]
    hoa = cast.header("Bearer", token)
    wish = {"requestText": "towels", "roomNumber": "101", "propertyId": cast.DEMO}
    made = client.post("/api/request", wish, content_type=JSON, headers=hoa).json()["data"]
    path = f"/api/request/{made['id']}"
    moved = client.patch(f"{path}/status", {"status": "in-progress"}, content_type=JSON, headers=hoa)
    assert (moved.status_code, client.get("/api/request", headers=hoa).status_code) == (200, 200)
    assert client.delete(path, headers=hoa).status_code == 200
    assert client.post("/admin/login/", said).status_code == 302
    assert client.post("/api/auth/logout", headers=hoa).status_code == 200


@pytest.mark.usefixtures("serving")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE security_auditentry SET actor = ''",
        "DELETE FROM security_auditentry",
        "DELETE FROM security_auditcheckpoint",
        "TRUNCATE requests_app_guestrequest",
        "ALTER TABLE security_auditentry DISABLE TRIGGER ALL",
        "DROP TABLE requests_app_guestrequest",
        "CREATE TABLE mine (id int)",
        "CREATE ROLE somebody",
    ],
)
def test_it_may_not(statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
