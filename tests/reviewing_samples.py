"""What the proofs of review workbooks share: the small scheme with duties, bases, and reviews to put into the sheets."""

import dataclasses
import functools
import io
import random
from decimal import Decimal as D

from appraisals import answer_slots, candidates, is_legal, legal_pool, small_items, small_scheme
from openpyxl import load_workbook

from workbook_builder import basis
from workbook_builder import model as m
from workbook_builder.building import bundled_template
from workbook_builder.duties import ASSESSORS, tasks
from workbook_builder.layout.plan import INPUT, NOTE, address
from workbook_builder.layout.review import Desk
from workbook_builder.layout.review_rows import Work
from workbook_builder.returns import SectionReturn
from workbook_builder.reviewing import review_books, review_file
from workbook_builder.reviewing.books import review_plan
from workbook_builder.rules import review as rv
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl
from workbook_builder.rules.items import Rulebook

OFFICE, GROUP = "乙科", "领导小组"
SEAT = "甲科"
#: What may stand in 核定说明; the first three say nothing.
REASONS = (None, " 　", "【原核定 2：旧理由】", "台账为准", "【原核定 2】另有文件", "长" * 300, "x】")


def reviewed_scheme(reading="usual"):
    """The small scheme in which 乙科 reviews 甲科 and the group everything else."""
    items = tuple(
        dataclasses.replace(i, assessors=(OFFICE,)) if i.part == m.BOTTOM_LINE else i for i in small_items()
    )
    duties = (
        m.Duty(m.BUSINESS, m.EVERY_SECTION, "", OFFICE),
        m.Duty(m.TEAM, m.EVERY_SECTION, "", OFFICE),
        m.Duty(m.SPECIAL, m.EVERY_SECTION, "", GROUP),
        m.Duty(m.BOTTOM_LINE, m.EVERY_SECTION, "", ASSESSORS),
    )
    return dataclasses.replace(small_scheme(reading), items=items, duties=duties, extra={})


@functools.cache
def review_rules(reading="usual"):
    """Rules of that scheme."""
    return Rulebook(reviewed_scheme(reading))


@functools.cache
def template():
    """The bundled template."""
    return bundled_template()


def returned(section, entries, refused=None):
    """A section's return holding `entries`."""
    return SectionReturn(section, f"{section}.xlsx", "0", section, entries, {}, (), refused or {})


def filled(rules, seed=1):
    """Legal answers of 甲科, confirmed."""
    draw = random.Random(seed)
    found = {sh.CONFIRM: m.YES, sh.AWARD: m.NO, sh.PROPOSED: D(3), "申报/1#主要内容": "做法\n" * 3}
    for name, clause, slot in answer_slots(rules, rules.scheme.section(SEAT)):
        if clause.kind != m.DOUBLING and slot.suffix != sl.MORE and draw.random() < 0.8:
            found[name] = draw.choice(legal_pool(clause, slot))
    return found


def bases(rules, *returns, beside=None):
    """Bases of the sections from their returns."""
    return basis.bases(rules, {r.section: r for r in returns}, beside or basis.Beside())


def books(rules, bases_, reviews=None):
    """reviewer → bytes."""
    made = review_books(rules, bases_, template(), reviews)
    return {reviewer: made[review_file(rules.scheme, reviewer)] for reviewer in tasks(rules.scheme)}


def places(rules, reviewer, bases_):
    """(section, field) → (sheet, A1) of every input of a reviewer's workbook."""
    plan = review_plan(rules, reviewer, bases_, {})
    return {
        (p.section, p.name): (p.sheet, address(p.row, p.col)) for p in plan.fields if p.role in (INPUT, NOTE)
    }


def plain(value):
    """As openpyxl takes it."""
    return float(value) if isinstance(value, D) else value


def put(data, where, entries):
    """The workbook with `entries` ((section, field) → value) typed in."""
    book = load_workbook(io.BytesIO(data))
    for key, value in entries.items():
        sheet, ref = where[key]
        book[sheet][ref].value = plain(value)
        if isinstance(value, str):
            book[sheet][ref].data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- anything at all, for the proofs of formulas ------------------------------------------------------------------------


def everything(rules):
    """A subject of every item of 甲科 with its special score."""
    section = rules.scheme.section(SEAT)
    special = rules.scheme.policy(m.P_SPECIAL_BASIS) != "附件2合计"
    return rv.Subject(section, sh.sheet_items(rules.scheme, section), special, {}, False)


def drawn_desk(rules, seed, confirmed, wild):
    """A desk with drawn basis and inputs; `wild`: how many of a hundred entries may be anything at all."""
    draw = random.Random(seed)
    what = everything(rules)
    base, values, reasons, own = {}, {}, {}, {}
    for stem in what.stems:
        for slot in rv.stem_slots(rules, stem):
            clause = rules.scheme.clause_by_id.get(stem)
            pool = candidates(clause, slot) if clause else [None, *slot.choices, *slot.words, D(0), D(3), D("7.5"), "乱"]
            legal = [v for v in pool if is_legal(slot, v)]
            name = stem + slot.suffix
            base[name] = draw.choice([*legal, None, sl.NOT_ACCEPTED] if draw.random() < 0.5 else legal)
            values[name] = draw.choice(pool if draw.randrange(100) < wild else [*legal, None, base[name]])
            if values[name] == sl.NOT_ACCEPTED:
                values[name] = None
            reasons[name] = draw.choice(REASONS)
            own[name] = draw.choice(legal)
    values[rv.DONE] = draw.choice((m.YES, m.YES, m.NO, None, "乱"))
    values[rv.CONFIRM] = draw.choice((m.YES, None, "否"))
    again = frozenset(stem for stem in what.stems if draw.random() < 0.2)
    inputs = rv.Inputs(clean(values), {n: t for n, t in reasons.items() if t}, again)
    what = dataclasses.replace(what, base=clean(base), confirmed=confirmed)
    return Desk(what, OFFICE, "核定表", "签字", own=clean(own), returned=True, inputs=inputs, works=(Work(1, "名称", "甲"),))


def clean(entries):
    """Without blanks."""
    return {name: value for name, value in entries.items() if value is not None}
