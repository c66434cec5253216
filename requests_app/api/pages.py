"""The schema itself, and a page that reads it; open to everybody, from our own files alone."""

from __future__ import annotations

from drf_spectacular.renderers import OpenApiJsonRenderer2
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView


class SchemaView(SpectacularJSONAPIView):
    """OpenAPI 3.1, as JSON."""

    authentication_classes = ()
    renderer_classes = [OpenApiJsonRenderer2]


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI under a strict CSP: no inline script, no other host."""

    authentication_classes = ()
    template_name = "requests_app/api_docs.html"
