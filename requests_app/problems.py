"""The hotel's own refusals, in the tree of ``cluster.answers.problems``.

NotFound
└── RequestNotFound      404 REQUEST_NOT_FOUND
Problem
├── IllegalMove          409 INVALID_STATUS_TRANSITION
├── BulkRejected         409 BULK_REJECTED
└── RuleViolated
    └── StillInHouse     422 BUSINESS_RULE_VIOLATION
"""

from __future__ import annotations

from cluster.answers.problems import NotFound, Problem, RuleViolated


class RequestNotFound(NotFound):
    """No such request in the caller's properties."""

    code = "REQUEST_NOT_FOUND"
    message = "There is no such request."


class IllegalMove(Problem):
    """The status can not follow the current one."""

    status = 409
    code = "INVALID_STATUS_TRANSITION"
    message = "The request can not take this status now."


class BulkRejected(Problem):
    """An atomic batch with an invalid item: nothing changed."""

    status = 409
    code = "BULK_REJECTED"
    message = "Nothing was changed: some requests of the batch can not be changed so."


class StillInHouse(RuleViolated):
    """A guest who has not left, or waits for something, is not forgotten by accident."""

    def __init__(self, stays: int, requests: int) -> None:
        super().__init__(
            f"Still going on: {stays} stays and {requests} open requests. Check out and close them first."
        )
