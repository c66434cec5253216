"""The app's name and keys."""

from django.apps import AppConfig


class ClusterConfig(AppConfig):
    """Many processes, one service; this layer has never heard of a hotel."""

    name = "cluster"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the health checks, the system checks and the leader's jobs; nothing is started here."""
        from cluster import checks, health  # noqa: F401, PLC0415 - the models are there only now
        from cluster.jobs import own  # noqa: PLC0415

        health.register_all()
        own.register_all()
