"""The verbs about people: who works where as what, and the passwords they are given.

A manager's reach is their own property. A person who also works elsewhere keeps their name and
password out of any one manager's hands, and superusers are out of all of them.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from cluster.answers.problems import Invalid, NotFound, PermissionDenied, RuleViolated
from cluster.streams import SHOWN, move_version, unit_of_work
from security import audit, credentials, first_passwords, permissions, sessions
from security.caller import Caller
from security.grants import MEMBERS, PEOPLE
from security.models import Membership, Role, User
from security.second_factor import setup
from security.signals import tell_access_changed

PASSWORD_BYTES = 12


@dataclass(frozen=True, slots=True)
class Added:
    """A new member, and the password made for them when nobody gave one."""

    membership: Membership
    password: str = ""


def members_of(*, by: Caller, property_id: int | None = None) -> QuerySet[Membership]:
    """Return the members of a property, or of all that ``by`` manages, disabled ones too."""
    permissions.require_anywhere(by, MEMBERS)
    rows = Membership.objects.select_related("user", "property").order_by("property__slug", "user__username")
    if property_id is not None:
        permissions.require(by, MEMBERS, property_id)
        return rows.filter(property_id=property_id)
    managed = permissions.permitted_properties(by, MEMBERS)
    return rows if managed is None else rows.filter(property_id__in=managed)


def add(
    *,
    by: Caller,
    property_id: int,
    username: str,
    role: str,
    display_name: str = "",
    language: str = "",
    password: str = "",
) -> Added:
    """Make somebody a member: a new person, or, for superusers, one who works elsewhere.

    Giving a password says that the person is new; a username that is taken is then refused.
    """
    permissions.require(by, MEMBERS, property_id)
    person = User(
        username=User.normalize_username(username),
        display_name=display_name,
        language=language,
        is_staff=True,
        first_password_until=first_passwords.end(),
    )
    given = password or secrets.token_urlsafe(PASSWORD_BYTES)
    with unit_of_work():
        known = User.objects.filter(username=person.username).first()
        if known and known.memberships.filter(property_id=property_id).exists():
            raise _member_already(known)
        user = _join(by, known, password) if known else _open_account(person, given)
        membership, is_new = Membership.objects.get_or_create(
            user=user, property_id=property_id, defaults={"role": Role(role)}
        )
        if not is_new:
            raise _member_already(user)
        _settle_login(user)
        tell_access_changed(by=by, user_id=user.pk, property_id=property_id)
    return Added(membership, "" if known or password else given)


def change(
    *,
    by: Caller,
    property_id: int,
    username: str,
    role: str | None = None,
    is_active: bool | None = None,
    display_name: str | None = None,
    language: str | None = None,
) -> Membership:
    """Change a member's role, let them out or in again, or change how they are shown."""
    with unit_of_work():
        membership = _locked_member(by, property_id, username)
        if role is not None:
            membership.role = Role(role)
        if is_active is not None:
            membership.is_active = is_active
        _keep_a_manager(membership)
        membership.save(update_fields=["role", "is_active"])
        _change_person(by, membership.user, display_name, language)
        _settle_login(membership.user)
        tell_access_changed(by=by, user_id=membership.user_id, property_id=property_id)
    return membership


def reset_password(*, by: Caller, property_id: int, username: str) -> str:
    """Give a member a new password, shown this once; their tokens and sessions end."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    with unit_of_work():
        user = _locked_member(by, property_id, username).user
        _require_all_of(by, user)
        user.set_password(password)
        user.first_password_until = first_passwords.end()
        user.save(update_fields=["password", "first_password_until"])
        _tell_reset(by, user, property_id)
        sessions.end_all(by=by, user_id=user.pk)
    return password


def log_out(*, by: Caller, property_id: int, username: str) -> int:
    """End all a member has open, everywhere and at once; return how many sessions and tokens."""
    with unit_of_work():
        return sessions.end_all(by=by, user_id=_locked_member(by, property_id, username).user_id)


def forget_second_factor(*, by: Caller, property_id: int, username: str) -> bool:
    """Take away the second factor of a member who lost it, and end all they have open."""
    with unit_of_work():
        user = _locked_member(by, property_id, username).user
        _require_all_of(by, user)
        sessions.end_all(by=by, user_id=user.pk)
        return setup.take_away(by=by, user_id=user.pk)


def settle_person(*, by: Caller, user: User) -> None:
    """After a superuser changed a person: end the tokens of one who was let out, and tell it."""
    permissions.require_anywhere(by, PEOPLE)
    with unit_of_work():
        _settle_login(user)
        tell_access_changed(by=by, user_id=user.pk)


def end_tokens(*, by: Caller, user_id: int) -> None:
    """After a superuser gave a person a new password: end what was open with the old one.

    Another person's is theirs to change at their next login.
    """
    permissions.require_anywhere(by, PEOPLE)
    with unit_of_work():
        user = User.objects.get(pk=user_id)
        if user_id != by.user_id:
            user.first_password_until = first_passwords.end()
            user.save(update_fields=["first_password_until"])
        _tell_reset(by, user, None)
        sessions.end_all(by=by, user_id=user_id)


def _tell_reset(by: Caller, user: User, property_id: int | None) -> None:
    told = {"username": user.username}
    audit.record("password:reset", by=by, property=property_id, target=f"user:{user.pk}", after=told)


def _open_account(person: User, password: str) -> User:
    try:
        person.set_unusable_password()
        person.full_clean(exclude=["password"])
        password_validation.validate_password(password, person)
    except ValidationError as error:
        raise _refused(error) from None
    person.set_password(password)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        raise _taken() from None
    return person


def _refused(error: ValidationError) -> Invalid:
    named = error.message_dict if hasattr(error, "error_dict") else {"password": error.messages}
    field, messages = next(iter(named.items()))
    return Invalid.field({"display_name": "displayName"}.get(field, field), " ".join(messages))


def _taken() -> Invalid:
    return Invalid.field("username", "This username is taken.", "taken")


def _member_already(user: User) -> RuleViolated:
    return RuleViolated(f"{user.username} is a member of this property already.")


def _join(by: Caller, user: User, password: str) -> User:
    """Return a known person as a member to be. Only a superuser may bring in one who works elsewhere.

    A second hotel would make them say ``propertyId`` at every step of the first, and take their account
    out of their own manager's hands; neither is another manager's to decide.
    """
    if password or not by.is_above:
        raise _taken()
    return user


def _locked_member(by: Caller, property_id: int, username: str) -> Membership:
    """Return the membership, locked with all managers': two who let each other out must queue."""
    permissions.require(by, MEMBERS, property_id)
    rows = Membership.objects.select_for_update(no_key=True, of=("self",)).select_related("user", "property")
    which = Q(role=Role.MANAGER) | Q(user__username=User.normalize_username(username))
    for membership in rows.filter(which, property_id=property_id).order_by("pk"):
        if membership.user.username == User.normalize_username(username):
            if membership.user.is_superuser and not by.sees_everything:
                raise PermissionDenied("This account is not yours to manage.")
            return membership
    raise NotFound("There is no such member.")


def _keep_a_manager(membership: Membership) -> None:
    if membership.role == Role.MANAGER and membership.is_active:
        return
    managers = Membership.objects.filter(
        property_id=membership.property_id, role=Role.MANAGER, is_active=True
    )
    others = managers.filter(user__is_active=True).exclude(pk=membership.pk)
    if managers.filter(pk=membership.pk).exists() and not others.exists():
        raise RuleViolated("A property keeps at least one active manager.")


def _change_person(by: Caller, user: User, display_name: str | None, language: str | None) -> None:
    wanted = {"display_name": display_name, "language": language}
    changed = {
        name: value for name, value in wanted.items() if value is not None and value != getattr(user, name)
    }
    if not changed:
        return
    _require_all_of(by, user)
    for name, value in changed.items():
        setattr(user, name, value)
    user.save(update_fields=list(changed))
    move_version(SHOWN)


def _require_all_of(by: Caller, user: User) -> None:
    """Refuse to touch the account itself of somebody who also works where ``by`` is no manager."""
    managed = permissions.permitted_properties(by, MEMBERS)
    if managed is not None and user.memberships.exclude(property_id__in=managed).exists():
        raise PermissionDenied("This person works elsewhere too: only a superuser may change their account.")


def _settle_login(user: User) -> None:
    """Keep ``is_staff`` true for whoever may log in at all; end the tokens of whoever may not."""
    works = user.memberships.filter(is_active=True, property__is_active=True).exists()
    may_log_in = user.is_active and (user.is_superuser or works)
    if user.is_staff != may_log_in:
        user.is_staff = may_log_in
        user.save(update_fields=["is_staff"])
    if not may_log_in:
        credentials.revoke_of_user(user.pk)
