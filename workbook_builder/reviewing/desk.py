"""Base and review of a section → what its review sheet shows.

Comes in: a `Task`, the section's `Base` and what the reviewer has entered so far. Goes out: a `Desk` for layout and
the lines of the sheet 突破底线.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.basis import Base
from workbook_builder.duties import Task, is_section
from workbook_builder.layout import form as form_layout
from workbook_builder.layout.book import clause_of, clause_prints
from workbook_builder.layout.review import Desk
from workbook_builder.layout.review_bottom import BottomLine
from workbook_builder.layout.review_rows import Work
from workbook_builder.records import CityFigure, LedgerEntry, Review
from workbook_builder.rules import review as rv
from workbook_builder.rules import sheet as sh
from workbook_builder.rules.excel import number
from workbook_builder.rules.items import Rulebook
from workbook_builder.rules.slots import NOT_ACCEPTED, SlotValue

REVIEW_TITLE, GROUP_TITLE = "核定表", "审定表"
_SIGN = "核定人（签字）：　　　　　　　　　　　　　　　　　　　　（盖章）　　　　　　　　　　　　　　　　年　　　月　　　日"
#: Heads of sections sit in the leading group themselves (notice 一): nothing bars them from deciding about their own.
_GROUP_SIGN = (
    "\n组长（签字）：　　　　　　　　　　　　　　　　　　　　　　副组长（签字）：\n\n"
    "成员（签字）：　　　　　　　　　　　　　　　　　　　　　　　　　　　　　　　　　　　　　　　　　年　　　月　　　日\n"
    "（成员负责的科室列入本表的，建议该成员回避。）"
)
#: More entries than this would make a row that nobody reads; the register itself has them all.
_MOST_LINES = 8
_PLAIN_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,9})?")


def title(scheme: m.Scheme, reviewer: str) -> str:
    return REVIEW_TITLE if is_section(scheme, reviewer) else GROUP_TITLE


def signature(scheme: m.Scheme, reviewer: str) -> str:
    return _SIGN if is_section(scheme, reviewer) else _GROUP_SIGN


def special_here(scheme: m.Scheme, task: Task) -> bool:
    """Whether the reviewer sets the special-work score; under the policy 附件2合计 it follows from the clauses."""
    return task.special and scheme.policy(m.P_SPECIAL_BASIS) != "附件2合计"


def subject(rules: Rulebook, task: Task, base: Base) -> rv.Subject:
    """What `task` reviews of the section, and from which basis."""
    return rv.Subject(task.section, task.items, special_here(rules.scheme, task), base.values, base.confirmed)


def scored_inputs(review: Review | None) -> rv.Inputs:
    """The inputs as they count: what was refused is nothing any rule accepts."""
    if review is None:
        return rv.Inputs()
    values = {**review.values, **dict.fromkeys(review.refused, NOT_ACCEPTED), **_words(review)}
    return rv.Inputs(values, review.reasons, review.reopened)


def written_inputs(review: Review | None) -> rv.Inputs:
    """The inputs as they stood: what was refused comes back as it was entered."""
    if review is None:
        return rv.Inputs()
    raw = {name: typed(text) for name, text in review.refused.items() if text}
    lost = {stem_of(name) for name, text in review.refused.items() if not text}
    return rv.Inputs({**review.values, **_words(review), **raw}, review.reasons, review.reopened | lost)


def _words(review: Review) -> dict[str, SlotValue]:
    found: dict[str, SlotValue] = {}
    if review.done:
        found[rv.DONE] = m.YES
    if review.confirmed:
        found[rv.CONFIRM] = m.YES
    return found


def typed(text: str) -> SlotValue:
    """What was refused, as it stood in its cell: a plain number as a number."""
    return Decimal(text) if _PLAIN_NUMBER.fullmatch(text) else text


def stem_of(name: str) -> str:
    """The clause id of a field, or the 特色工作 field itself."""
    if name in (sh.AWARD, sh.PROPOSED):
        return name
    return clause_of(name)


def desk(rules: Rulebook, reviewer: str, task: Task, base: Base, inputs: rv.Inputs) -> Desk:
    """Everything the review sheet of the section shows."""
    scheme, what = rules.scheme, subject(rules, task, base)
    returned = base.returned
    return Desk(
        subject=what,
        reviewer=reviewer,
        title=title(scheme, reviewer),
        signature=signature(scheme, reviewer),
        own=base.own,
        raw=returned.refused if returned is not None else {},
        returned=returned is not None,
        ledger={stem: ledger_text(entries) for stem, entries in base.ledger.items()},
        city={stem: city_text(found, stem_counts(base, stem)) for stem, found in base.figures.items()},
        works=works(scheme, base) if what.special else (),
        seals={stem: base.seal(rules, stem) for stem in (*what.stems, sh.CONFIRM)},
        prints=clause_prints(rules, task.section),
        inputs=inputs,
    )


def works(scheme: m.Scheme, base: Base) -> tuple[Work, ...]:
    """The declared special works as the section wrote them."""
    found = []
    for count in range(1, scheme.form_copies + 1):
        for form_field in scheme.form_fields:
            text = base.own.get(form_layout.field_name(count, form_field))
            named = form_field.name != form_layout.OWNER_FIELD
            if named and isinstance(text, str) and text != NOT_ACCEPTED and text.strip():
                found.append(Work(count, form_field.name, text))
    return tuple(found)


def bottom_line(section: m.Section, clause: m.Clause, base: Base, values, reasons) -> BottomLine:
    """One row of the sheet 突破底线."""
    texts = [ledger_text(base.ledger.get(clause.id, ())), city_text(base.figures.get(clause.id, ()), True)]
    return BottomLine(section, clause, values, reasons, "\n".join(text for text in texts if text))


# --- what stands beside ------------------------------------------------------------------------------------------


def stem_counts(base: Base, stem: str) -> bool:
    """Whether the city's figures of a clause are in force."""
    return any(stem_of(name) == stem for name in base.city)


def ledger_text(entries: Iterable[LedgerEntry]) -> str:
    lines = []
    for entry in entries:
        date = f"{entry.date.month}月{entry.date.day}日 " if entry.date else ""
        amount = f"（{number(entry.amount)}）" if entry.amount is not None else ""
        lines.append(f"{date}{entry.facts}{amount}")
    return _listed(lines, "台账")


def city_text(figures: Iterable[CityFigure], in_force: bool) -> str:
    lines = []
    for figure in figures:
        text = _shown(figure.value)
        if figure.reference is not None:
            text += f"，参照{_shown(figure.reference)}"
        if figure.document:
            text += f"（{figure.document}）"
        if figure.transferred:
            text += f"，由{figure.bearer}承担"
        lines.append(text)
    text = _listed(lines, "市局反馈")
    return text + "\n（按口径未采用）" if text and not in_force else text


def _listed(lines: list[str], register: str) -> str:
    if len(lines) > _MOST_LINES:
        lines = [*lines[:_MOST_LINES], f"……共{len(lines)}条，见{register}"]
    return "\n".join(lines)


def _shown(value: SlotValue) -> str:
    return number(value) if isinstance(value, Decimal) else str(value or "")
