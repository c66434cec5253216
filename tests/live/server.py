"""`python -m tests.live.server PORT [limit=value …]`: the product's server, some limits shortened."""

from __future__ import annotations

import sys

from settings.asgi import application  # sets Django up

if __name__ == "__main__":
    from cluster.serving.asgi import DrainingServer, configuration
    from cluster.serving.listener import listen
    from requests_app.live import limits

    port, *shortened = sys.argv[1:]
    for name, _, value in (word.partition("=") for word in shortened):
        setattr(limits, name, type(getattr(limits, name))(value))
    config = configuration("settings.asgi.application")
    config.app = application
    # Not a node of the cluster: these tests empty the tables between them, under any job's feet.
    config.lifespan = "off"
    listener = listen("127.0.0.1", int(port))
    DrainingServer(config, listener).run(sockets=[listener])
