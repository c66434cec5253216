"""Whom a flag is switched for, in the words of this layer: a property, a role, a user."""

from __future__ import annotations

from cluster import flags
from cluster.flags import Subject
from security.caller import Caller
from security.models import Property, Role, User

PROPERTY, ROLE, USER = "property", "role", "user"


def register_all() -> None:
    """Let switches name what there is; called once when the app is ready."""
    flags.register_kind(PROPERTY, "the slug of a property", _is_property)
    flags.register_kind(ROLE, f"one of {', '.join(Role.values)}", _is_role)
    flags.register_kind(USER, "a username", _is_user)


def subject_of(caller: Caller) -> Subject:
    """Return the caller as flags know them: first by name, then by role, then by property."""
    return Subject(
        caller.identity() if caller.is_known else "",
        (
            (f"{USER}:{caller.username}",) if caller.username else (),
            tuple(sorted({f"{ROLE}:{role}" for role in caller.roles.values()})),
            tuple(sorted(f"{PROPERTY}:{slug}" for slug in caller.slugs.values())),
        ),
    )


def subject_in(caller: Caller, place: Property, stranger: str) -> Subject:
    """Return the caller as they act in one property; ``stranger`` is who draws where they are nobody."""
    inside = caller.within(place.pk, place.slug)
    known = subject_of(inside)
    return known if caller.is_known else Subject(stranger, known.labels)


def property_itself(slug: str) -> Subject:
    """Return a property as a subject, for what the service does there on its own account."""
    return Subject("", ((f"{PROPERTY}:{slug}",),))


def _is_property(slug: str) -> bool:
    return Property.objects.filter(slug=slug).exists()


def _is_role(name: str) -> bool:
    return name in Role.values


def _is_user(name: str) -> bool:
    return User.objects.filter(username=name).exists()
