"""One-time passes for a websocket: good for 30 seconds, once, on any node."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from cluster.answers.problems import AuthenticationRequired
from cluster.leader import leader_work
from cluster.streams import unit_of_work
from security import audit, authentication, credentials, permissions
from security.caller import Caller, CallerKind
from security.grants import TICKET
from security.models import SocketTicket

LIFETIME = timedelta(seconds=30)
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the browser sends as its second subprotocol, ``ticket.<token>``."""

    token: str
    expires_at: datetime


def issue(caller: Caller) -> Ticket:
    """Make a pass that stands for the caller's credential, or for the person of their session."""
    permissions.require_anywhere(caller, TICKET)
    ticket = Ticket(secrets.token_urlsafe(32), timezone.now() + LIFETIME)
    with unit_of_work():
        SocketTicket.objects.create(
            digest=credentials.digest(ticket.token),
            credential_id=caller.credential_id,
            user_id=None if caller.credential_id else caller.user_id,
            session=caller.session,
            expires_at=ticket.expires_at,
        )
    return ticket


def redeem(token: str) -> Caller:
    """Take the pass and return who it stands for now. Raises AuthenticationRequired for a used or old one."""
    try:
        caller = _redeemed(token)
    except AuthenticationRequired:
        audit.happened("ticket:refused")
        raise
    audit.happened("ticket:used", by=caller)
    return caller


def _redeemed(token: str) -> Caller:
    if not token or len(token) > LONGEST or not token.isascii():
        raise AuthenticationRequired
    with unit_of_work():
        good = SocketTicket.objects.filter(digest=credentials.digest(token), expires_at__gt=timezone.now())
        ticket = good.first()
        # Two nodes may both have read it; the one whose delete counts has it.
        if ticket is None or not good.filter(pk=ticket.pk).delete()[0]:
            raise AuthenticationRequired
    return authentication.renew(
        Caller(
            kind=CallerKind.STAFF,
            credential_id=ticket.credential_id,
            user_id=ticket.user_id,
            session=ticket.session,
        )
    )


def forget_expired() -> int:
    """Delete passes nobody can use any more; return how many."""
    with unit_of_work():
        return _expired().delete()[0]


def forget_as_leader(term: int) -> None:
    """Do that as the cluster's leader, when there is any."""
    if _expired().exists():
        with leader_work(term):
            forget_expired()


def _expired() -> QuerySet[SocketTicket]:
    return SocketTicket.objects.filter(expires_at__lte=timezone.now())
