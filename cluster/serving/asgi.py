"""uvicorn, for the roles with sockets."""

from __future__ import annotations

import uvicorn

LARGEST_FRAME = 8 * 1024  # twice what the protocol allows: our own refusal is the clearer one
GRACE_SECONDS = 10


def serve(application: str, host: str, port: int) -> None:
    """Serve the application of this dotted path until a signal ends it."""
    uvicorn.Server(configuration(application, host, port)).run()


def configuration(application: str, host: str, port: int) -> uvicorn.Config:
    """The server's settings: our own logs and proxy rules in place of its."""
    module, _, name = application.rpartition(".")
    return uvicorn.Config(
        f"{module}:{name}",
        host=host,
        port=port,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        lifespan="on",
        ws="websockets-sansio",
        ws_max_size=LARGEST_FRAME,
        ws_per_message_deflate=False,  # an event is encoded once for everybody; deflating it is per socket
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
