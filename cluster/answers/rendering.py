"""DRF's way out: what a view returns leaves in the envelope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.renderers import BaseRenderer

from cluster.answers.encoding import dumps
from cluster.answers.envelope import JSON, success


class EnvelopeRenderer(BaseRenderer):
    """Encodes ``response.data`` and puts it into the envelope; refusals never come this way."""

    media_type = JSON
    format = "json"
    charset = None
    render_style = "binary"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,  # noqa: ARG002 - DRF's signature
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Return the body of the response; one without content has none."""
        response = (renderer_context or {}).get("response")
        if response is not None and response.status_code in (204, 304):
            return b""
        pagination = getattr(response, "pagination", None)
        return success(dumps(data), None if pagination is None else dumps(pagination))
