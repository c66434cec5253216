"""Every place a guest's words could be, asked by introspection: what is added later is asked as well."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import connection
from redis import Redis

from cluster.cache import far
from cluster.models import IdempotencyRecord
from cluster.once.sealing import unseal
from tests.api.speaking import Speaker
from tests.privacy.conftest import MARKS

Found = list[str]


def marked(where: str, content: object) -> Found:
    """Return ``where`` if any mark of the guest is in the content."""
    text = str(content).casefold()
    return [f"{where}: {mark}" for mark in MARKS if mark in text]


def in_tables() -> Found:
    """Look through every column of every table there is."""
    found: Found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    found += marked(f"{table}.{name}", _plain(value))
    return found


def in_stored_answers() -> Found:
    """Open what is sealed: a seal is no erasure."""
    rows = IdempotencyRecord.objects.all()
    return [
        place
        for row in rows
        for place in marked(f"answer to {row.key}", unseal(row.body, f"{row.scope}:{row.key}"))
    ]


def in_redis() -> Found:
    """Look through every key, which has to be without sealed answers too."""
    if not settings.REDIS_URL:
        return []
    redis = Redis.from_url(settings.REDIS_URL)
    keys = list(redis.scan_iter(f"{far.PREFIX}*"))
    found = [f"redis: {key!r}" for key in keys]
    for key in redis.scan_iter():
        found += marked(f"redis {key!r}", redis.dump(key))
    redis.close()
    return found


def in_answers(who: Speaker, *ids: int) -> Found:
    """Ask every door that shows requests."""
    found: Found = []
    for path in _paths(ids):
        answer = who.get(path)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        found += marked(path, _unzipped(content) if "xlsx" in path else content.decode())
    return found


def _paths(ids: tuple[int, ...]) -> Iterator[str]:
    yield from ("/api/request?limit=100", "/api/request/completed", "/api/request/urgent", "/api/stay")
    yield from ("/api/request/export", "/api/request/export?format=xlsx", "/api/request/room/101")
    yield from ("/api/events?propertyId=demo-hotel&since=0", "/api/request/statistics")
    for pk in ids:
        yield from (f"/api/request/{pk}", f"/api/request/{pk}/history", f"/api/request/{pk}/messages")


def _plain(value: Any) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode(errors="replace")
    text = str(value)
    try:  # JSON as it is stored may write a letter as an escape
        return f"{text} {json.loads(text)}" if text[:1] in ("[", "{") else text
    except ValueError:
        return text


def _unzipped(content: bytes) -> str:
    book = zipfile.ZipFile(io.BytesIO(content))
    return "".join(book.read(name).decode() for name in book.namelist())
