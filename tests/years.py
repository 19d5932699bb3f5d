"""A whole year in memory: complete returns, reviews as reported, decisions; what the proofs of final figures share."""

import datetime
from decimal import Decimal as D

from workbook_builder import model as m
from workbook_builder import records as rec
from workbook_builder.basis import Beside, bases
from workbook_builder.collecting.adopt import Adopted
from workbook_builder.duties import tasks
from workbook_builder.gathering import OF_BALLOTS, Collected, Prepared, prepare
from workbook_builder.inputs import Inputs
from workbook_builder.pipeline import summarize
from workbook_builder.problems import Where
from workbook_builder.returns import SectionReturn
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl
from workbook_builder.rules.items import Rulebook

DAY = datetime.date(2021, 12, 20)


def _plain(slot):
    """An answer that may stand in `slot` and costs nothing where that can be."""
    if slot.type in (sl.YESNO, sl.CHOICE):
        return slot.choices[-1]
    if slot.type in (sl.COUNT, sl.AMOUNT):
        return D(0)
    return slot.low if slot.type == sl.RANKING else slot.high


def answers(rules, section, proposed=3):
    """Every answer of a section, complete."""
    entries = {sh.CONFIRM: m.YES, sh.PROPOSED: D(proposed)}
    for item in sh.sheet_items(rules.scheme, section):
        for clause in item.clauses:
            for slot in rules.slots[clause.id]:
                if slot.suffix != sl.MORE and not (slot.suffix.startswith("@") and slot.suffix != "@1" and not clause.several):
                    entries[clause.id + slot.suffix] = _plain(slot)
    return entries


def returned(rules, name, changes=(), proposed=3):
    """A complete return of the section `name`; a change to None takes the answer out."""
    section = rules.scheme.section(name)
    entries = {k: v for k, v in {**answers(rules, section, proposed), **dict(changes)}.items() if v is not None}
    return SectionReturn(section.name, f"2回收/{name}.xlsx", "a" * 64, name, entries, dict.fromkeys(entries, "F9"), ())


def review(reviewer, section, values=(), reasons=(), done=True, **more):
    """What a reviewer left about one section."""
    facts = {"confirmed": False, "refused": {}, "reopened": frozenset(), "places": {}, "sheets": {}, **more}
    return rec.Review(reviewer, section, f"3核定/{reviewer}.xlsx", done, values=dict(values), reasons=dict(reasons), **facts)


def reviewed_as_reported(scheme, changes=None, facts=None):
    """Every reviewer has finished and found no 突破底线; `changes`: (reviewer, section) → field → (value, reason)."""
    found = {}
    for reviewer, mine in tasks(scheme).items():
        for task in mine:
            said = {clause.id: rec.ABSENT for item in task.bottom for clause in item.clauses}
            given = (changes or {}).get((reviewer, task.section.name), {})
            values = said | {field: value for field, (value, _) in given.items()}
            reasons = {field: reason for field, (_, reason) in given.items()}
            key = (reviewer, task.section.name)
            found[key] = review(*key, values, reasons, **(facts or {}).get(key, {}))
    return found


def evaluations(scheme, marks=90):
    """A mark for every section; `marks` one for all or section → mark."""
    def mark(name):
        value = marks.get(name) if isinstance(marks, dict) else marks
        return None if value is None else D(str(value))

    return {s.name: rec.Evaluation(s.name, (), mark(s.name)) for s in scheme.sections}


def decision(kind, section="", obj=rec.WHOLE_YEAR, before="", after=rec.AGREED, **more):
    """An answered row of 决定."""
    return rec.Decision(kind, section, obj, before, after, "演示理由", "会议纪要", DAY, "考评工作领导小组", **more)


def prepared(scheme, returns, reviews=None, decisions=(), ledger=(), city=(), marks=90, snapshots=()):
    """What `gathering.prepare` makes of a folder, without any file."""
    rules = Rulebook(scheme)
    adopted = Adopted({x.section: x for x in returns}, frozenset(), (), (), frozenset())
    missing = tuple(s.name for s in scheme.sections if s.name not in adopted.returns)
    collected = Collected(adopted, (), missing, (), (), "0" * 12)
    decided = {
        (d.section, d.object, d.before): d.after == rec.AGREED for d in decisions if d.kind == rec.TRANSFER and d.answered
    }
    beside = Beside(tuple(ledger), tuple(city), decided)
    inputs = Inputs(tuple(decisions), tuple(ledger), tuple(city), snapshots=tuple(snapshots))
    return Prepared(
        collected=collected,
        inputs=inputs,
        beside=beside,
        bases=bases(rules, adopted.returns, beside),
        reviews=reviews or {},
        reviewed_files={},
        undecided=frozenset(),
        evaluations=evaluations(scheme, marks),
        policies=tuple(scheme.policy(name) for name in OF_BALLOTS),
        problems=(),
        batch="1" * 12,
    )


def year(scheme, returns, reviews=None, decisions=(), **more):
    """The outcome of such a year."""
    return summarize(scheme, prepared(scheme, returns, reviews, decisions, **more))


def everyone(rules, changes=None):
    """A complete return of every section, no two totals alike; `changes`: section → field → answer."""
    return [
        returned(rules, section.name, (changes or {}).get(section.name, {}), D(1) + D("0.4") * place)
        for place, section in enumerate(rules.scheme.sections)
    ]


def at(cell="A5", file="决定.xlsx", sheet="决定"):
    return Where(file, sheet, cell)


def own_results(scheme, collected):
    """自评汇总 of what was collected, nothing lying beside it."""
    return summarize(scheme, prepare(scheme, collected, Inputs())).results
