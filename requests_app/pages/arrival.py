"""The guest's link: it turns the token into a cookie, and leaves the address bar at once."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods

from cluster.answers.problems import AuthenticationRequired
from requests_app.pages.door import LASTING, Guest, goodbye, let_in
from security import limits

OURSELVES = ("", "none", "same-origin")
"""Who asked, as browsers say: nobody but the person, or a page of ours. Old ones and programs say nothing."""
A_PAGE = ("", "document")


@require_http_methods(["GET", "HEAD", "POST"])
def view(request: HttpRequest, token: str) -> HttpResponse:
    """Let the guest in, or say goodbye; who was led here by a foreign page is asked first."""
    try:
        guest = let_in(token)
    except AuthenticationRequired:
        limits.admit_page(request)
        return _silent(goodbye(request, known=True))
    if request.method != "POST" and _is_led_here(request):
        return _asked(request, guest)
    response = HttpResponseRedirect(reverse("guest-stay"))
    response.set_cookie(
        settings.GUEST_COOKIE_NAME,
        token,
        max_age=LASTING,
        path="/stay",
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return _silent(response)


def _is_led_here(request: HttpRequest) -> bool:
    """Say whether a foreign page sent the browser: it could put somebody into a stay that is not theirs."""
    asked_by, shown_as = (request.headers.get(f"Sec-Fetch-{what}", "") for what in ("Site", "Dest"))
    return asked_by not in OURSELVES or shown_as not in A_PAGE


def _asked(request: HttpRequest, guest: Guest) -> HttpResponse:
    with translation.override(guest.language):
        response = render(request, "stay/arrival.html", {"stay": guest.stay})
    response.headers["Content-Language"] = guest.language
    # Not "no-referrer": with it browsers post the form with "Origin: null". Only we hear of the address.
    response.headers["Referrer-Policy"] = "same-origin"
    add_never_cache_headers(response)
    return response


def _silent(response: HttpResponse) -> HttpResponse:
    # This address is a key: no other page and no cache may learn it. The pages behind it hold no
    # secret in theirs, and could not send this: with it browsers post forms with "Origin: null".
    response.headers["Referrer-Policy"] = "no-referrer"
    add_never_cache_headers(response)
    return response
