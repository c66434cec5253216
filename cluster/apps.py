"""The app's name and keys."""

from django.apps import AppConfig

# What only a living process means, and locks nobody holds any more.
TRANSIENT = (
    *("cluster_node", "cluster_nodereport", "cluster_commandack", "cluster_backup"),
    *("cluster_leaderlease", "cluster_leaderfence"),
)


class ClusterConfig(AppConfig):
    """Many processes, one service; this layer has never heard of a hotel."""

    name = "cluster"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register checks, jobs, commands and figures; nothing is started here."""
        from cluster import backups, checks, gauges, health  # noqa: F401, PLC0415 - the models are there only now
        from cluster.cache import orders as cache  # noqa: PLC0415
        from cluster.control import own as control  # noqa: PLC0415
        from cluster.jobs import own as jobs  # noqa: PLC0415
        from cluster.releases import going as releases  # noqa: PLC0415
        from cluster.reports import figures as reports  # noqa: PLC0415
        from cluster.serving import orders as serving  # noqa: PLC0415

        backups.register(transient=TRANSIENT)
        health.register_all()
        gauges.register_all()
        cache.register_all()
        jobs.register_all()
        control.register_all()
        releases.register_all()
        reports.register_all()
        serving.register_all()
