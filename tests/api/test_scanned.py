"""Schemathesis makes calls from our own schema, as guest and manager: nothing breaks, all is documented."""

from __future__ import annotations

from collections.abc import Iterator
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

from settings.wsgi import application
from tests import cast
from tests.cast import Hotel

pytestmark = pytest.mark.django_db

# Two checks stay out. positive_data_acceptance: ids that must exist, days still to come and rules of the
# house are more than a schema can say. negative_data_rejection: unknown fields are ignored by contract.
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
BOUNDED = settings(
    max_examples=2,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
KINDS = ("guest", "manager")


def credential(kind: str, hotel: Hotel) -> dict[str, str]:
    """Return the Authorization header of one kind of caller."""
    guest = kind == "guest"
    said = (
        cast.header("Guest", cast.checked_in(hotel.lan, hotel.property).token)
        if guest
        else cast.bearer(hotel.hoa)
    )
    # Its WSGI transport asks for gzip and does not undo it.
    return {"Authorization": next(iter(said.values())), "Accept-Encoding": "identity"}


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
    headers = credential(kind, hotel)
    schema = schemathesis.openapi.from_wsgi("/api/schema", application)
    # To log out would make everybody nobody.
    for found in schema.exclude(path="/api/auth/logout").get_all_operations():
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _try(found.ok(), mode, headers)


def _try(operation: Any, mode: GenerationMode, headers: dict[str, str]) -> None:
    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def each(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    # Where nothing can be wrong there is no wrong call to make.
    with suppress(Unsatisfiable):
        each()
