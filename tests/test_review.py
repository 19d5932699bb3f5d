"""Review sheets: every formula equals its Python in three engines; only inputs are unlocked; same input, same bytes."""

import dataclasses
import random
import re
from decimal import Decimal as D

import pytest
from appraisals import plain
from engines import IronSession, ironcalc_values
from reviewing_samples import (
    GROUP,
    OFFICE,
    SEAT,
    bases,
    books,
    drawn_desk,
    filled,
    places,
    put,
    returned,
    review_rules,
    template,
)
from xmlwalk import Book as ParsedBook
from xmlwalk import assert_cached_equals, excel_limit_violations, formula_cells, locked_state, same_value

from workbook_builder import model as m
from workbook_builder.building import global_names
from workbook_builder.excel.write import write_book
from workbook_builder.layout.plan import address
from workbook_builder.layout.review import plan_review
from workbook_builder.layout.review_book import plan_review_book
from workbook_builder.layout.review_bottom import BottomLine
from workbook_builder.layout.review_rows import Work
from workbook_builder.reviewing import review_books, review_file
from workbook_builder.reviewing.books import review_plan
from workbook_builder.rules import bottom as bt
from workbook_builder.rules import review as rv
from workbook_builder.rules import slots as sl
from workbook_builder.rules.items import Rulebook

READINGS = ("usual", "other")
_TEXT = re.compile(r'"(?:[^"]|"")*"')
_REFERENCE = re.compile(r"(?<![A-Za-z0-9_!])\$?([A-Z]{1,3})\$?([0-9]+)(?![A-Za-z0-9_(])")


def one_desk(rules, desk, lines=()):
    """The bytes of a workbook with this desk alone."""
    book = plan_review_book(rules, OFFICE, "核定表", "签字", (desk,), lines)
    return write_book(book, template(), global_names(rules.scheme), "")


def values_of(plan, formulas):
    """{A1: value} of the formula cells, or of all others."""
    return {
        address(number, cell.col): cell.value
        for number, row in enumerate(plan.sheet().rows, 1)
        for cell in row.cells
        if bool(cell.formula) == formulas
    }


class Desktop:
    """A review sheet open in ironcalc: whatever a desk holds is put in, every formula compared with the plan."""

    def __init__(self, rules, confirmed):
        self.rules = rules
        blank = drawn_desk(rules, 0, confirmed, 0)
        blank = dataclasses.replace(blank, inputs=rv.Inputs())
        self.holds = values_of(plan_review(rules, blank), False)
        self.session = IronSession(one_desk(rules, blank))

    def disagreements(self, desk):
        """Formula cells that do not show what Python says."""
        plan = plan_review(self.rules, desk)
        wanted = values_of(plan, False)
        changed = {ref: plain(value) for ref, value in wanted.items() if self.holds.get(ref) != value}
        self.holds = wanted
        expected = values_of(plan, True)
        found = self.session.eval(SEAT, changed, list(expected))
        return [
            (ref, plan.specs[int(re.sub(r"\D", "", ref)) - 1].key, found[ref], want)
            for ref, want in expected.items()
            if not same_value(found[ref], plain(want), tolerance=0)
        ]


@pytest.mark.parametrize("confirmed", [True, False])
@pytest.mark.parametrize("reading", READINGS)
def test_every_figure_is_what_ironcalc_computes(reading, confirmed):
    """Over drawn bases and inputs, legal and wild, flagged and not, finished and not."""
    rules = review_rules(reading)
    sheet = Desktop(rules, confirmed)
    seen = set()
    for seed in range(1, 36):
        desk = drawn_desk(rules, seed, confirmed, (0, 5, 50)[seed % 3])
        assert sheet.disagreements(desk) == [], seed
        seen |= set(rv.score_review(rules, desk.subject, desk.inputs).states.values())
    assert {rv.TO_REVIEW, rv.AGAIN, rv.NO_REASON, sl.INVALID, sl.GROUP_INVALID, sl.FILLED, sl.PENDING, rv.FINISHED} <= seen


@pytest.mark.parametrize("reading", READINGS)
def test_every_figure_is_what_libreoffice_computes(office, reading, tmp_path):
    """The same, written with its values and recalculated."""
    rules = review_rules(reading)
    for seed in (41, 42, 43):
        path = tmp_path / f"{seed}.xlsx"
        path.write_bytes(one_desk(rules, drawn_desk(rules, seed, seed % 2 == 1, 5 * (seed - 41))))
        assert assert_cached_equals(path, office.values(path)) == []


# --- 突破底线 ---------------------------------------------------------------------------------------------------------------

PRESENTS = (None, "有", "有", "无", "乱", D(1))
AMOUNTS = (None, None, D(0), D(5), D("7.5"), D(10), D("4.9"), D(11), D("5.05"), "无", "乱")
FACTS = (None, "3月1日某事", " ", "【原核定 5】")


def drawn_lines(rules, seed):
    """A few rows of the sheet with anything in them."""
    draw = random.Random(seed)
    tame = seed % 2
    clause = next(c for i in rules.scheme.items if i.part == m.BOTTOM_LINE for c in i.clauses)
    lines = []
    for section in rules.scheme.sections:
        amounts, mores = (AMOUNTS[:5], (None, "否")) if tame else (AMOUNTS, (None, None, "否", "是", "乱"))
        values = {f"{clause.id}@{k}": draw.choice(amounts) for k in (1, 2, 3)}
        values |= {clause.id: draw.choice(PRESENTS), clause.id + sl.MORE: draw.choice(mores)}
        reasons = {f"{clause.id}@{k}": draw.choice(FACTS) for k in (1, 2, 3)}
        lines.append(BottomLine(section, clause, {n: v for n, v in values.items() if v is not None},
                                {n: v for n, v in reasons.items() if v is not None}))  # fmt: skip
    return tuple(lines)


def bottom_book(rules, seed, path):
    """A workbook of that sheet alone, on disk."""
    book = plan_review_book(rules, OFFICE, "核定表", "签字", (), drawn_lines(rules, seed))
    path.write_bytes(write_book(book, template(), global_names(rules.scheme), ""))
    return path


def test_every_bottom_line_is_what_ironcalc_computes(tmp_path):
    """States and deductions over drawn rows."""
    rules = review_rules()
    seen = set()
    for seed in range(60):
        path = bottom_book(rules, seed, tmp_path / "b.xlsx")
        assert assert_cached_equals(path, ironcalc_values(path)) == [], seed
        seen |= {line.judged(rules)[0] for line in drawn_lines(rules, seed)}
    assert seen == {rv.TO_REVIEW, sl.INVALID, sl.NOT_HAPPENED, sl.FILLED, bt.REGISTERED, bt.NO_FACTS}


def test_every_bottom_line_is_what_libreoffice_computes(office, tmp_path):
    """The same."""
    for seed in range(4):
        path = bottom_book(review_rules(), 100 + seed, tmp_path / f"{seed}.xlsx")
        assert assert_cached_equals(path, office.values(path)) == []


@pytest.mark.parametrize(
    ("present", "amounts", "facts", "state", "known", "low"),
    [
        (None, (None, None), (None, None), rv.TO_REVIEW, None, 0),
        ("无", (None, None), (None, None), sl.NOT_HAPPENED, 0, 0),
        ("无", (D(5), None), ("某事", None), sl.INVALID, None, 0),
        ("有", (None, None), (None, None), bt.REGISTERED, None, 0),
        ("有", (D(5), D("7.5")), ("某事", "又一事"), sl.FILLED, D("12.5"), D("12.5")),
        ("有", (D(5), D("7.5")), ("某事", None), bt.NO_FACTS, None, D("12.5")),
        ("有", (D(11), None), ("某事", None), sl.INVALID, None, 0),
    ],
)
def test_bottom_line_examples(present, amounts, facts, state, known, low):
    """A registered case without an amount is open, never 0."""
    rules = review_rules()
    slots = rules.slots["底线/乙科/1/1"][:2]
    found, figure = bt.bottom_clause(slots, present, amounts, facts)
    assert (found, figure.value, figure.low) == (state, known, low)
    assert figure.high.is_finite() == (known is not None)


# --- whole workbooks --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made():
    """(rules, bases, reviewer → bytes) of a year in which 甲科 has returned and 乙科 has not."""
    rules = review_rules()
    found = bases(rules, returned(SEAT, filled(rules), {"业务/甲科/1/1": "三次左右"}))
    return rules, found, books(rules, found)


@pytest.mark.parametrize("reviewer", [OFFICE, GROUP])
def test_limits_locks_and_references(made, reviewer, tmp_path):
    """Nothing that Excel would repair, only inputs unlocked, inputs read only through blocks between locked cells."""
    rules, found, data = made
    path = tmp_path / "核定.xlsx"
    path.write_bytes(data[reviewer])
    assert excel_limit_violations(path) == []
    assert assert_cached_equals(path, ironcalc_values(path)) == []
    state = locked_state(path)
    inputs = {}
    for sheet, ref in places(rules, reviewer, found).values():
        inputs.setdefault(sheet, set()).add(ref)
    assert {name: unlocked for name, (_, unlocked) in state.items() if unlocked} == inputs
    assert all(protected for protected, _ in state.values())
    for place, _, formula in ParsedBook(path).formulas():
        if not place.startswith("name "):
            used = {a + b for a, b in _REFERENCE.findall(_TEXT.sub("", formula))}
            assert not used & state[place.split("!")[0]][1], (place, formula)
    assert sum(map(len, formula_cells(path).values())) > 20


def test_sheets_of_a_reviewer(made):
    """突破底线 first, then a sheet per section, those without a return included."""
    rules, found, _ = made
    assert [s.name for s in review_plan(rules, OFFICE, found, {}).sheets] == ["突破底线", SEAT]
    assert [s.name for s in review_plan(rules, GROUP, found, {}).sheets] == ["突破底线", SEAT, OFFICE]
    assert review_file(rules.scheme, OFFICE) == "核定表-乙科.xlsx"
    assert review_file(rules.scheme, GROUP) == "审定表.xlsx"


def test_same_input_same_bytes(made):
    """Made twice."""
    rules, found, data = made
    assert books(rules, found) == data


def test_an_older_template_lends_its_place(made):
    """An office's template from before there were review sheets still does for everything else."""
    rules, found, data = made
    old = dataclasses.replace(template(), rows={k: v for k, v in template().rows.items() if k not in ("核定表", "底线表")})
    assert not old.reviews
    assert review_books(rules, found, old)[review_file(rules.scheme, OFFICE)] == data[OFFICE]


@pytest.mark.parametrize(("source", "target"), [("业务/甲科/1/1", "业务/甲科/1/3"), ("业务/甲科/2/5", "业务/甲科/1/1")])
def test_cutting_and_pasting_an_input_moves_no_formula(office, made, tmp_path, source, target):
    """Every figure is that of a sheet filled so from the start."""
    rules, found, data = made
    where = places(rules, OFFICE, found)
    path, other = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    path.write_bytes(data[OFFICE])
    (sheet, first), (_, second) = (where[SEAT, f"{name}#核定"] for name in (source, target))
    cells = list(formula_cells(path)[sheet])
    with office.open(path) as session:
        session.type(sheet, first, "2")
        session.cut_paste(sheet, first, second)
        moved = session.read(sheet, cells)
    other.write_bytes(put(data[OFFICE], where, {(SEAT, f"{target}#核定"): D(2)}))
    with office.open(other) as session:
        assert session.read(sheet, cells) == moved


def test_bottom_clauses_of_different_kinds_share_one_sheet(tmp_path):
    """Fewer events leave their columns locked; a clause that names no bounds takes any amount."""
    rules = review_rules()
    clause = next(c for i in rules.scheme.items if i.part == m.BOTTOM_LINE for c in i.clauses)
    short = dataclasses.replace(clause, id="底线/乙科/1/2", events=1)
    loose = dataclasses.replace(clause, id="底线/乙科/1/3", kind=m.PER_OCCURRENCE, points=D(3), low=None, high=None)
    widened = dataclasses.replace(rules.scheme, items=tuple(
        dataclasses.replace(i, clauses=(clause, short, loose)) if clause in i.clauses else i for i in rules.scheme.items
    ), extra={})  # fmt: skip
    rules = Rulebook(widened)
    section = widened.sections[0]
    said = {"底线/乙科/1/3": "有", "底线/乙科/1/3@2": D(40), "底线/乙科/1/2": "有", "底线/乙科/1/2@1": D(6)}
    why = {"底线/乙科/1/3@2": "事实", "底线/乙科/1/2@1": "事实"}
    lines = tuple(BottomLine(section, c, said, why) for c in (clause, short, loose))
    book = plan_review_book(rules, OFFICE, "核定表", "签字", (), lines)
    path = tmp_path / "b.xlsx"
    path.write_bytes(write_book(book, template(), global_names(widened), ""))
    assert assert_cached_equals(path, ironcalc_values(path)) == []
    assert [line.judged(rules)[1].value for line in lines] == [None, D(6), D(40)]
    unlocked = {ref for ref in locked_state(path)["突破底线"][1] if ref.endswith("8")}
    assert unlocked == {"C8", "D8", "E8", "J8"}


def test_long_texts_are_shown_as_far_as_a_row_goes(tmp_path):
    """A declared work goes on in further rows; of a note it is said where the rest stands."""
    rules = review_rules()
    desk = drawn_desk(rules, 5, True, 0)
    long = "".join(f"{n:04d}，" for n in range(500))
    first = "业务/甲科/1/1"
    desk = dataclasses.replace(desk, works=(Work(1, "主要内容", long),), own={**desk.own, f"{first}#说明": long})
    rows = {row.key: row for row in plan_review(rules, desk).sheet().rows}
    pieces = [row.texts["内容"] for key, row in rows.items() if key.startswith("@申报/")]
    assert "".join(pieces) == long.replace("\n", "")
    assert len(pieces) == 3
    note = next(cell.value for cell in rows[first].cells if cell.col == 6)
    assert note.startswith(long[:200])
    assert note.endswith("（全文见该科室考评表）")
