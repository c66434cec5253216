"""Who the guest is: the token of their link, kept in a cookie that no script can read."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from cluster.answers.envelope import logged_already
from cluster.answers.problems import AuthenticationRequired, Problem
from requests_app.models import Stay
from requests_app.problems import RequestNotFound
from security import limits
from security.authentication import authenticate
from security.caller import Caller
from security.watch import blocks

LASTING = 366 * 24 * 60 * 60
"""As long as the longest stay; whether the token is still good is asked at every page."""

LARGEST_ID = 2**63 - 1

View = Callable[..., HttpResponse]


class Guest:
    """A guest on their own page: who asks, and their stay."""

    def __init__(self, caller: Caller, stay: Stay) -> None:
        self.caller = caller
        self.stay = stay

    @property
    def language(self) -> str:
        """Return the language of the stay, else the property's, if we speak it."""
        spoken = dict(settings.LANGUAGES)
        wished = (self.stay.language or self.stay.property.language).lower().split("-")[0]
        return wished if wished in spoken else settings.LANGUAGE_CODE


def let_in(token: str) -> Guest:
    """Return the guest with this token. Raises AuthenticationRequired for any other, or after check-out."""
    caller = authenticate(f"Guest {token}")
    stay = Stay.objects.select_related("property").filter(pk=caller.stay_id or 0).first()
    if stay is None:
        raise AuthenticationRequired
    return Guest(caller, stay)


def for_guests(view: View) -> View:
    """Give a view its guest, in their language and by their hotel's clock; say goodbye to all others."""

    @wraps(view)
    def answer(request: HttpRequest, **options: Any) -> HttpResponse:
        token = request.COOKIES.get(settings.GUEST_COOKIE_NAME, "")
        try:
            guest = let_in(token)
        except AuthenticationRequired:
            limits.admit_page(request)
            return goodbye(request, known=bool(token))
        request.caller = guest.caller  # type: ignore[attr-defined] # whoever counts calls asks there
        limits.admit_page(request, guest.caller)
        with translation.override(guest.language), timezone.override(ZoneInfo(guest.stay.property.timezone)):
            response = _answered(request, guest, view, options)
        response.headers["Content-Language"] = guest.language
        add_never_cache_headers(response)
        return response

    answer.knows_its_guest = True  # type: ignore[attr-defined]
    return answer


def goodbye(request: HttpRequest, *, known: bool) -> HttpResponse:
    """Answer a link that opens nothing any more (410), or somebody who never had one (403)."""
    response = render(request, "stay/goodbye.html", {"known": known}, status=410 if known else 403)
    response.set_cookie(
        settings.GUEST_COOKIE_NAME,
        max_age=0,
        path="/stay",
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,  # a name like this is not even deleted by a cookie without
    )
    add_never_cache_headers(response)
    # Django's warning about it would write the path, which may be a guest's link, into the log.
    return logged_already(response)


def _answered(request: HttpRequest, guest: Guest, view: View, options: dict[str, Any]) -> HttpResponse:
    try:
        if options.get("request_id", 0) > LARGEST_ID:
            raise RequestNotFound
        blocks.require_free(guest.caller)
        return view(request, guest, **options)
    except Problem as problem:
        words = {"title": _("This did not work"), "error": problem.error, "stay": guest.stay}
        return render(request, "stay/refusal.html", words, status=problem.status)
