"""The door for ASGI servers: pages and JSON through Django, sockets through Channels."""

import os

from settings.telling import told_to_the_operator

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings.dev")

with told_to_the_operator():
    import django

    django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter

from requests_app.live.routing import application as sockets
from settings import watching
from settings.handler import OneHopHandler
from settings.lifespan import lifespan

watching.begin()
application = ProtocolTypeRouter({"http": OneHopHandler(), "websocket": sockets, "lifespan": lifespan})
