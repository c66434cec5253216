"""Somebody who speaks to the API: a client with their credential in every call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.test import Client

JSON = "application/json"
TOWELS = {"requestText": "Two extra towels, please", "roomNumber": "101", "serviceType": "housekeeping"}


@dataclass(frozen=True, slots=True)
class Speaker:
    """One caller; ``headers`` of a call are added to their own."""

    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        return Client().get(path, query, headers=self._with(headers))

    def send(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        data = {} if body is None else {"data": body, "content_type": JSON}
        return getattr(Client(), method.lower())(path, **data, headers=self._with(headers))

    def post(self, path: str, body: object = None, **headers: str) -> Any:
        return self.send("post", path, body, **headers)

    def patch(self, path: str, body: object = None, **headers: str) -> Any:
        return self.send("patch", path, body, **headers)

    def put(self, path: str, body: object = None, **headers: str) -> Any:
        return self.send("put", path, body, **headers)

    def delete(self, path: str, body: object = None, **headers: str) -> Any:
        return self.send("delete", path, body, **headers)

    def _with(self, headers: dict[str, str]) -> dict[str, str]:
        return self.headers | {name.replace("_", "-"): value for name, value in headers.items()}


def data_of(response: Any, status: int = 200) -> Any:
    """Return the data of a success; say what came instead when it is none."""
    assert response.status_code == status, response.content
    body = response.json()
    assert body["success"] is True
    return body["data"]


def refusal_of(response: Any, status: int, code: str) -> dict[str, Any]:
    """Return a refusal's body, which must have that status and code."""
    assert response.status_code == status, response.content
    body: dict[str, Any] = response.json()
    assert (body["success"], body["code"]) == (False, code)
    return body


def fields_of(response: Any, status: int = 400, code: str = "VALIDATION_ERROR") -> list[str]:
    """Return the fields a refusal names."""
    return [entry["field"] for entry in refusal_of(response, status, code)["details"]]
