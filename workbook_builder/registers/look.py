"""The look of a register and what its drop-downs read: heads, columns, rules, hidden lists, manifest.

Comes in: an openpyxl sheet, the register and where its columns stand. Goes out: the sheet, dressed. New books and books
that people have filled in are dressed by the same functions.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formatting.rule import FormulaRule
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.dimensions import RowDimension

from workbook_builder.excel import dress, measure
from workbook_builder.excel.palette import INPUT as INPUT_COLOUR
from workbook_builder.excel.palette import SONG
from workbook_builder.excel.stored import as_stored
from workbook_builder.intake import column_letters
from workbook_builder.layout.plan import INPUT, LISTS_SHEET, MANIFEST_HEADER, MANIFEST_SHEET, META, address
from workbook_builder.registers.spec import DATE, FIRST_ROW, HEAD_ROW, NUMBER, Choices, Column, Register, Value

SIZE = dress.TEXT_SIZE
DATE_FORMAT = "yyyy\\-mm\\-dd"
LEAST_HEIGHT = 24.0
#: Drop-downs and colours reach this far below the last row that is filled in.
AHEAD = 1000
_PROMPT, _PROMPT_TITLE = 255, 32

CELL_FONT = dress.font(SONG, SIZE)
WRAPPED, CENTRED = dress.aligned(), dress.aligned("center")

#: The condition under which a wanted cell is shown in yellow, as `_wanted_rules` writes it.
_OUR_RULE = re.compile(r'AND\(COUNTA\(\$[A-Z]+\d+:\$[A-Z]+\d+\)>0,[A-Z]+\d+=""\)')


class GrowingRow(RowDimension):
    """A row whose height is kept but not fixed: office programs make it higher as a person types more."""

    @property
    def customHeight(self) -> bool:  # noqa: N802 - the name openpyxl writes
        return False


def put(cell, value: Value) -> None:
    """A value that never becomes a formula, whatever it begins with."""
    if value is None or value == "":
        cell.value = None
    elif isinstance(value, Decimal):
        cell.value = int(value) if value == value.to_integral_value() else float(value)
    elif isinstance(value, datetime.date):
        cell.value = value
        cell.number_format = DATE_FORMAT
    else:
        cell.value = as_stored(value)
        cell.data_type = "s"


def dress_cell(cell, column: Column) -> None:
    """The look of one cell of the table."""
    cell.font, cell.border = CELL_FONT, dress.SOFT_BOX
    cell.alignment = CENTRED if column.type in (DATE, NUMBER) else WRAPPED
    if column.type == DATE:
        cell.number_format = DATE_FORMAT


def grow_row(ws, row: int, widths: Mapping[int, float]) -> None:
    """The height that shows every text of the row."""
    values = [(ws.cell(row, col).value, width) for col, width in widths.items()]
    texts = [(value, width, SIZE) for value, width in values if isinstance(value, str)]
    ws.row_dimensions[row] = GrowingRow(ws, index=row, ht=measure.row_height(texts, LEAST_HEIGHT))


# --- drop-downs, prompts, colours ------------------------------------------------------------------------------------


def dress_columns(ws, register: Register, places: Mapping[str, int], last: int, first: int = FIRST_ROW) -> None:
    """Rules of every column from row `first` to well below row `last`; our earlier rules give way to them."""
    _drop_our_rules(ws, set(places.values()))
    for column in register.columns:
        col = places.get(column.head)
        if col is None or column.hidden:
            continue
        made = _validation(column, places, first)
        if made is not None:
            letter = column_letters(col)
            made.add(f"{letter}{first}:{letter}{last + AHEAD}")
            ws.add_data_validation(made)
    _wanted_rules(ws, register, places, first, last + AHEAD)


def _drop_our_rules(ws, ours: set[int]) -> None:
    kept = [rule for rule in ws.data_validations.dataValidation if not _touches(rule.sqref, ours)]
    ws.data_validations.dataValidation = kept
    colours = ConditionalFormattingList()
    for area in ws.conditional_formatting:
        for rule in area.rules:
            if not (rule.formula and _OUR_RULE.fullmatch(rule.formula[0])):
                colours.add(str(area.sqref), rule)
    ws.conditional_formatting = colours


def _touches(areas, columns: set[int]) -> bool:
    return any(columns & set(range(area.min_col, area.max_col + 1)) for area in areas.ranges)


def _validation(column: Column, places: Mapping[str, int], first: int) -> DataValidation | None:
    made = DataValidation(allow_blank=True, errorStyle="warning", errorTitle="请核对")
    if column.choices is not None:
        made.type, made.formula1 = "list", _list_formula(column.choices, places, first)
        made.showErrorMessage = not column.free
        made.error = f"“{column.head}”请从下拉列表中选。"
    elif column.low is not None and column.high is not None:
        made.type, made.operator, made.showErrorMessage = "date", "between", True
        made.formula1, made.formula2 = _serial(column.low), _serial(column.high)
        made.error = f"日期一般在 {column.low} 至 {column.high} 之间，写成 2021-12-31 的样子。"
    elif not column.prompt:
        return None
    if column.prompt:
        made.showInputMessage = True
        made.promptTitle, made.prompt = column.head[:_PROMPT_TITLE], column.prompt[:_PROMPT]
    return made


def _serial(day: datetime.date) -> str:
    return str((day - datetime.date(1899, 12, 30)).days)


def _list_formula(choices: Choices, places: Mapping[str, int], first: int) -> str:
    if not choices.groups:
        return choices.name
    keys, texts = f"{choices.name}_key", f"{choices.name}_top"
    cells = [f"${column_letters(places[head])}{first}" for head in choices.on]
    key = '&"/"&'.join(cells)
    if len(cells) > 1:
        key = f"IF(COUNTIF({keys},{key})>0,{key},{cells[0]})"
    return f"OFFSET({texts},MATCH({key},{keys},0)-1,0,COUNTIF({keys},{key}),1)"


def _wanted_rules(ws, register: Register, places: Mapping[str, int], first: int, last: int) -> None:
    """A row that has begun shows what is still to be filled in: yellow, and framed where a print has no colours."""
    known = [places[head] for head in register.heads if head in places]
    span = f"${column_letters(min(known))}{first}:${column_letters(max(known))}{first}"
    for column in register.columns:
        if column.wanted and column.head in places:
            letter = column_letters(places[column.head])
            condition = f'AND(COUNTA({span})>0,{letter}{first}="")'
            rule = FormulaRule(formula=[condition], fill=dress.mark_fill(INPUT_COLOUR), border=dress.INPUT_BOX)
            ws.conditional_formatting.add(f"{letter}{first}:{letter}{last}", rule)


# --- hidden sheets ----------------------------------------------------------------------------------------------------------


def write_lists(workbook, register: Register) -> None:
    """The hidden sheet of choices, and the ASCII names that drop-downs read it by."""
    if LISTS_SHEET in workbook.sheetnames:
        workbook.remove(workbook[LISTS_SHEET])
    ws = workbook.create_sheet(LISTS_SHEET)
    ws.sheet_state = "veryHidden"
    col = 1
    for choices in dict.fromkeys(column.choices for column in register.columns if column.choices is not None):
        if not choices.groups:
            _write_list(workbook, ws, choices.name, col, choices.values)
            col += 1
            continue
        keys = [key for key, texts in choices.groups for _ in texts]
        _write_list(workbook, ws, f"{choices.name}_key", col, keys)
        _write_list(workbook, ws, f"{choices.name}_text", col + 1, [t for _, texts in choices.groups for t in texts])
        _name(workbook, f"{choices.name}_top", f"{LISTS_SHEET}!{address(1, col + 1, absolute=True)}")
        col += 2


def _write_list(workbook, ws, name: str, col: int, texts: Iterable[str]) -> None:
    row = 0
    for row, text in enumerate(texts, 1):
        put(ws.cell(row, col), text)
    _name(workbook, name, f"{LISTS_SHEET}!{address(1, col, True)}:{address(max(row, 1), col, True)}")


def _name(workbook, name: str, target: str) -> None:
    workbook.defined_names[name] = DefinedName(name, attr_text=target)


def write_manifest(workbook, register: Register, places: Mapping[str, int], head_row: int = HEAD_ROW) -> None:
    """The hidden sheet that says which register of which scheme this is."""
    if MANIFEST_SHEET in workbook.sheetnames:
        workbook.remove(workbook[MANIFEST_SHEET])
    ws = workbook.create_sheet(MANIFEST_SHEET)
    ws.sheet_state = "veryHidden"
    rows = [MANIFEST_HEADER]
    rows += [(name, "", "", "", META, value) for name, value in register.meta]
    rows += [
        (head, "", register.kind, address(head_row, places[head]), INPUT, "") for head in register.heads if head in places
    ]
    for number, values in enumerate(rows, 1):
        for col, value in enumerate(values, 1):
            put(ws.cell(number, col), value)
