"""The inputs of a review sheet as they stand in a file: found by the key of their row, read by their slot.

Comes in: a sheet as read and the inputs expected on it. Goes out: `Found` values, reasons, places and problems. What
stands twice, is gone or is merged away is refused, never taken for blank.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.collecting.rows import Rows, covered
from workbook_builder.intake import Cell, Sheet, a1
from workbook_builder.layout.plan import INPUT, NOTE
from workbook_builder.layout.plan import Sheet as PlannedSheet
from workbook_builder.problems import Problem, Where, problem
from workbook_builder.rules.slots import Slot, SlotValue
from workbook_builder.validate.values import is_blank, read_value, shown


@dataclass(frozen=True, slots=True)
class Place:
    """An input of the sheet: its field, the key of its row, its column. `slot` is None for texts."""

    field: str
    section: str
    key: str
    col: int
    slot: Slot | None = None
    clause: m.Clause | None = None


@dataclass
class Found:
    """What stands in the inputs. `raw` is what the sheet's own formulas see; `gone` fields that the form did not have."""

    values: dict[str, SlotValue] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    raw: dict[str, SlotValue] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def filled(self, names: Iterable[str]) -> bool:
        return any(name in self.values or self.refused.get(name) for name in names)


def planned_places(sheet: PlannedSheet, slots: Mapping[str, tuple[Slot, m.Clause | None]], section: str) -> list[Place]:
    """The inputs of a planned sheet. `slots`: field → how it is read; a field without one holds text."""
    return [
        Place(cell.field, section, row.key, cell.col, *slots.get(cell.field, (None, None)))
        for row in sheet.rows
        for cell in row.cells
        if cell.role in (INPUT, NOTE)
    ]


def read_inputs(places: list[Place], rows: Rows, sheet: Sheet, where: Where, issued: Mapping[str, object]) -> Found:
    """Read every place. `issued`: the fields the file was made with; what it never had is no loss."""
    found = Found()
    standing = {(rows.rows[p.key], p.col): p.field for p in places if p.key in rows.rows}
    merged = {standing[place]: area for place, area in covered(sheet, standing)}
    told: set[str] = set()
    for place in places:
        name = place.field
        if place.key not in rows.rows and name not in issued:
            found.gone.add(name)
            continue
        broken = _broken(place, rows, merged, where)
        if broken is not None:
            found.refused[name] = ""
            if broken.code == "CELLS_MERGED" or place.key not in told:
                found.problems.append(broken)
            told.add(place.key)
            continue
        row = rows.rows[place.key]
        found.places[name] = a1(row, place.col)
        at = where.at(cell=found.places[name], field=name)
        _read(place, rows.cell(place.key, place.col), at, found)
    return found


def _broken(place: Place, rows: Rows, merged: Mapping[str, str], where: Where) -> Problem | None:
    """Why the place cannot be trusted."""
    if place.key not in rows.rows:
        return problem("KEY_MISSING", where.at(field=place.field), place.key)
    if place.key in rows.twice:
        second = rows.twice[place.key][1]
        return problem("KEY_TWICE", where.at(cell=a1(second, 1), field=place.field), place.key)
    if place.field in merged:
        cell = a1(rows.rows[place.key], place.col)
        return problem("CELLS_MERGED", where.at(cell=cell, field=place.field), merged[place.field])
    return None


def _read(place: Place, cell: Cell, where: Where, found: Found) -> None:
    name = place.field
    if place.slot is None:
        _read_text(name, cell, where, found)
        return
    reading = read_value(place.slot, cell, where, place.clause)
    found.raw[name] = reading.raw
    found.problems += reading.problems
    if reading.refused:
        found.refused[name] = shown(cell)
    elif reading.value is not None:
        found.values[name] = reading.value


def _read_text(name: str, cell: Cell, where: Where, found: Found) -> None:
    if is_blank(cell):
        return
    if cell.formula is not None or cell.kind == "e":
        found.problems.append(problem("FORMULA_IN_TEXT", where, shown(cell)))
        return
    value = cell.value
    if isinstance(value, Decimal):
        value = shown(cell) if cell.kind == "d" or cell.percent else f"{value:f}"
    found.texts[name] = str(value)
