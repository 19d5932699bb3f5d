"""What a command has to say when it is done. Nothing is printed here; the command line and other programs decide.

Comes in: values. Goes out: a frozen `Outcome`, the same for a person at a terminal, for --json and for Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from workbook_builder.folder import Folder
from workbook_builder.problems import ERROR, Problem, has_errors, sort_problems
from workbook_builder.returns import Received

#: Exit codes (contract 4).
CLEAN, TO_MEND, MISUSE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one command.

    outputs   files of this run as they stand now, relative to `folder` with "/"; outside any folder their paths
    problems  everything found, in the one order of problems
    received  a receipt of every file of 2回收
    data      further keys of the JSON object (JSON values only); `next` is the next step in words
    misuse    the command could not do its work at all: wrong place, or a scheme that cannot be read
    forgiven  errors are part of the demonstration and need no mending
    """

    command: str
    outputs: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    received: tuple[Received, ...] = ()
    data: Mapping[str, object] = field(default_factory=dict)
    folder: Folder | None = None
    misuse: bool = False
    forgiven: bool = False

    @property
    def exit_code(self) -> int:
        """0 nothing to mend · 1 there are errors · 2 misuse, or a scheme that cannot be read."""
        if self.misuse:
            return MISUSE
        return TO_MEND if has_errors(self.problems) and not self.forgiven else CLEAN

    @property
    def ok(self) -> bool:
        return self.exit_code == CLEAN

    @property
    def next_step(self) -> str:
        """What to do now, in words: the advice of the command, else how to mend what stopped it."""
        if "next" in self.data:
            return str(self.data["next"])
        wrong = next((p for p in self.problems if p.severity == ERROR), None)
        if wrong is None or self.forgiven:
            return ""
        again = "" if "运行" in wrong.fix or "kaoping" in wrong.fix else f"，再运行 kaoping {self.command}"
        return wrong.fix.removesuffix("。") + again

    def to_json(self) -> dict[str, object]:
        """The one JSON object of --json."""
        return {
            "command": self.command,
            "folder": None if self.folder is None else _utf8(str(self.folder.root)),
            "outputs": [_utf8(name) for name in self.outputs],
            "problems": [p.to_json() for p in self.problems],
            "received": [receipt.to_json() for receipt in self.received],
            **self.data,
            "next": self.next_step,
        }


def misuse(command: str, *problems: Problem, folder: Folder | None = None, **data: object) -> Outcome:
    """The outcome of a command that could not do its work."""
    return Outcome(command, problems=sort_problems(problems), folder=folder, data=data, misuse=True)


def shown_path(path: Path) -> str:
    """A path of the user's as it is quoted back: his own words, encodable."""
    return _utf8(str(path))


def _utf8(text: str) -> str:
    # A path on Linux may hold bytes that are no text.
    return text.encode("utf-8", "replace").decode("utf-8")
