"""Schemathesis makes calls from our own schema, as every kind of caller; nothing breaks, all is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from security.credentials import SCOPES
from settings.wsgi import application
from tests import cast
from tests.cast import Hotel
from tests.scanning import refused_for_a_reason

pytestmark = pytest.mark.django_db

# negative_data_rejection stays out: with few examples it says less than the scans by hand (docs/security.md).
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.unsupported_method,
    checks.missing_required_header,
    refused_for_a_reason,
]
BOUNDED = settings(
    max_examples=1,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
KINDS: dict[str, Callable[[Hotel], dict[str, str]]] = {
    "nobody": lambda hotel: {},
    "guest": lambda hotel: cast.header("Guest", cast.checked_in(hotel.lan, hotel.property).token),
    "staff": lambda hotel: cast.bearer(hotel.minh),
    "manager": lambda hotel: cast.bearer(hotel.hoa),
    "superuser": lambda hotel: cast.bearer(cast.superuser()),
    "key": lambda hotel: cast.api_key(hotel.property, *SCOPES),
}


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Keep the test's own connection: the handler closes old ones around each call."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("kind", KINDS)
def test_no_call_made_from_the_schema_breaks_anything(kind: str, hotel: Hotel) -> None:
    # Its WSGI transport asks for gzip and does not undo it.
    headers = {**KINDS[kind](hotel), "Accept-Encoding": "identity"}
    schema: Any = schemathesis.openapi.from_wsgi("/api/schema", application)
    # To log out would make everybody nobody.
    for found in schema.exclude(path="/api/auth/logout").get_all_operations():
        _try(found.ok(), GenerationMode.POSITIVE, headers)
        # Where nothing can be wrong there is no wrong call to make.
        with suppress(Unsatisfiable):
            _try(found.ok(), GenerationMode.NEGATIVE, headers)


def _try(operation: Any, mode: GenerationMode, headers: dict[str, str]) -> None:
    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def each(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    each()
