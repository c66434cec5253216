"""One try to come in: begun in a browser, finished in the same one, once, within ten minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, get_random_string
from oauthlib.common import add_params_to_uri
from oauthlib.oauth2 import WebApplicationClient

from security.models import User
from security.single_sign_on import identities, provider, tokens
from security.single_sign_on.refusals import DECLINED, STALE, Refused

ATTEMPT = "single_sign_on"
SECONDS = 600
LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody the provider vouched for, and whether they showed a second factor there."""

    user: User
    has_second_factor: bool


def begin(request: HttpRequest) -> str:
    """Keep a new try in the session; return the provider's address to go to. Raises Refused."""
    found, client = provider.known(), WebApplicationClient(settings.OIDC_CLIENT_ID)
    kept = {
        "state": get_random_string(43),
        "nonce": get_random_string(43),
        "verifier": client.create_code_verifier(64),
        "redirect": request.build_absolute_uri(reverse("admin:oidc-callback")),
        "until": timezone.now().timestamp() + SECONDS,
    }
    request.session[ATTEMPT] = kept
    told = {
        "response_type": "code",
        "client_id": settings.OIDC_CLIENT_ID,
        "redirect_uri": kept["redirect"],
        "scope": " ".join(dict.fromkeys(["openid", *settings.OIDC_SCOPES])),
        "state": kept["state"],
        "nonce": kept["nonce"],
        "code_challenge": client.create_code_challenge(kept["verifier"], "S256"),
        "code_challenge_method": "S256",
    }
    address: str = add_params_to_uri(found.authorization, told.items())
    return address


def finish(request: HttpRequest) -> Arrival:
    """Return who came back from the provider. Raises Refused."""
    kept, said = _take(request), request.GET
    if "error" in said:
        raise Refused("declined", DECLINED)
    code = said.get("code", "")
    if not 0 < len(code) <= LONGEST:
        raise Refused("no-code")
    found = provider.known()
    if said.get("iss", found.issuer) != found.issuer:
        raise Refused("answer-of-another-issuer")
    token = found.redeem(code, verifier=kept["verifier"], redirect=kept["redirect"])
    claims = tokens.read(token, provider=found, nonce=kept["nonce"])
    return Arrival(identities.person_of(claims), claims.has_second_factor)


def _take(request: HttpRequest) -> dict[str, Any]:
    """Return the try this answer belongs to, which is then used up."""
    kept: dict[str, Any] | None = request.session.get(ATTEMPT)
    state = request.GET.get("state", "")
    if not kept or not constant_time_compare(kept["state"], state):
        raise Refused("wrong-state", STALE)
    del request.session[ATTEMPT]
    request.session.save()  # before the provider is asked: a second answer meanwhile finds nothing
    if kept["until"] < timezone.now().timestamp():
        raise Refused("too-late", STALE)
    return kept
