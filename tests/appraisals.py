"""What the proofs of scoring share: schemes, entries to put into their sheets, and what the plan says of them.

`small_scheme` holds every kind of clause in every variant the rules know, in one sheet that an engine works out in
milliseconds. `candidates` lists what people may put into one input, `entries` and `legal_entries` draw whole sheets.
"""

import dataclasses
import functools
from decimal import Decimal as D
from pathlib import Path

from hypothesis import strategies as st
from xmlwalk import same_value

from workbook_builder import load_scheme
from workbook_builder import model as m
from workbook_builder.building import bundled_template, section_workbook
from workbook_builder.layout.form import OWNER_FIELD, field_name
from workbook_builder.layout.plan import INPUT, NOTE, address
from workbook_builder.layout.section import FREE_TEXTS, plan_section
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl
from workbook_builder.rules.items import Rulebook
from workbook_builder.validate.text import clean

ROOT = Path(__file__).resolve().parent.parent
SCHEME_2021 = ROOT / "samples" / "2021" / "方案.yaml"


@functools.cache
def scheme_2021():
    """The real scheme."""
    return load_scheme(SCHEME_2021)


@functools.cache
def rules_2021():
    """Its rules."""
    return Rulebook(scheme_2021())


@functools.cache
def template():
    """The template that comes with the program."""
    return bundled_template()


def with_policies(scheme, **values):
    """`scheme` under other readings of policies that the code itself reads."""
    unknown = set(values) - {p.name for p in scheme.policies}
    assert not unknown, unknown
    policies = tuple(dataclasses.replace(p, value=values.get(p.name, p.value)) for p in scheme.policies)
    return dataclasses.replace(scheme, policies=policies, extra={})


# --- a scheme with everything in it ----------------------------------------------------------------------------------

LADDER = tuple(m.RankBand(a, b, D(p)) for a, b, p in ((1, 11, 0), (12, 12, 1), (13, 13, 2), (14, 14, 3), (15, 16, 4)))
PODIUM = tuple(m.RankBand(a, b, D(p)) for a, b, p in ((1, 4, "1"), (5, 8, "0.75"), (9, 12, "0.5"), (13, 16, "0.25")))


def tiers(*steps):
    """(op, bound, points) → tiers; a bound that is a name is a reference figure."""
    return tuple(
        m.Tier(op, None, bound, D(points)) if isinstance(bound, str) and not bound[0].isdigit()
        else m.Tier(op, D(bound), "", D(points))
        for op, bound, points in steps
    )  # fmt: skip


def options(**points):
    """label=points → options."""
    return tuple(m.Option(label, D(p)) for label, p in points.items())


def item(key, part, owner, mode, points, base, *clauses):
    """An item with its clauses numbered in order; each clause is (kind, direction, attributes)."""
    made = []
    for no, (kind, direction, more) in enumerate(clauses, 1):
        more = {name: D(value) if name in _NUMBERS else value for name, value in more.items()}
        if "depends_on" in more:
            more["depends_on"] = f"{key}/{more['depends_on']}"
        made.append(m.Clause(f"{key}/{no}", key, no, f"{key}第{no}条细则，{kind}", direction, kind, **more))
    points = None if points is None else D(points)
    return m.Item(key, part, owner, int(key.rsplit("/", 1)[1]), f"{key}考评", mode, points, D(base), tuple(made))


_NUMBERS = ("points", "low", "high", "cap", "base", "factor")


def minus(kind, **more):
    """A clause that takes."""
    return kind, m.DEDUCT, more


def plus(kind, **more):
    """A clause that gives."""
    return kind, m.ADD, more


def small_items():
    """Items that hold every kind, direction and variant of a clause."""
    both = {"allow_na": True, "allow_pending": True}
    percent = tiers(("<", "90", 2), ("<", "70", 4))
    return (
        item("业务/甲科/1", m.BUSINESS, "甲科", "deduct", 10, 10,
             minus(m.PER_OCCURRENCE, points="1.5", unit="起"),
             minus(m.DOUBLING, depends_on=1, unit="起"),
             minus(m.PER_OCCURRENCE, points="0.5", cap="2", unit="次", heading="一、", lead="应当及时报送。"),
             minus(m.ONE_OFF, points="2", **both),
             minus(m.DOUBLING, depends_on=3, factor="3"),
             minus(m.ZERO_ITEM, **both)),
        item("业务/甲科/2", m.BUSINESS, "甲科", "deduct", 20, 20,
             minus(m.TIERS, metric="使用率", metric_unit="%", tiers=percent, **both),
             minus(m.TIERS, metric="反馈数", tiers=tiers(("<", "全市平均值", 5)), **both),
             minus(m.TIERS, metric="次数", metric_unit="次", tiers=tiers(("<", "2", 2))),
             minus(m.TIERS, metric="再犯率", metric_unit="%", tiers=tiers((">", "1", "2.5"), (">=", "5", 3))),
             minus(m.RANK, ranks=LADDER, **both),
             minus(m.OPTIONS, options=options(较重A=2, 较轻b="0.5"), **both)),
        item("业务/甲科/3", m.BUSINESS, "甲科", "deduct", 9, 9,
             minus(m.DISCRETIONARY, low=1, high=3, **both),
             minus(m.DISCRETIONARY, low="0.5", high=1),
             minus(m.DISCRETIONARY_EACH, low=1, high=2, unit="次", remark="注：以文件为准"),
             minus(m.PER_OCCURRENCE, points="0.5", pool="故障"),
             minus(m.PER_OCCURRENCE, points="2", pool="故障", allow_pending=True),
             minus(m.OPTIONS, options=options(甲类="1.5", 乙类=1, 丙类="0.5"), several=True, **both),
             minus(m.OPTIONS, options=options(初犯=1, 再犯=3), several=True, best_only=True, pool="情节"),
             minus(m.ONE_OFF, points=2, pool="情节")),
        item("业务/甲科/4", m.BUSINESS, "甲科", "mixed", 8, 0,
             plus(m.DISCRETIONARY_MAX, cap=3, **both),
             minus(m.PER_OCCURRENCE, points="0.5", cap=4, base=4, expected_max=36),
             plus(m.RANK, ranks=PODIUM, **both)),
        item("业务/甲科/5", m.BUSINESS, "甲科", "mixed", 12, 2,
             plus(m.ONE_OFF, points=3, exclusion="已获“命名”", **both),
             plus(m.TIERS, metric="网办率", metric_unit="%", branch="有创新举措", **both,
                  tiers=tiers((">=", "80", 1), (">=", "90", 2), (">=", "95", 3))),
             plus(m.TIERS, metric="率", tiers=tiers(("<=", "全市平均水平", 2)), allow_pending=True),
             plus(m.OPTIONS, options=options(一等=2, 二等=1), **both),
             plus(m.OPTIONS, options=options(年度=3, 入围=1), several=True, allow_pending=True),
             plus(m.OPTIONS, options=options(金奖="2.5", 银奖="1.5"), several=True, best_only=True, cap=2, **both),
             plus(m.DISCRETIONARY, low="0.5", high="2.5", **both),
             plus(m.DISCRETIONARY_EACH, low="0.5", high=1, unit="项", cap="1.5"),
             plus(m.PER_OCCURRENCE, points="0.3", cap=2, pool="援助", **both),
             plus(m.PER_OCCURRENCE, points="1", pool="援助"),
             minus(m.ONE_OFF, points="2.5")),
        item("业务/甲科/6", m.BUSINESS, "甲科", "converted", 10, 0, plus(m.CONVERTED, **both)),
        item("业务/甲科/7", m.BUSINESS, "甲科", "deduct", 5, 5, minus(m.ZERO_ITEM)),
        item("业务/乙科/1", m.BUSINESS, "乙科", "deduct", 60, 60, minus(m.PER_OCCURRENCE, points=1)),
        item("队伍/各科室/1", m.TEAM, m.EVERY_SECTION, "deduct", 20, 20,
             minus(m.PER_OCCURRENCE, points="0.1", unit="人"), minus(m.ZERO_ITEM)),
        item("特色/甲科/1", m.SPECIAL, "甲科", "add", 3, 0,
             plus(m.PER_OCCURRENCE, points="0.1"), plus(m.ONE_OFF, points="1.5")),
        item("特色/相关科室/2", m.SPECIAL, m.EVERY_SECTION, "add", None, 0,
             plus(m.DISCRETIONARY_EACH, low=1, high=5, unit="项")),
        item("底线/乙科/1", m.BOTTOM_LINE, m.EVERY_SECTION, "deduct", None, 0,
             minus(m.DISCRETIONARY_EACH, low=5, high=10, unit="起")),
    )  # fmt: skip


#: Readings under which the small scheme is proved: the usual ones, then all others at once.
READINGS = {
    "usual": {},
    "other": {"视情步长": "0.5", "单项下限": "可为负", "未排名的扣分": "按末名扣分", "特色工作计分": "附件2合计"},
    "free step": {"视情步长": "不限"},
}


@functools.cache
def small_scheme(reading="usual", items=None):
    """Two sections, every kind of clause, everything else as in 2021; `items` replaces the items."""
    sections = (m.Section("甲科", 1, rubric="甲科"), m.Section("乙科", 2, rubric="乙科"))
    scheme = dataclasses.replace(
        scheme_2021(), id="small-2021", sections=sections, items=items or small_items(), form_copies=1, extra={}
    )
    return with_policies(scheme, **READINGS[reading])


@functools.cache
def small_rules(reading="usual"):
    """Rules of the small scheme."""
    return Rulebook(small_scheme(reading))


@functools.cache
def workbook(rules, section):
    """The issued, blank workbook of a section (rules and section are compared by identity and value)."""
    return section_workbook(rules, section, template())


def best_sheet(rules, section):
    """The sheet of a year in which nothing went wrong and everything was earned: its parts exceed what they may give."""
    found = {sh.CONFIRM: m.YES, sh.AWARD: m.YES, sh.PROPOSED: D(10)}
    for name, clause, slot in answer_slots(rules, section):
        if clause.direction == m.DEDUCT or slot.suffix in (sl.EXCLUSION, sl.MORE):
            harmless = {sl.YESNO: m.NO, sl.CHOICE: m.NO_OPTION, sl.METRIC: D(60), sl.RANKING: D(1)}
            found[name] = harmless.get(slot.type, D(0))
        else:
            best = {sl.YESNO: m.YES, sl.COUNT: D(9), sl.METRIC: D(96), sl.RANKING: D(1)}
            found[name] = slot.choices[0] if slot.type == sl.CHOICE else best.get(slot.type, slot.high)
    return found


# --- what a plan says --------------------------------------------------------------------------------------------------


def input_cells(plan):
    """{field: A1} of every unlocked cell of a section's sheet."""
    return {place.name: address(place.row, place.col) for place in plan.fields() if place.role in (INPUT, NOTE)}


def formula_values(plan):
    """{A1: what the cell must show} of every formula cell."""
    return {
        address(number, cell.col): cell.value
        for number, row in enumerate(plan.sheet().rows, 1)
        for cell in row.cells
        if cell.formula
    }


def plain(value):
    """A planned value as an engine gives it."""
    return float(value) if isinstance(value, D) else value


class Sheet:
    """A section's sheet open in an engine; it remembers what it holds, so that only changes are sent."""

    def __init__(self, session, rules, section):
        self.session, self.rules, self.section = session, rules, section
        self.refs = input_cells(plan_section(rules, section, {}))
        self.holds = {}

    def put(self, entries):
        """Make the inputs hold exactly `entries`."""
        self.session.eval(self.section.name, self._changes(entries), [])

    def _changes(self, entries):
        """What must be typed so that the inputs hold exactly `entries`; from now on they do."""
        changed = {ref: entries.get(name) for name, ref in self.refs.items() if entries.get(name) != self.holds.get(name)}
        self.holds = dict(entries)
        return {ref: plain(value) for ref, value in changed.items()}

    def disagreements(self, entries, changes=None):
        """Every formula cell whose value, recalculated, is not what the plan of `entries` says; `put` them first."""
        plan = plan_section(self.rules, self.section, entries)
        expected = formula_values(plan)
        found = self.session.eval(self.section.name, changes or {}, list(expected))
        return [
            f"{ref} ({plan.specs[int(ref.lstrip('ABCDEFGHIJKL')) - 1].key}): engine {found[ref]!r}, plan {want!r}"
            for ref, want in expected.items()
            # Every score is rounded, so that engines agree to the last bit and equal scores tie.
            if not same_value(found[ref], plain(want), tolerance=0)
        ]

    def check(self, entries):
        """Put `entries` in; the disagreements. Worked out once, not after the one and again after the other."""
        return self.disagreements(entries, self._changes(entries))


# --- what people put in ---------------------------------------------------------------------------------------------------

WORDS = ("是", "否", "无", "没有", "不适用", "无此类事项", "待市局反馈", "未排名")
JUNK_TEXTS = ("乱填", "3", "３次", " ", "-", "是的", "TRUE", "0")
NUMBERS = tuple(map(D, ("0", "1", "2", "3", "-1", "0.5", "1.5", "2.05", "0.1", "7.3", "100.00001", "12345678", "16")))


def edges(clause):
    """Numbers at, just below and just above every bound of a clause."""
    bounds = [t.threshold for t in clause.tiers if t.threshold is not None]
    bounds += [D(rank) for band in clause.ranks for rank in (band.first, band.last)]
    bounds += [b for b in (clause.low, clause.high, clause.cap) if b is not None]
    return [b + d for b in dict.fromkeys(bounds) for d in (D(0), D("-0.01"), D("0.01"), D("-0.1"), D("0.5"), D(1))]


def candidates(clause, slot):
    """Everything worth trying in one input, blank first."""
    cased = [choice.swapcase() for choice in slot.choices]
    found = [None, *slot.choices, *cased, *slot.words, *WORDS, *JUNK_TEXTS, *NUMBERS, slot.low, slot.high, slot.high + 1]
    return list(dict.fromkeys([*found, *edges(clause)]))


def is_legal(slot, value):
    """Whether a person who has confirmed may leave `value` there."""
    return value is None or sl.state(slot, value, True) in (sl.FILLED, sl.PENDING)


def answer_slots(rules, section):
    """[(field, clause, slot)] of a section's clauses, in order."""
    return [
        (clause.id + slot.suffix, clause, slot)
        for item_ in sh.sheet_items(rules.scheme, section)
        for clause in item_.clauses
        for slot in rules.slots[clause.id]
    ]


AWARDS = (None, "是", "否", "待市局反馈", "无", "乱填", D(0), D(1))
PROPOSALS = (None, *map(D, ("0", "0.5", "1", "4.99", "5", "5.5", "10", "10.5", "-1", "3.00001")), "待市局反馈", "三分")
CONFIRMS = (None, "是", "否", "乱填", D(1))


def declared(rules):
    """{field: values worth trying} of the rows below the clauses."""
    found = {sh.CONFIRM: CONFIRMS}
    if rules.scheme.policy(m.P_SPECIAL_BASIS) != "附件2合计":
        found |= {sh.AWARD: AWARDS, sh.PROPOSED: PROPOSALS}
    return found


def _draw_all(draw, pools):
    entries = {name: draw(st.sampled_from(pool)) for name, pool in pools.items()}
    return {name: value for name, value in entries.items() if value is not None}


@st.composite
def entries(draw, rules, section):
    """Anything at all: mostly legal sheets with something wrong here and there."""
    clean = draw(st.sampled_from((1, 1, 4, 30)))
    pools = {}
    for name, clause, slot in answer_slots(rules, section):
        every = candidates(clause, slot)
        legal = [v for v in every if is_legal(slot, v)]
        pools[name] = every if draw(st.integers(1, 30)) <= clean else legal
    for name, pool in declared(rules).items():
        pools[name] = pool if clean == 30 else [v for v in pool if not isinstance(v, str) or v in WORDS]
    return _draw_all(draw, pools)


def legal_pool(clause, slot):
    """What an input may legally hold and the reader takes as it stands."""
    pool = [v for v in candidates(clause, slot) if is_legal(slot, v) and v is not None]
    if slot.type in sl.NUMERIC_TYPES:
        # 无, 没有, 否 in a number cell are read as 0, which is another entry though the same answer.
        pool = [v for v in pool if v not in m.NONE_WORDS]
    if slot.type == sl.YESNO:
        pool = [v for v in pool if v in slot.choices or v in slot.words]
    if clause.is_percent and all(t.threshold is not None and t.threshold > 1 for t in clause.tiers):
        pool = [v for v in pool if isinstance(v, str) or not 0 < v <= 1]
    return pool


#: What people type or paste into notes.
TYPED_NOTES = st.one_of(
    st.sampled_from((
        "=1+1", "+86 21", "-3", "@某人", '"引号"\'', "第一行\n第二行\n", "😀🇨🇳", "长" * 2000, "a\tb", "<b>&amp;", "007",
        "3月5日", "1E5", "#N/A", "TRUE", "' 前", " 前后 ", "a  b", "_x000D_", "a_x0041_b",
    )),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn")), max_size=30),
)
#: The same, and what other programs leave behind.
NOTES = st.one_of(TYPED_NOTES, st.sampled_from(("行\r\n尾", "a\x01\x1fb")))


@st.composite
def legal_entries(draw, rules, section, notes=NOTES):
    """A sheet as a careful section fills it, blanks and texts included; what is read back must equal it."""
    found = {}
    for name, clause, slot in answer_slots(rules, section):
        if clause.kind == m.DOUBLING or draw(st.integers(0, 9)) == 0:
            continue
        found[name] = draw(st.sampled_from(legal_pool(clause, slot)))
        if notes is not None and slot.suffix == "" and draw(st.integers(0, 9)) == 0:
            found[name + sh.NOTE_SUFFIX] = draw(notes)
    for clause in rules.scheme.clause_by_id.values():
        # More events than the form has lines for is what the reader sends back.
        if found.get(clause.id + sl.MORE) == m.YES:
            del found[clause.id + sl.MORE]
        if clause.kind != m.DOUBLING:
            continue
        base = found.get(clause.depends_on)
        if isinstance(base, D):
            found[clause.id] = D(draw(st.integers(0, int(base))))
    found |= _declaration(draw, rules)
    if notes is not None:
        for name in _texts(rules):
            if draw(st.booleans()):
                found[name] = draw(notes)
    found = {name: value for name, value in found.items() if value is not None and not _unseen(value)}
    # A sheet with nothing in it is no return.
    return found or {sh.CONFIRM: m.YES}


def _unseen(value):
    return isinstance(value, str) and clean(value) == ""


def _declaration(draw, rules):
    found = {sh.CONFIRM: draw(st.sampled_from((None, "是", "是")))}
    if rules.scheme.policy(m.P_SPECIAL_BASIS) != "附件2合计":
        award = draw(st.sampled_from((None, "是", "否", "待市局反馈")))
        low = {None: 0, "否": 0, "是": 5, "待市局反馈": 1}[award]
        high = 10 if award in ("是", "待市局反馈") else 5
        tenths = draw(st.integers(low * 10, high * 10).filter(lambda n: n == 0 or n >= 10))
        found |= {sh.AWARD: award, sh.PROPOSED: D(tenths) / 10}
    return found


def _texts(rules):
    fields = [f for f in rules.scheme.form_fields if f.name != OWNER_FIELD]
    forms = [field_name(n, f) for n in range(1, rules.scheme.form_copies + 1) for f in fields]
    return [*FREE_TEXTS, *forms]


# --- the facade's answers --------------------------------------------------------------------------------------------------


def answers_of(rules, section, entries_):
    """A sheet's entries as `score_answers` takes them; every clause of the sheet is asked, so none is left out."""
    found = {}
    for item_ in sh.sheet_items(rules.scheme, section):
        for clause in item_.clauses:
            values = {s.suffix: entries_.get(clause.id + s.suffix) for s in rules.slots[clause.id]}
            found[clause.id] = _answer(clause, values)
    return found


def _answer(clause, values):
    if clause.kind == m.DISCRETIONARY_EACH:
        given = [v for suffix, v in values.items() if suffix.startswith("@") and v is not None]
        return [v for v in given if v] if given else None
    if clause.kind == m.OPTIONS and clause.several:
        return _several(clause, list(values.values()))
    if clause.reference:
        return {"value": values[""], "reference": values[sl.REFERENCE]}
    if clause.branch:
        return {"metric": values[""], "option": values[sl.BRANCH]}
    if clause.exclusion:
        return {"achieved": values[""], "excluded": values[sl.EXCLUSION]}
    return values[""]


def _several(clause, counts):
    if any(count is None for count in counts):
        return None
    if m.PENDING_CITY in counts:
        return m.PENDING_CITY
    # 不适用 at one label alone counts as none of it.
    numbers = [0 if isinstance(count, str) else int(count) for count in counts]
    return [o.label for o, number in zip(clause.options, numbers, strict=True) for _ in range(number)]
