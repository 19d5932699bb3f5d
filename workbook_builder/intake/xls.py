""".xls through a child process (see `xls_child`): a file that crashes or hangs the reader costs itself alone."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

from workbook_builder.intake import ole
from workbook_builder.intake.formats import format_flags, to_decimal
from workbook_builder.intake.limits import LIMITS
from workbook_builder.intake.model import BOOL, DATE, ERROR, NUMBER, TEXT, Book, Cell, Refusal, Sheet
from workbook_builder.intake.refs import a1, column_letters
from workbook_builder.intake.runs import Look, lowered, raised, struck

_CHILD = Path(__file__).with_name("xls_child.py")
_DAYS_1904 = 1462
#: What the child calls the look of a piece of text → how that is written.
_LOOKS: dict[str, Look] = {"": str, "struck": struck, "raised": raised, "lowered": lowered}

#: -P keeps the folder of the child's file off its import path, -X utf8 its streams off the console's encoding.
_PYTHON_OPTIONS = ("-P", "-X", "utf8")

#: Windows would open a black window for each file.
_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)


def read_xls(data: bytes) -> Book:
    """The workbook in `data`; formulas are known by place only. Raises Refusal."""
    answer = _ask(data)
    if "refused" in answer:
        raise _refusal(answer["refused"])
    flags = {key: format_flags(key, code or None) for key, code in answer["formats"]}
    shift = _DAYS_1904 if answer["datemode"] else 0
    sheets = tuple(_sheet(entry, flags, shift) for entry in answer["sheets"])
    streams = ole.OleFile(data).streams if data.startswith(ole.SIGNATURE) else {}
    return Book(
        sheets=sheets,
        kind="xls",
        has_macros="_VBA_PROJECT_CUR" in streams or "_VBA_PROJECT" in streams,
        external_links=answer["external_links"],
    )


def _ask(data: bytes) -> dict:
    """The child's answer. Refuses a child that dies, dawdles or answers nonsense."""
    limits = {
        "memory": LIMITS.xls_memory,
        "max_row": LIMITS.max_row,
        "max_col": LIMITS.max_col,
        "cells": LIMITS.cells,
    }
    command = [sys.executable, *_PYTHON_OPTIONS, str(_CHILD), json.dumps(limits)]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=LIMITS.xls_seconds, creationflags=_NO_WINDOW, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Refusal("READER_TIMEOUT", seconds=int(LIMITS.xls_seconds)) from error
    if done.returncode or len(done.stdout) > LIMITS.xls_answer:
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise Refusal("READER_CRASHED", last)
    try:
        # Numbers arrive as Python wrote them, which is already the shortest text of the double.
        return json.loads(done.stdout, parse_float=to_decimal, parse_constant=to_decimal)
    except (ValueError, RecursionError) as error:
        raise Refusal("READER_CRASHED", "") from error


def _refusal(reason: str) -> Refusal:
    if reason == "encrypted":
        return Refusal("FILE_ENCRYPTED")
    if reason == "cells":
        return Refusal("TOO_MANY_CELLS", limit=LIMITS.cells)
    if reason == "memory":
        return Refusal("READER_OUT_OF_MEMORY")
    if reason.startswith("extent "):
        sheet, row, col = reason.removeprefix("extent ").rsplit("\t", 2)
        return Refusal(
            "TOO_LARGE_EXTENT",
            sheet=sheet,
            cell=a1(int(row), int(col)),
            rows=LIMITS.max_row,
            columns=column_letters(LIMITS.max_col),
        )
    return Refusal("XLS_DAMAGED")


def _sheet(entry: dict, flags: dict[int, tuple[bool, bool]], shift: int) -> Sheet:
    formulas = {tuple(place) for place in entry["formulas"]}
    cells: dict[tuple[int, int], Cell] = {}
    for row, col, kind, value, style in entry["cells"]:
        formula = "" if (row, col) in formulas else None
        cells[row, col] = _cell(kind, value, formula, flags.get(style, (False, False)), shift)
    return Sheet(
        name=entry["name"],
        state=entry["state"],
        cells=cells,
        protected=entry["protected"],
        merged=tuple(f"{a1(top, left)}:{a1(bottom, right)}" for top, left, bottom, right in entry["merged"]),
    )


def _cell(kind: str, value: object, formula: str | None, flags: tuple[bool, bool], shift: int) -> Cell:
    if kind == "b":
        return Cell(bool(value), BOOL, formula)
    if kind == "r":
        return Cell("".join(_LOOKS[look](text) for text, look in value), TEXT, formula)
    if kind in ("s", "e"):
        return Cell(str(value), TEXT if kind == "s" else ERROR, formula)
    percent, date = flags
    number = value if isinstance(value, Decimal) else Decimal(int(value))
    return Cell(number + shift, DATE, formula) if date else Cell(number, NUMBER, formula, percent)
