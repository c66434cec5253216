"""SQL written once and sent in as few trips as the database allows.

The ORM builds its INSERT anew for every row, which costs more than running it (``performance.md``,
section 2). The hot writes keep the text and ask the model's own fields for the values, so a row
written here is the row ``save()`` would write.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models

ModelT = TypeVar("ModelT", bound=models.Model)
Statement = tuple[str, Sequence[Any]]


def together(statements: Sequence[Statement]) -> None:
    """Run statements whose results nobody needs, in order; in one trip where the database takes several."""
    if not statements:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            text = "; ".join(sql for sql, _ in statements)
            cursor.execute(text, [value for _, values in statements for value in values])
            return
        for sql, values in statements:
            cursor.execute(sql, values)


def insert(rows: Sequence[models.Model]) -> Statement:
    """Return the INSERT of ``rows``, all of one model, whose ids nobody needs."""
    sql, fields = _insert_of(type(rows[0]))
    one = f"({', '.join(['%s'] * len(fields))})"
    return f"{sql} VALUES {', '.join([one] * len(rows))}", [v for row in rows for v in _values(row, fields)]


def insert_one(row: models.Model) -> None:
    """Insert ``row`` and set its id."""
    sql, values = insert([row])
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} RETURNING id", values)
        row.pk = cursor.fetchone()[0]
    row._state.adding = False  # noqa: SLF001 - what save() leaves behind


def batched(rows: Sequence[ModelT], size: int) -> Iterator[Sequence[ModelT]]:
    """Yield ``rows`` in runs of at most ``size``: databases bound the parameters of a statement."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


@cache
def _insert_of(model: type[models.Model]) -> tuple[str, list[models.Field[Any, Any]]]:
    fields = [field for field in model._meta.local_concrete_fields if not isinstance(field, models.AutoField)]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    return f'INSERT INTO "{model._meta.db_table}" ({columns})', fields


def _values(row: models.Model, fields: Sequence[models.Field[Any, Any]]) -> list[Any]:
    return [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
