"""Wrong passwords, whichever door they were tried at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.signals import user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from security.threats.behaviour import failed_login
from security.watch import sources, watching
from security.watch.recent import names


@receiver(user_login_failed, dispatch_uid="security.watch.logins")
def failed(credentials: Mapping[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """Count how many different names one address tries; one forgetful person is a single name."""
    if request is None:
        return
    source = sources.of_request(request)
    tried = names.add(source, str(credentials.get("username", "")))
    watching.record(source, failed_login(tried))
