"""The app's name and keys."""

from django.apps import AppConfig


class ClusterConfig(AppConfig):
    """Many processes, one service; this layer has never heard of a hotel."""

    name = "cluster"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the health checks and the system checks; nothing is started here."""
        from cluster import checks, health  # noqa: F401, PLC0415 - the models are there only now

        health.register_all()
