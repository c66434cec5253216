"""The app's name and keys."""

from django.apps import AppConfig


class SecurityConfig(AppConfig):
    """Who asks, whether they may, and what they did."""

    name = "security"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare what the rest of the house looks up: permissions, checks, security schemes, jobs."""
        from cluster import jobs, turns  # noqa: PLC0415
        from cluster.overview import news  # noqa: PLC0415
        from security import (  # noqa: PLC0415
            checks,  # noqa: F401
            exposure,  # noqa: F401
            grants,  # noqa: F401
            restored,
            schema,  # noqa: F401
            sessions,
            targets,
            tickets,
        )
        from security.audit import opening  # noqa: PLC0415
        from security.watch import blocks, logins  # noqa: F401, PLC0415

        targets.register_all()
        opening.open_book()
        restored.declare()
        jobs.register("socket-tickets", 60, tickets.forget_as_leader)
        jobs.register("old-sessions", 3600, sessions.forget_as_leader)
        jobs.register("old-blocks", 3600, blocks.forget_as_leader)
        turns.register(blocks.refresh)
        for name in (blocks.BLOCKED, blocks.UNBLOCKED):
            news.register(name, blocks.in_words)
