"""What people carry must not come back with a backup: it may have been taken from them since."""

from __future__ import annotations

from django.utils import timezone

from cluster import backups
from security.audit import verifying
from security.models import Credential, CredentialKind


def declare() -> None:
    """Say what a backup leaves out, how a copy of the book is looked at, and what a restore ends."""
    backups.register(
        transient=("django_session", "security_staffsession", "security_socketticket"),
        checks={"audit book": look},
        mends=[end_tokens],
    )


def look() -> str:
    """Return the first thing wrong in the book of this database, or nothing."""
    verdicts = (verifying.verify(chain, lambda _: None) for chain in verifying.chains())
    return next((str(verdict.finding) for verdict in verdicts if verdict.finding), "")


def end_tokens() -> str:
    """Revoke every staff token; keys of devices stay, and are named for whoever restores."""
    good = Credential.objects.filter(revoked_at__isnull=True)
    ended = good.filter(kind=CredentialKind.STAFF).update(revoked_at=timezone.now())
    keys = good.filter(kind=CredentialKind.API_KEY).count()
    return (
        f"Everybody logs in anew ({ended} tokens ended). {keys} Api-Keys are good that were good then:"
        " `manage.py credential list`."
    )
