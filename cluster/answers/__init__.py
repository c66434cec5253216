"""One shape for every answer, one tree of refusals, one reader of bodies.

A door returns ``answer(data)``, or ``answer_bytes(encoded)`` where the JSON is made already; it
refuses by raising a ``Problem``. Whatever else goes wrong leaves in the same envelope.
"""

from cluster.answers.bodies import StrictJSONParser, read_json, read_object
from cluster.answers.encoding import dumps
from cluster.answers.envelope import Answer, BytesAnswer, answer, answer_bytes, refuse, reshaped_by
from cluster.answers.handling import handle
from cluster.answers.negotiation import JsonUnlessAsked
from cluster.answers.pages import (
    bad_request,
    csrf_failure,
    not_found,
    permission_denied,
    server_error,
    speaks_json,
    tell,
)
from cluster.answers.problems import Problem, detail
from cluster.answers.rendering import EnvelopeRenderer

__all__ = [
    "Answer",
    "BytesAnswer",
    "EnvelopeRenderer",
    "JsonUnlessAsked",
    "Problem",
    "StrictJSONParser",
    "answer",
    "answer_bytes",
    "bad_request",
    "csrf_failure",
    "detail",
    "dumps",
    "handle",
    "not_found",
    "permission_denied",
    "read_json",
    "read_object",
    "refuse",
    "reshaped_by",
    "server_error",
    "speaks_json",
    "tell",
]
