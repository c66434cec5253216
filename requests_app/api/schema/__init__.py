"""What the OpenAPI schema says of each door, as decorators named for what the door does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from requests_app.api import answers, shapes
from requests_app.api.schema import examples, parameters
from requests_app.api.schema.extras import CACHED, CURSOR, ETAG, PAGED, REPLACES, STRANGERS, VERSIONED, WRITES

Door = Callable[..., Any]
Decorator = Callable[[Door], Door]
Shape = type[serializers.Serializer[Any]]


def _reads(
    answer: Any, *, asks: Sequence[OpenApiParameter] = (), extras: Sequence[str] = (), **more: Any
) -> Decorator:
    return extend_schema(
        parameters=[*asks], responses={200: answer}, extensions=dict.fromkeys(extras, True), **more
    )


def _writes(
    body: Shape | None, answer: Any, *, status: int = 200, extras: Sequence[str] = (), **more: Any
) -> Decorator:
    marks = dict.fromkeys((WRITES, *extras), True)
    return extend_schema(request=body, responses={status: answer}, extensions=marks, **more)


_request = answers.RequestSerializer


def _pages(*asks: OpenApiParameter) -> Decorator:
    return _reads(
        answers.RequestSerializer(many=True),
        asks=[*parameters.FILTERS, *parameters.PAGING, *asks],
        extras=(PAGED, CURSOR, ETAG, REPLACES, CACHED),
        filters=False,
        examples=[examples.REQUESTS],
    )


lists = _pages(*parameters.SORTING)
ranks = _pages()
of_room, of_guest, of_status, of_priority, of_assignee = (
    _pages(*parameters.SORTING, word)
    for word in (
        parameters.OF_ROOM,
        parameters.OF_GUEST,
        parameters.OF_STATUS,
        parameters.OF_PRIORITY,
        parameters.OF_ASSIGNEE,
    )
)
creates = _writes(
    shapes.GuestRequestShape,
    _request,
    status=201,
    extras=(STRANGERS, ETAG),
    examples=[examples.TOWELS, examples.TOWELS_MADE],
)
detail = _reads(_request, extras=(CURSOR, ETAG, REPLACES), examples=[examples.TOWELS_SHOWN])
edits = _writes(shapes.RequestChangesShape, _request, extras=(VERSIONED, ETAG))
moves = _writes(
    shapes.StatusChangeShape, _request, extras=(VERSIONED, ETAG), examples=[examples.BEGIN, examples.CANCEL]
)
removes = _writes(shapes.RemovalShape, answers.RemovedSerializer, extras=(VERSIONED,))
history = _reads(answers.ChangeSerializer(many=True), filters=False)
messages = _reads(answers.MessageSerializer(many=True), filters=False)
posts_message = _writes(shapes.MessageShape, answers.MessageSerializer, status=201)
statistics = _reads(answers.StatisticsSerializer, asks=parameters.RANGE, extras=(CURSOR, ETAG, REPLACES))
performance = _reads(answers.PerformanceSerializer, asks=[parameters.PROPERTY])
cache_stats = _reads(answers.CacheStatsSerializer, asks=[parameters.PROPERTY])
clears_cache = extend_schema(
    request=None, parameters=[parameters.PROPERTY], responses={200: answers.CacheClearedSerializer}
)
events = _reads(answers.LogSerializer, asks=parameters.LOG, filters=False)
opens_stay = _writes(
    shapes.NewStayShape, answers.OpenedStaySerializer, status=201, examples=[examples.CHECK_IN]
)
stays = _reads(answers.StaySerializer(many=True), asks=[parameters.PROPERTY, parameters.ROOM], filters=False)
moves_stay = _writes(shapes.StayChangeShape, answers.StaySerializer)
checks_out = _writes(None, answers.StaySerializer)
properties = _reads(answers.PropertySerializer(many=True), asks=[parameters.PROPERTY], filters=False)
services = _reads(answers.ServiceSerializer(many=True), asks=[parameters.PROPERTY], filters=False)
staff = _reads(answers.MemberSerializer(many=True), asks=[parameters.PROPERTY], filters=False)
sets_duty = _writes(shapes.DutyShape, answers.MemberSerializer)
exports = extend_schema(
    parameters=[*parameters.FILTERS, *parameters.SORTING, parameters.FORMAT],
    responses={
        (200, "text/csv"): OpenApiTypes.STR,
        (200, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"): OpenApiTypes.BINARY,
    },
    filters=False,
)


def batches(body: Shape) -> Decorator:
    """Describe a change of many requests."""
    return _writes(body, OpenApiResponse(answers.BatchSerializer), examples=[examples.BATCH])
