"""方案.xlsx → document.

Comes in: the bytes of a workbook a clerk has edited, moved rows and columns in, added sheets to. Goes out: the
texts of every table with their true cells, and what is wrong with the shape of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from workbook_builder.intake import read_book
from workbook_builder.intake.model import DATE, ERROR, Book, Cell, Sheet
from workbook_builder.intake.refs import a1
from workbook_builder.problems import Problem, Where, problem
from workbook_builder.scheme.document import (
    GUIDE_SHEET,
    VERSION_KEY,
    VERSION_SHEET,
    Document,
    Row,
    clean_text,
    date_text,
    number_text,
    percent_text,
)
from workbook_builder.scheme.names import similar
from workbook_builder.scheme.tables import TABLE_BY_NAME, TABLES, Table
from workbook_builder.scheme.version import version_problems

#: A heading row is looked for this far down; notes may stand above it.
HEADING_ROWS = 10


def read_sheets(data: bytes, name: str) -> tuple[Document, list[Problem]]:
    """The tables of the workbook `data`, called `name` in problems. Tables without a sheet have no entry."""
    book, problems = read_book(data, name)
    if book is None:
        return {}, list(problems)
    problems = [*problems, *version_problems(name, VERSION_SHEET, "B1", _version_text(book))]
    document: Document = {}
    found = {clean_text(sheet.name): sheet for sheet in book.sheets}
    for table in TABLES:
        if table.name in found:
            rows, more = _read_table(found[table.name], table, Where(name, table.name))
            # Without headings there is no table to judge others by, just as without the sheet.
            if rows is not None:
                document[table.name] = rows
            problems += more
    problems += _unknown_sheets(found, document, name)
    return document, problems


def _version_text(book: Book) -> str | None:
    sheet = book.sheet(VERSION_SHEET)
    if sheet is None or cell_text(sheet.cell(1, 1)) != VERSION_KEY:
        return None
    return cell_text(sheet.cell(1, 2))


def _unknown_sheets(found: dict[str, Sheet], document: Document, file: str) -> Iterator[Problem]:
    missing = [table.name for table in TABLES if table.name not in document]
    for title, sheet in found.items():
        if title in TABLE_BY_NAME or title == GUIDE_SHEET or title.startswith("_") or not sheet.cells:
            continue
        yield problem("SCHEME_SHEET_UNKNOWN", Where(file, sheet.name), title, hint=similar(title, missing))


def _read_table(sheet: Sheet, table: Table, where: Where) -> tuple[list[Row] | None, list[Problem]]:
    heading = _heading_row(sheet, table)
    if heading is None:
        required = "、".join(column.name for column in table.columns if column.required)
        return None, [problem("SCHEME_HEADING_MISSING", where, "", columns=required)]
    columns, problems = _columns(sheet, table, heading, where)
    lines: dict[int, dict[str, str]] = {}
    names = {place: name for name, place in columns.items()}
    stray: dict[int, int] = {}
    for (row, place), cell in sorted(sheet.cells.items()):
        if row <= heading:
            continue
        text = cell_text(cell)
        if place not in names:
            if text and (heading, place) not in sheet.cells:
                stray.setdefault(place, row)
            continue
        problems += _cell_problems(cell, text, where.at(cell=a1(row, place)))
        if text:
            lines.setdefault(row, {})[names[place]] = text
    problems += [
        problem("SCHEME_COLUMN_UNKNOWN", where.at(cell=a1(row, place)), cell_text(sheet.cell(row, place)), hint="")
        for place, row in stray.items()
    ]
    order = [column.name for column in table.columns]
    rows = [
        Row({name: values[name] for name in order if name in values}, row, columns) for row, values in lines.items()
    ]
    return rows, problems


def _heading_row(sheet: Sheet, table: Table) -> int | None:
    """The row among the first ones that names most columns of the table; it must name a required one."""
    known = {column.name for column in table.columns}
    required = {column.name for column in table.columns if column.required}
    best, most = None, 0
    for row in range(1, HEADING_ROWS + 1):
        texts = {cell_text(cell) for (r, _), cell in sheet.cells.items() if r == row}
        if texts & required and len(texts & known) > most:
            best, most = row, len(texts & known)
    # A title that happens to be the name of a column is not yet a heading.
    return best if most > 1 or len(table.columns) == 1 else None


def _columns(sheet: Sheet, table: Table, heading: int, where: Where) -> tuple[dict[str, int], list[Problem]]:
    """Column name → 1-based place, from the heading row; and the headings that are missing, strange or repeated."""
    titles = {place: cell_text(cell) for (row, place), cell in sorted(sheet.cells.items()) if row == heading}
    known = {column.name for column in table.columns}
    missing = [column.name for column in table.columns if column.name not in titles.values()]
    strange = [title for title in titles.values() if title and title not in known]
    problems = [
        problem("SCHEME_COLUMN_MISSING", where, name, column=name, hint=similar(name, strange)) for name in missing
    ]
    count: Counter[str] = Counter()
    columns: dict[str, int] = {}
    for place, title in titles.items():
        at = where.at(cell=a1(heading, place))
        count[title] += 1
        if title not in known:
            if title:
                problems.append(problem("SCHEME_COLUMN_UNKNOWN", at, title, hint=similar(title, missing)))
        elif count[title] > 1:
            problems.append(problem("SCHEME_COLUMN_TWICE", at, title))
        else:
            columns[title] = place
    return columns, problems


def _cell_problems(cell: Cell, text: str, where: Where) -> Iterator[Problem]:
    if cell.formula is not None:
        yield problem("SCHEME_FORMULA", where, f"={cell.formula}" if cell.formula else text)
    elif cell.kind == ERROR:
        yield problem("SCHEME_ERROR_VALUE", where, text)


def cell_text(cell: Cell) -> str:
    """What a person would have typed to get this cell."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if cell.kind == DATE:
        return date_text(value)
    if isinstance(value, Decimal):
        return percent_text(value) if cell.percent else number_text(value)
    return clean_text(value)
