"""Makes news on demand: `python -m tests.bench.publisher`, one word a line in, one line out.

`keys N` makes N Api-Keys, `frame` creates a request and tells its frame, `create` creates one, and
`publish` rings that frame again on the bare server's channel.
"""

from __future__ import annotations

import json
import os
import sys

import django


def main() -> None:
    """Answer until the input ends."""
    django.setup()

    import redis

    from cluster.models import Event
    from requests_app import actions
    from requests_app.actions import NewRequest
    from security import credentials
    from security.authentication import caller_for_user
    from security.models import CredentialKind, Property, User
    from tests.bench.baseline.broadcast import CHANNEL

    place, lan = Property.objects.get(slug="demo-hotel"), User.objects.get(username="lan")
    by, bell, frame = caller_for_user(lan), redis.Redis.from_url(os.environ["REDIS_URL"]), ""
    new = NewRequest(request_text="Two more towels, please.", room_number="105", service_type="housekeeping")
    for line in sys.stdin:
        word, _, number = line.strip().partition(" ")
        answer: object = None
        match word:
            case "keys":
                kind, scopes = CredentialKind.API_KEY, ["request:read"]
                answer = [
                    credentials.issue(kind, property=place, scopes=scopes).token for _ in range(int(number))
                ]
            case "create" | "frame":
                actions.create(by=by, property_id=place.pk, new=new)
                if word == "frame":
                    answer = frame = str(Event.objects.filter(stream=place.pk).latest("seq").frame)
            case "publish":
                bell.publish(CHANNEL, frame)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
