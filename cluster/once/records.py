"""The claims in the database: the unique index decides who is first."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from cluster.models import IdempotencyRecord

VALIDITY = timedelta(hours=24)
MOST_AT_ONCE = 1_000

# One statement for "new", "taken" and "taken too long ago": whoever gets an id is first. The
# loser's insert waits here for the winner's commit or rollback, within lock_timeout.
CLAIM = """
INSERT INTO cluster_idempotencyrecord (scope, "key", fingerprint, status, headers, body, created_at)
VALUES (%s, %s, %s, 0, '{}', '', %s)
ON CONFLICT (scope, "key") DO UPDATE
SET fingerprint = excluded.fingerprint, status = 0, headers = excluded.headers, body = '',
    created_at = excluded.created_at
WHERE cluster_idempotencyrecord.created_at < %s
RETURNING id
"""


def _keyed(secret: str, content: str) -> str:
    return hmac.digest(secret.encode(), content.encode(), "sha256").hex()


@dataclass(frozen=True, slots=True)
class Call:
    """What makes two calls the same: caller, method and path, the key, and what was sent."""

    scope: str
    key: str
    content: str

    @property
    def fingerprint(self) -> str:
        """Return what is stored of the content: keyed, for a body may hold a password to guess at."""
        return _keyed(str(settings.SECRET_KEY), self.content)

    def is_same_as(self, fingerprint: str) -> bool:
        """Say whether that was stored of this content, under the present key or one before it."""
        secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        return any(hmac.compare_digest(_keyed(str(secret), self.content), fingerprint) for secret in secrets)

    @property
    def place(self) -> str:
        """Return what ties a stored answer to this call alone."""
        return f"{self.scope}:{self.key}"


def claim(call: Call) -> int | None:
    """Return the id of a claim that is ours, or None when the call was made before."""
    now = timezone.now()
    adapt = connection.ops.adapt_datetimefield_value
    values = [call.scope, call.key, call.fingerprint, adapt(now), adapt(now - VALIDITY)]
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        row = cursor.fetchone()
    return row[0] if row else None


def find(call: Call) -> IdempotencyRecord:
    """Return the record of a call that was made before."""
    return IdempotencyRecord.objects.get(scope=call.scope, key=call.key)


def keep(claim: int, *, status: int, headers: Mapping[str, str], body: str) -> None:
    """Write the answer of a first call beside its effect."""
    IdempotencyRecord.objects.filter(pk=claim).update(status=status, headers=dict(headers), body=body)


def let_go(claim: int) -> None:
    """Take a claim back: its call did not succeed and may be made again."""
    IdempotencyRecord.objects.filter(pk=claim).delete()


def has_old() -> bool:
    """Say whether there is anything to forget."""
    return _old().exists()


def count_old() -> int:
    """Return how many records there are to forget."""
    return _old().count()


def forget_old() -> int:
    """Delete records nobody may refer to any more, a thousand at most, and return how many."""
    some = list(_old().values_list("pk", flat=True)[:MOST_AT_ONCE])
    # Claimed anew since we looked: then it is not old any more.
    return _old().filter(pk__in=some).delete()[0]


def _old() -> QuerySet[IdempotencyRecord]:
    return IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - VALIDITY)
