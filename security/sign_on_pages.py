"""The two pages of single sign-on: the way to the provider, and the way back.

The way there is a link, not a form: browsers hold every redirect after a form to ``form-action``, also the
provider's own to others. What comes back is bound to the session by ``state``, so nobody is logged in as
somebody else; a link on a foreign page is not followed.
"""

from __future__ import annotations

import logging
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from security import audit, first_passwords, limits, second_factor, second_step, single_sign_on
from security.audit.logins import FAILED
from security.single_sign_on import Refused

logger = logging.getLogger("bellhop.security")


def offer(request: HttpRequest) -> dict[str, str]:
    """Return what the login page shows of it: nothing where it is not configured."""
    if not settings.OIDC_ISSUER:
        return {}
    wanted = second_step.local(request, request.GET.get(REDIRECT_FIELD_NAME, ""))
    asked = f"?{urlencode({REDIRECT_FIELD_NAME: wanted})}" if wanted else ""
    return {"sign_on_name": settings.OIDC_NAME, "sign_on_address": reverse("admin:oidc-start") + asked}


@never_cache
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Lead to the provider."""
    _require_configured()
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        return redirect("admin:login")
    limits.admit_login(request)
    second_step.go_on_to(request, request.GET.get(REDIRECT_FIELD_NAME, ""))
    try:
        return HttpResponseRedirect(single_sign_on.begin(request))
    except Refused as refused:
        return _told(request, refused)


@never_cache
@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Let in whoever comes back with a good answer."""
    _require_configured()
    limits.admit_login(request)
    try:
        arrived = single_sign_on.finish(request)
    except Refused as refused:
        return _told(request, refused)
    first_passwords.give_up(arrived.user)
    if second_factor.is_set_up(arrived.user.pk) and not arrived.has_second_factor:
        second_step.begin(request, arrived.user)
        return redirect("admin:second-factor")
    second_step.finish(request, arrived.user, shown=arrived.has_second_factor)
    return HttpResponseRedirect(second_step.destination(request))


def _require_configured() -> None:
    if not settings.OIDC_ISSUER:
        raise Http404


def _told(request: HttpRequest, refused: Refused) -> HttpResponse:
    logger.warning("oidc.refused: %s", refused.reason)
    audit.happened(FAILED, after={"by": "oidc", "reason": refused.reason})
    messages.error(request, refused.sentence)
    wanted = second_step.destination(request)
    return HttpResponseRedirect(f"{reverse('admin:login')}?{urlencode({REDIRECT_FIELD_NAME: wanted})}")
