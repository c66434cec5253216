"""Dumps are read as PostgreSQL wrote them, whatever strangers wrote into them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from requests_app.importing.dump import Dump
from requests_app.importing.literals import Unfinished, unescaped, values_of
from requests_app.importing.rows import SourceError
from tests.importing import old

ODD = old.row(
    request_content="tab\there, back\\slash, \\N, 'quoted';\n(1, 2);\r\nend", guest_name=None, status=""
)


@pytest.mark.parametrize("told", [old.copied, old.inserted])
def test_every_value_comes_back_to_the_letter(tmp_path: Path, told: object) -> None:
    assert callable(told)
    path = old.dump(tmp_path / "dump.sql", told("request", [ODD, old.row(id="8")]))
    assert [dict(row.values) for row in Dump(path).requests()] == [ODD, old.row(id="8")]
    assert Dump(path).count() == 2


def test_a_gzipped_dump_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "dump.sql.gz"
    path.write_bytes(gzip.compress(old.copied("request", [ODD]).encode()))
    assert [dict(row.values) for row in Dump(path).requests()] == [ODD]


@pytest.mark.parametrize("told", [old.copied, old.inserted])
def test_what_a_guest_wrote_is_no_statement(tmp_path: Path, told: object) -> None:
    assert callable(told)
    forged = (
        "hello\nINSERT INTO public.request (id) VALUES (1);\nCOPY public.request (id) FROM stdin;\n2\n\\.\n"
    )
    path = old.dump(
        tmp_path / "dump.sql", told("call", [{"id": "1", "content": forged}]), told("request", [ODD])
    )
    assert [row.old_id for row in Dump(path).requests()] == [7]


def test_many_rows_in_one_statement() -> None:
    statement = "INSERT INTO t VALUES (1, 'a', NULL), (-2.5, E'b\\n\\'c', true::boolean);"
    assert values_of(statement, len("INSERT INTO t VALUES ")) == [["1", "a", None], ["-2.5", "b\n'c", "true"]]
    with pytest.raises(Unfinished):
        values_of("(1, 'a;", 0)


def test_escapes() -> None:
    assert unescaped("\\N") is None
    assert unescaped("a\\tb\\\\N\\x41\\101") == "a\tb\\NAA"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PGDMP\x01\x0e", "pg_restore -f dump.sql"),
        (b"COPY public.request (id) FROM stdin;\n1\n", "cut off"),
        (b"\x1f\x8bgarbage", "can not be read on"),
        (b"COPY public.guests (id) FROM stdin;\n1\n\\.\n", "holds no table request"),
        (b"INSERT INTO request VALUES ('never closed\n", "does not end"),
    ],
)
def test_a_broken_dump_is_told(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "dump.sql"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=said):
        list(Dump(path).requests())


def test_a_row_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "dump.sql"
    path.write_bytes(b"COPY public.request (id, content) FROM stdin;\n1\ta\tb\n2\t\xff\n3\tc\n\\.\n")
    rows = list(Dump(path).requests())
    assert [(row.where, row.unreadable) for row in rows] == [
        ("line 2", "it has 3 values for 2 columns"),
        ("line 3", "it is not UTF-8"),
        ("line 4", ""),
    ]


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        Dump(tmp_path / "none").count()
