"""Rows that are changed without an event: before and after, whoever saves them.

Watched models are told wherever they are saved. In the back office so is every model of an app that
is not ours, for such an app emits nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save

from security.audit.book import record
from security.audit.digests import keep_plain
from security.audit.origin import current_origin
from security.caller import SYSTEM

OURS = frozenset({"requests_app", "security", "cluster"})
SILENT = frozenset({"sessions", "admin", "contenttypes", "migrations"})
NEVER_TOLD = frozenset({"password", "digest", "last_login", "last_assigned_at"})
BEFORE = "_audit_before"
M2M = {"post_add": "added", "post_remove": "removed", "post_clear": "cleared"}

Place = Callable[[Any], int | None]
Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Watched:
    """How a model is told: its word, and the property a row of it belongs to."""

    kind: str
    place: Place


_watched: dict[type[Model], Watched] = {}


def watch(model: type[Model], kind: str, *plain: str, place: Place = lambda _: None) -> None:
    """Tell of every row of ``model`` that is saved or deleted; ``plain`` fields stand as they are."""
    _watched[model] = Watched(kind, place)
    keep_plain(kind, *plain)


def listen() -> None:
    """Begin to hear of saved rows."""
    for signal, hear in (
        (pre_save, _before_save),
        (post_save, _saved),
        (pre_delete, _before_delete),
        (post_delete, _deleted),
        (m2m_changed, _joined),
    ):
        signal.connect(hear, dispatch_uid=f"security.audit.{hear.__name__}")


def _watched_as(model: type[Model]) -> Watched | None:
    found = _watched.get(model)
    label = model._meta.app_label
    if found is not None or label in OURS or label in SILENT or current_origin().door != "admin":
        return found
    return Watched(model._meta.label_lower, lambda _: None)


def _before_save(sender: type[Model], instance: Model, update_fields: Any, **said: Any) -> None:
    if said["raw"] or _watched_as(sender) is None or not _concerns(update_fields):
        return
    is_new = instance._state.adding  # noqa: SLF001
    known = None if is_new else sender._base_manager.filter(pk=instance.pk).first()  # noqa: SLF001
    setattr(instance, BEFORE, _values(known) if known else None)


def _saved(sender: type[Model], instance: Model, update_fields: Any, **said: Any) -> None:
    created = said["created"]
    watched = None if said["raw"] or not _concerns(update_fields) else _watched_as(sender)
    if watched is None:
        return
    before: Values = {} if created else getattr(instance, BEFORE, None) or {}
    now = _values(instance)
    names = [name for name in now if created or name not in before or before[name] != now[name]]
    if names:
        _tell(watched, "created" if created else "changed", instance, _only(before, names), _only(now, names))


def _before_delete(sender: type[Model], instance: Model, **_: Any) -> None:
    if _watched_as(sender) is not None:
        setattr(instance, BEFORE, _values(instance))


def _deleted(sender: type[Model], instance: Model, **_: Any) -> None:
    watched = _watched_as(sender)
    if watched is not None:
        _tell(watched, "deleted", instance, getattr(instance, BEFORE, {}), {})


def _joined(
    sender: type[Model], instance: Model, action: str, pk_set: Iterable[Any] | None, **_: Any
) -> None:
    word = M2M.get(action)
    watched = _watched_as(type(instance)) if word else None
    if watched is None or (not pk_set and action != "post_clear"):
        return
    told = {sender._meta.model_name or "": sorted(pk_set or ())}
    kind = watched.kind
    keep_plain(kind, sender._meta.model_name or "")
    _tell(watched, str(word), instance, {}, told)


def _tell(watched: Watched, what: str, instance: Model, before: Values, after: Values) -> None:
    caller = current_origin().caller()
    record(
        f"{watched.kind}:{what}"[:64],
        by=caller if caller.is_known else SYSTEM,
        property=watched.place(instance),
        target=f"{watched.kind}:{instance.pk}",
        before=before,
        after=after,
    )


def _concerns(update_fields: Iterable[str] | None) -> bool:
    """Say whether more is saved than what every login touches; a password is told as set."""
    return update_fields is None or bool(set(update_fields) - (NEVER_TOLD - {"password"}))


def _values(instance: Model) -> dict[str, object]:
    """Return what is loaded of a row; of a password only a word that changes with it."""
    loaded = instance.__dict__
    found = {
        field.attname: loaded[field.attname]
        for field in instance._meta.concrete_fields
        if field.attname in loaded and field.attname not in NEVER_TOLD and not field.primary_key
    }
    return found | ({"secret": loaded["password"]} if loaded.get("password") else {})


def _only(values: Values, names: Iterable[str]) -> dict[str, object]:
    return {name: values[name] for name in names if name in values}
