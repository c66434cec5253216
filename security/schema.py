"""How the OpenAPI document says that a caller may be known."""

from __future__ import annotations

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

HEADER = {"type": "apiKey", "in": "header", "name": "Authorization"}


class CallerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The four credentials, any one of which will do."""

    target_class = "security.authentication.CallerAuthentication"
    name = ["staffToken", "apiKey", "guestToken", "session"]

    def get_security_requirement(self, auto_schema: AutoSchema) -> list[dict[str, list[str]]]:  # noqa: ARG002
        """Return them as alternatives: one entry each, where one entry of all would ask for all."""
        return [{name: []} for name in self.name]

    def get_security_definition(self, auto_schema: AutoSchema) -> list[dict[str, str]]:  # noqa: ARG002
        """Return the definitions in the order of the names."""
        return [
            {
                "type": "http",
                "scheme": "bearer",
                "description": "From POST /api/auth/login, good for 12 hours.",
            },
            {**HEADER, "description": "`Api-Key <key>`: a device of one property, with named scopes."},
            {**HEADER, "description": "`Guest <token>`: one stay, until check-out."},
            {
                "type": "apiKey",
                "in": "cookie",
                "name": "sessionid",
                "description": "The back office, with CSRF; named `__Host-sessionid` over HTTPS.",
            },
        ]
