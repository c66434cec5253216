"""The app's name, keys, and what it listens to."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RequestsConfig(AppConfig):
    """The hotel: what guests ask for and who answers."""

    name = "requests_app"
    verbose_name = _("Hotel")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the permission rows, the flags and the leader's jobs, and furnish new properties."""
        from requests_app import audit, flags, furnishing, jobs, permissions, restored  # noqa: F401, PLC0415

        audit.declare()
        furnishing.listen()
        jobs.declare()
        flags.declare()
        restored.declare()
