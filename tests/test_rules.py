"""Every rule stands twice, in Python and in Excel: here both forms meet on the real workbook, in two engines.

The workbook is the one that sections receive. Entries are put into its inputs, an engine works it out, and every
formula cell must show what the plan of a sheet holding these entries says: points, states, item, part, special and
total scores, 可报送 and 校验码.
"""

from decimal import Decimal as D

import pytest
from appraisals import (
    CONFIRMS,
    LADDER,
    PODIUM,
    READINGS,
    Sheet,
    answer_slots,
    answers_of,
    best_sheet,
    candidates,
    declared,
    entries,
    is_legal,
    item,
    legal_entries,
    legal_pool,
    minus,
    plain,
    plus,
    rules_2021,
    scheme_2021,
    small_rules,
    small_scheme,
    tiers,
    with_policies,
    workbook,
)
from engines import IronSession, _place
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbook_builder import model as m
from workbook_builder import score_answers
from workbook_builder.layout.section import plan_section
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl
from workbook_builder.rules.items import Rulebook

QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@pytest.fixture(scope="module", params=READINGS)
def rules(request):
    """The small scheme under each reading of its policies."""
    return small_rules(request.param)


@pytest.fixture(scope="module")
def first(rules):
    """The section whose sheet holds every kind."""
    return rules.scheme.sections[0]


@pytest.fixture(scope="module")
def iron(rules, first):
    """Its blank workbook, loaded once for many pokes."""
    return Sheet(IronSession(workbook(rules, first)), rules, first)


@pytest.fixture(scope="module")
def calc(office, rules, first, tmp_path_factory):
    """The same in LibreOffice."""
    path = tmp_path_factory.mktemp("calc") / "甲科.xlsx"
    path.write_bytes(workbook(rules, first))
    with office.open(path) as session:
        yield Sheet(session, rules, first)


def sweep(rules, section, sheets=slice(None)):
    """Sheets in which every input takes every candidate once, neighbours never the same, confirmed and not."""
    slots = answer_slots(rules, section)
    pools = {name: candidates(clause, slot) for name, clause, slot in slots} | declared(rules)
    for step in range(max(map(len, pools.values()))):
        # Two strides, so that neighbours in one clause do not always meet in the same pairs.
        for stride, confirmed in ((1, None), (5, "是"), (1, "是"), (5, CONFIRMS[step % len(CONFIRMS)]))[sheets]:
            found = {n: pool[(step + stride * place) % len(pool)] for place, (n, pool) in enumerate(pools.items())}
            found[sh.CONFIRM] = confirmed
            yield {name: value for name, value in found.items() if value is not None}


# --- the small scheme holds what it says --------------------------------------------------------------------------------


def test_the_small_scheme_holds_every_kind_and_variant():
    """A kind that is missing here would be proved by nothing."""
    clauses = [c for i in small_scheme().items for c in i.clauses if i.part != m.BOTTOM_LINE]
    assert {c.kind for c in clauses} == set(m.KIND_LABELS)
    earned = {m.PER_OCCURRENCE, m.ONE_OFF, m.DISCRETIONARY, m.DISCRETIONARY_EACH, m.TIERS, m.RANK, m.OPTIONS}
    taken = set(m.KIND_LABELS) - {m.CONVERTED, m.DISCRETIONARY_MAX}
    assert {c.kind for c in clauses if c.direction == m.ADD} >= earned
    assert {c.kind for c in clauses if c.direction == m.DEDUCT} == taken
    variants = ("cap", "base", "reference", "branch", "exclusion", "pool", "several", "best_only", "depends_on")
    for variant in (*variants, "allow_na", "allow_pending", "is_percent"):
        assert any(getattr(c, variant) for c in clauses), variant
    assert {t.op for c in clauses for t in c.tiers} == set(m.TIER_LABELS)


def test_the_sweep_reaches_every_state_of_every_input():
    """Each kind is seen blank, at 0, 不适用, 待市局反馈, with values, wrong, confirmed and not."""
    rules = small_rules()
    section = rules.scheme.sections[0]
    seen = {}
    for found in sweep(rules, section):
        score = sh.score_sheet(rules, section, found).section
        for points in score.items.values():
            for clause_id, one in points.clauses.items():
                for suffix, state in one.states.items():
                    seen.setdefault(clause_id + suffix, set()).add(state)
    for name, _clause, slot in answer_slots(rules, section):
        assert sl.FILLED in seen[name], name
        assert sl.NOT_HAPPENED in seen[name] or slot.blank != sl.NOT_HAPPENED, name
        assert {sl.INVALID, sl.GROUP_INVALID} & seen[name], name
        assert sl.PENDING in seen[name] or m.PENDING_CITY not in slot.words, name
        assert sl.MISSING in seen[name] or slot.blank == sl.EMPTY or slot.suffix in (sl.REFERENCE, sl.EXCLUSION), name


# --- Python = ironcalc = LibreOffice ---------------------------------------------------------------------------------------


def test_every_input_through_every_value_agrees_in_ironcalc(iron, rules, first):
    """Each kind, each value, confirmed and not."""
    for found in sweep(rules, first):
        assert iron.check(found) == [], found


def test_every_input_through_every_value_agrees_in_libreoffice(calc, rules, first):
    """The second opinion, after a hard recalculation."""
    few = {"usual": slice(1), "other": slice(2, 3), "free step": slice(3, 4)}
    for found in sweep(rules, first, next(part for name, part in few.items() if rules is small_rules(name))):
        assert calc.check(found) == [], found


def test_parts_give_no_more_than_their_full_points(iron, calc, rules, first):
    """74 points of items in a part of 60, 18 in one of 10."""
    found = best_sheet(rules, first)
    parts = sh.score_sheet(rules, first, found).section.parts
    assert parts[m.BUSINESS].value == 60
    assert parts[m.SPECIAL].value == 10
    assert iron.check(found) == []
    assert calc.check(found) == []


@given(data=st.data())
@settings(QUIET, max_examples=150)
def test_drawn_sheets_agree_in_ironcalc(iron, rules, first, data):
    """Whole sheets, mostly legal, sometimes anything."""
    assert iron.check(data.draw(entries(rules, first))) == []


@given(data=st.data())
@settings(QUIET, max_examples=30)
def test_drawn_sheets_agree_in_libreoffice(calc, rules, first, data):
    """The same for fewer sheets."""
    assert calc.check(data.draw(entries(rules, first))) == []


@pytest.mark.parametrize("section", scheme_2021().sections, ids=lambda s: s.name)
def test_the_real_sheets_agree_in_ironcalc(section):
    """The ten sheets of 2021 under drawn entries."""
    rules = rules_2021()
    sheet = Sheet(IronSession(workbook(rules, section)), rules, section)

    @given(found=entries(rules, section))
    @settings(QUIET, max_examples=25)
    def law(found):
        assert sheet.check(found) == []

    law()


# --- schemes of next year ------------------------------------------------------------------------------------------------

POINTS = st.sampled_from(("0.1", "0.3", "0.5", "1", "1.5", "2", "3.25"))
FLAGS = st.fixed_dictionaries({"allow_na": st.booleans(), "allow_pending": st.booleans()})


@st.composite
def clauses(draw, index, direction):
    """Any clause that the scheme's door would let in."""
    kind = draw(st.sampled_from(sorted(set(m.KIND_LABELS) - {m.DOUBLING})))
    more = dict(draw(FLAGS))
    if kind in (m.CONVERTED, m.DISCRETIONARY_MAX):
        return plus(kind, cap=draw(POINTS), **more)
    if kind in (m.PER_OCCURRENCE, m.ONE_OFF):
        more["points"] = draw(POINTS)
    if kind in (m.DISCRETIONARY, m.DISCRETIONARY_EACH):
        more |= {"low": draw(st.sampled_from(("0.5", 1))), "high": draw(st.sampled_from((1, "2.5", 5)))}
    if kind == m.TIERS:
        ops = ("<", "<=") if draw(st.booleans()) else (">", ">=")
        bounds = draw(st.lists(st.sampled_from(("60", "70.5", "90", "99")), min_size=1, max_size=3, unique=True))
        more |= {"metric": "率", "metric_unit": draw(st.sampled_from(("", "%")))}
        more["tiers"] = tiers(*((draw(st.sampled_from(ops)), bound, draw(POINTS)) for bound in bounds))
        if direction == m.ADD and draw(st.booleans()):
            more["branch"] = "有创新"
    if kind == m.RANK:
        more["ranks"] = draw(st.sampled_from((LADDER, PODIUM)))
    if kind == m.OPTIONS:
        more["options"] = tuple(m.Option(label, D(draw(POINTS))) for label in ("甲", "乙A", "丙级")[: draw(st.integers(1, 3))])
        more["several"] = draw(st.booleans())
        more["best_only"] = more["several"] and draw(st.booleans())
    if draw(st.integers(0, 2)) == 0 and kind != m.ZERO_ITEM:
        more["cap"] = draw(POINTS)
    if draw(st.integers(0, 5)) == 0 and kind == m.PER_OCCURRENCE and direction == m.DEDUCT:
        more["base"] = 4
    if draw(st.integers(0, 3)) == 0 and kind != m.ZERO_ITEM and "base" not in more:
        more["pool"] = "同类"
    return (minus if direction == m.DEDUCT or kind == m.ZERO_ITEM else plus)(kind, **more)


@st.composite
def schemes(draw):
    """A scheme of three drawn items beside the common ones."""
    items = []
    for no in range(1, 4):
        direction = draw(st.sampled_from((m.DEDUCT, m.ADD)))
        made = [draw(clauses(n, direction)) for n in range(draw(st.integers(1, 5)))]
        if direction == m.DEDUCT and draw(st.booleans()):
            counted = [n for n, (kind, _, more) in enumerate(made, 1) if kind == m.PER_OCCURRENCE and "pool" not in more]
            made += [minus(m.DOUBLING, depends_on=counted[0], factor=draw(st.sampled_from((2, 3))))] if counted else []
        full, base = draw(st.sampled_from(((5, 5), (10, 10), (3, 0), (12, 2))))
        items.append(item(f"业务/甲科/{no}", m.BUSINESS, "甲科", "mixed", full, base, *made))
    others = tuple(i for i in small_scheme().items if i.part != m.BUSINESS)
    values = {p: draw(st.sampled_from(m.CODE_POLICIES[p])) for p in (m.P_STEP, m.P_ITEM_FLOOR, m.P_UNRANKED_DEDUCT)}
    return with_policies(small_scheme(items=(*items, *others)), **values)


@given(data=st.data())
@settings(QUIET, max_examples=40)
def test_any_scheme_agrees_in_ironcalc(data):
    """Rules are data: whatever a clerk may write, both forms count alike."""
    rules = Rulebook(data.draw(schemes()))
    section = rules.scheme.sections[0]
    sheet = Sheet(IronSession(workbook.__wrapped__(rules, section)), rules, section)
    for _ in range(4):
        assert sheet.check(data.draw(entries(rules, section))) == []


# --- what no person types and still comes back ---------------------------------------------------------------------------


def filled(rules, section):
    """A legal sheet with something in every input."""
    found = {n: legal_pool(c, s)[-1] for n, c, s in answer_slots(rules, section) if c.kind != m.DOUBLING}
    found |= {c.id: D(0) for c in rules.scheme.clause_by_id.values() if c.kind == m.DOUBLING}
    return {**found, sh.CONFIRM: "是", sh.AWARD: "是", sh.PROPOSED: D(6)}


def hostile(rules, section):
    """(field, sheet around it): every input alone, in a full sheet and in a blank confirmed one."""
    for name in [*(n for n, _, _ in answer_slots(rules, section)), *declared(rules)]:
        yield name, filled(rules, section)
        yield name, {sh.CONFIRM: "是"}


@pytest.mark.parametrize("word", ["#DIV/0!", "#True"])
def test_an_error_or_boolean_in_any_input_is_wrong_there_and_nowhere_else_in_ironcalc(word):
    """An error value never spreads: its clause is 待定 and 有误, the rest of the sheet still counts."""
    rules = small_rules()
    section = rules.scheme.sections[0]
    session = IronSession(workbook(rules, section))
    sheet = Sheet(session, rules, section)
    for name, around in hostile(rules, section):
        sheet.put(around)
        sheet.holds[name] = word
        place = (session._index[section.name], *_place(sheet.refs[name]))
        if word == "#True":
            session.model.update_cell_with_bool(*place, True)
        else:
            session.model.update_cell_with_formula(*place, "=1/0")
        assert sheet.disagreements({**around, name: word}) == [], (name, around)


def test_an_error_in_any_input_is_wrong_there_and_nowhere_else_in_libreoffice(office, tmp_path):
    """LibreOffice, like Excel, evaluates every argument of AND and OR: an unguarded error would spread."""
    rules = small_rules()
    section = rules.scheme.sections[0]
    path = tmp_path / "甲科.xlsx"
    path.write_bytes(workbook(rules, section))
    with office.open(path) as session:
        sheet = Sheet(session, rules, section)
        for name, around in sorted(hostile(rules, section), key=lambda pair: len(pair[1])):
            sheet.put(around)
            sheet.holds[name] = "#DIV/0!"
            session.type(section.name, sheet.refs[name], "=1/0")
            assert sheet.disagreements({**around, name: "#DIV/0!"}) == [], (name, around)


# --- what Excel lets people type ---------------------------------------------------------------------------------------------


def test_validations_accept_what_the_state_accepts(rules, first):
    """No legal answer is refused at the keyboard; what is let in beyond that is only a finer step.

    不 means no: words for "none" in place of 0 or 否 are read when they come back but are not offered.
    """
    session = IronSession(workbook(rules, first))
    plan = plan_section(rules, first, {})
    checks = {c.field: (n, c.validation) for n, row in enumerate(plan.sheet().rows, 1) for c in row.cells if c.validation}
    for name, clause, slot in answer_slots(rules, first):
        row, check = checks[name]
        for value in candidates(clause, slot)[1:]:
            legal = is_legal(slot, value)
            if check.kind == "list":
                accepted = value in check.choices
            elif check.kind == "custom":
                accepted = _holds(session, first.name, row, check.condition, value)
            else:
                fits = isinstance(value, D) and check.low <= value <= check.high
                accepted = fits and (check.kind == "decimal" or value == int(value))
            none = value in (*m.NONE_WORDS, "没有") or (value == 0 and check.kind == "list")
            assert accepted or not legal or none, (name, value, check)
            assert not accepted or legal or isinstance(value, D) and slot.low <= value <= slot.high, (name, value, check)


def _holds(session, sheet, row, condition, value):
    """Whether the condition of a validation is true while the input of its row holds `value`."""
    place = (session._index[sheet], *_place(f"P{row}"))
    session.eval(sheet, {f"F{row}": plain(value)}, [])
    session.model.update_cell_with_formula(*place, f"={condition}")
    return session.eval(sheet, {}, [f"P{row}"])[f"P{row}"] is True


# --- the facade is the same function ----------------------------------------------------------------------------------------


@given(data=st.data())
@settings(QUIET, max_examples=150)
def test_a_confirmed_sheet_and_its_answers_through_python_score_alike(rules, first, data):
    """`score_answers` with None for every blank is what the sheet shows: items and parts."""
    found = {**data.draw(legal_entries(rules, first, notes=None)), sh.CONFIRM: "是"}
    score = sh.score_sheet(rules, first, found).section
    result = score_answers(rules.scheme, first.name, answers_of(rules, first, found))
    for key, item_score in score.items.items():
        assert result[key] == item_score.figure.value, key
    for part in sh.SHEET_PARTS:
        assert result[part] == score.parts[part].value, part
