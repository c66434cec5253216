"""Refusals outside of a view: the envelope under ``/api``, a plain page elsewhere."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from cluster.answers import problems
from cluster.answers.envelope import JSON, failure, logged_already, refuse
from cluster.answers.handling import as_problem, of_status
from cluster.answers.problems import Problem

PAGE = "cluster/refusal.html"
TITLES = {
    400: "This can not be understood",
    403: "You may not do this",
    404: "There is nothing here",
    413: "This is too much at once",
    429: "Please wait a little",
    503: "We are briefly away",
}


def speaks_json(request: HttpRequest) -> bool:
    """Say whether this path promises JSON, whatever happens."""
    return request.path_info == "/api" or request.path_info.startswith("/api/")


def not_found(request: HttpRequest, *_: object, **__: object) -> HttpResponse:
    """Answer a path that leads nowhere (``handler404``)."""
    return tell(problems.NotFound(), request)


def permission_denied(request: HttpRequest, *_: object, **__: object) -> HttpResponse:
    """Answer what Django itself forbids (``handler403``)."""
    return tell(problems.PermissionDenied(), request)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what Django itself can not take (``handler400``): too large, a foreign host, odd paths."""
    return tell(as_problem(exception) if exception else problems.Invalid(), request)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer what nobody foresaw, or a database that is away (``handler500``)."""
    error = sys.exc_info()[1]
    return tell(as_problem(error) if error else Problem(), request)


def csrf_failure(request: HttpRequest, **_: object) -> HttpResponse:
    """Answer a form that did not come from our own page (``CSRF_FAILURE_VIEW``)."""
    return tell(
        problems.PermissionDenied("The CSRF token is missing or wrong; load the page again."), request
    )


def enveloped(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return a failure under ``/api`` in the envelope, whoever made it and in whatever form.

    In place, because its headers (CORS, cookies, Allow) are right already: only the words change.
    """
    if response.status_code < 400 or response.streaming or not speaks_json(request):
        return response
    if not response.headers.get("Content-Type", "").startswith(JSON):
        response.content = failure(of_status(response.status_code))
        response.headers["Content-Type"] = JSON
        if "Content-Length" in response.headers:
            response.headers["Content-Length"] = str(len(response.content))
    return response


def draining(request: HttpRequest) -> HttpResponse:
    """Answer a call that comes when this node takes none any more."""
    return tell(problems.NodeDraining(retry_after=1, headers={"Connection": "close"}), request)


def tell(problem: Problem, request: HttpRequest) -> HttpResponse:
    """Answer with a refusal: in the envelope where JSON is promised, else as a page."""
    if speaks_json(request):
        return refuse(problem, request)
    words = {"title": TITLES.get(problem.status, "Something went wrong"), "error": problem.error}
    page = HttpResponse(render_to_string(PAGE, words), status=problem.status, headers=problem.headers)
    return logged_already(page)
