"""GET /api/request/export."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import Any

import pytest

from requests_app.api.sheets import COLUMNS, cell
from requests_app.queries import walk
from tests import cast
from tests.api.speaking import Speaker, fields_of, refusal_of
from tests.cast import Hotel

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

PATH = "/api/request/export"


def rows_of(response: Any) -> list[dict[str, str]]:
    assert response.status_code == 200
    assert response.streaming
    return list(csv.DictReader(io.StringIO(response.getvalue().decode())))


@pytest.fixture(autouse=True)
def _three(hotel: Hotel) -> None:
    cast.asked(hotel.lan, hotel.property, 'Khăn tắm, "hai"\ncái', assigned_to="minh", room_number="102")
    cast.asked(hotel.lan, hotel.property, "=1+1", guest_name="@SUM(A1)", phone_number="+84901", priority=3)
    cast.asked(hotel.lan, hotel.property, "-2+3", items=({"name": "Tea"},))


def test_it_works(hoa: Speaker) -> None:
    response = hoa.get(PATH)
    minus, formula, towels = rows_of(response)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="requests-[\d-]+\.csv"', response["Content-Disposition"])
    assert (towels["requestText"], towels["assignedTo"]) == ('Khăn tắm, "hai"\ncái', "minh")
    assert (towels["propertyId"], towels["overdue"], towels["items"]) == ("demo-hotel", "false", "")
    assert (formula["requestText"], formula["guestName"], formula["phoneNumber"]) == (
        "'=1+1",
        "'@SUM(A1)",
        "'+84901",
    )
    assert (minus["requestText"], minus["items"]) == ("'-2+3", '[{"name":"Tea"}]')


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r", " =", "＝"])
def test_no_cell_starts_a_formula(start: str) -> None:
    assert cell(f"{start}cmd|' /C calc'!A0").startswith("'")


def test_the_list_s_filters_and_orders_apply(hoa: Speaker) -> None:
    assert len(rows_of(hoa.get(PATH, {"priority": "high"}))) == 1
    assert len(rows_of(hoa.get(PATH, {"status": "completed"}))) == 0
    rooms = [
        row["roomNumber"] for row in rows_of(hoa.get(PATH, {"sortBy": "room_number", "sortOrder": "asc"}))
    ]
    assert rooms == ["101", "101", "102"]
    for query in ({"status": "x"}, {"format": "pdf"}, {"sortBy": "x"}):
        assert fields_of(hoa.get(PATH, query)) == list(query)


def test_a_workbook_holds_texts_only(hoa: Speaker) -> None:
    response = hoa.get(PATH, {"format": "xlsx"})
    book = zipfile.ZipFile(io.BytesIO(response.getvalue()))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert response["Content-Type"].startswith("application/vnd.openxmlformats")
    assert "<f>" not in sheet
    assert "Khăn tắm" in sheet
    assert "'=1+1" in sheet
    assert sheet.count("<row ") == 4
    assert all(name in sheet for name in COLUMNS)


def test_it_goes_on_beyond_one_page(hoa: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "PAGE", 2)
    assert len(rows_of(hoa.get(PATH))) == 3


def test_it_is_a_manager_s_and_their_property_s(
    lan: Speaker, minh: Speaker, otto: Speaker, guest: Speaker
) -> None:
    for who in (lan, minh, guest):
        refusal_of(who.get(PATH), 403, "PERMISSION_DENIED")
    assert rows_of(otto.get(PATH)) == []
    refusal_of(otto.get(PATH, {"propertyId": "demo-hotel"}), 404, "NOT_FOUND")
