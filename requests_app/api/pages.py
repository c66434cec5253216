"""The schema itself, and a page that reads it; open to everybody, from our own files alone."""

from __future__ import annotations

from functools import cache
from typing import Any

import orjson
from django.http import HttpResponse
from django.utils.translation import override
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.views import APIView

from cluster.answers.envelope import JSON
from security import limits


class SchemaView(APIView):
    """OpenAPI 3.1, as JSON; made once a process, for it takes a second."""

    authentication_classes = ()

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        """Read the schema of this API."""
        limits.admit_page(request._request)  # noqa: SLF001
        return HttpResponse(_schema(), content_type=JSON)


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI under a strict CSP: no inline script, no other host."""

    authentication_classes = ()
    template_name = "requests_app/api_docs.html"

    def initial(self, request: Request, *args: Any, **options: Any) -> None:
        """Count the call."""
        super().initial(request, *args, **options)
        limits.admit_page(request._request)  # noqa: SLF001


@cache
def _schema() -> bytes:
    with override("en"):
        generator = SchemaGenerator()  # type: ignore[no-untyped-call]
        schema = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
        return orjson.dumps(schema, default=str)
