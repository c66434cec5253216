"""Traces for OpenTelemetry: a call, what it asks the database, and where its news are delivered.

The spans are made here and hold what is named here: no path, query, header, body, parameter or
message of an exception, so there is nothing to scrub.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from cluster.bus.bells import Call
from cluster.identity import VERSION
from cluster.tracing import Followed, follow_by

EXPORT_SECONDS = 2
SPANS_WAITING = 2_048
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
STATEMENT = re.compile(r'\s*(\w+)(?:.*?\b(?:FROM|INTO|UPDATE)\s+"?(\w+))?', re.IGNORECASE | re.DOTALL)
LOOKED_AT = 2_000
"""Letters of a statement in which its table is looked for."""
PARENT = "traceparent"

_across = TraceContextTextMapPropagator()


class FollowedSpan:
    """A call that is being answered."""

    def __init__(self, span: Span, method: str) -> None:
        self._span, self._method = span, method

    def answered(self, *, route: str, status: int) -> None:
        """Name the span by the pattern that matched, which holds no guest's name."""
        self._span.update_name(f"{self._method} {route}")
        self._span.set_attributes({"http.route": route, "http.response.status_code": status})
        if status >= 500:
            self._span.set_status(Status(StatusCode.ERROR))


class Tracing:
    """Follows calls, and hands their spans to a thread that sends them."""

    def __init__(self, provider: TracerProvider) -> None:
        self._tracer = provider.get_tracer("bellhop", VERSION)

    @contextmanager
    def call(self, request: HttpRequest, request_id: str) -> Iterator[Followed]:
        """Follow a call as a part of the trace it came with, if it names one."""
        method = request.method if request.method in METHODS else "_OTHER"
        said = {"http.request.method": str(method), "bellhop.request_id": request_id}
        came_with = _across.extract({PARENT: request.META.get("HTTP_TRACEPARENT", "")})
        with self._span(str(method), SpanKind.SERVER, said, context=came_with) as span:
            yield FollowedSpan(span, str(method))

    def current(self) -> str:
        """Return the ``traceparent`` of this moment."""
        carried: dict[str, str] = {}
        _across.inject(carried)
        return carried.get(PARENT, "")

    def delivered(self, call: Call, *, stream: int, seq: int, sockets: int) -> None:
        """End a trace where sockets are given what the call did."""
        if not call.trace:
            return
        said = {"bellhop.stream": stream, "bellhop.seq": seq, "bellhop.sockets": sockets}
        came_with = _across.extract({PARENT: call.trace})
        attributes: dict[str, str | int] = {"bellhop.request_id": call.request_id, **said}
        self._tracer.start_span(
            "deliver", context=came_with, kind=SpanKind.CONSUMER, attributes=attributes
        ).end()

    def asked(
        self, execute: Callable[..., Any], sql: str, params: Any, many: Any, context: Mapping[str, Any]
    ) -> Any:
        """Follow a question to the database that a followed call asks."""
        if not trace.get_current_span().is_recording():
            return execute(sql, params, many, context)
        verb, table = named(sql)
        said = {"db.system.name": context["connection"].vendor, "db.operation.name": verb}
        with self._span(f"{verb} {table}".strip(), SpanKind.CLIENT, {**said, "db.collection.name": table}):
            return execute(sql, params, many, context)

    def listen_to(self, connection: BaseDatabaseWrapper, **_: Any) -> None:
        """Follow what is asked on a connection."""
        if self.asked not in connection.execute_wrappers:
            connection.execute_wrappers.append(self.asked)

    def _span(self, name: str, kind: SpanKind, said: Mapping[str, str], context: Any = None) -> Any:
        return self._tracer.start_as_current_span(
            name,
            context=context,
            kind=kind,
            attributes=said,
            # An exception's message may quote a row; the log has it, under the same id.
            record_exception=False,
            set_status_on_exception=False,
        )


def begin(endpoint: str, *, share: float, instance: str) -> None:
    """Send traces there from now on; what can not be sent is dropped."""
    resource = Resource(
        {"service.name": "bellhop", "service.version": VERSION, "service.instance.id": instance}
    )
    provider = TracerProvider(resource=resource, sampler=TraceIdRatioBased(share))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", timeout=EXPORT_SECONDS)
    provider.add_span_processor(
        BatchSpanProcessor(exporter, max_queue_size=SPANS_WAITING, schedule_delay_millis=1_000)
    )
    tracing = Tracing(provider)
    follow_by(tracing)
    connection_created.connect(tracing.listen_to, weak=False, dispatch_uid="bellhop-traces")
    for connection in connections.all(initialized_only=True):
        tracing.listen_to(connection)


def named(sql: str) -> tuple[str, str]:
    """Return a statement's verb and the first table it names."""
    found = STATEMENT.match(sql[:LOOKED_AT])
    return (found[1].upper(), found[2] or "") if found else ("", "")
