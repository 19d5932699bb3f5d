""".xlsx and .xlsm: from the package's root relationship to every worksheet, none left out silently."""

from __future__ import annotations

from workbook_builder.intake.limits import LIMITS
from workbook_builder.intake.model import Book, Refusal, Sheet
from workbook_builder.intake.package import Package
from workbook_builder.intake.xlsx_parts import (
    Relation,
    SheetEntry,
    StringsReader,
    StylesReader,
    WorkbookReader,
    read_relations,
)
from workbook_builder.intake.xlsx_sheet import CellMaker, SheetReader

_WORKBOOK = "xl/workbook.xml"
#: Kinds of sheets that hold no cells people fill in.
_NOT_CELLS = ("chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet")


def read_xlsx(package: Package) -> Book:
    """The workbook in `package`. Raises Refusal."""
    part = _workbook_part(package)
    workbook = WorkbookReader()
    workbook.read(package.chunks(part), part)
    relations = read_relations(package, part)
    styles = _styles(package, relations)
    maker = CellMaker(_strings(package, relations), styles.flags, workbook.date1904, styles.struck)
    sheets: list[Sheet] = []
    room = LIMITS.cells
    for entry in workbook.sheets:
        relation = relations.get(entry.relation)
        if relation is not None and relation.kind in _NOT_CELLS:
            continue
        sheet = _sheet(package, entry, relation, maker, room)
        room -= len(sheet.cells)
        sheets.append(sheet)
    names = package.names()
    return Book(
        sheets=tuple(sheets),
        kind="xlsx",
        has_macros=any(name.endswith("vbaproject.bin") for name in names),
        external_links=workbook.external_links or any("/externallinks/" in name for name in names),
        comments=any("comment" in name.rpartition("/")[2] for name in names),
    )


def _workbook_part(package: Package) -> str:
    for relation in read_relations(package, "").values():
        if relation.kind == "officeDocument" and relation.target in package:
            return relation.target
    if _WORKBOOK not in package:
        raise Refusal("WORKBOOK_PART_MISSING", _WORKBOOK, part=_WORKBOOK)
    return _WORKBOOK


def _part_of(package: Package, relations: dict[str, Relation], kind: str) -> str | None:
    """The part of that kind; None if the workbook names none. Refuses one that is named and absent."""
    for relation in relations.values():
        if relation.kind == kind and relation.target:
            if relation.target not in package:
                raise Refusal("WORKBOOK_PART_MISSING", relation.target, part=relation.target)
            return relation.target
    return None


def _strings(package: Package, relations: dict[str, Relation]) -> list[str]:
    part = _part_of(package, relations, "sharedStrings")
    reader = StringsReader()
    if part is not None:
        reader.read(package.chunks(part), part)
    return reader.strings


def _styles(package: Package, relations: dict[str, Relation]) -> StylesReader:
    part = _part_of(package, relations, "styles")
    reader = StylesReader()
    if part is not None:
        reader.read(package.chunks(part), part)
    return reader


def _sheet(package: Package, entry: SheetEntry, relation: Relation | None, maker: CellMaker, room: int) -> Sheet:
    if relation is None or relation.kind != "worksheet" or relation.target not in package:
        raise Refusal("SHEET_PART_MISSING", entry.name, sheet=entry.name)
    reader = SheetReader(maker, room)
    try:
        reader.read(package.chunks(relation.target), relation.target)
    except Refusal as refusal:
        refusal.sheet = entry.name
        raise
    return Sheet(entry.name, entry.state, reader.cells, reader.protected, tuple(reader.merged), frozenset(reader.struck))
