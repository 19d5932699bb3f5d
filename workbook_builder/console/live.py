"""The console as it stands open in Excel: what was chosen is read from it, what was found is written on it.

Comes in: an xlwings book. Goes out: cells of its two sheets. Only what every engine of xlwings knows is used (values, row
heights, the status bar), nothing of COM itself.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from workbook_builder.commands.steps import YEAR
from workbook_builder.commands.watching import told
from workbook_builder.console import board as b
from workbook_builder.console import places as at
from workbook_builder.excel import measure
from workbook_builder.excel.report import Report

#: Seconds between two words in the status bar: each is a call into Excel.
_PAUSE = 0.3


def chosen(book: Any) -> str:
    """The name in the cell of the choice, "" if it is empty."""
    return str(book.sheets[at.FRONT].range((at.CHOSEN_ROW, at.VALUE_COLUMN)).value or "").strip()


def show(book: Any, shown: b.Board) -> None:
    """Everything of the board; what stood there before goes."""
    front = book.sheets[at.FRONT]
    _answer(front, shown)
    if shown.states:
        last = at.FIRST_STEP + len(YEAR) - 1
        marks = [[_text(at.NEXT_MARK if number == shown.marked else None)] for number in range(len(YEAR))]
        front.range((at.FIRST_STEP, 1), (last, 1)).value = marks
        front.range((at.FIRST_STEP, 3), (last, 3)).value = [[_text(state)] for state in shown.states]
    _block(front, at.FIRST_SECTION, (at.FRONT_WIDTHS, at.SECTION_LOOKS), shown.sections, at.MOST_SECTIONS)
    problems = book.sheets[at.PROBLEMS]
    problems.range((at.TOLD_ROW, 1)).value = _text(shown.told)
    _block(problems, at.FIRST_PROBLEM, (at.PROBLEM_WIDTHS, at.PROBLEM_LOOKS), shown.problems, at.MOST_PROBLEMS)


def answer(book: Any, shown: b.Board) -> None:
    """Only how the step ended; the rest stays as it was."""
    _answer(book.sheets[at.FRONT], shown)


def _answer(front: Any, shown: b.Board) -> None:
    width = sum(at.FRONT_WIDTHS[at.VALUE_COLUMN - 1 :])
    front.range((at.CHOSEN_ROW, at.VALUE_COLUMN)).value = _text(shown.chosen)
    for row, text in ((at.RESULT_ROW, shown.result), (at.NEXT_ROW, shown.advice), (at.LAST_ROW, shown.last)):
        cell = front.range((row, at.VALUE_COLUMN))
        cell.value = _text(text)
        # Excel does not fit rows to merged cells by itself.
        cell.row_height = measure.row_height([(text, width, Report.size(at.ANSWER_LOOK))], at.ANSWER)


def _block(
    sheet: Any,
    first: int,
    columns: tuple[Sequence[float], Sequence[str]],
    rows: Sequence[Sequence[b.Value]],
    room: int,
) -> None:
    """Rows of values and empty ones up to `room`, written at once; heights as in the file. `columns`: widths and looks."""
    widths, looks = columns
    values = [[_text(value) for value in row] for row in rows]
    values += [[None] * len(widths) for _ in range(room - len(rows))]
    sheet.range((first, 1), (first + room - 1, len(widths))).value = values
    sheet.range((first, 1), (first + room - 1, 1)).row_height = at.LEAST
    for number, row in enumerate(rows):
        texts = [
            (value.text if isinstance(value, b.Link) else str(value or ""), width, Report.size(look))
            for value, width, look in zip(row, widths, looks, strict=True)
        ]
        height = measure.row_height(texts, at.LEAST)
        if height > at.LEAST:
            sheet.range((first + number, 1)).row_height = height


def _text(value: b.Value) -> str | int | None:
    """A value for a cell: words stay words, even where Excel would see a formula, a date or a number in them."""
    if value is None or value == "":
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, b.Link):
        return "=" + value.formula
    return "'" + value


class StatusBar:
    """What the step is at, in Excel's status bar; given back to Excel at the end."""

    def __init__(self, app: Any) -> None:
        self._app, self._what, self._last = app, "", 0.0

    def __enter__(self) -> StatusBar:
        return self

    def __exit__(self, *_: object) -> None:
        self._app.status_bar = False

    def __call__(self, what: str, done: int, total: int) -> None:
        """The progress of a command (commands/watching.py)."""
        now = time.monotonic()
        if what == self._what and done < total and now - self._last < _PAUSE:
            return
        self._what, self._last = what, now
        self._app.status_bar = told(what, done, total)
