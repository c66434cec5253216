"""What a migration may do while two releases share the schema."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command
from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

from cluster.releases import discipline, history
from cluster.releases.discipline import findings_of

pytestmark = pytest.mark.usefixtures("five_releases")


@pytest.fixture
def five_releases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "RELEASES", ("0.1.0", "0.2.0", "0.3.0", "0.4.0", "0.5.0"))


def state() -> ProjectState:
    """A hotel with one table that all releases know."""
    found = ProjectState()
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.CharField(max_length=20)),
        ("floor", models.IntegerField(null=True)),
        ("size", models.IntegerField(db_default=1)),
    ]
    found.add_model(ModelState("house", "Room", fields))
    return found


def sentences(*operations: Operation, **said: object) -> list[str]:
    kind = type("Migration", (migrations.Migration,), {"operations": list(operations), **said})
    return [it.sentence for it in findings_of(kind("0009_next", "house"), state())]


def add(field: models.Field[object, object]) -> Operation:
    return migrations.AddField("Room", "extra", field)


def alter(name: str, field: models.Field[object, object]) -> Operation:
    return migrations.AlterField("Room", name, field)


UNIQUE = migrations.AddConstraint("Room", models.UniqueConstraint(fields=["name"], name="room_name"))
NOTHING = migrations.RunPython(migrations.RunPython.noop)


@pytest.mark.parametrize(
    "operation",
    [
        add(models.IntegerField(null=True)),
        add(models.IntegerField(db_default=3)),
        add(models.ManyToManyField("Room")),
        alter("name", models.CharField(max_length=40)),
        alter("name", models.CharField(max_length=20, null=True)),
        alter("name", models.CharField(max_length=20, help_text="what it is called")),
        migrations.CreateModel("Bed", [("id", models.BigAutoField(primary_key=True))]),
        migrations.AddIndex("Room", models.Index(fields=["name"], name="room_by_name")),
        migrations.AlterModelOptions("Room", {"ordering": ["name"]}),
    ],
)
def test_what_expands_passes(operation: Operation) -> None:
    assert sentences(operation) == []


@pytest.mark.parametrize(
    ("operation", "word"),
    [
        (add(models.IntegerField(default=3)), "db_default"),
        (add(models.ForeignKey("Room", models.CASCADE)), "db_default"),
        (alter("name", models.CharField(max_length=10)), "longer values"),
        (alter("name", models.CharField(max_length=20, unique=True)), "twice"),
        (alter("name", models.TextField()), "another type"),
        (alter("name", models.CharField(max_length=20, db_column="title")), "old name"),
        (alter("floor", models.IntegerField()), "NULL"),
        (alter("size", models.IntegerField(default=1)), "default to the database"),
        (migrations.RemoveField("Room", "name"), "floor"),
        (migrations.RenameField("Room", "name", "title"), "floor"),
        (migrations.RenameModel("Room", "Chamber"), "floor"),
        (migrations.AlterModelTable("Room", "chamber"), "floor"),
        (migrations.AlterUniqueTogether("Room", {("name", "floor")}), "floor"),
        (migrations.DeleteModel("Room"), "floor"),
        (UNIQUE, "expands"),
        (NOTHING, "expands"),
        (migrations.RunSQL("SELECT 1"), "expands"),
    ],
)
def test_what_harms_the_release_before_is_told(operation: Operation, word: str) -> None:
    (sentence,) = sentences(operation)
    assert word in sentence


def test_a_new_table_may_be_put_together_in_steps() -> None:
    new = migrations.CreateModel("Bed", [("id", models.BigAutoField(primary_key=True))])
    field = migrations.AddField("Bed", "width", models.IntegerField(default=90))
    rule = migrations.AddConstraint(
        "Bed", models.CheckConstraint(condition=models.Q(width__gt=0), name="wide")
    )
    assert sentences(new, field, rule) == []


@pytest.mark.parametrize("operation", [UNIQUE, NOTHING])
def test_a_word_excuses_what_nobody_can_judge(operation: Operation) -> None:
    assert sentences(operation, expands="names were unique before, by another index") == []


def test_a_word_does_not_excuse_taking_away() -> None:
    assert sentences(migrations.RemoveField("Room", "name"), expands="nobody will mind")


@pytest.mark.parametrize("floor", ["0.1.0", "0.2.0", "0.3.0"])
def test_taking_away_after_two_releases_passes(floor: str) -> None:
    assert sentences(migrations.RemoveField("Room", "name"), floor=floor) == []


@pytest.mark.parametrize(("floor", "word"), [("0.4.0", "too new"), ("0.5.0", "too new"), ("9", "no release")])
def test_a_floor_is_old_enough_and_real(floor: str, word: str) -> None:
    (sentence,) = sentences(migrations.RemoveField("Room", "name"), floor=floor)
    assert word in sentence


def test_our_own_migrations_keep_to_it(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_migrations")
    assert capsys.readouterr().out == "Every migration expands.\n"


def test_the_command_tells_and_fails() -> None:
    found = [discipline.Finding("house.0009_next", "wait")]
    said = io.StringIO()
    with (
        patch.object(discipline, "findings", return_value=found),
        pytest.raises(CommandError, match="1 problem"),
    ):
        call_command("check_migrations", json=True, stdout=said)
    assert json.loads(said.getvalue()) == [{"migration": "house.0009_next", "problem": "wait"}]


def test_a_build_s_label_does_not_count() -> None:
    assert history.base("0.2.0+20261123.ab12") == "0.2.0"
    assert history.is_older("0.1.0+b", "0.2.0+a")
    assert not history.is_older("0.2.0+b", "0.2.0+a")
    assert history.age("0.3.0") == 2


def test_this_release_is_in_the_history(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    from cluster.identity import RELEASE

    assert history.RELEASES[-1] == RELEASE
    changelog = (Path(__file__).resolve().parents[2] / "CHANGELOG.md").read_text()
    told: Sequence[str] = [line[3:] for line in changelog.splitlines() if line.startswith("## ")]
    assert set(told) - {"Unreleased"} <= set(history.RELEASES)
