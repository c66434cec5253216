"""One old row as a request of ours: its columns, its history, or everything that speaks against it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

import orjson

from cluster.answers.problems import Invalid
from requests_app import events, formats
from requests_app.chronicle.past import Happening
from requests_app.chronicle.writing import Columns, Story, blank, encoded, folded
from requests_app.importing import words
from requests_app.importing.reading import Fault, Reading
from requests_app.importing.rows import Row, Values
from requests_app.lifecycle import PRIORITY_WORDS, URGENCY_WORDS, Priority, Source, Status, Urgency, fold

NO_TEXT, NO_ROOM, NO_NOTES = "Voice Assistant Request", "TBD", "Cancelled in the old system."
DEFAULT_SERVICE, DEFAULT_DEPARTMENT = "general", "front-desk"
ORDER = re.compile(r"REQ-(\d{13})")
LONGEST_ORDER, LONGEST_NAME = 20, 100
BY_THE_OLD_SYSTEM = {"kind": "system"}


class NotTaken(Exception):
    """A row that can not be a request of ours, with every reason."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(", ".join(fault.column for fault in faults))
        self.faults = faults


class Member(NamedTuple):
    """Somebody of the property a name may mean."""

    user_id: int
    username: str


@dataclass(frozen=True, slots=True)
class Destination:
    """A property: its zone and currency, its services' departments by code, its people by folded name."""

    property_id: int
    slug: str
    zone: tzinfo
    currency: str
    departments: Mapping[str, str]
    members: Mapping[str, Member]


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for every row. ``zone`` is the old server's; ``services`` its services' names by id."""

    now: datetime
    longest: int
    zone: tzinfo | None = None
    dialling_code: str = ""
    services: Mapping[str, Sequence[str]] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)


class Translated(NamedTuple):
    """A request to be: everything but its id.

    ``beside`` names columns whose value is kept as words in the special instructions, ``left`` those
    that said something we have no place for. ``hours_off`` is how far the row's time and its order
    id are apart, None where they agree or there is nothing to compare.
    """

    columns: Columns
    moves: list[tuple[datetime, str, str]]
    beside: list[str]
    left: list[str]
    hours_off: int | None

    def story(self, request_id: int) -> Story:
        """Return the request under an id."""
        happenings = [Happening(at, request_id, name, change) for at, name, change in self.moves]
        return Story(self.columns | folded(self.columns) | {"id": request_id}, happenings)


def translate(row: Row, destination: Destination, rules: Rules) -> Translated:
    """Return the request an old row tells of. Raises NotTaken."""
    if row.unreadable:
        raise NotTaken([Fault("", "unreadable", row.unreadable)])
    reading = Reading(row.values, rules.zone or destination.zone, rules.now, rules.longest)
    made = _Translation(reading, destination, rules)
    translated = made.translated()
    if reading.faults:
        raise NotTaken(reading.faults)
    return translated


class _Translation:
    def __init__(self, reading: Reading, destination: Destination, rules: Rules) -> None:
        self.reading, self.destination, self.rules = reading, destination, rules
        self.beside: list[tuple[str, str]] = []

    def translated(self) -> Translated:
        columns = blank() | {
            "property_id": self.destination.property_id,
            **self._asked(),
            **self._service(),
            **self._ordered(),
            **self._rank(),
            **self._assignee(),
        }
        columns |= self._instructions()
        columns |= self._times()
        columns |= self._status(columns)
        moves = self._moves(columns) if not self.reading.faults else []
        return Translated(
            columns, moves, [column for column, _ in self.beside], self._left(), self._hours_off(columns)
        )

    def _asked(self) -> Columns:
        reading = self.reading
        _, called = reading.raw("call_id")
        room = reading.text("room_number", "room", limit=100)
        if room and not re.fullmatch(formats.ROOM, room):
            reading.fault(
                "room_number", "invalid", "A room is 1 to 10 letters, digits, hyphens or underscores."
            )
        _, order = reading.raw("order_id")
        return {
            "order_id": order.strip() if len(order.strip()) <= LONGEST_ORDER else "",
            "request_text": reading.text("request_content", "content", limit=1000) or NO_TEXT,
            "room_number": room or NO_ROOM,
            "guest_name": reading.text("guest_name", limit=LONGEST_NAME),
            "phone_number": self._phone(),
            "description": reading.text("description", limit=500),
            "notes": reading.text("notes", limit=500),
            "source": (Source.VOICE if called else Source.API).value,
        }

    def _phone(self) -> str:
        column, given = self.reading.raw("phone_number")
        number = given.translate(formats.PHONE_FILLING).strip()
        if number.startswith("00"):
            number = f"+{number[2:]}"
        elif number.startswith("0") and self.rules.dialling_code:
            number = f"+{self.rules.dialling_code}{number[1:]}"
        if not number or formats.PHONE.fullmatch(number):
            return number
        self.beside.append((column, f"Phone: {given.strip()}"))
        return ""

    def _service(self) -> Columns:
        reading = self.reading
        service_id = reading.raw("service_id")[1].strip()
        order_type = reading.text("order_type", limit=50)
        names = [*self.rules.services.get(service_id, ()), order_type, service_id, reading.raw("type")[1]]
        code = next(filter(None, map(self._code, names)), DEFAULT_SERVICE)
        department = self.destination.departments.get(code, DEFAULT_DEPARTMENT)
        return {"service_type": code, "department": department, "order_type": order_type}

    def _code(self, name: str) -> str | None:
        code = words.code_of(name)
        code = self.rules.codes.get(code, code)
        return code if code in self.destination.departments else None

    def _ordered(self) -> Columns:
        reading = self.reading
        currency = reading.raw("currency")[1].strip().upper() or self.destination.currency
        if not re.fullmatch(formats.CURRENCY, currency):
            reading.fault("currency", "invalid", "A currency is three letters, like VND.")
        column, wanted = reading.raw("delivery_time")
        delivery = reading.moment(wanted) if wanted else None
        if wanted and delivery is None:
            self.beside.append((column, f"Delivery time: {wanted.strip()}"))
        return {
            "items": encoded(self._items()),
            "total_amount": self._amount(),
            "currency": currency,
            "delivery_time": delivery,
        }

    def _items(self) -> list[Any]:
        column, given = self.reading.raw("items")
        if not given:
            return []
        try:
            value = orjson.loads(given)
        except ValueError:
            value = given
        items = value if isinstance(value, list) else [] if value is None else [value]
        try:
            kept = [formats.kept(column, item, maximum=self.rules.longest) for item in items]
        except Invalid as problem:
            self.reading.fault(column, problem.code, problem.error)
            return []
        if formats.are_too_large(kept):
            most = (
                f"{formats.MOST_ITEMS} items, {formats.DEEPEST_ITEMS} levels, {formats.LARGEST_ITEMS} bytes"
            )
            self.reading.fault(column, "too_large", f"At most {most}.")
        return kept

    def _amount(self) -> Decimal | None:
        column, given = self.reading.raw("total_amount")
        try:
            amount = Decimal(given.strip() or 0)
        except InvalidOperation:
            self.reading.fault(column, "invalid", "It is not an amount.")
            return None
        if amount == 0:
            return None
        if not formats.AMOUNT.fullmatch(f"{amount.normalize():f}"):
            self.reading.fault(
                column, "invalid", "An amount is positive, below a billion billion, with two decimals."
            )
            return None
        return amount

    def _rank(self) -> Columns:
        usual = Priority.MEDIUM.value, Urgency.NORMAL.value
        priority, least = self.reading.word("priority", words.priority_of, "priority") or usual
        urgency = self.reading.word("urgency", words.urgency_of, "urgency") or Urgency.NORMAL.value
        return {"priority": priority, "urgency": max(urgency, least)}

    def _assignee(self) -> Columns:
        name = self.reading.text("assigned_to", limit=LONGEST_NAME)
        member = self.destination.members.get(fold(name)) if name else None
        told = {"rule": "imported", "name": name} if name else {}
        return {"assignee_id": member.user_id if member else None, "assignment": encoded(told)}

    def _instructions(self) -> Columns:
        given = self.reading.raw("special_instructions")[1]
        lines = [given, *(words for _, words in self.beside)]
        column = self.beside[-1][0] if self.beside else "special_instructions"
        together = "\n".join(line for line in lines if line.strip())
        return {"special_instructions": self.reading.cleaned(column, together, 500)}

    def _times(self) -> Columns:
        reading = self.reading
        created = reading.past("created_at", "time") or self._ordered_at()
        if created is None:
            reading.fault(
                "created_at", "required", "There is no time it was made at, in its order id neither."
            )
            created = reading.now
        updated = reading.past("updated_at") or reading.past("completed_at", "actual_completion") or created
        return {
            "created_at": created,
            "updated_at": max(updated, created),
            "local_day": created.astimezone(self.destination.zone).date(),
        }

    def _ordered_at(self) -> datetime | None:
        found = ORDER.fullmatch(self.reading.raw("order_id")[1].strip())
        return datetime.fromtimestamp(int(found[1]) / 1000, UTC) if found else None

    def _status(self, columns: Columns) -> Columns:
        reading, last = self.reading, columns["updated_at"]
        word = reading.raw("status")[1].strip()
        is_deleted = fold(word) == words.DELETED
        status = Status.PENDING if is_deleted else reading.word("status", words.status_of, "status")
        status = status or Status.PENDING
        done = reading.past("completed_at", "actual_completion") or last
        if status is Status.COMPLETED and done < columns["created_at"]:
            reading.fault(
                "completed_at", "order", "It lies before the row was made; is --zone the old server's?"
            )
        cancelled = status is Status.CANCELLED
        return {
            "status": status.value,
            "started_at": last if status is Status.IN_PROGRESS else None,
            "held_at": last if status is Status.ON_HOLD else None,
            "completed_at": done if status is Status.COMPLETED else None,
            "cancelled_at": last if cancelled else None,
            "deleted_at": last if is_deleted else None,
            "notes": columns["notes"] or (NO_NOTES if cancelled else ""),
        }

    def _moves(self, columns: Columns) -> list[tuple[datetime, str, str]]:
        first = {
            "status": Status.PENDING.value,
            "priority": PRIORITY_WORDS[columns["priority"]],
            "urgency": URGENCY_WORDS[columns["urgency"]],
        }
        told = [(columns["created_at"], events.CREATED, _change(to=first))]
        if columns["status"] != Status.PENDING:
            moved = _change(
                **{"from": {"status": Status.PENDING.value}},
                to={"status": columns["status"]},
                notes=columns["notes"],
            )
            at = columns["completed_at"] or columns["updated_at"]
            told.append((at, events.STATUS_CHANGED, moved))
        if columns["deleted_at"] is not None:
            told.append((columns["deleted_at"], events.DELETED, _change(notes=columns["notes"])))
        return told

    def _left(self) -> list[str]:
        return [
            column
            for column, value in self.reading.values.items()
            if value and value.strip() and column not in self.reading.used and column not in PLACED
        ]

    def _hours_off(self, columns: Columns) -> int | None:
        ordered = self._ordered_at()
        if ordered is None:
            return None
        return round((columns["created_at"] - ordered).total_seconds() / 3600) or None


PLACED = frozenset({"tenant_id"})
"""What is used before a row is translated."""


def _change(**told: object) -> str:
    return encoded({"actor": BY_THE_OLD_SYSTEM, **told})


def tenant_of(values: Values) -> str:
    """Return which tenant a row belongs to, nothing for none."""
    return (values.get("tenant_id") or "").strip()
