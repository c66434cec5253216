"""The old system's tables as a dump tells them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

Values = Mapping[str, str | None]

GIVEN: Values = {
    "id": "7",
    "room_number": "101",
    "order_id": "REQ-1747643400000",
    "guest_name": "O'Brien <b>Zoë</b>",
    "request_content": "Phở & 2 towels\nplease",
    "created_at": "2025-05-19 15:30:00",
    "updated_at": "2025-05-19 16:00:00.5",
    "status": "Hoàn thành",
    "tenant_id": "mi-nhon",
}


def row(**said: str | None) -> dict[str, str | None]:
    """Return a good old row with some columns said otherwise."""
    return {**GIVEN, **said}


def copied(table: str, rows: Sequence[Values]) -> str:
    """Return a COPY block as pg_dump writes it."""
    names = list(dict.fromkeys(name for one in rows for name in one))
    lines = ["\t".join(_field(one.get(name)) for name in names) for one in rows]
    return "\n".join((f"COPY public.{table} ({', '.join(names)}) FROM stdin;", *lines, "\\.", "", ""))


def inserted(table: str, rows: Sequence[Values]) -> str:
    """Return INSERT statements as pg_dump --inserts writes them, the columns told by CREATE TABLE."""
    names = list(rows[0])
    columns = ",\n".join(f"    {name} text NOT NULL" for name in names)
    told = [f"INSERT INTO public.{table} VALUES ({', '.join(map(_literal, one.values()))});" for one in rows]
    return "\n".join(
        (f"CREATE TABLE public.{table} (\n{columns},\n    CONSTRAINT a CHECK (true)\n);", *told, "")
    )


def dump(path: Path, *parts: str) -> Path:
    """Write a dump."""
    path.write_text("".join(("--\n-- PostgreSQL database dump\n--\n", *parts)))
    return path


def _field(value: str | None) -> str:
    if value is None:
        return "\\N"
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def _literal(value: str | None) -> str:
    return "NULL" if value is None else "'" + value.replace("'", "''") + "'"
