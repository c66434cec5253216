"""Calls our site in this process: `python -m tests.bench.caller`, JSON a line in, JSON a line out."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import django


def main() -> None:
    """Answer until the input ends."""
    django.setup()

    from django.test import Client

    from security import credentials
    from security.models import CredentialKind, User

    lan = User.objects.get(username="lan")
    token = credentials.issue(CredentialKind.STAFF, user=lan).token
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(lan)
    api = {"Authorization": f"Bearer {token}"}

    def get(path: str) -> Any:
        return client.get(path, headers={} if path.startswith("/admin") else api)

    for line in sys.stdin:
        asked = json.loads(line)
        path = deep() if asked["path"] == "deep" else asked["path"]
        get(path)
        took, status = [], 0
        for _ in range(asked["calls"]):
            begun = time.perf_counter()
            status = get(path).status_code
            took.append((time.perf_counter() - begun) * 1e3)
        print(json.dumps({"status": status, "milliseconds": took}), flush=True)


def deep() -> str:
    """Return the path of a page in the middle of the list, as a cursor reaches it."""
    from requests_app.models import GuestRequest
    from requests_app.queries import keyset
    from requests_app.queries.listing import NEWEST

    rows = GuestRequest.objects.filter(property__slug="demo-hotel", deleted_at__isnull=True)
    middle = rows.order_by("created_at").values_list("created_at", "id")
    values = tuple(middle[rows.count() // 2])
    return f"/api/request?cursor={keyset.encode(NEWEST, keyset.Mark(backwards=False, values=values))}"


if __name__ == "__main__":
    main()
