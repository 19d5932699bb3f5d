"""What people do in a working folder through a year: rows typed into registers, cells of review books, ballots.

Comes in: the folder and its scheme. Every file is changed in place, found by its own heads and manifest, and saved as an
office program saves it: formulas without values, another core part than ours.
"""

from __future__ import annotations

import datetime
import io
from copy import copy
from decimal import Decimal
from pathlib import Path

from openpyxl import load_workbook
from story import repacked

from workbook_builder import records as rec
from workbook_builder.ballots.forms import OWN_KEY, VOTE_KEY, pass_sheets, section_key
from workbook_builder.ballots.grid import grids
from workbook_builder.collecting.manifest import read_manifest
from workbook_builder.duties import Task, tasks
from workbook_builder.excel.measure import row_height
from workbook_builder.excel.stable import stable_save
from workbook_builder.intake import read_book
from workbook_builder.layout.plan import address
from workbook_builder.registers.offers import clause_choices, object_label
from workbook_builder.registers.spec import FIRST_ROW, HEAD_ROW
from workbook_builder.reviewing import review_file
from workbook_builder.rules.review import DONE

DECISIONS, LEDGER, CITY = "决定", "台账", "市局反馈"
REVIEW, REASON = "#核定", "#核定说明"
ABSTAINED = "-"
#: sheet → cell → value
Cells = dict[str, dict[str, object]]


def plain(value: object) -> object:
    """A value of the text as a cell holds it."""
    return Decimal(str(value)) if isinstance(value, float | int) and not isinstance(value, bool) else value


def save(path: Path, cells: Cells) -> None:
    """Type `cells` into the workbook and save it as an office program does."""
    path.write_bytes(saved(path.read_bytes(), cells))


def saved(data: bytes, cells: Cells, author: str = "Excel") -> bytes:
    """`data` with `cells` typed in, as an office program of `author` saves it."""
    book = load_workbook(io.BytesIO(data))
    for sheet, entries in cells.items():
        for ref, value in entries.items():
            cell = book[sheet][ref]
            if not cell.has_style:  # below the drawn rows an office program takes the look of the column
                cell._style = copy(book[sheet].column_dimensions[cell.column_letter]._style)
            cell.value = plain(value)
            if isinstance(value, str):
                cell.data_type = "s"
        if sheet in (DECISIONS, LEDGER, CITY):
            _fit(book[sheet], {book[sheet][ref].row for ref in entries})
    formulas = {ws.title: {c.coordinate: "" for row in ws.iter_rows() for c in row if c.data_type == "f"} for ws in book}
    data = stable_save(book, formulas)
    return repacked(data, {"docProps/core.xml": (b">kaoping<", f">{author}<".encode())})


def together(first: Cells, then: Cells) -> Cells:
    """Both; where they meet, what was typed last."""
    return {sheet: {**first.get(sheet, {}), **then.get(sheet, {})} for sheet in {**first, **then}}


def _fit(sheet, rows: set[int]) -> None:
    """Rows as high as their wrapped texts need, as Excel makes them while one types."""
    for number in rows:
        texts = [
            (str(cell.value), sheet.column_dimensions[cell.column_letter].width, cell.font.size)
            for cell in sheet[number]
            if cell.value is not None and cell.alignment.wrap_text
        ]
        height = row_height(texts, 0) if texts else 0
        if height > (sheet.row_dimensions[number].height or 0):
            sheet.row_dimensions[number].height = height


# --- registers ----------------------------------------------------------------------------------------------------


class Register:
    """One sheet with heads: 台账, 市局反馈, 决定."""

    def __init__(self, data: bytes, kind: str):
        book, _ = read_book(data, f"{kind}.xlsx")
        self.sheet = book.sheet(kind)
        self.heads = {
            str(cell.value): col for (row, col), cell in self.sheet.cells.items() if row == HEAD_ROW and cell.value
        }
        filled = [row for (row, col), cell in self.sheet.cells.items() if row >= FIRST_ROW and cell.value not in (None, "")]
        self.next = max(filled, default=FIRST_ROW - 1) + 1

    def rows(self) -> list[tuple[int, dict[str, object]]]:
        return [
            (row, {head: self.sheet.cell(row, col).value for head, col in self.heads.items()})
            for row in range(FIRST_ROW, self.next)
        ]

    def cells(self, row: int, values: dict[str, object]) -> dict[str, object]:
        return {address(row, self.heads[head]): value for head, value in values.items()}


def register_cells(scheme, kind: str, data: bytes, rows: list[dict]) -> Cells:
    """The cells of `rows`, typed below what is there; clauses as the drop-down shows them."""
    register = Register(data, kind)
    labels = {text.split(" ")[0]: text for _, texts in clause_choices(scheme, True).groups for text in texts}
    typed: dict[str, object] = {}
    for number, row in enumerate(rows, register.next):
        typed |= register.cells(number, {**row, **({"细则": labels[row["细则"]]} if row.get("细则") in labels else {})})
    return {kind: typed}


def decision_cells(scheme, data: bytes, row: dict) -> Cells:
    """A decision typed: into the row that asks for it, else into a new one."""
    register = Register(data, DECISIONS)
    label = object_label(scheme, row["种类"], row["对象"])
    wanted = (row["种类"], row.get("科室") or "", row["对象"])
    for number, found in register.rows():
        key = (found["种类"], found["科室"] or "", str(found["对象"] or "").split(" ")[0])
        if key == wanted and found["改为"] in (None, ""):
            answer = {head: value for head, value in row.items() if head not in ("种类", "科室", "对象", "原为")}
            return {DECISIONS: register.cells(number, answer)}
    return {DECISIONS: register.cells(register.next, {**row, "对象": label})}


def change_row(data: bytes, kind: str, match: dict, values: dict) -> Cells:
    """New values in the one row whose cells begin with `match`."""
    register = Register(data, kind)
    found = [n for n, row in register.rows() if all(str(row[h] or "").startswith(str(v)) for h, v in match.items())]
    assert len(found) == 1, (match, found)
    return {kind: register.cells(found[0], values)}


# --- 核定 ---------------------------------------------------------------------------------------------------------


def review_cells(
    scheme, reviewer: str, data: bytes, told: dict, only: list[str] | None = None, whole: bool = True
) -> Cells:
    """The cells a reviewer fills: what is `told`, and if `whole` 无 for every other 突破底线 row and 核定完成."""
    places = read_manifest(read_book(data, "核定表.xlsx")[0]).places
    cells: Cells = {}
    for task in tasks(scheme)[reviewer]:
        name = task.section.name
        if only is not None and name not in only:
            continue
        for field, value in _fields(task, told.get(name, {}), places.get(name, {}) if whole else None).items():
            sheet, row, col = places[name][field]
            cells.setdefault(sheet, {})[address(row, col)] = value
    return cells


def _fields(task: Task, told: dict, places) -> dict[str, object]:
    fields: dict[str, object] = {}
    if places is not None:
        fields |= {c.id + REVIEW: rec.ABSENT for item in task.bottom for c in item.clauses}
    if places is not None and DONE in places:
        fields[DONE] = "是"
    for name, (value, *rest) in told.items():
        fields[name + REVIEW] = value
        if value == rec.PRESENT:
            fields[f"{name}@1{REVIEW}"], fields[f"{name}@1{REASON}"] = rest
        elif rest:
            fields[name + REASON] = rest[0]
    return fields


def review_path(root: Path, scheme, reviewer: str) -> Path:
    return root / "3核定" / review_file(scheme, reviewer)


# --- 述职测评 ----------------------------------------------------------------------------------------------------


def ballot_cells(scheme, data: bytes, ballots: dict[str, list[str]], passes=("第一遍", "第二遍")) -> Cells:
    """Ballots typed into the passes of the entry workbook: a line per ballot, marks in the scheme's order."""
    book, _ = read_book(data, "测评录入表.xlsx")
    sheets = pass_sheets(group.name for group in scheme.rater_groups)
    cells: Cells = {}
    for group, lines in ballots.items():
        for which in passes:
            sheet = book.sheet(sheets[group, which])
            columns = {str(cell.value): col for (row, col), cell in sheet.cells.items() if row == 1}
            rows = {int(cell.value): row for (row, col), cell in sheet.cells.items() if col == 1 and isinstance(cell.value, Decimal)}
            typed = cells.setdefault(sheet.name, {})
            for number, line in enumerate(lines, 1):
                marks = line.split()
                for section, mark in zip(scheme.sections, marks, strict=False):
                    if mark != ABSTAINED:
                        typed[address(rows[number], columns[section_key(section.name)])] = Decimal(mark)
                if len(marks) > len(scheme.sections):
                    typed[address(rows[number], columns[OWN_KEY])] = marks[-1]
    return cells



def ballot_file_cells(data: bytes, marks: str) -> Cells:
    """A ballot filled as a file; marks in the scheme's order."""
    cells: Cells = {}
    for grid in grids(read_book(data, "测评票.xlsx")[0]):
        rows = [row for row, key in grid.rows if key.startswith(section_key(""))]
        typed = {address(row, grid.columns[VOTE_KEY]): mark for row, mark in zip(rows, marks.split(), strict=True)}
        cells[grid.sheet.name] = {ref: Decimal(mark) for ref, mark in typed.items() if mark != ABSTAINED}
    return cells


def serial(value: object) -> object:
    """A value as LibreOffice takes it: dates as their number."""
    if isinstance(value, datetime.date):
        return float((value - datetime.date(1899, 12, 30)).days)
    return value
