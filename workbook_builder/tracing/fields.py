"""What a person asks about: a section and a figure of it, as they are written or said, → the figures that may be meant.

Comes in: a scheme and two texts. Goes out: the section and `Asked` figures; none, one or several.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from workbook_builder import model as m
from workbook_builder.layout.book import clause_of
from workbook_builder.rules import sheet as sh

RANK, GRADE = "名次", "等次"
FIGURE, ITEM, CLAUSE = "figure", "item", "clause"
#: Figures of a section that are no item: name → what people also say.
FIGURES = {
    m.TOTAL: ("得分", "最终得分"),
    RANK: ("排名", "位次"),
    GRADE: ("等级",),
    m.BUSINESS: ("业务",),
    m.TEAM: ("队伍",),
    m.SPECIAL: ("特色", sh.PROPOSED, sh.AWARD),
    m.BOTTOM_LINE: ("底线",),
    m.EVALUATION: ("测评",),
    sh.SELF_TOTAL: ("自评", "自评分"),
}
_PARTS = "|".join((*m.PARTS, *m.PART_CODES.values()))
#: 业务工作第1项细则3, 业务1, 1.3; between item and clause something must stand.
_SPOKEN = re.compile(
    rf"(?P<part>{_PARTS})?[/·,:]?第?(?P<item>\d+)项?(?:(?:[./、\-·]|第|细则|条)+(?P<clause>\d+)(?:条|款)?)?"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A figure: the name of a figure of the section, the key of an item or the id of a clause."""

    kind: str
    key: str


def section_of(scheme: m.Scheme, text: str) -> m.Section | None:
    """The section of that name or alias; signs of other widths and blanks make no difference."""
    wanted = _fold(text)
    return scheme.section(text) or next((s for s in scheme.sections if wanted in map(_fold, (s.name, *s.aliases))), None)


def sections_like(scheme: m.Scheme, text: str) -> tuple[str, ...]:
    """Names that hold the text, where it is no name itself."""
    wanted = _fold(text)
    return tuple(s.name for s in scheme.sections if wanted and any(wanted in _fold(n) for n in (s.name, *s.aliases)))


def asked(scheme: m.Scheme, section: m.Section, text: str) -> tuple[Asked, ...]:
    """Every figure of the section that `text` may mean, in the notice's order."""
    word = _fold(text)
    for name, others in FIGURES.items():
        if word in map(_fold, (name, *others)):
            return (Asked(FIGURE, name),)
    items = _items(scheme, section)
    clauses = {clause.id: item for item in items for clause in item.clauses}
    for key in (text.strip(), clause_of(text.strip())):
        if key in clauses:
            return (Asked(CLAUSE, key),)
        if any(item.key == key for item in items):
            return (Asked(ITEM, key),)
    return tuple(_spoken(items, word))


def choices(scheme: m.Scheme, section: m.Section) -> tuple[str, ...]:
    """Everything that can be asked for, as suggestions for what is almost right."""
    items = _items(scheme, section)
    spoken = [f"{item.part}第{item.no}项" for item in items]
    return (*FIGURES, *spoken, *(item.key for item in items), *(c.id for item in items for c in item.clauses))


def clauses_there(scheme: m.Scheme, section: m.Section, text: str) -> str:
    """Which clauses an item has, where `text` names one that it has not; "" if it names no item either."""
    found = _SPOKEN.fullmatch(_fold(text))
    if found is None or found["clause"] is None:
        return ""
    items = [i for i in _items(scheme, section) if i.no == int(found["item"]) and _part(found) in (None, i.part)]
    return "；".join(f"{i.part}第{i.no}项有细则{'、'.join(str(c.no) for c in i.clauses)}" for i in items)


def _items(scheme: m.Scheme, section: m.Section) -> tuple[m.Item, ...]:
    return (*sh.sheet_items(scheme, section), *scheme.section_items(section, m.BOTTOM_LINE))


def _spoken(items: tuple[m.Item, ...], word: str) -> Iterator[Asked]:
    found = _SPOKEN.fullmatch(word)
    if found is None:
        return
    part = _part(found)
    for item in items:
        if item.no != int(found["item"]) or part not in (None, item.part):
            continue
        if found["clause"] is None:
            yield Asked(ITEM, item.key)
        else:
            yield from (Asked(CLAUSE, clause.id) for clause in item.clauses if clause.no == int(found["clause"]))


def _part(found: re.Match) -> str | None:
    return next((name for name, code in m.PART_CODES.items() if found["part"] in (name, code)), None)


def _fold(text: str) -> str:
    """Full-width and half-width alike, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()
