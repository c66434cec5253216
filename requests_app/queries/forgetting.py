"""Whom an erasure is about: the stays and requests that a person, a room or a time stands for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from requests_app.lifecycle import OPEN, fold
from requests_app.models import Erasure, GuestRequest, HouseRules, Stay, TargetKind
from requests_app.models.request import UNERASED

RowT = TypeVar("RowT", Stay, GuestRequest)
NOBODY = Q(pk__in=())
ROWS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Sought:
    """What an erasure is asked for by; a room counts from ``start`` to ``end``, everything else whole."""

    stay_ids: frozenset[int] = frozenset()
    room: str = ""
    start: datetime | None = None
    end: datetime | None = None
    guest: str = ""
    phone: str = ""
    order_ids: frozenset[str] = frozenset()
    references: frozenset[str] = frozenset()
    property_id: int | None = None

    @property
    def selector(self) -> str:
        """Return the word for it that a report shows."""
        named = {
            "stay": self.stay_ids,
            "room": self.room,
            "guest": self.guest,
            "phone": self.phone,
            "request": self.order_ids,
            "replay": self.references,
        }
        return next((word for word, value in named.items() if value), "property")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The ids of what was found, and of what of it is still going on."""

    stays: list[int] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    open_stays: int = 0
    open_requests: int = 0

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was found."""
        return not (self.stays or self.requests)

    @property
    def is_open(self) -> bool:
        """Say whether the guest is still in the house, or waits for something."""
        return bool(self.open_stays or self.open_requests)


def find(sought: Sought) -> Chosen:
    """Return what is meant. A stay brings all of its requests; a name or a number brings its stays too."""
    requests, stays = _requests(sought), _stays(sought)
    if sought.guest or sought.phone:
        of_these = requests.exclude(stay=None).values("stay_id")
        stays = _within(Stay.objects.filter(Q(pk__in=list(_ids(stays))) | Q(pk__in=of_these)), sought)
    stay_ids = list(_ids(stays))
    if not (sought.order_ids or sought.room):
        requests = _within(
            GuestRequest.objects.filter(Q(pk__in=requests.values("pk")) | Q(stay_id__in=stays.values("pk"))),
            sought,
        )
    now = timezone.now()
    return Chosen(
        stays=stay_ids,
        requests=list(requests.order_by("pk").values_list("pk", flat=True)),
        open_stays=stays.filter(checked_out_at=None, check_out__gt=now).count(),
        open_requests=requests.filter(status__in=OPEN, deleted_at=None).count(),
    )


def due(rules: HouseRules, now: datetime, limit: int) -> Chosen:
    """Return what a property has kept for as long as it wanted to, at most ``limit`` of each."""
    if rules.guest_data_days is None:
        return Chosen()
    long_ago = now - timedelta(days=rules.guest_data_days)
    # Nothing is closed before it is made: so the partial index is walked up to there and no further.
    closed = GuestRequest.objects.filter(UNERASED, property_id=rules.pk, created_at__lt=long_ago)
    closed = closed.filter(
        Q(completed_at=None) | Q(completed_at__lt=long_ago),
        Q(cancelled_at=None) | Q(cancelled_at__lt=long_ago),
        Q(deleted_at=None) | Q(deleted_at__lt=long_ago),
    )
    ended = Stay.objects.filter(erased_at=None, property_id=rules.pk)
    ended = ended.annotate(ended_at=Coalesce("checked_out_at", "check_out")).filter(ended_at__lt=long_ago)
    return Chosen(
        stays=list(ended.order_by("pk").values_list("pk", flat=True)[:limit]),
        requests=list(closed.order_by("created_at", "pk").values_list("pk", flat=True)[:limit]),
    )


def properties_of(chosen: Chosen) -> set[int]:
    """Return the properties that would be touched."""
    found: set[int] = set()
    for model, pks in ((Stay, chosen.stays), (GuestRequest, chosen.requests)):
        for some in _runs(pks):
            found.update(model.objects.filter(pk__in=some).values_list("property_id", flat=True))
    return found


def references(chosen: Chosen) -> Iterable[tuple[TargetKind, int, str]]:
    """Yield what each thing is found again by."""
    for some in _runs(chosen.stays):
        for pk, opened in Stay.objects.filter(pk__in=some).order_by("pk").values_list("pk", "opened_at"):
            yield TargetKind.STAY, pk, stay_reference(pk, opened)
    for some in _runs(chosen.requests):
        rows = GuestRequest.objects.filter(pk__in=some).order_by("pk")
        for pk, order_id in rows.values_list("pk", "order_id"):
            yield TargetKind.REQUEST, pk, order_id


def stay_reference(pk: int, opened: datetime) -> str:
    """Return what finds a stay again, and no other that has its id after a restore."""
    return f"stay:{pk}@{opened.timestamp():.6f}"


def shown(erasure: Erasure, *, with_references: bool = True) -> dict[str, object]:
    """Return the report of an erasure: what, how much, by whom, when; no name is in it."""
    told: dict[str, object] = {
        "id": erasure.pk,
        "selectedBy": erasure.selector,
        "by": erasure.made_by,
        "startedAt": erasure.started_at,
        "finishedAt": erasure.finished_at,
        "erased": erasure.counts,
        "left": erasure.targets.filter(done=False).count(),
    }
    if with_references:
        told["references"] = list(erasure.targets.order_by("pk").values_list("reference", flat=True))
    return told


def _requests(sought: Sought) -> QuerySet[GuestRequest]:
    found = NOBODY
    if sought.stay_ids:
        found |= Q(stay_id__in=sought.stay_ids)
    if sought.room:
        found |= Q(room_number=sought.room, **_span("created_at", sought))
    if sought.guest:
        found |= Q(guest_name_folded=fold(sought.guest))
    if sought.phone:
        found |= Q(phone_number=sought.phone)
    if sought.order_ids or sought.references:
        found |= Q(order_id__in=sought.order_ids | sought.references)
    if sought.selector == "property":
        found = Q(property_id=sought.property_id)
    return _within(GuestRequest.objects.filter(found), sought)


def _stays(sought: Sought) -> QuerySet[Stay]:
    found = NOBODY
    if sought.stay_ids:
        found |= Q(pk__in=sought.stay_ids)
    if sought.guest:
        found |= Q(pk__in=_of_that_name(sought))
    if sought.references:
        found |= Q(pk__in=_referred_to(sought.references))
    if sought.selector == "property":
        found = Q(property_id=sought.property_id)
    if sought.room:
        return _in_the_room(sought)
    return _within(Stay.objects.filter(found), sought)


def _in_the_room(sought: Sought) -> QuerySet[Stay]:
    rows = Stay.objects.filter(room_number=sought.room)
    if sought.end:
        rows = rows.filter(opened_at__lt=sought.end)
    if sought.start:
        left = Greatest("opened_at", Coalesce("checked_out_at", "check_out"))
        rows = rows.annotate(left_at=left).filter(left_at__gte=sought.start)
    return _within(rows, sought)


def _of_that_name(sought: Sought) -> list[int]:
    """Compare in Python: stays keep no folded name, and there are few beside requests."""
    wanted = fold(sought.guest)
    rows = _within(Stay.objects.exclude(guest_name=""), sought).values_list("pk", "guest_name")
    return [pk for pk, name in rows.iterator(ROWS_AT_ONCE) if fold(name) == wanted]


def _referred_to(wanted: frozenset[str]) -> list[int]:
    ids = [int(word[5:].partition("@")[0]) for word in wanted if word.startswith("stay:")]
    rows = Stay.objects.filter(pk__in=ids).values_list("pk", "opened_at")
    return [pk for pk, opened in rows if stay_reference(pk, opened) in wanted]


def _span(column: str, sought: Sought) -> Mapping[str, datetime]:
    bounds = {f"{column}__gte": sought.start, f"{column}__lt": sought.end}
    return {name: at for name, at in bounds.items() if at is not None}


def _within(rows: QuerySet[RowT], sought: Sought) -> QuerySet[RowT]:
    return rows if sought.property_id is None else rows.filter(property_id=sought.property_id)


def _ids(rows: QuerySet[Stay]) -> Iterable[int]:
    return rows.order_by("pk").values_list("pk", flat=True)


def _runs(pks: list[int]) -> Iterable[list[int]]:
    for start in range(0, len(pks), ROWS_AT_ONCE):
        yield pks[start : start + ROWS_AT_ONCE]
