"""Refusals: what a caller is told when something can not be done.

    Problem
    ├── Invalid                  400 VALIDATION_ERROR
    │   └── Unclean              400 INPUT_SANITIZATION_FAILED
    ├── AuthenticationRequired   401 AUTHENTICATION_REQUIRED
    ├── PermissionDenied         403 PERMISSION_DENIED
    ├── NotFound                 404 NOT_FOUND
    ├── MethodNotAllowed         405 METHOD_NOT_ALLOWED
    ├── Conflict                 409 CONCURRENT_MODIFICATION
    │   └── PreconditionFailed   412 CONCURRENT_MODIFICATION
    ├── LogGone                  410 RESYNC_REQUIRED
    ├── TooLarge                 413 PAYLOAD_TOO_LARGE
    ├── UnsupportedMedia         415 UNSUPPORTED_MEDIA_TYPE
    ├── IdempotencyConflict      422 IDEMPOTENCY_CONFLICT
    ├── RuleViolated             422 BUSINESS_RULE_VIOLATION
    ├── LimitExceeded            429 RATE_LIMIT_EXCEEDED
    ├── DatabaseUnavailable      503 DATABASE_UNAVAILABLE
    └── NodeDraining             503 NODE_DRAINING

Apps above add their own (same tree, more precise codes). Raised by rules and actions, turned
into an answer by the doors; none of them is ever a 500.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

Detail = Mapping[str, object]


def detail(field: str, message: str, code: str = "invalid", **more: object) -> dict[str, object]:
    """Return one entry of an answer's ``details``."""
    return {"field": field, "message": message, "code": code, **more}


class Problem(Exception):
    """A refusal with its HTTP status, code, one clear sentence, and the fields at fault."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "INTERNAL_ERROR"
    message: ClassVar[str] = "Something went wrong on our side."

    def __init__(
        self,
        error: str | None = None,
        *,
        details: Sequence[Detail] = (),
        headers: Mapping[str, str] | None = None,
        retry_after: int | None = None,
    ) -> None:
        self.error = error or self.message
        self.details = list(details)
        self.retry_after = retry_after
        self.headers = dict(headers or {})
        if retry_after is not None:
            self.headers["Retry-After"] = str(retry_after)
        super().__init__(self.error)


class Invalid(Problem):
    """A field is missing or wrong."""

    status = 400
    code = "VALIDATION_ERROR"
    message = "Some fields are missing or wrong."

    @classmethod
    def field(cls, name: str, message: str, code: str = "invalid") -> Invalid:
        """Return the refusal of one field."""
        return cls(f"{name}: {message}", details=[detail(name, message, code)])


class Unclean(Invalid):
    """A text is far too long or carries control characters."""

    code = "INPUT_SANITIZATION_FAILED"


class AuthenticationRequired(Problem):
    """No credential, or a bad one."""

    status = 401
    code = "AUTHENTICATION_REQUIRED"
    message = "Please log in or send a valid token."

    def __init__(self, error: str | None = None, *, details: Sequence[Detail] = ()) -> None:
        super().__init__(error, details=details, headers={"WWW-Authenticate": 'Bearer realm="bellhop"'})


class PermissionDenied(Problem):
    """Known, but not allowed."""

    status = 403
    code = "PERMISSION_DENIED"
    message = "You are not allowed to do this."


class NotFound(Problem):
    """Nothing here, or nothing the caller may know of."""

    status = 404
    code = "NOT_FOUND"
    message = "There is nothing here."


class MethodNotAllowed(Problem):
    """The path exists, the method does not."""

    status = 405
    code = "METHOD_NOT_ALLOWED"
    message = "This method is not offered here."


class Conflict(Problem):
    """Somebody else changed it first (``version`` in the body)."""

    status = 409
    code = "CONCURRENT_MODIFICATION"
    message = "Somebody else changed this first; load it again."


class PreconditionFailed(Conflict):
    """Somebody else changed it first (``If-Match``)."""

    status = 412


class LogGone(Problem):
    """The event log can not be whole from that position."""

    status = 410
    code = "RESYNC_REQUIRED"
    message = "The events after that position are no longer all here; load everything again."


class TooLarge(Problem):
    """The body is over the limit."""

    status = 413
    code = "PAYLOAD_TOO_LARGE"
    message = "The request body is too large."


class UnsupportedMedia(Problem):
    """The body is not JSON."""

    status = 415
    code = "UNSUPPORTED_MEDIA_TYPE"
    message = "Send JSON: Content-Type application/json."


class IdempotencyConflict(Problem):
    """The key was used for another body."""

    status = 422
    code = "IDEMPOTENCY_CONFLICT"
    message = "This Idempotency-Key was already used with a different body."


class RuleViolated(Problem):
    """Well-formed, but the rules of the house forbid it."""

    status = 422
    code = "BUSINESS_RULE_VIOLATION"
    message = "The rules of the house do not allow this."


class LimitExceeded(Problem):
    """Too much in too short a time."""

    status = 429
    code = "RATE_LIMIT_EXCEEDED"
    message = "Too many requests; please wait."


class DatabaseUnavailable(Problem):
    """The database is away; the service heals by itself."""

    status = 503
    code = "DATABASE_UNAVAILABLE"
    message = "The service is briefly unavailable; please try again."


class NodeDraining(Problem):
    """This node is about to stop; nothing of the call was done, another node takes it."""

    status = 503
    code = "NODE_DRAINING"
    message = "This node is going out of service and has done nothing; please send it again."
