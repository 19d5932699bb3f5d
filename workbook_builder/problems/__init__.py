"""Problems are values: what is wrong, where, and what to do about it.

Comes in: a stable code, a place (`Where`), the value found and the facts the text needs.
Goes out: a frozen `Problem` whose Chinese message and remedy come from the catalogue, so that every
message of one kind reads the same in the terminal, in 问题清单.xlsx, in JSON and in the handbook.

The catalogue is split by subject; each module holds a dict `ENTRIES` of code → `Entry`.
"""

from __future__ import annotations

from workbook_builder.problems import (
    answers,
    ballots,
    beside,
    commands,
    decisions,
    explaining,
    files,
    folders,
    letters,
    receiving,
    registers,
    returning,
    returns,
    reviewing,
    schemes,
    templates,
)
from workbook_builder.problems.core import (
    ERROR,
    INFO,
    SEVERITY_LABELS,
    WARNING,
    Entry,
    Problem,
    Where,
    clip,
)

__all__ = [
    "CATALOGUE",
    "ERROR",
    "INFO",
    "SEVERITY_LABELS",
    "WARNING",
    "Entry",
    "Problem",
    "Where",
    "clip",
    "has_errors",
    "problem",
    "sort_problems",
]


def _merged() -> dict[str, Entry]:
    merged: dict[str, Entry] = {}
    for module in (commands, files, folders, schemes, templates, returns, answers, decisions, explaining, ballots, returning, letters, registers, reviewing, beside, receiving):
        for code, entry in module.ENTRIES.items():
            if code in merged:
                raise ValueError(f"problem code declared twice: {code}")
            merged[code] = entry
    return merged


CATALOGUE: dict[str, Entry] = _merged()


def problem(code: str, where: Where, value: object = "", **facts: object) -> Problem:
    """A problem of the catalogued kind `code`.

    `facts` fill the placeholders of the catalogue's texts; a missing fact or an unknown code is a bug of
    ours and raises KeyError.
    """
    entry = CATALOGUE[code]
    shown = clip(value)
    texts = {"value": shown, "file": where.file, "sheet": where.sheet, "cell": where.cell, **facts}
    return Problem(
        code=code,
        severity=entry.severity,
        where=where,
        value=shown,
        message=entry.message.format(**texts),
        fix=entry.fix.format(**texts),
    )


def has_errors(problems: list[Problem] | tuple[Problem, ...]) -> bool:
    """Whether anything must be mended (exit code 1 of every command)."""
    return any(p.severity == ERROR for p in problems)


def sort_problems(problems) -> tuple[Problem, ...]:
    """Problems in their one order: by file, sheet, place in the sheet, severity, code.

    The order never depends on the order in which files were read.
    """
    return tuple(sorted(set(problems), key=Problem.sort_key))
