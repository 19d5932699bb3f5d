"""What the tests of the reader share: reading with an opinion, comparing with other libraries."""

import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import python_calamine

from workbook_builder.intake import Cell, a1, read_book
from workbook_builder.problems import ERROR


def read(data: bytes, name: str = "a.xlsx"):
    """The book; the test fails if it was refused."""
    book, problems = read_book(data, name)
    assert book is not None, problems
    assert tuple(problems) == book.notices
    return book


def refused(data: bytes, name: str = "a.xlsx"):
    """The one error a refused file gives."""
    book, problems = read_book(data, name)
    assert book is None
    assert len(problems) == 1
    assert problems[0].severity == ERROR
    assert problems[0].where.file == name
    return problems[0]


def grid(sheet) -> dict[str, object]:
    """A1 → value of the cells of a sheet."""
    return {a1(*place): cell.value for place, cell in sheet.cells.items()}


def as_openpyxl(cell: Cell) -> object:
    """Our cell as openpyxl would give it, numbers as float."""
    return float(cell.value) if isinstance(cell.value, Decimal) else cell.value


def assert_like_openpyxl(data: bytes) -> None:
    book = read(data)
    shown = openpyxl.load_workbook(io.BytesIO(data), data_only=True, rich_text=False)
    formulas = openpyxl.load_workbook(io.BytesIO(data))
    assert [sheet.name for sheet in book.sheets] == [sheet.title for sheet in shown.worksheets]
    for sheet, values, texts in zip(book.sheets, shown.worksheets, formulas.worksheets, strict=True):
        assert sheet.state == values.sheet_state
        assert sheet.protected == values.protection.sheet
        assert set(sheet.merged) == {str(area) for area in values.merged_cells.ranges}
        seen = set()
        for row in values.iter_rows():
            for theirs in row:
                ours = sheet.cell(theirs.row, theirs.column)
                seen.add((theirs.row, theirs.column))
                formula = texts.cell(theirs.row, theirs.column)
                if formula.data_type == "f":
                    assert "=" + ours.formula == formula.value
                expected = theirs.value
                if isinstance(expected, (date, datetime)):
                    assert ours.kind == "d"
                    assert theirs.is_date
                elif expected in (None, ""):
                    assert ours.value is None or ours.formula is not None
                else:
                    assert as_openpyxl(ours) == expected
                    assert ours.percent == ("%" in theirs.number_format)
        assert set(sheet.cells) <= seen


def assert_like_calamine(data: bytes) -> None:
    book = read(data)
    theirs = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert book.sheets
    for sheet in book.sheets:
        rows = theirs.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        for (row, col), cell in sheet.cells.items():
            # calamine's rows are only as wide and as many as its used range.
            other = rows[row - 1][col - 1] if row <= len(rows) and col <= len(rows[row - 1]) else ""
            if cell.kind in ("n", "b"):
                assert other == float(cell.value)
            elif cell.kind == "s":
                assert other == cell.value
        filled = sum(value != "" for row in rows for value in row)
        # calamine shows error cells and formulas without a value, or whose value is "", as blank.
        assert filled == sum(cell.kind not in ("e", "") and cell.value != "" for cell in sheet.cells.values())
