"""The annex-4 form (特色工作申报表) of a section: sheets 申报1-科室, 申报2-科室 … with live character counts.

Text is never cut: over a limit the count turns into a reminder, and 可附页 says where the rest may go (open point 68).
"""

from __future__ import annotations

from collections.abc import Iterator

from workbook_builder import model as m
from workbook_builder.layout.plan import NOTE, STATUS, Cell, FieldPlace, Row, Sheet, Validation
from workbook_builder.rules.excel import block
from workbook_builder.rules.sheet import Entries

KEY, CAPTION, ANSWER, COUNT = 1, 2, 3, 4
PROTO_SHEET = "申报表"
SHEET_KEY = "@申报"
#: White space that does not count as a character.
_BLANKS = (" ", "\u3000", "\n", "\r", "\t", "\u00a0")
_BLANK_FORMULAS = ('" "', '"\u3000"', "CHAR(10)", "CHAR(13)", "CHAR(9)", '"\u00a0"')
OWNER_FIELD = "申报单位"


def sheet_name(number: int, section: m.Section) -> str:
    return f"申报{number}-{section.name}"


def field_name(number: int, field: m.FormField) -> str:
    return f"申报/{number}#{field.name}"


def characters(text: str) -> int:
    """Characters of `text` without white space, as Excel's LEN counts them (UTF-16 units)."""
    for blank in _BLANKS:
        text = text.replace(blank, "")
    return len(text.encode("utf-16-le")) // 2


def characters_formula(v: str) -> str:
    text = v
    for blank in _BLANK_FORMULAS:
        text = f'SUBSTITUTE({text},{blank},"")'
    return f"LEN({text})"


def plan_form(scheme: m.Scheme, section: m.Section, number: int, entries: Entries) -> Sheet:
    """The `number`-th form of `section`, holding `entries` (申报/1#主要内容 …)."""
    rows = tuple(_rows(scheme, section, number, entries))
    return Sheet(
        name=sheet_name(number, section),
        section=section.name,
        proto=PROTO_SHEET,
        rows=rows,
        key=f"{SHEET_KEY}{number}/{section.name}",
    )


def form_fields(sheet: Sheet) -> tuple[FieldPlace, ...]:
    """Every named cell of a planned form."""
    return tuple(
        FieldPlace(cell.field, sheet.section, sheet.name, row, cell.col, cell.role)
        for row, planned in enumerate(sheet.rows, 1)
        for cell in planned.cells
        if cell.field
    )


def _rows(scheme: m.Scheme, section: m.Section, number: int, entries: Entries) -> Iterator[Row]:
    yield Row(f"{SHEET_KEY}{number}/{section.name}", "标题", {"份数": str(number)})
    last = len(scheme.form_fields) + 2
    for field in scheme.form_fields:
        if field.name == OWNER_FIELD:
            yield Row(field_name(number, field), "单位", {"栏目": field.name, "申报单位": section.name})
        else:
            yield _field_row(number, field, entries, block("C", 1, last))
    yield Row("@表尾", "表尾")


def _field_row(number: int, field: m.FormField, entries: Entries, v: str) -> Row:
    name = field_name(number, field)
    text = entries.get(name)
    proto = "长文" if field.limit else "短文"
    prompt = field.prompt or (f"不超过{field.limit}字" + ("，写不下可附页。" if field.overflow else "。") if field.limit else "请填写。")
    check = Validation("any", field.name[:32], prompt, "")
    cells = [Cell(ANSWER, text, unlocked=True, field=name, role=NOTE, validation=check)]
    if field.limit:
        cells.append(_count_cell(str(text or ""), field, v))
    return Row(name, proto, {"栏目": _caption(field)}, tuple(cells), field.limit or 0)


def _count_cell(text: str, field: m.FormField, v: str) -> Cell:
    used = characters(text)
    over = "，超出请附页" if field.overflow else "，已超出"
    shown = f"{used}/{field.limit}字" + (over if used > field.limit else "")
    count = characters_formula(v)
    formula = f'{count}&"/{field.limit}字"&IF({count}>{field.limit},"{over}","")'
    return Cell(COUNT, shown, formula, role=STATUS)


def _caption(field: m.FormField) -> str:
    if not field.limit:
        return field.name
    return f"{field.name}\n（{field.limit}字以内" + ("，可附页）" if field.overflow else "）")
