"""What a sheet prints of the rubric beside the clauses themselves: does it still say what counts?

Comes in: the section's form, the rows of a sheet issued on that very form. Goes out: a warning for each 分值, 计分办法,
单位 or title of an item that reads otherwise than the scheme; the scheme counts all the same. The title of the whole
sheet is not looked at: it is the template's own text, which the office may word as it likes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal, InvalidOperation

from workbook_builder.collecting.forms import SectionForm
from workbook_builder.collecting.rows import Rows
from workbook_builder.intake import Cell, a1
from workbook_builder.problems import Problem, Where, problem
from workbook_builder.rules.excel import number

_QUOTED = 40
#: What an office's template puts before and behind.
_Around = tuple[str, str]


def printed_otherwise(form: SectionForm, rows: Rows, place: Where, told: Collection[Problem]) -> Iterator[Problem]:
    """Cells that print something else. `told`: problems of the sheet; what they are about is not told again."""
    cells = {p.where.cell for p in told}
    rubric = {p.where.field for p in told if p.code == "RUBRIC_CHANGED"}
    for group in form.printed:
        there = [one for one in group if one.key in rows.rows and one.key not in rows.twice]
        if all(rows.cell(one.key, one.col).value == one.text for one in there):
            continue
        found = [(one, _text(rows.cell(one.key, one.col))) for one in there]
        around = _template_words((shown, _bare(one.text)) for one, shown in found)
        if around is None:
            continue
        for one, shown in found:
            cell = a1(rows.rows[one.key], one.col)
            if cell in cells or one.key in rubric or _says(shown, _bare(one.text), around):
                continue
            value = rows.cell(one.key, one.col).value
            facts = {"what": one.what, "expected": one.text[:_QUOTED]}
            yield problem("PRINT_CHANGED", place.at(cell=cell, field=one.key), "空白" if value is None else value, **facts)


def _bare(text: str) -> str:
    return "".join(text.split())


def _text(cell: Cell) -> str:
    """As it reads, however a program stored it: 10, 10.0 and "10" are one."""
    value = cell.value
    if value is None:
        return ""
    return _bare(number(value) if isinstance(value, Decimal) else str(value))


def _template_words(found: Iterable[tuple[str, str]]) -> _Around | None:
    """What the template puts around what is issued, as most of the rows show it; None if most of them do not show it.

    A digit is no such word: 100 is not 10 with something behind it.
    """
    pairs = list(found)
    seen = Counter(around for shown, issued in pairs if (around := _around(shown, issued)) is not None)
    around, count = seen.most_common(1)[0] if seen else (("", ""), 0)
    return around if 2 * count > len(pairs) else None


def _around(shown: str, issued: str) -> _Around | None:
    before, found, behind = shown.partition(issued)
    return (before, behind) if found and not any(map(str.isdigit, before + behind)) else None


def _says(shown: str, issued: str, around: _Around) -> bool:
    before, behind = around
    inner = shown.removeprefix(before).removesuffix(behind)
    return inner == issued or _equal(inner, issued)


def _equal(one: str, other: str) -> bool:
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False
