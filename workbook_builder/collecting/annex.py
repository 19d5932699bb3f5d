"""The 申报表 sheets of a section in a returned workbook → the cells of their fields, and what is wrong with them.

Comes in: the section's form, the sheets found by their identity. Goes out: `AnnexCells`; a field whose place cannot be
trusted is told and not read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from workbook_builder.collecting.forms import SectionForm
from workbook_builder.collecting.rows import Rows, covered
from workbook_builder.intake import NO_CELL, Cell, Sheet, a1
from workbook_builder.layout import form as layout
from workbook_builder.problems import ERROR, Problem, Where, problem

#: What stands beside a blank answer; a program that loses formulas leaves it as text.
_BLANK_COUNT = re.compile(r"0/\d+字")
#: What says that there is nothing to fill in.
_NOTHING = frozenset(("无", "不填", "本表无", "没有", "—", "——", "-", "/", "／"))


@dataclass
class AnnexCells:
    """Cells of fields, their places and sheets; fields that stand where nobody can trust them."""

    cells: dict[str, Cell] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    sheets: dict[str, str] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)


def annex_cells(form: SectionForm, found: dict[str, Sheet], where: Where, issued: Collection[str]) -> AnnexCells:
    """The 申报表 sheets, taken out of `found`. `issued`: the fields there were when the workbook was issued."""
    made = AnnexCells()
    for number, fields in form.annex.items():
        sheet = found.pop(f"{layout.SHEET_KEY}{number}/{form.section.name}", None)
        if sheet is None:
            name = layout.sheet_name(number, form.section)
            made.problems.append(problem("FORM_SHEET_MISSING", where.at(sheet=name), name))
            continue
        _read(made, form, fields, sheet, where.at(sheet=sheet.name), issued)
    return made


def _read(
    made: AnnexCells, form: SectionForm, fields: Collection[str], sheet: Sheet, place: Where, issued: Collection[str]
) -> None:
    rows = Rows.of(sheet)
    shifted = _shifted(form, rows, fields, place)
    if shifted:
        made.problems += shifted
        made.broken.update(fields)
        return
    told = [*_untrusted(form, rows, fields, place, issued), *_merged(rows, sheet, fields, place), *_astray(rows, fields, place)]
    lost = {p.where.field for p in told if p.severity == ERROR}
    made.problems += told
    made.broken |= lost & set(fields)
    for name in fields:
        if name in rows.rows and name not in lost:
            made.cells[name] = rows.cell(name, layout.ANSWER)
            made.places[name] = a1(rows.rows[name], layout.ANSWER)
            made.sheets[name] = sheet.name


def _shifted(form: SectionForm, rows: Rows, fields: Collection[str], place: Where) -> list[Problem]:
    """Columns inserted or deleted: a caption stands in its row, but not in its column."""
    for name in fields:
        row, caption = rows.rows.get(name), form.annex_captions[name]
        if row is None or rows.cell(name, layout.CAPTION).value == caption:
            continue
        if any(cell.value == caption for cell in rows.by_row[row].values()):
            return [problem("COLUMNS_MOVED", place.at(cell=a1(row, layout.CAPTION)))]
    return []


def _untrusted(
    form: SectionForm, rows: Rows, fields: Collection[str], place: Where, issued: Collection[str]
) -> Iterator[Problem]:
    """Rows that are gone, stand twice, or show what another row asks."""
    captions = set(form.annex_captions.values())
    for name in fields:
        if name not in rows.rows:
            if name in issued:
                yield problem("KEY_MISSING", place.at(field=name), name)
            continue
        for row in rows.twice.get(name, ())[1:]:
            yield problem("KEY_TWICE", place.at(cell=a1(row, layout.KEY), field=name), name)
        shown = rows.cell(name, layout.CAPTION).value
        if shown != form.annex_captions[name] and shown in captions:
            where = place.at(cell=a1(rows.rows[name], layout.CAPTION), field=name)
            yield problem("RUBRIC_CHANGED", where, shown, expected=form.annex_captions[name])


def _merged(rows: Rows, sheet: Sheet, fields: Collection[str], place: Where) -> Iterator[Problem]:
    inputs = {(rows.rows[name], layout.ANSWER): name for name in fields if name in rows.rows}
    for (row, col), area in covered(sheet, inputs):
        yield problem("CELLS_MERGED", place.at(cell=a1(row, col), field=inputs[row, col]), area)


def _astray(rows: Rows, fields: Collection[str], place: Where) -> Iterator[Problem]:
    """What was written beside a blank answer, or under the answers in a row of no field.

    On a form that nobody has filled in, and below its last row, it is most likely no answer.
    """
    unused = all(rows.cell(name, layout.ANSWER).value in (None, "") for name in fields if name in rows.rows)
    keyed = {row: key for key, row in rows.rows.items()}
    for row, cells in rows.by_row.items():
        key = keyed.get(row, "")
        for col, cell in cells.items():
            counter = col == layout.COUNT and not _BLANK_COUNT.fullmatch(str(cell.value))
            beside = key in fields and counter and cells.get(layout.ANSWER, NO_CELL).value in (None, "")
            under = not key and col == layout.ANSWER and cells.get(layout.KEY, NO_CELL).value is None
            if cell.formula is not None or str(cell.value or "").strip() in ("", *_NOTHING) or not (beside or under):
                continue
            if unused or row > rows.last:
                where = "申报表下面" if under else "申报表旁边"
                yield problem("ASTRAY_BESIDE", place.at(cell=a1(row, col), field=key), cell.value, place=where)
            else:
                yield problem("ANSWER_ASTRAY", place.at(cell=a1(row, col), field=key), cell.value)
