"""Books filled in and saved by other programs: LibreOffice, Gnumeric, SheetJS, exceljs.

Comes in: workbooks and the cells to type into them. Goes out: (name, extension) → bytes as the program saved them. Node
and the two packages are looked for in KAOPING_NODE, else in .node beside the tests:

    npm install --no-save --no-package-lock --prefix .node xlsx@0.18 exceljs@4
"""

from __future__ import annotations

import datetime
import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import intake_samples as samples
import yearhands as hands

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = Path(__file__).with_name("programs")
SECONDS = 120
LIBRE, GNUMERIC, SHEETJS, EXCELJS = "LibreOffice", "Gnumeric", "SheetJS", "exceljs"
#: Program → the formats it is asked to save.
PROGRAMS = {LIBRE: ("xlsx", "xls", "ods"), GNUMERIC: ("xlsx", "xls", "ods"), SHEETJS: ("xlsx", "xls", "ods"), EXCELJS: ("xlsx",)}
_EPOCH = datetime.date(1899, 12, 30)
#: sheet → cell → what is typed
Cells = Mapping[str, Mapping[str, object]]
Saved = dict[tuple[str, str], bytes]


@dataclass(frozen=True, slots=True)
class Job:
    """A workbook to be filled in: the blank, what is typed, the formats asked for."""

    blank: bytes
    cells: Cells
    formats: tuple[str, ...] = ("xlsx", "xls", "ods")


#: A job on its way: the blank as a file, what is typed, extension → where the saved one goes.
Order = tuple[Path, Cells, Mapping[str, Path]]


def node_folder() -> Path:
    """Where npm has put the packages."""
    return Path(os.environ.get("KAOPING_NODE") or ROOT / ".node")


def missing(program: str) -> str:
    """Why a program cannot be used here; empty when it can. LibreOffice has a fixture of its own."""
    if program == GNUMERIC and shutil.which("ssconvert") is None:
        return "ssconvert (Gnumeric) is not installed"
    if program in (SHEETJS, EXCELJS):
        package = node_folder() / "node_modules" / {SHEETJS: "xlsx", EXCELJS: "exceljs"}[program]
        if shutil.which("node") is None or not package.is_dir():
            return f"node or its package {package.name} is not installed (see tests/programs.py)"
    return ""


def fill(program: str, jobs: Mapping[str, Job], folder: Path, office=None) -> Saved:
    """Every workbook filled in and saved by the program, in each of its formats; one it cannot open is not there."""
    orders: dict[str, Order] = {}
    for number, (name, job) in enumerate(jobs.items()):
        source = folder / f"{number}.xlsx"
        source.write_bytes(job.blank)
        formats = [ext for ext in PROGRAMS[program] if ext in job.formats]
        orders[name] = (source, job.cells, {ext: folder / f"{number}-saved.{ext}" for ext in formats})
    if program == LIBRE:
        _office(orders, office)
    elif program == GNUMERIC:
        _gnumeric(orders)
    else:
        _node(program, orders)
    return {(n, ext): path.read_bytes() for n, (_, _, outs) in orders.items() for ext, path in outs.items() if path.exists()}


def _office(orders: Mapping[str, Order], office) -> None:
    for source, cells, outs in orders.values():
        plain = {sheet: {ref: _serial(value) for ref, value in values.items()} for sheet, values in cells.items()}
        with office.open(source) as session:
            session.eval_many(plain, {})
            for ext, path in outs.items():
                session.store(ext, path)


def _gnumeric(orders: Mapping[str, Order]) -> None:
    """ssconvert reads what it is given as a cell of Gnumeric's does, but fills in the sheet in front alone.

    What goes into other sheets is typed beforehand; Gnumeric then opens, recalculates and saves it.
    """
    for source, cells, outs in orders.values():
        front = max(cells, key=lambda sheet: len(cells[sheet]))
        others = {sheet: values for sheet, values in cells.items() if sheet != front}
        if others:
            source.write_bytes(hands.saved(source.read_bytes(), others))
        source.write_bytes(in_front(source.read_bytes(), front))
        sets = [f"--set={ref}={_as_typed(value)}" for ref, value in cells[front].items()]
        for path in outs.values():
            _run([shutil.which("ssconvert"), *sets, str(source), str(path)])


def in_front(data: bytes, sheet: str) -> bytes:
    """The .xlsx, whose sheets stand in parts numbered in their order, with another sheet shown first."""
    parts = samples.unzipped(data)
    names = re.findall(rb'<sheet [^>]*?name="([^"]*)"', parts["xl/workbook.xml"])
    place = names.index(sheet.encode())
    book = re.sub(rb' activeTab="\d+"', b"", parts["xl/workbook.xml"])
    parts["xl/workbook.xml"] = book.replace(b"<workbookView ", b'<workbookView activeTab="%d" ' % place)
    for number in range(1, len(names) + 1):
        part = f"xl/worksheets/sheet{number}.xml"
        chosen = b'<sheetView tabSelected="1" ' if number == place + 1 else b"<sheetView "
        parts[part] = re.sub(rb' tabSelected="\w+"', b"", parts[part]).replace(b"<sheetView ", chosen)
    return samples.zipped(parts)


def _node(program: str, orders: Mapping[str, Order]) -> None:
    jobs = [
        {
            "source": str(source),
            "cells": {sheet: {ref: _json(value) for ref, value in values.items()} for sheet, values in cells.items()},
            "outs": {ext: str(path) for ext, path in outs.items()},
        }
        for source, cells, outs in orders.values()
    ]
    script = SCRIPTS / f"{program.lower()}.js"
    modules = {**os.environ, "NODE_PATH": str(node_folder() / "node_modules")}
    _run([shutil.which("node"), str(script)], json.dumps(jobs).encode(), modules)


def _run(command: list[str], given: bytes = b"", env: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(command, input=given, env=env, capture_output=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]


def _serial(value: object) -> object:
    return float((value - _EPOCH).days) if isinstance(value, datetime.date) else value


def _as_typed(value: object) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _json(value: object) -> object:
    if isinstance(value, datetime.date):
        return {"serial": (value - _EPOCH).days}
    return float(value) if isinstance(value, Decimal) else value
