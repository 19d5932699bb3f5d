"""Progress: how a long command tells what it is at, to whoever wants to know. Commands themselves print nothing.

Comes in: a function (what, done, total), `total` 0 where nobody knows how many. Goes out: calls of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Progress = Callable[[str, int, int], None]
Thing = TypeVar("Thing")
#: What commands that read everything do first.
READING = "读取交回的文件"


def untold(what: str, done: int, total: int) -> None:
    """Nobody wants to know."""


def told(what: str, done: int, total: int) -> str:
    """What is being done, in words."""
    return f"正在{what}：{done}/{total}" if total else f"正在{what}，请稍候"


def counting(progress: Progress, what: str) -> Callable[[int, int], None]:
    """The same for a part of the work that does not know its name."""
    return lambda done, total: progress(what, done, total)


def each(progress: Progress, what: str, things: Sequence[Thing]) -> Iterator[Thing]:
    """`things` one by one, each told before it is taken up."""
    for number, thing in enumerate(things):
        progress(what, number, len(things))
        yield thing
    progress(what, len(things), len(things))
