"""The app's name and keys."""

from django.apps import AppConfig


class SecurityConfig(AppConfig):
    """Who asks, whether they may, and what they did."""

    name = "security"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare what the rest of the house looks up: permissions, checks, security schemes, jobs."""
        from cluster import jobs  # noqa: PLC0415
        from security import checks, grants, schema, targets, tickets  # noqa: F401, PLC0415

        targets.register_all()
        jobs.register("socket-tickets", 60, tickets.forget_as_leader)
