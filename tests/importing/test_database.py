"""Straight from the old system's own PostgreSQL, which is only read."""

from __future__ import annotations

import io
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from requests_app.models import GuestRequest
from tests import cast
from tests.cast import Hotel
from tests.importing.test_import import run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hotel() -> Hotel:
    return cast.demo_hotel()


def test_from_the_old_database_itself(hotel: Hotel, tmp_path: Path) -> None:
    place = connection.settings_dict
    address = f"postgresql://{place['USER']}@{place['HOST']}:{place['PORT']}"
    with psycopg.connect(f"{address}/{place['NAME']}", autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS bellhop_old")
        server.execute("CREATE DATABASE bellhop_old")
    with psycopg.connect(f"{address}/bellhop_old", autocommit=True) as older:
        older.execute(
            "CREATE TABLE request (id serial, room varchar, content text, created_at timestamp,"
            " total_amount real, delivery_time timestamp, tenant_id text, items text)"
        )
        older.execute("CREATE TABLE tenants (id text, subdomain text)")
        older.execute("INSERT INTO tenants VALUES ('t', 'demo-hotel')")
        older.execute(
            "INSERT INTO request (room, content, created_at, total_amount, delivery_time, tenant_id)"
            " SELECT '101', 'Tea', '2025-05-19 15:30', 12.3, '2025-05-19 16:00', 't'"
            " FROM generate_series(1, 2500)"
        )
    secret = tmp_path / "address"
    secret.write_text(f"{address}/bellhop_old\n")
    told = run("--database", str(secret))
    assert (told["taken"], told["notTaken"]) == (2500, 0)
    request = GuestRequest.objects.latest("pk")
    assert (str(request.total_amount), request.created_at.isoformat()) == (
        "12.30",
        "2025-05-19T08:30:00+00:00",
    )
    secret.write_text(f"{address}/bellhop_none\n")
    with pytest.raises(CommandError, match="bellhop_none"):
        call_command("import_legacy", "--database", str(secret), stdout=io.StringIO())
