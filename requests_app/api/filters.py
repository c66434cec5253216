"""The filters of a list: their names, what each accepts, and the criteria they become.

Declared with django-filter, so that they validate and document themselves; a list without a
filter does not pay for it (1.1 ms, ``performance.md``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django_filters import Filter, FilterSet

from cluster import flags
from cluster.answers.details import sentence
from cluster.answers.problems import Invalid, PermissionDenied, detail
from cluster.shapes import camel
from requests_app.api.fields import read_date, read_moment
from requests_app.api.zones import zone_of
from requests_app.flags import FILTERING
from requests_app.lifecycle import PRIORITY_BY_WORD, URGENCY_BY_WORD, Status, parse_status
from requests_app.models import GuestRequest
from requests_app.periods import Zone, period
from requests_app.queries import catalogue, people
from requests_app.queries.criteria import ANY, Criteria
from security import text
from security.caller import Caller

LONGEST_TEXT = 200
TRUTHS = {"true": True, "1": True, "false": False, "0": False}

Read = Callable[[str], object]


def read_status(word: str) -> str | None:
    """Return a status's value, legacy names included."""
    status = parse_status(word)
    return status.value if status else None


def read_priority(word: str) -> int | None:
    """Return a priority's rank."""
    return PRIORITY_BY_WORD.get(word)


def read_urgency(word: str) -> int | None:
    """Return an urgency's rank."""
    return URGENCY_BY_WORD.get(word)


def read_truth(word: str) -> bool | None:
    """Return what is said to be true or false."""
    return TRUTHS.get(word)


def read_service(word: str) -> str | None:
    """Return a service type's code as the catalogue spells it."""
    code = word.replace("_", "-")
    return code if code.replace("-", "").isalnum() and code.isascii() and code == code.lower() else None


def read_bound(word: str) -> date | datetime | None:
    """Return a day or a moment; a plus sign that a query turned into a blank is a plus again."""
    start, blank, offset = word.strip().rpartition(" ")
    whole = f"{start}+{offset}" if blank and "T" in start else word
    return read_date(whole) or read_moment(whole)


class WordsField(forms.Field):
    """Several words, repeated or separated by commas, each of which must be known."""

    widget = forms.MultipleHiddenInput

    def __init__(self, read: Read, known: str, **options: Any) -> None:
        self.read = read
        self.known = known
        super().__init__(required=False)

    def clean(self, value: Any) -> tuple[object, ...]:
        """Return what the words stand for; none of them may be unknown."""
        words = [word.strip() for part in value or [] for word in part.split(",")]
        found = tuple(dict.fromkeys(self.read(word) for word in words))
        if None in found:
            raise ValidationError(f"Send one or more of: {self.known}.", code="invalid_choice")
        return found


class OneField(forms.Field):
    """One word that must be understood, an empty one too."""

    widget = forms.HiddenInput

    def __init__(self, read: Read, known: str, **options: Any) -> None:
        self.read = read
        self.known = known
        super().__init__(required=False)

    def clean(self, value: Any) -> object:
        """Return what the word stands for."""
        if value is None:
            return None
        found = self.read(value)
        if found is None:
            raise ValidationError(f"Send {self.known}.", code="invalid")
        return found


class TextField(forms.Field):
    """A text to look for."""

    widget = forms.HiddenInput

    def __init__(self, name: str, **options: Any) -> None:
        self.name = name
        super().__init__(required=False)

    def clean(self, value: Any) -> str:
        """Return the text as it would have been stored."""
        return text.clean(self.name, value or "", limit=LONGEST_TEXT)


class Words(Filter):  # type: ignore[misc]
    """A filter by several words."""

    field_class = WordsField


class One(Filter):  # type: ignore[misc]
    """A filter by one value."""

    field_class = OneField


class Text(Filter):  # type: ignore[misc]
    """A filter by a text."""

    field_class = TextField


DAY = "a date, or a time by ISO 8601"


class RequestFilters(FilterSet):  # type: ignore[misc]
    """What a list can be narrowed by."""

    status = Words(read=read_status, known=", ".join(Status.values))
    priority = Words(read=read_priority, known=", ".join(PRIORITY_BY_WORD))
    urgency = Words(read=read_urgency, known=", ".join(URGENCY_BY_WORD))
    service_type = Words(read=read_service, known="codes of the catalogue")
    room_number = Text(name="roomNumber", label="contains")
    guest_name = Text(name="guestName", label="contains, case-folded in every script")
    assigned_to = Text(name="assignedTo", label="me, none or a username")
    start_date = One(read=read_bound, known=DAY, label="created at or after; a date is a day of the property")
    end_date = One(read=read_bound, known=DAY, label="created before; a date includes its day")
    search = Text(name="search", label="in text, guest, room and order id")
    overdue = One(read=read_truth, known="true or false")

    class Meta:
        model = GuestRequest
        fields: ClassVar[list[str]] = []

    @classmethod
    def get_filters(cls) -> dict[str, Filter]:
        """Return the filters under their wire names."""
        return {camel(name): one for name, one in super().get_filters().items()}


INCONSTANT = frozenset(
    {name for one in ("service_type", "assigned_to", "start_date", "end_date") for name in (one, camel(one))}
)
"""Filters whose words mean what the catalogue, the staff or a time zone says at that moment."""

KNOWN = frozenset({name for one in RequestFilters.declared_filters for name in (one, camel(one))})


PLAIN = ("status", "priority")
"""What still filters when the advanced filters are switched off."""


def criteria_of(query: QueryDict, caller: Caller, properties: frozenset[int] | None) -> tuple[Criteria, Zone]:
    """Return what a list is asked for, and the zone its bare dates are days of.

    Raises Invalid naming every filter whose value is unknown: never an unfiltered list instead.
    """
    if KNOWN.isdisjoint(query):
        return ANY, UTC
    if not flags.is_on(FILTERING):
        query = _only(query, PLAIN)
    found = _cleaned(query)
    if found["assignedTo"] and caller.is_guest:
        raise PermissionDenied("Guests can not look for the staff's work.")
    _check_services(found["serviceType"], properties)
    check_assignee(found["assignedTo"], properties)
    start, end, zone = bounds(found["startDate"], found["endDate"], properties)
    criteria = Criteria(
        statuses=found["status"],
        priorities=found["priority"],
        urgencies=found["urgency"],
        service_types=found["serviceType"],
        room_number=found["roomNumber"],
        guest_name=found["guestName"],
        assigned_to=found["assignedTo"],
        start=start,
        end=end,
        search=found["search"],
        overdue=found["overdue"],
    )
    return criteria, zone


Bound = date | datetime | None


def bounds(start: Bound, end: Bound, properties: frozenset[int] | None) -> tuple[Bound, Bound, Zone]:
    """Return a range with its times made aware, and its zone. Raises Invalid when it is inverted."""
    if start is None and end is None:
        return None, None, UTC
    zone = zone_of(properties)
    start, end = (_in_zone(bound, zone) for bound in (start, end))
    since, until = period(start, end, zone)
    # A bare end date includes its day, so an empty range that ends with one was inverted too.
    if since and until and (since > until or (since == until and not isinstance(end, datetime))):
        raise Invalid.field("endDate", "This is before startDate.", "inverted")
    return start, end, zone


def _check_services(codes: tuple[str, ...], properties: frozenset[int] | None) -> None:
    unknown = catalogue.unknown_services(codes, properties)
    if unknown:
        raise Invalid.field("serviceType", f"The catalogue has no {', '.join(unknown)}.", "invalid_choice")


def check_assignee(name: str, properties: frozenset[int] | None) -> None:
    """Refuse to look for the work of somebody who never worked there: a typing mistake, told as one."""
    if name not in ("", "me", "none") and not people.ever_worked(name, properties):
        raise Invalid.field("assignedTo", "No member of the property has that username.", "invalid_choice")


def _in_zone(bound: Bound, zone: Zone) -> Bound:
    naive = isinstance(bound, datetime) and bound.tzinfo is None
    return bound.replace(tzinfo=zone) if naive and isinstance(bound, datetime) else bound


def _only(query: QueryDict, names: Iterable[str]) -> QueryDict:
    some = QueryDict(mutable=True)
    for name in names:
        if name in query:
            some.setlist(name, query.getlist(name))
    return some


def _cleaned(query: QueryDict) -> Mapping[str, Any]:
    data: MultiValueDict[str, str] = MultiValueDict()
    for name in RequestFilters.declared_filters:
        wire = camel(name)
        data.setlist(wire, query.getlist(wire) if wire in query else query.getlist(name))
    form = RequestFilters(data, queryset=GuestRequest.objects.none()).form
    if not form.is_valid():
        errors = form.errors.get_json_data()
        details = [detail(name, found[0]["message"], found[0]["code"]) for name, found in errors.items()]
        raise Invalid(sentence(details), details=details)
    cleaned: Mapping[str, Any] = form.cleaned_data
    return cleaned
