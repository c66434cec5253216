"""The guest's link: it turns the token into a cookie, and leaves the address bar at once."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from cluster.answers.problems import AuthenticationRequired
from requests_app.pages.door import COOKIE, LASTING, goodbye, let_in
from security import limits


@require_safe
def view(request: HttpRequest, token: str) -> HttpResponse:
    """Let the guest in, or say goodbye."""
    try:
        let_in(token)
    except AuthenticationRequired:
        limits.admit_page(request)
        return _silent(goodbye(request, known=True))
    response = HttpResponseRedirect(reverse("guest-stay"))
    response.set_cookie(
        COOKIE,
        token,
        max_age=LASTING,
        path="/stay",
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return _silent(response)


def _silent(response: HttpResponse) -> HttpResponse:
    # This address is a key: no other page and no cache may learn it. The pages behind it hold no
    # secret in theirs, and could not send this: with it browsers post forms with "Origin: null".
    response.headers["Referrer-Policy"] = "no-referrer"
    add_never_cache_headers(response)
    return response
