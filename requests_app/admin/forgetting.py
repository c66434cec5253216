"""Forgetting guests from the list of stays: it is asked first, told afterwards."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from cluster.answers.problems import Problem
from requests_app.actions import forget
from requests_app.models import Stay
from requests_app.queries.forgetting import Chosen, Sought, find
from security.admin.walls import WalledAdmin
from security.authentication import caller_of

PAGE = "admin/requests_app/stay/forget.html"
MOST = 50


def page(admin: WalledAdmin, request: HttpRequest) -> HttpResponse:
    """Show how much would be erased; a POST erases it. Stays behind the wall are not there."""
    if not admin.may(request, "forget"):
        raise PermissionDenied
    chosen = find(Sought(stay_ids=_meant(admin, request)))
    if request.method == "POST" and not chosen.is_empty:
        _forget(request, chosen)
        return HttpResponseRedirect(reverse("admin:requests_app_stay_changelist"))
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": _("Forget these guests?"),
        "chosen": chosen,
    }
    return TemplateResponse(request, PAGE, context)


def _meant(admin: WalledAdmin, request: HttpRequest) -> frozenset[int]:
    sent = (request.POST if request.method == "POST" else request.GET).getlist("stay")[:MOST]
    pks = [int(word) for word in sent if word.isascii() and word.isdigit() and len(word) <= 18]
    rows = admin.within_wall(request, Stay.objects.filter(pk__in=pks), "forget")
    return frozenset(rows.values_list("pk", flat=True))


def _forget(request: HttpRequest, chosen: Chosen) -> None:
    try:
        done = forget.forget(by=caller_of(request), chosen=chosen, selector="stay")
    except Problem as problem:
        messages.error(request, problem.error)
        return
    words = _("Forgotten: %(stays)d stays, %(requests)d requests. Report %(report)d.")
    counts = {name: done.counts.get(name, 0) for name in ("stays", "requests")}
    messages.success(request, words % {**counts, "report": done.pk})
