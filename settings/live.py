"""The door of a live node: sockets through Channels, and the probes; nothing else is served there."""

import os

from settings.telling import told_to_the_operator

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings.dev")

with told_to_the_operator():
    import django

    django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter

from requests_app.live.routing import application as sockets
from settings import watching
from settings.handler import ProbesHandler
from settings.lifespan import lifespan

watching.begin()
application = ProtocolTypeRouter({"http": ProbesHandler(), "websocket": sockets, "lifespan": lifespan})
