"""退回修改: a section's form issued afresh, its accepted answers filled in, what is to be mended marked and listed.

Comes in: the rulebook, the template, a return and its problems. Goes out: the bytes of the workbook, or None. It is
always our own form with the accepted answers; the file that came is never edited. A refused answer is not filled in:
its raw text stands beside its cell, where nobody reads it as an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from workbook_builder import model as m
from workbook_builder.building import section_workbook
from workbook_builder.excel.template import Template
from workbook_builder.layout.book import SECTION_BOOK, plan_book
from workbook_builder.layout.plan import INPUT, NOTE, Book
from workbook_builder.problems import ERROR, Problem
from workbook_builder.returning.captions import caption
from workbook_builder.returning.mending import to_mend
from workbook_builder.returning.notes import Letter, Mend, finish
from workbook_builder.returns import SectionReturn
from workbook_builder.rules import sheet as sh
from workbook_builder.rules.items import Rulebook

_BLANK = "（空）"
#: Field → (sheet, row, column) on the form that goes back.
Places = Mapping[str, tuple[str, int, int]]


def sent_back(
    rules: Rulebook, template: Template, returned: SectionReturn, problems: Iterable[Problem], mark: str = ""
) -> bytes | None:
    """The workbook that goes back to the section; None when nothing of it is to be mended."""
    scheme = rules.scheme
    section = scheme.section(returned.section)
    found = to_mend(scheme, returned, problems)
    mark = mark or scheme.mark
    if section is None or not found:
        return None
    again = any(p.severity == ERROR for p in found) and sh.CONFIRM in returned.entries
    entries = _kept(returned, again)
    book = plan_book(rules, (section,), SECTION_BOOK, {section.name: entries}, returned.round_no + 1, returned.sha256)
    places = _places(book)
    mends = [_mend(rules, returned, p, places) for p in found]
    if again:
        mends.append(_confirm_again(places))
    mends.sort(key=_position(book))
    letter = Letter(
        title=f"{'【' + mark + '】' if mark else ''}{section.name}考评表退回修改说明",
        steps=_steps(scheme, again or any(p.code == "NOT_CONFIRMED" for p in found)),
        origin=f"第 {returned.round_no + 1} 次退回　对应报送的文件：{returned.file}",
        mends=tuple(mends),
        mark=mark,
    )
    return section_workbook(
        rules,
        section,
        template,
        entries,
        round_no=returned.round_no + 1,
        parent=returned.sha256,
        mark=mark,
        finish=lambda workbook: finish(workbook, book, letter),
    )


def _kept(returned: SectionReturn, again: bool) -> dict[str, object]:
    """The accepted answers. With errors about, the confirmation is asked for anew: a blank may not pass unread."""
    gone = {*returned.refused, *((sh.CONFIRM,) if again else ())}
    return {name: value for name, value in returned.entries.items() if name not in gone}


def _places(book: Book) -> Places:
    """Where everything stands that can be filled in."""
    return {
        place.name: (place.sheet, place.row, place.col) for place in book.fields if place.role in (INPUT, NOTE)
    }


def _mend(rules: Rulebook, returned: SectionReturn, found: Problem, places: Places) -> Mend:
    field = found.where.field
    place = places.get(field)
    if place is not None:
        name = caption(rules, field)
    else:
        name = "原报送的表 " + (" ".join(filter(None, (found.where.sheet, found.where.cell))) or "整个文件")
    kept = field in returned.entries and field not in returned.refused
    return Mend(name, place, _was(returned, found), found.message, found.fix, kept)


def _was(returned: SectionReturn, found: Problem) -> str:
    """What stood there: of a refused answer its raw text, whole."""
    field = found.where.field
    if returned.refused.get(field):
        return returned.refused[field]
    value = returned.entries.get(field)
    if value is not None:
        return f"{value:f}" if not isinstance(value, str) else value
    return found.value or _BLANK


def _confirm_again(places: Places) -> Mend:
    message = "表中有改动，原来的自评确认不再有效"
    return Mend("自评确认", places[sh.CONFIRM], m.YES, message, "各处改完、逐条核对后，重新选“是”。")


def _position(book: Book):
    order = {sheet.name: number for number, sheet in enumerate(book.sheets)}

    def position(mend: Mend) -> tuple[int, int, int]:
        if mend.place is None:
            return len(order), 0, 0
        sheet, row, col = mend.place
        return order[sheet], row, col

    return position


def _steps(scheme: m.Scheme, confirm: bool) -> tuple[str, ...]:
    due = scheme.deadline.strip()
    contact = f"（联系方式：{scheme.contact.strip()}）" if scheme.contact.strip() else ""
    return (
        "1．就在本文件里改：点下表“位置”跳到红框的格子，按“怎么办”填写；已采用的内容都已填好，不用重填。",
        "2．" + ("改完逐条核对，重新在“自评确认”选“是”，" if confirm else "改完核对一遍，")
        + "看表头是否显示“可以报送”；没有采用的原填内容写在右边“退回意见”一栏，没有发生的填 0 或“否”，不要空着。",
        f"3．保存后把本文件{'于' + due if due else ''}发回{contact}；请不要再改原来报送的文件，收到本文件后以本文件为准。",
    )
