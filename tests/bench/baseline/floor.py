"""The least a Django view can do: the same SQL, through a pool, as JSON."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import cache

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from requests_app.models import GuestRequest
from requests_app.queries import compiled
from requests_app.shown import KEYS
from tests.bench.baseline.usual import order_id

PAGE = 20


@csrf_exempt
def requests(request: HttpRequest) -> HttpResponse:
    """List the newest twenty, or make one."""
    return _create(json.loads(request.body)) if request.method == "POST" else _list()


def _list() -> HttpResponse:
    sql, parameters = _newest()
    with _pool().connection() as connection:
        rows = connection.execute(sql, parameters).fetchall()
    return JsonResponse({"success": True, "data": [dict(zip(KEYS, row, strict=True)) for row in rows[:PAGE]]})


def _create(body: dict[str, str]) -> HttpResponse:
    now = timezone.now()
    said = {
        "order_id": order_id(),
        "request_text": body["requestText"],
        "room_number": body["roomNumber"],
        "guest_name": body["guestName"],
        "service_type": body["serviceType"],
        "search_folded": body["requestText"].lower(),
        "local_day": now.date(),
        "due_at": now + timedelta(minutes=45),
        "created_at": now,
        "updated_at": now,
    }
    sql, blank = _insert()
    with _pool().connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        made = cursor.execute(sql, blank | said).fetchone()
    return JsonResponse({"success": True, "data": made}, status=201)


@cache
def _pool() -> ConnectionPool:
    at = settings.DATABASES["default"]
    where = f"host={at['HOST']} port={at['PORT']} user={at['USER']} dbname={at['NAME']}"
    return ConnectionPool(where, min_size=1, max_size=4, kwargs={"autocommit": True}, open=True)


@cache
def _newest() -> tuple[str, list[object]]:
    """Return our own list's statement and its parameters for the first property."""
    statement = compiled.newest_of_property(PAGE + 1)
    return statement.sql, [1 if fixed is None else fixed for _, fixed in statement.places]


@cache
def _insert() -> tuple[str, dict[str, object]]:
    """Return an INSERT of every column but the id, and what is put where nothing is said."""
    fields = {
        field.attname: field for field in GuestRequest._meta.local_concrete_fields if not field.primary_key
    }
    blank = {name: _default(field.get_default()) for name, field in fields.items()}
    blank |= {"property_id": 1, "department": "housekeeping", "priority": 2, "urgency": 1, "currency": "VND"}
    blank |= {"status": "pending", "source": "staff"}
    places = ", ".join(f"%({column})s" for column in fields)
    table = GuestRequest._meta.db_table
    return f"INSERT INTO {table} ({', '.join(fields)}) VALUES ({places}) RETURNING *", blank


def _default(value: object) -> object:
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else value
