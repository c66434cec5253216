"""Whatever is done to the book past its guards, the first entry it was done to is named."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from cluster.models import StreamHead
from security.audit import chain as chains
from security.audit import record
from security.audit.chain import Tip
from security.caller import SYSTEM
from security.models import AuditCheckpoint, AuditEntry
from tests.security.audit import book

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
CHAIN = 9001
LENGTH = 10
UPDATE = "UPDATE security_auditentry SET"
HERE = f"WHERE chain = {CHAIN}"


@pytest.fixture(autouse=True)
def _written() -> None:
    for number in range(LENGTH):
        record("test:act", by=SYSTEM, property=CHAIN, after={"number": number})
    book.signed(CHAIN)


def test_it_is_whole() -> None:
    assert book.finding(CHAIN) is None


def test_an_edited_field_is_named() -> None:
    book.run(f"{UPDATE} actor = %s {HERE} AND number = 4", "somebody else")
    assert book.found(CHAIN) == ("edited", 4)


def test_an_edited_digest_is_named() -> None:
    book.run(f"{UPDATE} digest = %s {HERE} AND number = 4", "0" * 64)
    assert book.found(CHAIN) == ("edited", 4)


def test_a_removed_entry_is_named() -> None:
    book.run(f"DELETE FROM security_auditentry {HERE} AND number = 4")
    assert book.found(CHAIN) == ("removed", 4)


def test_a_removed_entry_is_named_though_the_others_moved_up() -> None:
    book.run(f"DELETE FROM security_auditentry {HERE} AND number = 4")
    book.run(f"{UPDATE} number = -number {HERE} AND number > 4")
    book.run(f"{UPDATE} number = -number - 1 {HERE} AND number < 0")
    assert book.found(CHAIN) == ("removed", 4)


def test_two_swapped_entries_are_named() -> None:
    for old, new in ((4, -4), (7, 4), (-4, 7)):
        book.run(f"{UPDATE} number = %s {HERE} AND number = %s", new, old)
    assert book.found(CHAIN) == ("swapped", 4)


def test_two_swapped_contents_are_named() -> None:
    four, seven = (AuditEntry.objects.get(chain=CHAIN, number=number) for number in (4, 7))
    for here, there in ((four, seven), (seven, four)):
        book.run(f"{UPDATE} after = %s, at = %s {HERE} AND number = %s", there.after, there.at, here.number)
    assert book.found(CHAIN) == ("swapped", 4)


def test_a_cut_tail_is_named() -> None:
    book.run(f"DELETE FROM security_auditentry {HERE} AND number > 7")
    assert book.found(CHAIN) == ("cut", 8)


def test_a_cut_tail_is_named_though_the_head_was_rewound() -> None:
    book.run(f"DELETE FROM security_auditentry {HERE} AND number > 7")
    _rewind(7)
    assert book.found(CHAIN) == ("cut", 8)


def test_a_rewritten_chain_is_named() -> None:
    _rewrite_from(4)
    wrong = book.finding(CHAIN)
    assert wrong is not None
    assert (wrong.kind, wrong.number, wrong.since) == ("rewritten", 1, 0)


def test_a_rewritten_chain_is_narrowed_down_by_the_signature_before() -> None:
    record("test:act", by=SYSTEM, property=CHAIN)
    book.signed(CHAIN)
    _rewrite_from(11)
    wrong = book.finding(CHAIN)
    assert wrong is not None
    assert (wrong.kind, wrong.number, wrong.since) == ("rewritten", 11, 10)


def test_a_checkpoint_made_without_the_key_is_named() -> None:
    _rewrite_from(4)
    tip = Tip.read(StreamHead.objects.get(stream=CHAIN).tip)
    book.run(f"UPDATE security_auditcheckpoint SET digest = %s {HERE}", tip.digest)
    assert book.found(CHAIN) == ("forged checkpoint", LENGTH)


def test_an_added_entry_is_named() -> None:
    last = AuditEntry.objects.get(chain=CHAIN, number=LENGTH)
    last.pk = None
    chains.link(last, Tip(LENGTH, last.digest))
    last.save()
    assert book.found(CHAIN) == ("added", LENGTH + 1)


def test_what_follows_the_last_signature_can_be_rewritten_and_only_a_copy_shows_it(tmp_path: Path) -> None:
    """The limit of the book, stated in docs/security.md, and what is done about it."""
    for _ in range(2):
        record("test:act", by=SYSTEM, property=CHAIN)
    copy = tmp_path / "book.jsonl"
    copy.write_text(_said("export"))
    _rewrite_from(LENGTH + 1)
    assert book.finding(CHAIN) is None
    with pytest.raises(CommandError, match=f"chain {CHAIN}, entry 11 .*rewritten"):
        _said("verify", "--checkpoint", str(copy))


def test_another_key_does_not_vouch_unless_it_stands_behind_the_new_one(settings: Settings) -> None:
    old = settings.SECRET_KEY
    settings.AUDIT_KEY = "n" * 40
    assert book.found(CHAIN) == ("forged checkpoint", LENGTH)
    settings.AUDIT_KEY = f"{'n' * 40},{old}"
    assert book.finding(CHAIN) is None


def test_the_command_tells_chain_number_and_kind_and_ends_with_1() -> None:
    assert f"chain {CHAIN}: whole · {LENGTH} entries, signed up to {LENGTH}" in _said("verify")
    book.run(f"{UPDATE} actor = %s {HERE} AND number = 4", "somebody else")
    out = StringIO()
    with pytest.raises(CommandError) as broken:
        call_command("audit", "verify", "--json", stdout=out)
    assert broken.value.returncode == 1
    (told,) = [one for one in json.loads(out.getvalue()) if one["chain"] == CHAIN]
    assert told["finding"] == {"number": 4, "kind": "edited", "since": None}


def test_a_table_holds_no_formula() -> None:
    record("test:act", by=SYSTEM, property=CHAIN, target="=1+1")
    lines = _said("export", "--format", "csv").splitlines()
    assert ",'=1+1," in lines[-1]


@pytest.mark.parametrize("table", book.TABLES)
@pytest.mark.parametrize("verb", ["UPDATE {} SET number = 1", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_itself_refuses(table: str, verb: str) -> None:
    if verb.startswith("TRUNCATE") and connection.vendor != "postgresql":
        verb = "DELETE FROM {}"  # what SQLite has in its place
    with book.off_guard():  # the tests' own database lets a flush pass; put every guard back on
        pass
    with pytest.raises(Exception, match="append-only"), connection.cursor() as cursor:
        cursor.execute(verb.format(table))


def _said(*words: str) -> str:
    out = StringIO()
    call_command("audit", *words, stdout=out)
    return out.getvalue()


def _rewind(number: int) -> None:
    digest = AuditEntry.objects.get(chain=CHAIN, number=number).digest
    StreamHead.objects.filter(stream=CHAIN).update(tip=str(Tip(number, digest)))


def _rewrite_from(number: int) -> None:
    """Change one entry and link all after it anew, with everything but the key."""
    rows = list(AuditEntry.objects.filter(chain=CHAIN, number__gte=number).order_by("number"))
    tip = Tip(number - 1, rows[0].previous)
    rows[0].actor = "somebody else"
    for row in rows:
        tip = chains.link(row, tip)
        book.run(
            f"{UPDATE} actor = %s, previous = %s, digest = %s {HERE} AND number = %s",
            *(row.actor, row.previous, row.digest, row.number),
        )
    StreamHead.objects.filter(stream=CHAIN).update(tip=str(tip))
    assert AuditCheckpoint.objects.filter(chain=CHAIN).exists()
