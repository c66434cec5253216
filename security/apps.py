"""The app's name and keys."""

from django.apps import AppConfig


class SecurityConfig(AppConfig):
    """Who asks, whether they may, and what they did."""

    name = "security"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare what the rest of the house looks up: permissions, checks, the API's security schemes."""
        from security import checks, grants, schema  # noqa: F401, PLC0415
