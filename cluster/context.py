"""What this request is called, wherever its code runs."""

from __future__ import annotations

from contextvars import ContextVar, Token

from structlog.contextvars import bind_contextvars, clear_contextvars

from cluster import identity

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """Return the id of the request being answered, or nothing outside of one."""
    return _request_id.get()


def enter_request(request_id: str) -> Token[str]:
    """Name the request that begins here, for answers and for every log line until it ends."""
    # A worker thread may carry words of an earlier request that died half-way.
    clear_contextvars()
    bind_contextvars(request_id=request_id, instance=identity.instance_id())
    return _request_id.set(request_id)


def leave_request(token: Token[str]) -> None:
    """Forget the request, and what was bound to its log lines."""
    clear_contextvars()
    _request_id.reset(token)
