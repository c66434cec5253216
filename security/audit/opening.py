"""Opening the book: what this app and the one below say in it, and who writes and signs."""

from __future__ import annotations

from cluster import jobs, turns
from cluster.streams import scribes
from security.audit import checkpoints, logins, queue, scribe, watching  # noqa: F401 - logins listens
from security.audit.digests import keep_plain
from security.models import Credential, Membership, Property, User

REFUSAL = ("permission", "method", "room")


def open_book() -> None:
    """Register the scribe, the job and the looks, and declare what stands plain."""
    scribes.register(scribe.write)
    turns.register(queue.flush_soon)
    jobs.register("audit-checkpoints", checkpoints.EVERY_SECONDS, checkpoints.sign_as_leader)
    keep_plain("flag", "exceptions", "name", "by")
    keep_plain("command", "order", "command", "arguments", "by", "to", "givenAt")
    keep_plain("source", "source", "reasons", "until", "by")
    keep_plain("leader", "leader")
    keep_plain("access", *REFUSAL)
    keep_plain("credential", "kind", "scopes")
    watching.watch(User, "user", "username", "language")
    watching.watch(Membership, "member", "role", place=lambda row: row.property_id)
    watching.watch(
        Property, "property", "slug", "name", "timezone", "currency", "language", place=lambda row: row.pk
    )
    watching.watch(Credential, "credential", "kind", "scopes", "hint", place=lambda row: row.property_id)
    watching.listen()
