"""What an answer depends on."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers


def vary(response: HttpResponse | HttpResponseBase, name: str) -> None:
    """Add a header's name to ``Vary``; Django's own way for an answer that has names already."""
    if "Vary" in response.headers:
        patch_vary_headers(response, (name,))
    else:
        response.headers["Vary"] = name
