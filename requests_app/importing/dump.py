"""Reading a plain PostgreSQL dump: COPY blocks and INSERT statements, line by line, in bounded memory."""

from __future__ import annotations

import gzip
import re
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from requests_app.importing.literals import Unfinished, unescaped, values_of
from requests_app.importing.rows import REQUESTS, TABLES, Row, SourceError

LONGEST_STATEMENT = 16 * 1024 * 1024
MOST_NEIGHBOURS = 100_000
CUSTOM, GZIPPED = b"PGDMP", b"\x1f\x8b"
NAME = r'(?:"?\w+"?\.)?"?(\w+)"?'
COPY = re.compile(rf"COPY {NAME} \((.*)\) FROM stdin;")
INSERT = re.compile(rf"INSERT INTO {NAME}(?: \(([^)]*)\))? VALUES ?", re.IGNORECASE)  # noqa: S608 - read
CREATE = re.compile(rf"CREATE TABLE (?:IF NOT EXISTS )?{NAME} ?\(")
COLUMN = re.compile(r'\s+"?(\w+)"? ')
NO_COLUMN = ("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "EXCLUDE", "LIKE")
END_OF_COPY = "\\."


@dataclass(frozen=True, slots=True)
class Dump:
    """A file made by ``pg_dump`` in its plain format, gzipped or not."""

    path: Path

    def count(self) -> int:
        """Return how many requests there are. Raises SourceError."""
        return sum(1 for _ in self.requests())

    def small(self, table: str) -> list[Row]:
        """Return all rows of a neighbour table. Raises SourceError."""
        found: list[Row] = []
        for row in self._rows(table):
            if len(found) == MOST_NEIGHBOURS:
                raise SourceError(f"more than {MOST_NEIGHBOURS:,} rows in {table}")
            found.append(row)
        return found

    def requests(self) -> Iterator[Row]:
        """Yield every request. Raises SourceError."""
        return self._rows(REQUESTS)

    def _rows(self, wanted: str) -> Iterator[Row]:
        with ExitStack() as stack:
            lines = _Lines(stack.enter_context(self._opened()))
            columns: dict[str, list[str]] = {}
            seen = False
            for line in lines:
                if copy := COPY.fullmatch(line):
                    seen |= copy[1] == wanted
                    yield from _copied(lines, _names(copy[2]), is_wanted=copy[1] == wanted)
                elif (create := CREATE.match(line)) and create[1] in TABLES:
                    seen |= create[1] == wanted
                    columns[create[1]] = _declared(lines)
                elif insert := INSERT.match(line):
                    names = _names(insert[2]) if insert[2] else columns.get(insert[1], [])
                    seen |= insert[1] == wanted
                    # Other tables' statements are read to their end too: their texts are strangers',
                    # and a line of one may look like the beginning of a statement.
                    rows = _inserted(lines, line, insert.end(), names)
                    yield from rows if insert[1] == wanted else _none_of(rows)

        if wanted == REQUESTS and not seen:
            raise SourceError(f"{self.path} holds no table request; it must be a plain dump with its data")

    def _opened(self) -> BinaryIO:
        try:
            with self.path.open("rb") as file:
                start = file.read(len(CUSTOM))
        except OSError as problem:
            raise SourceError(f"{self.path}: {problem.strerror}") from None
        if start.startswith(CUSTOM):
            raise SourceError(
                f"{self.path} is a dump in pg_dump's own format: pg_restore -f dump.sql {self.path.name}"
                " makes a plain one of it"
            )
        if start.startswith(GZIPPED):
            return cast("BinaryIO", gzip.GzipFile(self.path))
        return self.path.open("rb")


class _Lines:
    """The lines of the file without their ends, each with its number, none beyond all bounds."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.number = file, 0

    def __iter__(self) -> Iterator[str]:
        while (line := self.next()) is not None:
            yield line

    def next(self) -> str | None:
        """Return the next line, None at the end; what is no UTF-8 comes as U+FFFD. Raises SourceError."""
        self.number += 1
        try:
            line = self.file.readline(LONGEST_STATEMENT + 1)
        except (OSError, EOFError, zlib.error) as problem:
            raise SourceError(f"line {self.number}: the file can not be read on: {problem}") from None
        if len(line) > LONGEST_STATEMENT:
            raise SourceError(f"line {self.number} is longer than {LONGEST_STATEMENT >> 20} MB")
        return line.decode(errors="replace").removesuffix("\n") if line else None


def _names(text: str) -> list[str]:
    return [name.strip().strip('"') for name in text.split(",")]


def _copied(lines: _Lines, names: Sequence[str], *, is_wanted: bool) -> Iterator[Row]:
    while (line := lines.next()) != END_OF_COPY:
        if line is None:
            raise SourceError(
                f"the dump ends at line {lines.number} in the middle of a table: it was cut off"
            )
        if is_wanted:
            yield _row(f"line {lines.number}", names, [unescaped(part) for part in line.split("\t")])


def _declared(lines: _Lines) -> list[str]:
    found = []
    while (line := lines.next()) is not None and not line.startswith(")"):
        column = COLUMN.match(line)
        if column and column[1] not in NO_COLUMN:
            found.append(column[1])
    return found


def _inserted(lines: _Lines, statement: str, begin: int, names: Sequence[str]) -> Iterator[Row]:
    where = f"line {lines.number}"
    while True:
        try:
            rows = values_of(statement, begin) if statement.endswith(";") else None
        except Unfinished:
            rows = None
        if rows is not None:
            break
        line = lines.next()
        if line is None or len(statement) + len(line) > LONGEST_STATEMENT:
            raise SourceError(f"{where}: this INSERT does not end")
        statement += f"\n{line}"
    yield from (_row(where, names, values) for values in rows)


def _none_of(rows: Iterator[Row]) -> Iterator[Row]:
    deque(rows, maxlen=0)
    return iter(())


def _row(where: str, names: Sequence[str], values: Sequence[str | None]) -> Row:
    if len(names) != len(values):
        return Row(where, {}, f"it has {len(values)} values for {len(names)} columns")
    row = dict(zip(names, values, strict=True))
    if any("\ufffd" in value for value in values if value):
        return Row(where, row, "it is not UTF-8")
    return Row(where, row)
