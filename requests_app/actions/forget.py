"""Forgetting a guest: their name, phone and texts go, the times and the counts stay.

An erasure is begun (what is meant is written down by reference), worked on in small units of work
that anybody may go on with, and finished. So one that was killed half way is gone on with.
"""

from __future__ import annotations

import hmac
import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager

from django.conf import settings
from django.utils import timezone

from cluster import cache, control, once
from cluster.cache import far
from cluster.cache.orders import COMMAND as CACHE_CLEAR
from cluster.models import CONTROL_STREAM
from cluster.redis import breaker
from cluster.streams import Rewriting, Work, of_subjects, unit_of_work
from requests_app import counters, erasing, events
from requests_app.actions.changes import refresh_search, save_changes
from requests_app.erasing import ERASED, scrubbed
from requests_app.lifecycle import fold
from requests_app.models import Erasure, ErasureTarget, GuestRequest, Message, Stay, TargetKind
from requests_app.permissions import FORGET
from requests_app.problems import StillInHouse
from requests_app.queries import forgetting
from requests_app.queries.forgetting import Chosen
from requests_app.shown import shown_request
from security import audit, permissions
from security.caller import Caller
from security.models import Credential, CredentialKind

logger = logging.getLogger("bellhop.privacy")

BATCH = 25
ROWS_AT_ONCE = 500
FORGOTTEN = "guest:forgotten"
Unit = Callable[[], AbstractContextManager[Work]]


def begin(
    *,
    by: Caller,
    chosen: Chosen,
    selector: str,
    term: str = "",
    even_open: bool = False,
    signature: str = "",
    unit: Unit = unit_of_work,
) -> Erasure:
    """Write down what is to be forgotten. Raises StillInHouse unless ``even_open``, PermissionDenied.

    ``signature`` is who asks when that is not a caller with a name: somebody at the shell.
    """
    for property_id in sorted(forgetting.properties_of(chosen)):
        permissions.require(by, FORGET, property_id)
    if chosen.is_open and not even_open:
        raise StillInHouse(chosen.open_stays, chosen.open_requests)
    with unit():
        erasure = Erasure.objects.create(
            selector=selector,
            term_digest=digest_of(term),
            made_by=by.username or signature or by.kind.value,
            started_at=timezone.now(),
        )
        targets = [
            ErasureTarget(erasure=erasure, kind=kind, subject=pk, reference=reference)
            for kind, pk, reference in forgetting.references(chosen)
        ]
        ErasureTarget.objects.bulk_create(targets, batch_size=ROWS_AT_ONCE)
        _tell_begun(by, erasure, forgetting.properties_of(chosen), len(targets))
    return erasure


def _tell_begun(by: Caller, erasure: Erasure, places: Collection[int], targets: int) -> None:
    """Write who begins it, for it may be finished by another."""
    told = {"selectedBy": erasure.selector, "by": erasure.made_by, "targets": targets}
    place = next(iter(places)) if len(places) == 1 else None
    target = f"erasure:{erasure.pk}"
    audit.record("guest:erasure-begun", by=by, property=place, target=target, after=told)


def digest_of(term: str) -> str:
    """Return what is kept of a name or number: enough to recognise the question, nothing to read."""
    key = str(settings.SECRET_KEY).encode()
    return hmac.digest(key, f"forget:{fold(term)}".encode(), "sha256").hex() if term else ""


def work_on(erasure_id: int, *, by: Caller, limit: int = BATCH, unit: Unit = unit_of_work) -> int:
    """Erase at most ``limit`` of what is left, in one unit of work; return how many were done."""
    with unit() as work:
        # The first lock: two who work on the same erasure take turns.
        erasure = Erasure.objects.select_for_update(no_key=True).get(pk=erasure_id)
        some = list(erasure.targets.filter(done=False).order_by("kind", "subject")[:limit])
        counts = Counter(erasure.counts)
        counts += _erase_requests(work, _subjects(some, TargetKind.REQUEST), by)
        counts += _erase_stays(_subjects(some, TargetKind.STAY))
        ErasureTarget.objects.filter(pk__in=[each.pk for each in some]).update(done=True)
        erasure.counts = dict(counts)
        erasure.save(update_fields=["counts"])
    return len(some)


def finish(erasure_id: int, *, unit: Unit = unit_of_work) -> Erasure:
    """Empty the stored answers that show what was erased, tell it, and have every cache cleared.

    In no unit of work: the order to clear goes out once all of it is committed.
    """
    with unit() as work:
        erasure = Erasure.objects.select_for_update(no_key=True).get(pk=erasure_id)
        if erasure.finished_at is not None:
            return erasure
        stored = once.erase_answers(_concerning(erasure))
        erasure.counts = dict(Counter(erasure.counts) + Counter(storedAnswers=stored))
        erasure.finished_at = timezone.now()
        erasure.save(update_fields=["counts", "finished_at"])
        _tell(work, erasure)
    _log(erasure)
    _clear_caches(erasure.made_by)
    return erasure


def forget(
    *, by: Caller, chosen: Chosen, selector: str, even_open: bool = False, unit: Unit = unit_of_work
) -> Erasure:
    """Begin, do all of it, and finish."""
    erasure = begin(by=by, chosen=chosen, selector=selector, even_open=even_open, unit=unit)
    return go_on(erasure.pk, by=by, unit=unit)


def go_on(erasure_id: int, *, by: Caller, unit: Unit = unit_of_work) -> Erasure:
    """Do what is left of an erasure, and finish it."""
    while work_on(erasure_id, by=by, unit=unit):
        pass
    return finish(erasure_id, unit=unit)


def _subjects(targets: Iterable[ErasureTarget], kind: TargetKind) -> list[int]:
    return [target.subject for target in targets if target.kind == kind]


def _erase_requests(work: Work, pks: list[int], by: Caller) -> Counter[str]:
    if not pks:
        return Counter()
    rows = GuestRequest.objects.select_for_update(no_key=True, of=("self",))
    found = list(rows.select_related("property", "assignee").filter(pk__in=pks).order_by("pk"))
    counts = Counter(requests=sum(_erase_request(work, request, by) for request in found))
    lines = Message.objects.filter(request_id__in=pks).exclude(content=ERASED)
    counts["messages"] = lines.update(content=ERASED)
    for stream in {request.property_id for request in found}:
        here = [request.pk for request in found if request.property_id == stream]
        work.under_head(Rewriting, stream).add(here, scrubbed)
        counts["events"] += of_subjects(stream, here).count()
    return counts


def _erase_request(work: Work, request: GuestRequest, by: Caller) -> bool:
    now = timezone.now()
    before, counted = shown_request(request, now), counters.contribution(request)
    values = erasing.blanked(request)
    for name, value in values.items():
        setattr(request, name, value)
    request.erased_at = now
    if not values:
        request.save(update_fields=["erased_at"])
        return False
    fields = (*values, *refresh_search(request), "erased_at")
    save_changes(work, request, fields, before=counted, now=now)
    if request.deleted_at is None:  # news of a deleted one would put it back on somebody's list
        after = shown_request(request, now)
        changed = {key: after[key] for key in erasing.SHOWN_KEYS if after.get(key) != before.get(key)}
        events.erased(work, request, by, after=changed)
    return True


def _erase_stays(pks: list[int]) -> Counter[str]:
    if not pks:
        return Counter()
    now = timezone.now()
    rows = Stay.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk")
    over = [row.pk for row in rows if row.checked_out_at is not None or row.check_out <= now]
    erased = Stay.objects.filter(pk__in=pks).update(guest_name="", erased_at=now)
    # A stay that is over needs no token any more; one that goes on keeps its own.
    Stay.objects.filter(pk__in=over).update(credential=None)
    tokens = Credential.objects.filter(kind=CredentialKind.GUEST, subject__in=over)
    return Counter(stays=erased, tokens=tokens.delete()[1].get(Credential._meta.label, 0))


def _concerning(erasure: Erasure) -> Callable[[bytes], bool]:
    targets = list(erasure.targets.values_list("kind", "subject", "reference"))
    requests = {pk: order_id for kind, pk, order_id in targets if kind == TargetKind.REQUEST}
    stays = frozenset(pk for kind, pk, _ in targets if kind == TargetKind.STAY)
    return lambda content: erasing.is_answer_about(content, requests, stays)


def _tell(work: Work, erasure: Erasure) -> None:
    """Tell on the control stream that it was done, with counts: for whoever keeps the book."""
    said = {"erasure": erasure.pk, "selectedBy": erasure.selector, "by": erasure.made_by}
    said |= {"erased": erasure.counts}
    work.emit(
        CONTROL_STREAM,
        FORGOTTEN,
        label="control",
        subjects=(),
        rooms=(),
        actor={"displayName": erasure.made_by},
        data=said,
        change=said,
        beside={"about": f"erasure:{erasure.pk}"},
    )


def _clear_caches(by: str) -> None:
    """Nothing kept can be answered any more, for the heads have moved; now the bytes go as well."""
    cache.clear()
    try:
        if breaker.is_configured():
            far.drop_all()
    except breaker.Away:
        logger.warning("privacy.redis_away", extra={"kept_at_most_ms": settings.CACHE_TTL})
    control.send(CACHE_CLEAR, {}, by=by[:100])


def _log(erasure: Erasure) -> None:
    said = {"erasure": erasure.pk, "selected_by": erasure.selector, "by": erasure.made_by}
    logger.info("guest.forgotten", extra={**said, "erased": erasure.counts})
