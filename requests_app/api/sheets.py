"""Rows as bytes of a spreadsheet; no cell can start a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO

import xlsxwriter

from cluster.answers import dumps
from requests_app.shown import KEYS

Row = Mapping[str, object]

COLUMNS = tuple(key for key in KEYS if key not in ("stayId", "department"))
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BLOCK = 64 * 1024
MOST_ROWS_A_SHEET = 1_048_576


class Echo:
    """A file whose ``write`` gives the text back, so that a writer's lines can be streamed."""

    def write(self, text: str) -> str:
        """Return the text."""
        return text


def csv_lines(rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield the file line by line."""
    writer = csv.writer(Echo())
    yield str(writer.writerow(COLUMNS)).encode()
    for row in rows:
        yield str(writer.writerow([cell(row[name]) for name in COLUMNS])).encode()


def workbook(rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield the file in blocks, after it was written to disk row by row: a zip is closed at its end."""
    # A folder of its own: what the writer leaves behind when a row fails holds guests' names.
    with TemporaryDirectory(prefix="bellhop-export-") as folder, TemporaryFile() as file:
        _write_workbook(file, rows, folder)
        file.seek(0)
        while block := file.read(BLOCK):
            yield block


def _write_workbook(file: IO[bytes], rows: Iterable[Row], folder: str) -> None:
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": folder})
    try:
        _fill(book, rows)
    finally:
        # Whatever happened: nothing else closes the files the sheets are kept in until now.
        book.close()


def _fill(book: xlsxwriter.Workbook, rows: Iterable[Row]) -> None:
    sheet = book.add_worksheet()
    for number, row in enumerate(_with_head(rows)):
        line = number % MOST_ROWS_A_SHEET
        if number and line == 0:
            sheet = book.add_worksheet()
        for column, text in enumerate(row):
            sheet.write_string(line, column, text)


def _with_head(rows: Iterable[Row]) -> Iterator[list[str]]:
    yield list(COLUMNS)
    for row in rows:
        yield [cell(row[name]) for name in COLUMNS]


def cell(value: object) -> str:
    """Return a value as the text of a cell, behind an apostrophe where a program would compute it."""
    text = _text(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def _text(value: object) -> str:
    if value is None or value == []:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, Mapping) and "displayName" in value:
        return str(value["displayName"])
    return dumps(value).decode() if isinstance(value, list | Mapping) else str(value)
