"""Make the baselines' tables and a session: `python -m tests.bench.baseline.prepare` prints its cookie."""

from __future__ import annotations

import os

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.baseline.settings"
    django.setup()

    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import connection

    from security.models import User
    from tests.bench.baseline.models import AuditEntry, OutboxEntry

    with connection.schema_editor() as editor:
        editor.create_model(AuditEntry)
        editor.create_model(OutboxEntry)
    user = User.objects.get(username="lan")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    print(session.session_key)
