"""What a text looks like: attacks found, innocent words left alone, in linear time."""

from __future__ import annotations

from time import thread_time

import pytest

from security.threats import Reason, in_text, in_texts
from tests.security.threats.corpora import corpus

GOALS = {"xss": 90, "sql": 85, "path": 60}


@pytest.mark.parametrize("name", ["tuning", "held_out"])
@pytest.mark.parametrize("kind", GOALS)
def test_attacks_are_found(name: str, kind: str) -> None:
    texts = corpus(name)[kind]
    assert 100 * sum(bool(in_text(text)) for text in texts) / len(texts) >= GOALS[kind]


@pytest.mark.parametrize("name", ["tuning", "held_out"])
def test_innocent_texts_are_left_alone(name: str) -> None:
    texts = corpus(name)["innocent"]
    flagged = [text for text in texts if in_text(text)]
    assert len(flagged) / len(texts) <= 0.02, flagged


@pytest.mark.parametrize(
    "text",
    [
        "select the union square tour and drop off at table 5",
        "O'Brien",
        "2 < 3 & 5 > 4",
        "Cảm ơn!",
        "🙏🏽 x2",
    ],
)
def test_no_word_alone_is_an_attack(text: str) -> None:
    assert in_text(text) == []


@pytest.mark.parametrize(
    "text", ["%253Cscript%253Ealert(1)", "&lt;script&gt;", r"\u003cscript\u003e", "<ScRiPt\n>"]
)
def test_disguises_are_taken_off(text: str) -> None:
    assert Reason.SCRIPT in in_text(text)


def test_a_reason_counts_once_a_call() -> None:
    found = in_texts(["' or 1=1--", "' union select 1,2--", "hello"])
    assert [(each.reason, each.is_text) for each in found] == [(Reason.SQL, True)]


SEEDS = [
    "' or ",
    "|| ",
    "; ",
    "<a on",
    "<img ",
    "../",
    "select a,",
    "$( ",
    "`a ",
    "%25",
    "&lt;",
    "{{",
    "/*",
    " ",
]


@pytest.mark.parametrize("seed", SEEDS)
def test_four_times_the_text_is_about_four_times_the_work(seed: str) -> None:
    """Quadratic patterns would cost sixteen times; a ratio of two costs does not depend on the machine."""
    assert cost(seed, 8_000) < 9 * max(cost(seed, 2_000), 0.0001)


def cost(seed: str, length: int) -> float:
    text = (seed * length)[: length - 2] + "'("
    return min(timed(text) for _ in range(5))


def timed(text: str) -> float:
    begun = thread_time()
    in_text(text)
    return thread_time() - begun
