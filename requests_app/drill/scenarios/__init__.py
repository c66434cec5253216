"""A fault each, beside what was promised for it. The table of promises is the order of the scoreboard."""

from __future__ import annotations

from requests_app.drill.scenarios import database, kills, leader, quiet, races, redis, rolling, sockets
from requests_app.drill.scenarios.scenario import Result, Scenario

ALL: tuple[Scenario, ...] = (
    *kills.SCENARIOS,
    *rolling.SCENARIOS,
    *redis.SCENARIOS,
    *database.SCENARIOS,
    *leader.SCENARIOS,
    *sockets.SCENARIOS,
    *races.SCENARIOS,
    *quiet.SCENARIOS,
)

__all__ = ["ALL", "Result", "Scenario"]
