"""Who watches from outside, where the environment names them: nothing of theirs is imported otherwise."""

from django.conf import settings

from cluster import identity


def begin() -> None:
    """Send traces and errors from now on; called once, by the door a server comes through."""
    if settings.OTEL_EXPORTER_OTLP_ENDPOINT:
        from settings import traces  # noqa: PLC0415 - OpenTelemetry costs a node its start

        traces.begin(
            settings.OTEL_EXPORTER_OTLP_ENDPOINT,
            share=settings.TRACES_SAMPLING_RATE,
            instance=identity.instance_id(),
        )
    if settings.SENTRY_DSN:
        from settings import error_reports  # noqa: PLC0415 - as above

        error_reports.begin(settings.SENTRY_DSN, profile=settings.PROFILE, instance=identity.instance_id())
