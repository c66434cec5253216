"""What `manage.py import_legacy` brings over, how it tells of the rest; that nothing stops it for good."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from cluster.streams import Gone, read_log
from requests_app import recount
from requests_app.actions.changes import refresh_search
from requests_app.models import GuestRequest, ImportedRequest
from security.audit import verifying
from security.models import AuditEntry
from tests import cast
from tests.cast import Hotel
from tests.importing import old

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
ROOT = Path(__file__).parents[2]
TENANTS = old.copied("tenants", [{"id": "mi-nhon", "hotel_name": "Mi Nhon", "subdomain": "demo-hotel"}])
STATUSES = ("Hoàn thành", "pending", "Đang xử lý", "Tạm dừng", "Đã hủy", "deleted")


@pytest.fixture
def hotel() -> Hotel:
    return cast.demo_hotel()


def rows(number: int) -> list[old.Values]:
    return [
        old.row(id=str(place), order_id=f"REQ-{1747643400000 + place}", status=STATUSES[place % 6])
        for place in range(1, number + 1)
    ]


def dump(tmp_path: Path, *given: old.Values) -> Path:
    return old.dump(tmp_path / "dump.sql", old.copied("request", given), TENANTS)


def run(*words: str, code: int = 0) -> dict[str, Any]:
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("import_legacy", *words, "--json", stdout=out)
    assert ended.value.code == code, out.getvalue()
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


def test_everything_agrees_afterwards(hotel: Hotel, tmp_path: Path) -> None:
    before = read_log(hotel.property.pk, after=0, epoch=None, limit=1)
    told = run("--dump", str(dump(tmp_path, *rows(60))))
    assert (told["taken"], told["notTaken"], told["byProperty"]) == (60, 0, {"demo-hotel": 60})
    assert recount.look(hotel.property).is_clean
    requests = list(GuestRequest.objects.all())
    assert len(requests) == 60
    for request in requests:
        searched = request.guest_name_folded, request.search_folded
        refresh_search(request)
        assert (request.guest_name_folded, request.search_folded) == searched
    assert AuditEntry.objects.filter(action="request:imported", actor_kind="system").count() == 1
    after = read_log(hotel.property.pk, after=0, epoch=None, limit=1)
    assert before.gone is None
    assert after.gone is Gone.EXPIRED


def test_it_is_shown_like_any_other(hotel: Hotel, tmp_path: Path, client: Client) -> None:
    run("--dump", str(dump(tmp_path, old.row(assigned_to="lan", status="Đang xử lý"))))
    me = cast.bearer(hotel.lan)
    [shown] = client.get("/api/request?search=REQ-1747643400000", headers=me).json()["data"]
    assert (shown["orderId"], shown["assignedTo"], shown["overdue"]) == ("REQ-1747643400000", "lan", False)
    history = client.get(f"/api/request/{shown['id']}/history", headers=me).json()["data"]
    assert [line["at"] for line in history] == ["2025-05-19T08:30:00Z", "2025-05-19T09:00:00.500000Z"]
    moved = client.patch(
        f"/api/request/{shown['id']}/status",
        {"status": "completed", "version": shown["version"]},
        content_type="application/json",
        headers=me,
    )
    assert moved.json()["data"]["status"] == "completed"
    assert recount.look(hotel.property).is_clean


def test_again_it_takes_only_what_is_new(hotel: Hotel, tmp_path: Path) -> None:
    run("--dump", str(dump(tmp_path, *rows(5))))
    changed = {**rows(1)[0], "updated_at": "2025-05-19 17:00:00"}
    report = tmp_path / "report.jsonl"
    told = run("--dump", str(dump(tmp_path, changed, *rows(7)[1:])), "--report", str(report))
    assert (told["taken"], told["hereAlready"], told["changedSince"]) == (2, 5, 1)
    assert [json.loads(line)["code"] for line in report.read_text().splitlines()] == ["changed"]
    assert GuestRequest.objects.count() == ImportedRequest.objects.count() == 7


def test_a_dry_run_writes_nothing(hotel: Hotel, tmp_path: Path) -> None:
    told = run("--dump", str(dump(tmp_path, *rows(5))), "--dry-run")
    assert (told["taken"], told["dryRun"]) == (5, True)
    assert GuestRequest.objects.count() == ImportedRequest.objects.count() == 0


def test_every_row_not_taken_is_named(hotel: Hotel, tmp_path: Path) -> None:
    report = tmp_path / "report.jsonl"
    bad = [
        old.row(id="2", room_number="Room 101", status="?"),
        old.row(id="x"),
        old.row(id="3", tenant_id="else"),
    ]
    told = run(
        "--dump", str(dump(tmp_path, old.row(id="1"), *bad, old.row(id="1"))), "--report", str(report), code=3
    )
    assert (told["taken"], told["notTaken"]) == (1, 4)
    lines = [json.loads(line) for line in report.read_text().splitlines()]
    assert [(line["id"], line["column"], line["code"]) for line in lines] == [
        (2, "room_number", "invalid"),
        (2, "status", "unknown"),
        (None, "id", "unreadable"),
        (3, "tenant_id", "no_property"),
        (1, "id", "repeated"),
    ]
    assert report.stat().st_mode & 0o077 == 0


def test_two_rows_of_one_order_id_both_come(hotel: Hotel, tmp_path: Path) -> None:
    told = run(
        "--dump", str(dump(tmp_path, old.row(id="1"), old.row(id="2"), old.row(id="3", order_id=None)))
    )
    assert (told["taken"], told["renumbered"]) == (3, 2)
    assert GuestRequest.objects.filter(order_id="REQ-1747643400000").count() == 1


def test_tenants_go_where_they_are_said_to(hotel: Hotel, tmp_path: Path) -> None:
    cast.other_hotel()
    given = (old.row(id="1", tenant_id="x"), old.row(id="2", tenant_id=None), old.row(id="3"))
    told = run(
        "--dump", str(dump(tmp_path, *given)), "--tenant", "x=other-hotel", "--property", "other-hotel"
    )
    assert told["byProperty"] == {"other-hotel": 2, "demo-hotel": 1}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--dump", "none.sql"], "No such file"),
        (["--dump", "none.sql", "--property", "nowhere"], "no property nowhere"),
        (["--database", "none"], "No such file"),
    ],
)
def test_what_can_not_be_done_is_told(hotel: Hotel, words: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("import_legacy", *words, stdout=io.StringIO())


def test_a_person_reads_sentences(hotel: Hotel, tmp_path: Path) -> None:
    out = io.StringIO()
    given = (old.row(id="1", phone_number="0912"), old.row(id="2", room_number="Room 1", metadata="{}"))
    with pytest.raises(SystemExit):
        call_command("import_legacy", "--dump", str(dump(tmp_path, *given)), "--zone", "UTC", stdout=out)
    told = out.getvalue()
    for said in (
        "1 taken (demo-hotel 1)",
        "1 not taken:",
        "room_number: A room is 1 to 10 letters",
        "phone_number: 1 kept as words in the special instructions. --dialling-code makes",
        "+7 h from what their order id says",
        "--report FILE names each",
    ):
        assert said in told


def test_killed_between_two_batches_it_goes_on(hotel: Hotel, tmp_path: Path) -> None:
    path = dump(tmp_path, *rows(30))
    script = (
        "import django; django.setup(); import os, signal;"
        "from django.core import management; from requests_app.importing import taking;"
        "taking.BATCH = 10; write = taking.Import._write_into; seen = [];\n"
        "def written(self, *given):\n"
        "    write(self, *given)\n"
        "    seen.append(given)\n"
        "    if len(seen) == 2: os.kill(os.getpid(), signal.SIGKILL)\n"
        "taking.Import._write_into = written\n"
        f"management.call_command('import_legacy', '--dump', {str(path)!r})"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment(), check=False)
    assert done.returncode == -signal.SIGKILL
    assert GuestRequest.objects.count() == ImportedRequest.objects.count() == 10
    told = run("--dump", str(path))
    assert (told["taken"], told["hereAlready"]) == (20, 10)
    assert recount.look(hotel.property).is_clean
    verdicts = [verifying.verify(chain, lambda _: None) for chain in verifying.chains()]
    assert [verdict.finding for verdict in verdicts if verdict.finding] == []


def environment() -> dict[str, str]:
    place = connection.settings_dict
    url = f"sqlite:///{place['NAME']}"
    if connection.vendor == "postgresql":
        url = f"postgresql://{place['USER']}@{place['HOST']}:{place['PORT']}/{place['NAME']}"
    return {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "settings.test"}
