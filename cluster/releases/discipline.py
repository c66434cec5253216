"""Migrations may only expand; what takes something away waits two releases and names its floor.

A rolling restart runs two releases on one schema, and a rollback runs the older one on the newer
schema. So each operation is looked at with the eyes of the release before: can it still insert,
update and read? The questions are those of ``django-migration-linter``, asked of operations in place
of SQL, which needs no PostgreSQL at hand and knows what Django writes: a default that only Python
knows does not help the older release's INSERT.

A migration that is more than that says so itself:

    expands = "why the release before does not mind"    # a constraint, RunSQL, RunPython
    floor = "0.1.0"    # a contraction: the oldest release that can still run
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db.migrations import Migration, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import Field

from cluster.releases import history

WAIT = 2
"""How many releases a contraction waits after the last one that used what it takes away."""

EXPANDING: tuple[type[Operation], ...] = (
    operations.CreateModel,
    operations.AddIndex,
    operations.RemoveIndex,
    operations.RenameIndex,
    operations.RemoveConstraint,
    operations.AlterModelOptions,
    operations.AlterModelManagers,
    operations.AlterModelTableComment,
)
NEED_A_WORD: tuple[type[Operation], ...] = (
    operations.AddConstraint,
    operations.RunSQL,
    operations.RunPython,
    operations.SeparateDatabaseAndState,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one migration does that the release before would not survive."""

    migration: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.migration}: {self.sentence}"


def findings(apps: Iterable[str]) -> list[Finding]:
    """Return what is wrong with the migrations of these apps, in their order; no database is asked."""
    loader = MigrationLoader(None)
    wanted = set(apps)
    found: list[Finding] = []
    state = ProjectState()
    for key in loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True):  # noqa: SLF001
        migration = loader.graph.nodes[key]
        if key[0] in wanted:
            found.extend(findings_of(migration, state))
        state = migration.mutate_state(state, preserve=False)
    return found


def findings_of(migration: Migration, before: ProjectState) -> Iterator[Finding]:
    """Yield what is wrong with one migration, given the state it finds."""
    name = f"{migration.app_label}.{migration.name}"
    floor, word = getattr(migration, "floor", None), getattr(migration, "expands", "")
    if floor is not None:
        yield from (Finding(name, sentence) for sentence in _wrong_floor(floor))
        return
    state = before.clone()
    made = {
        it.name.lower() for it in migration.operations if isinstance(it, operations.CreateModel)
    }  # nobody older knows these tables
    for operation in migration.operations:
        if getattr(operation, "model_name", "").lower() not in made:
            yield from (
                Finding(name, f"{operation.describe()}: {sentence}")
                for sentence in _harm(operation, migration.app_label, state, excused=bool(word))
            )
        operation.state_forwards(migration.app_label, state)


def floors(applied: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the floor of every applied migration that has one, by its name."""
    nodes = MigrationLoader(None).graph.nodes
    known = ((key, getattr(nodes[key], "floor", None)) for key in applied if key in nodes)
    return {f"{app}.{name}": floor for (app, name), floor in known if floor}


def _harm(operation: Operation, app: str, state: ProjectState, *, excused: bool) -> Iterator[str]:
    if isinstance(operation, EXPANDING):
        return
    if isinstance(operation, operations.AddField):
        yield from _harm_of_new(operation.field)
    elif isinstance(operation, operations.AlterField):
        old = state.models[app, operation.model_name_lower].fields[operation.name]
        yield from _harm_of_change(old, operation.field)
    elif isinstance(operation, NEED_A_WORD):
        if not excused:
            yield 'say in `expands = "…"` why the release before does not mind, or name its floor'
    else:
        yield "the release before still needs what this takes away; wait, and name the floor"


def _harm_of_new(field: Field[object, object]) -> Iterator[str]:
    if field.many_to_many or field.null or field.has_db_default():
        return
    yield "the release before inserts rows without it: make it null, or give it a db_default"


def _harm_of_change(old: Field[object, object], new: Field[object, object]) -> Iterator[str]:
    for changed, sentence in _CHANGES:
        if changed(old, new):
            yield sentence


Changed = Callable[[Field[object, object], Field[object, object]], bool]
_CHANGES: tuple[tuple[Changed, str], ...] = (
    (
        lambda old, new: old.get_internal_type() != new.get_internal_type(),
        "another type may not take what the release before writes",
    ),
    (lambda old, new: old.null and not new.null, "the release before still writes NULL"),
    (
        lambda old, new: bool(new.max_length and old.max_length and new.max_length < old.max_length),
        "the release before writes longer values",
    ),
    (lambda old, new: new.unique and not old.unique, "the release before may write a value twice"),
    (
        lambda old, new: old.has_db_default() and not new.has_db_default(),
        "the release before may leave the default to the database",
    ),
    (
        lambda old, new: old.get_attname_column()[1] != new.get_attname_column()[1],
        "the release before asks for the column by its old name",
    ),
)


def _wrong_floor(floor: str) -> Iterator[str]:
    if not history.is_known(floor):
        yield f"its floor {floor!r} is no release; the releases are {', '.join(history.RELEASES)}"
    elif history.age(floor) < WAIT:
        yield f"its floor {floor!r} is too new: a contraction waits {WAIT} releases"
