"""The list of adjustments of a section: what review, the city and transfers changed, by whom and why.

Comes in: its base and the reviews of it. Goes out: `Adjustment`s in the notice's order. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from workbook_builder import model as m
from workbook_builder import records as rec
from workbook_builder import results as r
from workbook_builder.basis import ADDITIVE, Base
from workbook_builder.layout.book import clause_of
from workbook_builder.problems import Where
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl
from workbook_builder.rules.excel import number
from workbook_builder.rules.items import Rulebook
from workbook_builder.rules.slots import NOT_ACCEPTED, SlotValue

BLANK, UNREAD = "（空）", "（未采用）"


def adjustments(
    rules: Rulebook,
    base: Base,
    reviews: Iterable[rec.Review],
    borne: Iterable[r.Borne],
    handed_on: Iterable[r.Borne],
) -> tuple[r.Adjustment, ...]:
    """Of one section, in the order of its sheet; transfers last."""
    names = list(_names(rules, base.section))
    order = {name: place for place, (_, name) in enumerate(names)}
    gone = {where for b in handed_on for where in b.origins}
    found = list(_by_city(rules, base, names, gone))
    for review in reviews:
        found += _by_review(rules, base, review, names)
    found.sort(key=lambda adjustment: order[adjustment.field])
    found += [_transfer(base.section.name, b, "承担") for b in borne]
    found += [_transfer(base.section.name, b, "转出") for b in handed_on]
    return tuple(found)


def shown(value: SlotValue) -> str:
    """An answer as the list writes it."""
    if value is None:
        return BLANK
    if isinstance(value, str):
        return UNREAD if value == NOT_ACCEPTED else value
    return number(value)


def _names(rules: Rulebook, section: m.Section) -> Iterator[tuple[str, str]]:
    """(item key or part, answer field) of everything that is reviewed, in the notice's order."""
    for item in sh.sheet_items(rules.scheme, section):
        for clause in item.clauses:
            yield from ((item.key, clause.id + slot.suffix) for slot in rules.slots[clause.id])
    yield m.SPECIAL, sh.AWARD
    yield m.SPECIAL, sh.PROPOSED


def _by_city(
    rules: Rulebook, base: Base, names: list[tuple[str, str]], gone: Container[Where]
) -> Iterator[r.Adjustment]:
    """`gone`: cells of figures that another section bears."""
    for item, name in names:
        if name not in base.city or base.city[name] == base.own.get(name):
            continue
        stem = clause_of(name) if name not in base.figures else name
        figures = base.figures.get(stem, ())
        source = "、".join(dict.fromkeys(f.document for f in figures if f.document))
        notes = "；".join(dict.fromkeys(f.note for f in figures if f.note))
        before, after = shown(base.own.get(name)), shown(base.city[name])
        kept = [f for f in figures if f.where not in gone] or list(figures)
        origins = tuple(_city_cells(rules, name, kept))
        yield r.Adjustment(r.BY_CITY, base.section.name, item, name, before, after, notes, "市局", source, origins)


def _city_cells(rules: Rulebook, name: str, figures: list[rec.CityFigure]) -> Iterator[Where]:
    """The cells that make the answer to a field: all where figures add up, else the one that counts."""
    clause = rules.scheme.clause_by_id.get(clause_of(name))
    suffix = "" if clause is None else name.removeprefix(clause.id)
    several = clause is not None and (clause.kind in ADDITIVE or clause.several)
    if suffix == sl.REFERENCE:
        yield figures[-1].reference_where
    elif not several:
        yield figures[-1].where
    elif clause.kind == m.DISCRETIONARY_EACH and len(figures) <= clause.events:
        yield figures[int(suffix.removeprefix("@")) - 1].where
    else:
        yield from (f.where for f in figures)


def _by_review(
    rules: Rulebook, base: Base, review: rec.Review, names: list[tuple[str, str]]
) -> Iterator[r.Adjustment]:
    for item, name in names:
        value = review.values.get(name)
        if value is None or value == base.values.get(name):
            continue
        before, reason = shown(base.values.get(name)), review.reasons.get(name, "")
        # What the reviewer had before their eyes stands behind the cell they filled in.
        origins = (review.where(name), *(entry.where for entry in base.ledger.get(clause_of(name), ())))
        yield r.Adjustment(
            r.BY_REVIEW, base.section.name, item, name, before, shown(value), reason, review.reviewer, origins=origins
        )


def _transfer(section: str, borne: r.Borne, word: str) -> r.Adjustment:
    other = borne.section if word == "承担" else borne.bearer
    text = f"{word}{number(borne.points)}分（{other}）"
    item = borne.clause.item
    return r.Adjustment(
        r.BY_TRANSFER, section, item, borne.clause.id, "", text, borne.reason, "", borne.document, borne.origins
    )
