"""The door for WSGI servers: everything but sockets."""

import os

from settings.telling import told_to_the_operator

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings.dev")

with told_to_the_operator():
    from django.core.wsgi import get_wsgi_application

    from cluster.chunked import measured
    from settings import watching

    application = measured(get_wsgi_application())
    watching.begin()
