"""The annex-4 form (特色工作申报表) of a section: sheets 申报1-科室, 申报2-科室 … with live character counts.

Text is never cut: over a limit the count turns into a reminder, and 可附页 says where the rest may go (open point 68).
Below the notice's form, outside the printed page, stand the fields that review asks of a work (`REVIEW`).
"""

from __future__ import annotations

from collections.abc import Iterator

from workbook_builder import model as m
from workbook_builder.layout.plan import NOTE, STATUS, Cell, Face, FieldPlace, Row, Sheet, Validation
from workbook_builder.layout.words import item_title
from workbook_builder.rules import slots as sl
from workbook_builder.rules.excel import block
from workbook_builder.rules.sheet import Entries
from workbook_builder.rules.slots import Slot
from workbook_builder.rules.special import AWARD_SLOT

KEY, CAPTION, ANSWER, COUNT = 1, 2, 3, 4
PROTO_SHEET = "申报表"
SHEET_KEY = "@申报"
#: The count of characters stands beside the notice's form and is not printed.
FACE = Face(last=ANSWER, samples={proto: (ANSWER, COUNT) for proto in ("短文", "长文")})
#: Key of the row that ends the notice's form.
_LAST_PRINTED = "@表尾"
#: White space that does not count as a character.
_BLANKS = (" ", "\u3000", "\n", "\r", "\t", "\u00a0")
_BLANK_FORMULAS = ('" "', '"\u3000"', "CHAR(10)", "CHAR(13)", "CHAR(9)", '"\u00a0"')
OWNER_FIELD = "申报单位"
#: What review asks of a work beside the notice's form: the annex-2 item it belongs to, the city's word, its evidence.
ITEM, RECOGNISED, AWARDED, EVIDENCE = "对应项目", "市局认可", "市局加分", "佐证"
REVIEW = {
    ITEM: ("对应附件2项目", "从下拉列表选择；不属于附件2所列项目的选“其他”。"),
    RECOGNISED: ("是否被市局认可", "被市局考核认可的选“是”；还不知道的选“待市局反馈”。"),
    AWARDED: ("是否获市局加分", "获市局考核加分的选“是”；还不知道的选“待市局反馈”。"),
    EVIDENCE: ("佐证材料\n（文件名，一行一个）", "写明随表报送的佐证材料的文件名，一行一个（Alt+Enter 换行）。"),
}
OTHER_ITEM = "其他"
_REVIEW_HEADING = ("以下供核定", "不属通知表样，不打印")
#: Characters of an item that its choice quotes, and that the field for file names has room for.
_QUOTED, _EVIDENCE_ROOM = 24, 90


def sheet_name(number: int, section: m.Section) -> str:
    return f"申报{number}-{section.name}"


def field_name(number: int, field: m.FormField) -> str:
    return f"申报/{number}#{field.name}"


def review_name(number: int, what: str) -> str:
    """申报/1#对应项目 …: the field `what` of REVIEW on the `number`-th form."""
    return f"申报/{number}#{what}"


def item_choice(item: m.Item) -> str:
    """An annex-2 item as a choice: its key, and as much of what it is about as tells it from the others."""
    title = item.title.rstrip("，；：、") or (item.clauses[0].text if item.clauses else item_title(item))
    return f"{item.key} {title if len(title) <= _QUOTED else title[:_QUOTED] + '…'}"


def review_slots(scheme: m.Scheme, section: m.Section) -> dict[str, Slot]:
    """Field of REVIEW → what may be chosen there; the evidence is free text and not here."""
    items = tuple(item_choice(item) for item in scheme.section_items(section, m.SPECIAL))
    return {
        ITEM: Slot("", sl.CHOICE, choices=(*items, OTHER_ITEM), blank=sl.EMPTY),
        RECOGNISED: AWARD_SLOT,
        AWARDED: AWARD_SLOT,
    }


def review_choices(scheme: m.Scheme, section: m.Section) -> list[list[object]]:
    """The fields for review as they were issued: a form with other choices is another form."""
    slots = review_slots(scheme, section)
    return [[what, list(slots[what].choices) if what in slots else []] for what in REVIEW]


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
        face=FACE,
        print_last=next(place for place, row in enumerate(rows, 1) if row.key == _LAST_PRINTED),
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
    yield Row(_LAST_PRINTED, "表尾")
    yield Row("@供核定", "单位", dict(zip(("栏目", "申报单位"), _REVIEW_HEADING, strict=True)))
    slots = review_slots(scheme, section)
    for what in REVIEW:
        yield _review_row(number, what, slots.get(what), entries)


def _review_row(number: int, what: str, slot: Slot | None, entries: Entries) -> Row:
    name, (caption, prompt) = review_name(number, what), REVIEW[what]
    title = caption.partition("\n")[0]
    if slot is None:
        check = Validation("any", title, prompt, "")
    else:
        check = Validation("list", title, prompt, "请从下拉列表选择", (*slot.choices, *slot.words))
    cell = Cell(ANSWER, entries.get(name), unlocked=True, field=name, role=NOTE, validation=check)
    return Row(name, "短文", {"栏目": caption}, (cell,), 0 if slot else _EVIDENCE_ROOM)


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
    return f"{field.name}\n（{field.limit}字以内" + ("，\n可附页）" if field.overflow else "）")
