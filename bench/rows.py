"""What the bench measures and how a line of its table comes about."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ROUNDS = 15


class Differ(Exception):
    """The platform and the limit say different things: nothing is timed."""


def once(call: Callable[[], Any]) -> float:
    """Seconds of one call."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


@dataclass(frozen=True)
class Row:
    """The product's call and the limit's, which give the same answer. ``goal``: greatest ratio of their times; with ``faster`` the least
    ratio of their speeds. ``product_call`` and ``limit_call`` are timed in place of them where they are named."""

    number: str
    what: str
    product: Callable[[], Any]
    limit: Callable[[], Any]
    goal: float
    rounds: int = ROUNDS
    faster: bool = False
    clock: Callable[..., float] = once
    product_call: Callable[[], Any] | None = None
    limit_call: Callable[[], Any] | None = None
    cpu: Callable[[], float] | None = None
    note: Callable[[], str] | None = None

    def line(self, most_rounds: int) -> tuple[str, bool]:
        """The line of the table and whether the goal is reached. Raises Differ."""
        if self.product() != self.limit():
            raise Differ(self.what)
        ours, theirs = self._medians(min(self.rounds, most_rounds))
        ratio = theirs / ours if self.faster else ours / theirs
        good = ratio >= self.goal if self.faster else ratio <= self.goal
        said = f"{self.what}{self._processor()}{self.note() if self.note else ''}"
        return (
            f"| {self.number} | {said} | {_time(ours)} | {_time(theirs)} | {ratio:.2f} | {'≥' if self.faster else '≤'} {self.goal} | "
            f"{'reached' if good else '**missed**'} |"
        ), good

    def failed(self, error: Exception) -> str:
        """The line of a row that could not be measured."""
        return (
            f"| {self.number} | {self.what} | | | | {'≥' if self.faster else '≤'} {self.goal} | **{_short(error)}** |"
        )

    def _medians(self, rounds: int) -> tuple[float, float]:
        """Seconds of both, in turns, the one that goes first changing from round to round."""
        times: dict[str, list[float]] = {"product": [], "limit": []}
        sides = [("product", self.product_call or self.product), ("limit", self.limit_call or self.limit)]
        for number in range(rounds):
            for name, call in sides if number % 2 else reversed(sides):
                times[name].append(self.clock(call))
        return statistics.median(times["product"]), statistics.median(times["limit"])

    def _processor(self) -> str:
        """Milliseconds of processor time a request, where it is asked for."""
        if self.cpu is None:
            return ""
        call, before, times = self.product_call or self.product, self.cpu(), 200
        for _ in range(times):
            call()
        return f" ({(self.cpu() - before) / times * 1000:.2f} ms of server CPU)"


@dataclass(frozen=True)
class Figure:
    """Something that stands by itself: ``measure`` gives its value in ``unit``; ``goal`` is the most it may be (``least``: the least)."""

    number: str
    what: str
    measure: Callable[[], float]
    unit: str
    goal: float | None = None
    least: bool = False
    note: Callable[[], str] | None = None

    @property
    def _goal(self) -> str:
        return "" if self.goal is None else f"{'≥' if self.least else '≤'} {self.goal:g} {self.unit}"

    def line(self, most_rounds: int) -> tuple[str, bool]:
        """The line of the table and whether the goal is reached."""
        value = self.measure()
        good = self.goal is None or (value >= self.goal if self.least else value <= self.goal)
        word = "" if self.goal is None else "reached" if good else "**missed**"
        said = f"{self.what}{self.note() if self.note else ''}"
        return f"| {self.number} | {said} | {value:,.1f} {self.unit} | | | {self._goal} | {word} |", good

    def failed(self, error: Exception) -> str:
        """The line of a figure that could not be measured."""
        return f"| {self.number} | {self.what} | | | | {self._goal} | **{_short(error)}** |"


def _short(error: Exception) -> str:
    """What went wrong, for a cell."""
    if isinstance(error, Differ):
        return "the answers differ"
    said = f"{type(error).__name__}: {error}".replace("|", "/")
    return "failed: " + " ".join(said.split())[:120]


def _time(seconds: float) -> str:
    return (
        f"{seconds * 1000:.2f} ms"
        if seconds < 0.01
        else f"{seconds * 1000:,.1f} ms"
        if seconds < 10
        else f"{seconds:.1f} s"
    )
