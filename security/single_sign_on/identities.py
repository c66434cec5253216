"""Whose account at the provider is whose here: rows that a person made, or a name that is the same."""

from __future__ import annotations

from django.conf import settings
from django.db import IntegrityError, transaction

from cluster.answers.problems import Invalid
from cluster.streams import unit_of_work
from security import permissions, sessions
from security.authentication import caller_for_user
from security.caller import SYSTEM, Caller
from security.grants import PEOPLE
from security.models import Identity, User
from security.single_sign_on.refusals import CLOSED, STRANGER, Refused
from security.single_sign_on.tokens import LONGEST_SUBJECT, Claims


def person_of(claims: Claims) -> User:
    """Return whose account this is. Raises Refused for strangers, and for those who may not log in."""
    row = Identity.objects.select_related("user").filter(issuer=claims.issuer, subject=claims.subject).first()
    user = row.user if row else _by_name(claims)
    if not caller_for_user(user).is_known:
        raise Refused("account-closed", CLOSED)
    if row is None:
        try:
            link(by=SYSTEM, user=user, issuer=claims.issuer, subject=claims.subject)
        except Invalid:  # somebody was faster: another tab of theirs, or an administrator
            raise Refused("linked-meanwhile", STRANGER) from None
    return user


def link(*, by: Caller, user: User, issuer: str, subject: str) -> Identity:
    """Let an account at the provider open an account here. Raises Invalid when it opens one already."""
    permissions.require_anywhere(by, PEOPLE)
    if not issuer or len(issuer) > LONGEST_SUBJECT:
        raise Invalid.field("issuer", "issuer: which provider? OIDC_ISSUER is not set.")
    if not 0 < len(subject) <= LONGEST_SUBJECT:
        raise Invalid.field("subject", f"subject: 1 to {LONGEST_SUBJECT} characters.")
    try:
        with unit_of_work(), transaction.atomic():
            return Identity.objects.create(issuer=issuer, subject=subject, user=user)
    except IntegrityError:
        raise Invalid.field("subject", "subject: linked already.") from None


def unlink(*, by: Caller, identity: Identity) -> None:
    """Take a link away; whatever its person had open ends."""
    permissions.require_anywhere(by, PEOPLE)
    with unit_of_work():
        identity.delete()
        sessions.end_all(by=by, user_id=identity.user_id)


def _by_name(claims: Claims) -> User:
    """Return who has the same username, where OIDC_LINK_BY_USERNAME trusts the provider with names.

    Never a superuser, nor somebody linked with another account there: names are given anew.
    """
    if not settings.OIDC_LINK_BY_USERNAME or not claims.username:
        raise Refused("not-linked", STRANGER)
    same = User.objects.filter(username=User.normalize_username(claims.username), is_superuser=False)
    user = same.exclude(identities__issuer=claims.issuer).first()
    if user is None:
        raise Refused("not-linked", STRANGER)
    return user
