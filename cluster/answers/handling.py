"""From whatever was raised to the Problem a caller is told."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import (
    BadRequest,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.core.exceptions import (
    PermissionDenied as DjangoPermissionDenied,
)
from django.core.exceptions import (
    ValidationError as DjangoValidationError,
)
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse, UnreadablePostError
from rest_framework import exceptions as drf

from cluster.answers import problems
from cluster.answers.details import flatten, sentence
from cluster.answers.envelope import refuse
from cluster.answers.faults import log_fault
from cluster.answers.problems import Problem

RETRY_SECONDS = 2
"""When to try again while the database is away: about as long as a restart of it takes."""

Translation = Callable[[Any], Problem]


class NotAcceptable(Problem):
    """None of the forms the client accepts is offered."""

    status = 406
    code = "NOT_ACCEPTABLE"
    message = "This is not offered in a form you accept."


def handle(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """Answer what a DRF view raised; the name of the view goes to the log, never its values."""
    return refuse(as_problem(error), context.get("request"))


def as_problem(error: BaseException) -> Problem:
    """Return the refusal that tells ``error``; one nobody foresaw is logged and told as a 500."""
    for kinds, translate in TRANSLATIONS:
        if isinstance(error, kinds):
            problem = translate(error)
            break
    else:
        log_fault(error)
        return Problem()
    if isinstance(problem, problems.DatabaseUnavailable):
        log_fault(error, expected=True)
    return problem


def database_away(_: object) -> Problem:
    """Return the refusal while the database is away, overloaded, or holds a lock too long."""
    return problems.DatabaseUnavailable(retry_after=RETRY_SECONDS)


def _told(kind: type[Problem], words: str | None = None) -> Translation:
    """Return a translation to the same refusal every time."""
    return lambda _: kind(words)


def _same(error: Problem) -> Problem:
    if isinstance(error, problems.DatabaseUnavailable) and error.retry_after is None:
        return database_away(error)
    return error


def _invalid(error: drf.ValidationError) -> Problem:
    details = flatten(error.detail)
    return problems.Invalid(sentence(details), details=details)


def _invalid_in_django(error: DjangoValidationError) -> Problem:
    named = error.message_dict if hasattr(error, "error_dict") else error.messages
    details = flatten(named)
    return problems.Invalid(sentence(details), details=details)


def _unauthenticated(error: drf.APIException) -> Problem:
    problem = problems.AuthenticationRequired()
    challenge = getattr(error, "auth_header", None)
    if challenge:
        problem.headers["WWW-Authenticate"] = challenge
    return problem


def _forbidden(error: drf.PermissionDenied) -> Problem:
    # DRF's sentence tells a missing CSRF token from a missing right.
    return problems.PermissionDenied(str(error.detail))


def _unknown_method(error: drf.MethodNotAllowed) -> Problem:
    return problems.MethodNotAllowed(str(error.detail))


def _throttled(error: drf.Throttled) -> Problem:
    return problems.LimitExceeded(retry_after=max(1, math.ceil(getattr(error, "wait", None) or 1)))


def _malformed(error: drf.ParseError) -> Problem:
    return problems.Invalid(f"The body is not valid JSON: {error.detail}")


def _other_refusal(error: drf.APIException) -> Problem:
    """Return DRF's own refusal under its status, or a 500 for what claims to be one."""
    if error.status_code >= 500:
        log_fault(error)
        return Problem()
    return of_status(error.status_code)


def of_status(status: int) -> Problem:
    """Return the refusal that goes by an HTTP status."""
    kind = BY_STATUS.get(status)
    if kind is not None:
        return kind()
    if status >= 500:
        return Problem()
    problem = problems.Invalid("The request can not be understood.")
    problem.status = status  # type: ignore[misc]
    return problem


BY_STATUS: Mapping[int, type[Problem]] = {
    kind.status: kind
    for kind in (
        problems.Invalid,
        problems.AuthenticationRequired,
        problems.PermissionDenied,
        problems.NotFound,
        problems.MethodNotAllowed,
        NotAcceptable,
        problems.Conflict,
        problems.LogGone,
        problems.PreconditionFailed,
        problems.TooLarge,
        problems.UnsupportedMedia,
        problems.RuleViolated,
        problems.LimitExceeded,
        problems.DatabaseUnavailable,
    )
}

# The first match counts: the narrow kinds stand before the wide ones.
TRANSLATIONS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], Translation], ...] = (
    (Problem, _same),
    (drf.ValidationError, _invalid),
    (DjangoValidationError, _invalid_in_django),
    (drf.ParseError, _malformed),
    ((drf.NotAuthenticated, drf.AuthenticationFailed), _unauthenticated),
    (drf.PermissionDenied, _forbidden),
    (DjangoPermissionDenied, _told(problems.PermissionDenied)),
    ((drf.NotFound, Http404), _told(problems.NotFound)),
    (drf.MethodNotAllowed, _unknown_method),
    (drf.UnsupportedMediaType, _told(problems.UnsupportedMedia)),
    (drf.NotAcceptable, _told(NotAcceptable)),
    (drf.Throttled, _throttled),
    (drf.APIException, _other_refusal),
    ((RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent), _told(problems.TooLarge)),
    ((SuspiciousOperation, BadRequest), _told(problems.Invalid, "The request can not be understood.")),
    (UnreadablePostError, _told(problems.Invalid, "The body is not valid JSON: it ended early.")),
    ((OperationalError, InterfaceError), database_away),
)
