"""What is broken, or could not be played, is said so; and what the clients do is bounded."""

from __future__ import annotations

import asyncio
import io
import json
from random import Random

import pytest
from django.core.management import CommandError, call_command
from rich.console import Console

from requests_app.drill import runner, scoreboard
from requests_app.drill.calls import Door, NoAnswer
from requests_app.drill.faults import Nobody, NoMeans
from requests_app.drill.load.people import People
from requests_app.drill.measures import Measure, at_most, none
from requests_app.drill.place import Place
from requests_app.drill.scenarios import ALL, Result, Scenario
from requests_app.drill.stage import CouldNotRun, Stage

KEPT = at_most("new leader after", 2.9, 4.0)
BROKEN = none("stale reads", ["list by web-1: it left out 3"])


def shown(result: Result) -> str:
    output = io.StringIO()
    scoreboard.show(Console(file=output, width=120), result)
    return output.getvalue()


def test_a_kept_promise_is_shown_with_its_bound() -> None:
    text = shown(Result("kill-leader", "a promise", 9.0, [KEPT]))
    assert "kill-leader: kept in 9 s" in text
    assert "2.900 s" in text
    assert "≤ 4 s" in text


def test_a_broken_promise_is_shown_with_examples() -> None:
    result = Result("redis-hung", "a promise", 9.0, [KEPT, BROKEN])
    assert not result.kept
    assert "stale reads: list by web-1: it left out 3" in shown(result)
    assert scoreboard.summary([result]).endswith("broken: redis-hung")


def test_nothing_measured_is_a_broken_promise() -> None:
    assert not Result("quiet", "a promise", 1.0).kept


def test_a_number_never_reached_is_never_and_broken() -> None:
    measure = at_most("new leader after", float("inf"), 4.0)
    assert (measure.measured, measure.kept) == ("never", False)


def test_programs_get_the_same() -> None:
    told = scoreboard.as_json([Result("roll", "a promise", 9.0, [BROKEN])], seed="1")
    assert json.loads(json.dumps(told))["scenarios"][0]["measures"][0]["measured"] == "1"
    assert told["kept"] is False


class Whole(Stage):
    """A stage that is always ready."""

    async def whole(self) -> None:
        """Do not wait."""


@pytest.mark.parametrize("problem", [CouldNotRun("nobody leads"), NoMeans("no cluster")])
def test_what_can_not_be_played_is_a_broken_promise(problem: Exception) -> None:
    async def play(_: Stage) -> list[Measure]:
        raise problem

    stage = Whole(Place("", ""), People("", "", ""), Nobody(), Random(1))
    said: list[str] = []
    (result,) = asyncio.run(
        runner.play(stage, [Scenario("roll", "a promise", play)], said.append, lambda _: None)
    )
    assert (result.problem, result.kept) == (str(problem), False)
    assert said == ["1 of 1: roll"]


async def test_a_door_nobody_answers_is_refused_and_one_that_is_silent_times_out() -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(NoAnswer, match="timeout"):
            await Door(f"http://127.0.0.1:{port}", seconds=0.2).call("GET", "/health")
        server.close()
    with pytest.raises(NoAnswer, match="refused"):
        await Door(f"http://127.0.0.1:{port}").call("GET", "/health")


async def test_a_door_that_hangs_up_is_a_reset() -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        with pytest.raises(NoAnswer, match="reset"):
            await Door(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}").call("GET", "/health")


def test_the_list_names_every_promise() -> None:
    output = io.StringIO()
    call_command("drill", "--list", "--json", stdout=output)
    assert [it["name"] for it in json.loads(output.getvalue())] == [it.name for it in ALL]


def test_it_does_not_begin_without_a_cluster(settings: object, tmp_path: object) -> None:
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="No local cluster is up") as refused:
        call_command("drill", "--only", "roll")
    assert refused.value.returncode == 2
