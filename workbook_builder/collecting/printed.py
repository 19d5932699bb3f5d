"""What a sheet prints of the rubric beside the clauses themselves: does it still say what counts?

Comes in: the section's form, the rows of a sheet issued on that very form. Goes out: a warning for each 分值, 计分办法,
单位 or title of an item that reads otherwise than the scheme; the scheme counts all the same. The title of the whole
sheet is not looked at: it is the template's own text, which the office may word as it likes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation

from workbook_builder.collecting.forms import Printed, SectionForm
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
        others = _others(form, there) if _differ(found, {}) else {}
        if others and _differ(found, others):
            continue
        around = _template_words(_around(shown, _bare(one.text), others.get(one.key, ())) for one, shown in found)
        if around is None:
            continue
        for one, shown in found:
            cell = a1(rows.rows[one.key], one.col)
            if cell in cells or one.key in rubric or _says(shown, _bare(one.text), around, others.get(one.key, ())):
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


def _others(form: SectionForm, group: Iterable[Printed]) -> dict[str, tuple[str, ...]]:
    """Key → what its row prints besides, the longest first: a template may put several texts into one cell."""
    mine = {one.key: one.what for one in group}
    found: dict[str, set[str]] = {key: set() for key in mine}
    for other in (one for group in form.printed for one in group):
        if other.key in mine and other.what != mine[other.key]:
            found[other.key].add(_bare(other.text))
    return {key: tuple(sorted(texts, key=len, reverse=True)) for key, texts in found.items()}


def _differ(found: Iterable[tuple[Printed, str]], others: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether more than one row shows what is issued among other words than most: it is no slip, but the template."""
    seen = Counter(_around(shown, _bare(one.text), others.get(one.key, ())) for one, shown in found)
    del seen[None]
    return sum(seen.values()) - max(seen.values(), default=0) > 1


def _template_words(found: Iterable[_Around | None]) -> _Around | None:
    """What the template puts around what is issued, as most of the rows show it; None if most of them do not show it.

    A digit is no such word: 100 is not 10 with something behind it.
    """
    every = list(found)
    seen = Counter(around for around in every if around is not None)
    around, count = seen.most_common(1)[0] if seen else (("", ""), 0)
    return around if 2 * count > len(every) else None


def _around(shown: str, issued: str, others: Iterable[str] = ()) -> _Around | None:
    """The words around what is issued, without the `others` of its row."""
    before, found, behind = shown.partition(issued)
    for other in others:
        before, behind = before.replace(other, ""), behind.replace(other, "")
    return (before, behind) if found and not any(map(str.isdigit, before + behind)) else None


def _says(shown: str, issued: str, around: _Around, others: Iterable[str]) -> bool:
    if _around(shown, issued, others) == around:
        return True
    before, behind = around
    inner = shown.removeprefix(before).removesuffix(behind)
    return inner == issued or _equal(inner, issued)


def _equal(one: str, other: str) -> bool:
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False
