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

    middle = half_way_down()
    for line in sys.stdin:
        asked = json.loads(line)
        path = asked["path"].format(**middle)
        get(path)
        took, status = [], 0
        for _ in range(asked["calls"]):
            begun = time.perf_counter()
            status = get(path).status_code
            took.append((time.perf_counter() - begun) * 1e3)
        print(json.dumps({"status": status, "milliseconds": took}), flush=True)


def half_way_down() -> dict[str, str]:
    """Return the cursor and the order id of the request in the middle of the list."""
    from requests_app.models import GuestRequest
    from requests_app.queries import keyset
    from requests_app.queries.listing import NEWEST

    rows = GuestRequest.objects.filter(property__slug="demo-hotel", deleted_at__isnull=True)
    request = rows.order_by("created_at")[rows.count() // 2]
    mark = keyset.Mark(backwards=False, values=(request.created_at, request.pk))
    return {"cursor": keyset.encode(NEWEST, mark), "order": request.order_id}


if __name__ == "__main__":
    main()
