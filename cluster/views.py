"""What probes and scrapers ask: no envelope, any host name, on every role's own port."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

from cluster import identity
from cluster.answers.encoding import dumps
from cluster.answers.envelope import JSON, logged_already
from cluster.health import Finding, Word, check_all, overall
from cluster.middleware.counting import settle
from cluster.scrapers import may_scrape
from cluster.serving.drain import is_draining
from cluster.serving.readiness import unreadiness


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Return how this node is, check by check; 503 when it can not serve."""
    if not settings.HEALTH_CHECK_ENABLED:
        return _nothing_here("Health checks are off (HEALTH_CHECK_ENABLED).")
    findings = check_all()
    word = overall(findings)
    tell = _details_for(request)
    checks = {name: _shown(finding, tell=tell) for name, finding in findings.items()}
    away = word is Word.UNHEALTHY or is_draining()
    said = {"draining": True} if is_draining() else {}
    return _plain({"status": word, "checks": checks, **said}, 503 if away else 200)


@require_safe
def live(_: HttpRequest) -> HttpResponse:
    """Return that this process answers; touches nothing else."""
    return _plain({"status": "alive"})


@require_safe
def ready(_: HttpRequest) -> HttpResponse:
    """Return whether the balancer may send work here, and why not."""
    reason = unreadiness()
    if reason:
        return _plain({"status": "not-ready", "reason": reason}, 503)
    return _plain({"status": "ready"})


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Return Prometheus text to those who may read it."""
    if not settings.METRICS_ENABLED:
        return _nothing_here("Metrics are off (METRICS_ENABLED, MONITORING_ENABLED).")
    if not may_scrape(request):
        return HttpResponse(
            "Metrics are not for you.\n", content_type="text/plain; charset=utf-8", status=403
        )
    settle()
    response: HttpResponse = ExportToDjangoView(request)
    return response


PROBES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/health": health,
    "/health/live": live,
    "/health/ready": ready,
    "/metrics": metrics,
}


def view_of(path: str) -> Callable[[HttpRequest], HttpResponse] | None:
    """Return the probe that answers there."""
    return health if path == settings.HEALTH_CHECK_PATH else PROBES.get(path)


def _nothing_here(why: str) -> HttpResponse:
    return logged_already(HttpResponse(f"{why}\n", content_type="text/plain; charset=utf-8", status=404))


def _plain(said: dict[str, object], status: int = 200) -> HttpResponse:
    body = dumps({**said, "instanceId": identity.instance_id(), "version": identity.VERSION})
    response = HttpResponse(body, content_type=JSON, status=status, headers={"Cache-Control": "no-store"})
    return logged_already(response)


def _shown(finding: Finding, *, tell: bool) -> dict[str, object]:
    shown: dict[str, object] = {"status": finding.word}
    if tell:
        shown["ms"] = finding.milliseconds
        if finding.reason:
            shown["reason"] = finding.reason
    return shown


def _details_for(request: HttpRequest) -> bool:
    """Ask whoever knows people (``HEALTH_DETAILS_FOR``, a dotted path) whether this is staff."""
    path = getattr(settings, "HEALTH_DETAILS_FOR", "")
    if not path:
        return False
    try:
        return bool(import_string(path)(request))
    except Exception:  # noqa: BLE001 - who asks can not be known while the database is away
        return False
