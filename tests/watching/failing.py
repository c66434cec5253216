"""`python -m tests.watching.failing`: a call whose view fails over guest data."""

from __future__ import annotations

import io
import json
import sys

from settings.wsgi import application


def fail(request: object) -> None:
    secret = "Zoe of 101 wants towels"
    raise ValueError(f"can not store {secret}")


if __name__ == "__main__":
    from cluster import views

    views.PROBES["/api/request/guest/Zoe"] = fail  # type: ignore[assignment]
    body = json.dumps({"requestText": "Zoe of 101 wants towels"}).encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/api/request/guest/Zoe",
        "QUERY_STRING": "guestName=Zoe&token=s3cret-token",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "192.0.2.77",
        "HTTP_AUTHORIZATION": "Bearer s3cret-token",
        "HTTP_COOKIE": "sessionid=s3cret-token",
        "HTTP_X_REQUEST_ID": "the-call-that-failed",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.version": (1, 0),
    }
    said: list[str] = []
    application(environ, lambda status, *_: said.append(status))
    # redis imports OpenTelemetry's interface by itself, where that is installed.
    outside = sorted(sys.modules.keys() & {"sentry_sdk", "opentelemetry.exporter"})
    print(json.dumps({"status": said[0], "imported": outside}))
