"""The same achievement claimed twice: by two sections, or by one section in two places (notice 四（二）).

Comes in: the adopted returns. Goes out: a problem at each place, naming the others. Texts are compared without white
space, punctuation, width and case; a short text proves nothing and is left alone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

from workbook_builder import model as m
from workbook_builder.layout.book import clause_of
from workbook_builder.layout.form import review_name
from workbook_builder.problems import Problem, problem
from workbook_builder.returns import SectionReturn
from workbook_builder.rules.sheet import NOTE_SUFFIX

#: Shorter texts are alike by chance ("详见附件").
SHORTEST = 10
_NAME = "特色工作名称"

#: A place where something is claimed: the return, its field, what the place is called.
Claim = tuple[SectionReturn, str, str]


def claimed_twice(scheme: m.Scheme, returns: Mapping[str, SectionReturn]) -> Iterator[Problem]:
    """Works of the same name, and annex-2 achievements of the same words, in two places."""
    ordered = [returns[section.name] for section in scheme.sections if section.name in returns]
    for find in (_works, _achievements):
        same: dict[str, dict[str, list[Claim]]] = {}
        for returned in ordered:
            for text, item, claim in find(scheme, returned):
                same.setdefault(text, {}).setdefault(item, []).append(claim)
        # Several rows of one item tell of one thing; only another item, or another section, claims it again.
        for places in same.values():
            if len(places) > 1:
                yield from _doubled(places)


def _doubled(places: Mapping[str, list[Claim]]) -> Iterator[Problem]:
    for item, claims in places.items():
        others = "、".join(rest[0][2] for other, rest in places.items() if other != item)
        for returned, field, _ in claims:
            yield problem("ACHIEVEMENT_TWICE", returned.where(field), returned.entries[field], other=others)


def _works(scheme: m.Scheme, returned: SectionReturn) -> Iterator[tuple[str, str, Claim]]:
    for number in range(1, scheme.form_copies + 1):
        field = review_name(number, _NAME)
        text = plain(returned.entries.get(field))
        if text and text not in m.NONE_WORDS:
            yield text, f"{returned.section}/{number}", (returned, field, f"{returned.section}的第{number}份申报表")


def _achievements(scheme: m.Scheme, returned: SectionReturn) -> Iterator[tuple[str, str, Claim]]:
    for field, value in sorted(returned.entries.items()):
        clause = scheme.clause_by_id.get(clause_of(field)) if field.endswith(NOTE_SUFFIX) else None
        item = scheme.item_by_key[clause.item] if clause is not None else None
        text = plain(value)
        if item is not None and item.part == m.SPECIAL and len(text) >= SHORTEST:
            yield text, f"{returned.section}/{item.key}", (returned, field, f"{returned.section}的附件2第{item.no}项")


def plain(value: object) -> str:
    """A text as it is compared: letters, digits and Chinese characters only, without width and case."""
    folded = unicodedata.normalize("NFKC", value).casefold() if isinstance(value, str) else ""
    return "".join(char for char in folded if unicodedata.category(char)[0] in "LNM")
