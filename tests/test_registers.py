"""台账, 市局反馈, 决定: what is written is read, what is wrong is said at its cell, what a person wrote stays."""

import dataclasses
import datetime
import functools
import io
import zipfile
from decimal import Decimal as D
from pathlib import Path

import openpyxl
import pytest
from appraisals import ROOT, TYPED_NOTES, legal_pool, small_rules, small_scheme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from xmlwalk import Book, excel_limit_violations, formula_cells, named

from workbook_builder import load_scheme
from workbook_builder import model as m
from workbook_builder import records as r
from workbook_builder.problems import Where
from workbook_builder.problems.registers import ENTRIES
from workbook_builder.records import CityFigure, Decision, LedgerEntry
from workbook_builder.registers import (
    below_ledger,
    city_workbook,
    decisions_workbook,
    extend_decisions,
    ledger_amounts,
    ledger_workbook,
    merge_ledgers,
    read_city,
    read_decisions,
    read_ledger,
    refreshed_city,
    refreshed_ledger,
)
from workbook_builder.registers.decisions import decisions_register
from workbook_builder.registers.ledger import ledger_register
from workbook_builder.registers.look import _list_formula
from workbook_builder.registers.offers import objects, section_clauses
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl
from workbook_builder.rules.items import Rulebook
from workbook_builder.validate.text import clean

DAY = datetime.date
SMALL = small_scheme()
NOWHERE = Where()
#: Building a book takes long enough for hypothesis to complain.
LAW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


@functools.cache
def scheme_2021():
    """The real scheme, from its workbook."""
    return load_scheme(ROOT / "samples" / "2021" / "方案.xlsx")


@functools.cache
def rules_2021():
    """Its rules, made once so that what is drawn from them can be kept."""
    return Rulebook(scheme_2021())


def marks(problems):
    """[(code, cell)] in the order found."""
    return [(p.code, p.where.cell) for p in problems]


def placeless(records):
    """The records without their cells."""
    return [dataclasses.replace(record, where=NOWHERE) for record in records]


def edited(data, cells, sheet=None):
    """The workbook after a person has typed `cells` (A1 → value)."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    ws = book[sheet] if sheet else book.worksheets[0]
    for ref, value in cells.items():
        ws[ref] = value
        if isinstance(value, str) and not value.startswith("=!"):
            ws[ref].data_type = "s"
    return saved(book)


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- what people write ----------------------------------------------------------------------------------------------

TEXTS = TYPED_NOTES.map(lambda text: text.strip()[:300]).filter(clean)
MAYBE = st.one_of(st.just(""), TEXTS)


def days(scheme):
    return st.dates(scheme.period_start, scheme.period_end)


@st.composite
def ledger_entries(draw, scheme):
    """One event as a careful person writes it down."""
    section = draw(st.sampled_from(scheme.sections))
    clause = draw(st.sampled_from(section_clauses(scheme, section)))
    amount = D(draw(st.integers(0, 50)))
    if clause.kind in (m.DISCRETIONARY, m.DISCRETIONARY_EACH):
        amount /= 10
    return LedgerEntry(
        NOWHERE, draw(days(scheme)), section.name, clause.id, amount, draw(TEXTS), draw(MAYBE), draw(MAYBE)
    )


def _plain_pool(clause, slot):
    """Values that are taken as they stand, without a word."""
    flagged = (*m.NOT_APPLICABLE_WORDS, m.UNRANKED, m.PENDING_CITY)
    pool = [v for v in legal_pool(clause, slot) if v not in flagged]
    return [v for v in pool if not (slot.type == sl.AMOUNT and v == 0)]


def _figures_of(rules, section):
    """Every (clause, value, reference) that the city may report about a section."""
    for clause in section_clauses(rules.scheme, section):
        slots = {slot.suffix: slot for slot in rules.slots[clause.id]}
        if clause.kind == m.OPTIONS and clause.several:
            yield from ((clause.id, option.label, None) for option in clause.options)
            continue
        reference = D("12.5") if sl.REFERENCE in slots else None
        for value in _plain_pool(clause, next(iter(slots.values()))):
            yield clause.id, value, None if isinstance(value, str) else reference
    yield sh.AWARD, m.YES, None


@functools.cache
def _all_figures(rules, section):
    return tuple(_figures_of(rules, section))


@st.composite
def city_figures(draw, rules):
    """Figures about different clauses."""
    found = {}
    for _ in range(draw(st.integers(0, 8))):
        section = draw(st.sampled_from(rules.scheme.sections))
        clause, value, reference = draw(st.sampled_from(_all_figures(rules, section)))
        bearer = draw(st.sampled_from(("", *(s.name for s in rules.scheme.sections))))
        figure = CityFigure(NOWHERE, section.name, clause, value, reference, draw(TEXTS), bearer, draw(MAYBE))
        found[section.name, clause] = figure
    return list(found.values())


def _after(scheme, kind, thing):
    if kind in (r.ADJUST, r.CORRECT):
        return st.sampled_from(("0", "0.5", "2"))
    if kind == r.POLICY_CHANGE:
        return st.sampled_from(next(p.readings for p in scheme.policies if p.name == thing))
    if kind == r.RELEASE:
        return st.sampled_from((r.RELEASED, r.NOT_RELEASED))
    if kind in (r.TRANSFER, r.SUBMIT, r.APPROVE):
        return st.sampled_from((r.AGREED, r.REFUSED))
    return TEXTS


@st.composite
def decisions(draw, scheme):
    """Decisions about different matters, some still waiting."""
    found = {}
    for _ in range(draw(st.integers(0, 8))):
        kind = draw(st.sampled_from(r.KINDS))
        whole = kind in (r.POLICY_CHANGE, r.SUBMIT, r.APPROVE, r.RULING)
        section = None if whole else draw(st.sampled_from(scheme.sections))
        thing = draw(st.sampled_from(list(objects(scheme, kind, section))))
        decision = Decision(kind, section.name if section else "", thing, draw(MAYBE))
        if draw(st.booleans()):
            after = draw(_after(scheme, kind, thing))
            given_ = {"reason": draw(TEXTS), "basis": draw(MAYBE), "date": draw(days(scheme)), "role": draw(TEXTS)}
            decision = dataclasses.replace(decision, after=after, **given_)
        found[decision.key] = decision
    return list(found.values())


# --- laws -----------------------------------------------------------------------------------------------------------------


@LAW
@given(st.lists(ledger_entries(SMALL), max_size=8))
def test_a_ledger_written_is_the_ledger_read(entries):
    found, problems = read_ledger(SMALL, ledger_workbook(SMALL, entries), "台账.xlsx")
    assert (placeless(found), problems) == (entries, [])


@LAW
@given(city_figures(small_rules()))
def test_figures_written_are_the_figures_read(figures):
    found, problems = read_city(SMALL, city_workbook(SMALL, figures), "市局反馈.xlsx")
    assert (placeless(found), problems) == (figures, [])


@LAW
@given(decisions(SMALL))
def test_decisions_written_are_the_decisions_read(made):
    found, problems = read_decisions(SMALL, decisions_workbook(SMALL, made), "决定.xlsx")
    assert (placeless(found), problems) == (made, [])


@settings(LAW, max_examples=4)
@given(st.data())
def test_the_laws_hold_for_the_real_scheme(data):
    scheme = scheme_2021()
    entries = data.draw(st.lists(ledger_entries(scheme), max_size=6))
    found, problems = read_ledger(scheme, ledger_workbook(scheme, entries), "台账.xlsx")
    assert (placeless(found), problems) == (entries, [])
    figures = data.draw(city_figures(rules_2021()))
    found, problems = read_city(scheme, city_workbook(scheme, figures), "市局反馈.xlsx")
    assert (placeless(found), problems) == (figures, [])
    made = data.draw(decisions(scheme))
    found, problems = read_decisions(scheme, decisions_workbook(scheme, made), "决定.xlsx")
    assert (placeless(found), problems) == (made, [])


@LAW
@given(decisions(SMALL), decisions(SMALL), decisions(SMALL))
def test_extending_keeps_answers_and_leaves_what_is_needed(present, before, now):
    """Whatever was answered stays; what waits is what is needed now; a second run finds nothing to do."""
    waiting = [dataclasses.replace(d, after="", reason="", basis="", date=None, role="") for d in (*before, *now)]
    before, now = waiting[: len(before)], waiting[len(before) :]
    answered = [d for d in present if d.answered]
    data = decisions_workbook(SMALL, answered)
    for needed in (before, now):
        changed, problems = extend_decisions(SMALL, data, "决定.xlsx", needed)
        assert problems == []
        data = changed or data
        assert extend_decisions(SMALL, data, "决定.xlsx", needed) == (None, [])
    found = placeless(read_decisions(SMALL, data, "决定.xlsx")[0])
    assert [d for d in found if d.answered] == answered
    anew = (r.ADOPT, r.TRANSFER, r.RULING, r.SUBMIT, r.APPROVE)
    decided = {(d.key, d.before if d.kind in anew else "") for d in answered}
    wanted = [d for d in now if (d.key, d.before if d.kind in anew else "") not in decided]
    assert sorted((d for d in found if not d.answered), key=str) == sorted(wanted, key=str)


# --- three books to look at closely ------------------------------------------------------------------------------------------

ENTRIES_3 = [
    LedgerEntry(NOWHERE, DAY(2021, 3, 4), "甲科", "业务/甲科/1/1", D(2), "=1+1", "+86 21", "-"),
    LedgerEntry(NOWHERE, DAY(2020, 12, 1), "乙科", "底线/乙科/1/1", D("5.5"), "@某人", "", "干事"),
    LedgerEntry(NOWHERE, DAY(2021, 11, 30), "甲科", "业务/甲科/3/3", D("1.5"), "长" * 300, "007", "科长"),
]
FIGURES = [
    CityFigure(NOWHERE, "甲科", "业务/甲科/2/5", D(13), None, "市局〔2022〕1号", "", "=备注"),
    CityFigure(NOWHERE, "甲科", "业务/甲科/2/2", D("12.5"), D("13.25"), "通报", "乙科"),
    CityFigure(NOWHERE, "甲科", "业务/甲科/2/1", D(95), None, "-来源"),
    CityFigure(NOWHERE, "甲科", "业务/甲科/5/5", "年度", None, "一"),
    CityFigure(NOWHERE, "乙科", sh.AWARD, "否", None, "公示"),
]
ANSWERED = [
    Decision(r.ADJUST, "甲科", "业务/甲科/1", "9", "8.5", "=理由", "+依据", DAY(2021, 12, 31), "领导小组"),
    Decision(r.POLICY_CHANGE, "", "优秀递补", "不递补", "递补", "征求意见", "", DAY(2021, 12, 30), "领导小组"),
]
WAITING = [
    Decision(r.TRANSFER, "甲科", "业务/甲科/1/3", "乙科"),
    Decision(r.APPROVE, "", "本年度考评", "送审稿 1a2b"),
]
BOOKS = {
    "台账": (lambda: ledger_workbook(SMALL, ENTRIES_3), read_ledger, ENTRIES_3),
    "市局反馈": (lambda: city_workbook(SMALL, FIGURES), read_city, FIGURES),
    "决定": (
        lambda: decisions_workbook(SMALL, ANSWERED + WAITING, frozenset(d.key for d in WAITING)),
        read_decisions,
        ANSWERED + WAITING,
    ),
}
BLANK = {"台账": ledger_workbook, "市局反馈": city_workbook, "决定": decisions_workbook}


@pytest.mark.parametrize("kind", BOOKS)
def test_a_book_saved_by_libreoffice_reads_the_same(office, tmp_path, kind):
    make, read, records = BOOKS[kind]
    path = tmp_path / f"{kind}.xlsx"
    path.write_bytes(make())
    for ext in ("xlsx", "ods"):
        out = office.convert(path, ext, tmp_path / ext)
        found, problems = read(SMALL, out.read_bytes(), out.name)
        assert (placeless(found), problems) == (records, [])


@pytest.mark.parametrize("scheme", ["small", "2021"])
@pytest.mark.parametrize("kind", BOOKS)
def test_a_book_keeps_excels_limits_and_has_a_real_table(tmp_path, kind, scheme):
    filled = [BOOKS[kind][0]()] if scheme == "small" else []
    for data in (*filled, BLANK[kind](SMALL if scheme == "small" else scheme_2021())):
        path = tmp_path / "book.xlsx"
        path.write_bytes(data)
        assert excel_limit_violations(path) == []
        assert all(found == {} for found in formula_cells(path).values())
        parsed = Book(path)
        (table,) = named(parsed.tree("xl/tables/table1.xml"), "table")
        assert table.get("displayName").isascii()
        assert named(table, "autoFilter")[0].get("ref") == table.get("ref")
        heads = [column.get("name") for column in named(table, "tableColumn")]
        ws = openpyxl.load_workbook(path).worksheets[0]
        assert heads == [cell.value for cell in ws[3]] and ws.title == kind
        assert not ws.protection.sheet and ws.freeze_panes == "A4" and ws.print_title_rows == "$3:$3"
        assert all(int(str(rule.sqref).split(":")[1].lstrip("ABCDEFGHIJK")) > 303 for rule in ws.data_validations.dataValidation)
        assert [sheet.sheet_state for sheet in ws.parent.worksheets] == ["visible", "visible", "veryHidden", "veryHidden"]


@pytest.mark.parametrize("kind", BOOKS)
def test_the_same_rows_give_the_same_bytes(kind):
    assert BOOKS[kind][0]() == BOOKS[kind][0]()


def test_dependent_drop_downs_offer_the_right_choices(office, tmp_path):
    """The formulas of the drop-downs, worked out by LibreOffice for rows that are filled in."""
    book = openpyxl.load_workbook(io.BytesIO(decisions_workbook(SMALL)))
    ws = book.worksheets[0]
    rows = [(r.ADJUST, "甲科"), (r.ADJUST, None), (r.POLICY_CHANGE, None), (r.TRANSFER, "乙科"), (r.SUBMIT, "甲科"), (r.RULING, None)]
    column = next(c for c in decisions_register(SMALL).columns if c.head == "对象")
    probe = book.create_sheet("probe")
    for number, (kind, section) in enumerate(rows, 4):
        ws.cell(number, 1).value, ws.cell(number, 2).value = kind, section
        formula = _list_formula(column.choices, {"种类": 1, "科室": 2}, number)
        for old, new in ((f"$A{number}", f"决定!$A{number}"), (f"$B{number}", f"决定!$B{number}")):
            formula = formula.replace(old, new)
        probe.cell(number, 1).value = f"=ROWS({formula})"
        probe.cell(number, 2).value = f"=INDEX({formula},1,1)"
    path = tmp_path / "probe.xlsx"
    path.write_bytes(saved(book))
    found = office.values(path)["probe"]
    for number, (kind, section) in enumerate(rows, 4):
        offered = list(objects(SMALL, kind, SMALL.section(section) if section and kind != r.SUBMIT else None).values())
        assert (found[f"A{number}"]["v"], found[f"B{number}"]["v"]) == (len(offered), offered[0]), (kind, section)


# --- finding sheet, heads and rows ---------------------------------------------------------------------------------------------


def test_columns_are_found_by_their_heads_and_rows_wherever_they_stand():
    """Columns moved and inserted, the sheet renamed, blank rows between, rows beneath the table."""
    book = openpyxl.load_workbook(io.BytesIO(ledger_workbook(SMALL)))
    ws = book.worksheets[0]
    ws.title = "检查"
    heads = ["佐证", "日期", "自己的", "事实", "科室", "次数或分值", "细则", "登记人（职务）", "备注"]
    for col, head in enumerate(heads, 1):
        ws.cell(3, col).value = head
    ws.tables.clear()
    for row, col, value in ((5, 2, "2021.3.4"), (5, 4, "迟到"), (5, 5, "甲科"), (5, 6, 1), (5, 7, "业务／甲科/1/1"), (900, 4, "早退")):
        ws.cell(row, col).value = value
    found, problems = read_ledger(SMALL, saved(book), "x.xlsx")
    assert [(e.where.sheet, e.where.cell, e.date, e.clause, e.facts) for e in found] == [
        ("检查", "D5", DAY(2021, 3, 4), "业务/甲科/1/1", "迟到"),
        ("检查", "D900", None, "", "早退"),
    ]
    assert marks(problems) == [("LEDGER_UNASSIGNED", "E900"), ("LEDGER_NO_DATE", "B900"), ("LEDGER_NO_AMOUNT", "F900")]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"E3": "情况"}, [("REGISTER_HEAD_MISSING", "A3")]),
        ({"I3": "事实"}, [("REGISTER_HEAD_TWICE", "I3")]),
        ({f"{col}3": None for col in "ABCDEF"}, [("REGISTER_NO_HEADS", "")]),
    ],
)
def test_heads_that_cannot_be_trusted_stop_the_reading(cells, expected):
    found, problems = read_ledger(SMALL, edited(BOOKS["台账"][0](), cells), "台账.xlsx")
    assert (found, marks(problems)) == ((), expected)


def test_last_years_book_is_not_read():
    other = dataclasses.replace(SMALL, year=2020, extra={})
    found, problems = read_decisions(SMALL, decisions_workbook(other, ANSWERED), "决定.xlsx")
    assert (found, marks(problems)) == ((), [("REGISTER_OTHER_YEAR", "")])


def test_what_is_no_workbook_is_said_once():
    found, problems = read_city(SMALL, b"not a book", "市局反馈.xlsx")
    assert found == () and len(problems) == 1 and problems[0].severity == "error"


# --- 台账 ---------------------------------------------------------------------------------------------------------------------

LEDGER_ROW = {"A4": DAY(2021, 3, 4), "B4": "甲科", "C4": "业务/甲科/1/1", "D4": 1, "E4": "迟到"}


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, []),
        ({"A4": None}, [("LEDGER_NO_DATE", "A4")]),
        ({"A4": "三月初"}, [("REGISTER_DATE", "A4")]),
        ({"A4": 44259}, []),
        ({"A4": "2021-02-30"}, [("REGISTER_DATE", "A4")]),
        ({"A4": "2021年3月4日"}, []),
        ({"A4": 20210304}, []),
        ({"A4": DAY(2020, 11, 30)}, [("LEDGER_OUTSIDE_PERIOD", "A4")]),
        ({"B4": "甲 科"}, []),
        ({"B4": "丙科"}, [("REGISTER_SECTION", "B4")]),
        ({"B4": None}, [("LEDGER_NO_SECTION", "B4")]),
        ({"B4": None, "C4": None}, [("LEDGER_UNASSIGNED", "B4")]),
        ({"C4": None}, [("LEDGER_UNASSIGNED", "C4")]),
        ({"C4": "业务/乙科/1/1 业务"}, [("REGISTER_CLAUSE", "C4")]),
        ({"D4": None}, [("LEDGER_NO_AMOUNT", "D4")]),
        ({"D4": "两次"}, [("READ_AS", "D4")]),
        ({"D4": "若干"}, [("LEDGER_AMOUNT", "D4")]),
        ({"D4": -1}, [("LEDGER_AMOUNT", "D4")]),
        ({"D4": 1.5}, [("LEDGER_AMOUNT", "D4")]),
        ({"D4": True}, [("LEDGER_AMOUNT", "D4")]),
        ({"D4": DAY(2021, 1, 1)}, [("LEDGER_AMOUNT", "D4")]),
        ({"E4": None}, [("LEDGER_NO_FACTS", "E4")]),
    ],
)
def test_every_problem_of_a_ledger_stands_at_its_cell(cells, expected):
    data = edited(ledger_workbook(SMALL), {**LEDGER_ROW, **cells})
    found, problems = read_ledger(SMALL, data, "台账.xlsx")
    assert marks(problems) == expected
    assert len(found) == 1
    errors = {p.where.cell for p in problems if p.severity != "info" or p.code == "LEDGER_UNASSIGNED"}
    entry = found[0]
    assert (entry.date is None) == (bool({"A4"} & errors) and cells.get("A4") != DAY(2020, 11, 30))
    assert (entry.amount is None) == ("D4" in errors)
    assert (entry.clause == "") == bool({"B4", "C4"} & errors)


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ({}, [("LEDGER_SAME_ROW", "E6")]),
        ({"A6": "2021.3.4", "C6": "业务/甲科/1/1 迟到的", "D6": "1次"}, [("READ_AS", "D6"), ("LEDGER_SAME_ROW", "E6")]),
        ({"E6": "早退"}, []),
        ({"F6": "照片2"}, []),
        ({"G6": "某岗"}, []),
        ({"H6": "另一件"}, []),
        ({"C6": None}, [("LEDGER_UNASSIGNED", "C6")]),
    ],
)
def test_a_row_that_stands_twice_is_told_and_counts_twice(second, told):
    again = {ref.replace("4", "6"): value for ref, value in LEDGER_ROW.items()}
    found, problems = read_ledger(SMALL, edited(ledger_workbook(SMALL), {**LEDGER_ROW, **again, **second}), "台账.xlsx")
    assert (marks(problems), len(found)) == (told, 2)
    assert all("第 4 行" in p.message for p in problems if p.code == "LEDGER_SAME_ROW")


def test_a_number_that_only_a_date_format_would_make_a_date_is_refused():
    book = openpyxl.load_workbook(io.BytesIO(edited(ledger_workbook(SMALL), {**LEDGER_ROW, "A4": 44259})))
    book.worksheets[0]["A4"].number_format = "General"
    found, problems = read_ledger(SMALL, saved(book), "台账.xlsx")
    assert (found[0].date, marks(problems)) == (None, [("REGISTER_DATE", "A4")])


def test_a_formula_in_a_ledger_is_no_entry():
    data = edited(ledger_workbook(SMALL), LEDGER_ROW)
    book = openpyxl.load_workbook(io.BytesIO(data))
    ws = book.worksheets[0]
    ws["D4"], ws["E4"] = "=1+1", "=A4"
    found, problems = read_ledger(SMALL, saved(book), "台账.xlsx")
    assert marks(problems) == [("FORMULA_IN_TEXT", "E4"), ("LEDGER_AMOUNT", "D4")]
    assert (found[0].amount, found[0].facts) == (None, "")


def test_an_alias_is_its_section_and_a_near_name_is_suggested():
    scheme = scheme_2021()
    row = {**LEDGER_ROW, "B4": "法援中心", "C4": None}
    found, _ = read_ledger(scheme, edited(ledger_workbook(scheme), row), "台账.xlsx")
    assert found[0].section == "法律援助中心"
    _, problems = read_ledger(scheme, edited(ledger_workbook(scheme), {**row, "B4": "复议应诉"}), "台账.xlsx")
    assert "“复议应诉科”" in problems[0].fix


def entry(file="甲.xlsx", cell="E4", **more):
    base = LedgerEntry(Where(file, "台账", cell), DAY(2021, 3, 4), "甲科", "业务/甲科/1/1", D(1), "迟到")
    return dataclasses.replace(base, **more)


def test_ledgers_merge_by_date_and_count_what_stands_in_two_files_once():
    early = entry(cell="E9", date=DAY(2021, 1, 1))
    undated = entry("乙.xlsx", "E5", date=None)
    twice = (entry(), entry(cell="E5"))
    copies = tuple(entry("乙.xlsx", f"E{n}") for n in (6, 7, 8))
    merged, problems = merge_ledgers([copies + (undated,), (*twice, early)])
    # 甲 reported it twice, 乙 three times: the third is another event, whichever file it stands in.
    order = [("甲.xlsx", "E9"), ("乙.xlsx", "E6"), ("乙.xlsx", "E7"), ("乙.xlsx", "E8"), ("乙.xlsx", "E5")]
    assert [(e.where.file, e.where.cell) for e in merged] == order
    assert [(p.code, p.where.file, p.where.cell) for p in problems] == [
        ("LEDGER_SAME_ENTRY", "甲.xlsx", "E4"),
        ("LEDGER_SAME_ENTRY", "甲.xlsx", "E5"),
    ]
    assert merge_ledgers([(*twice, early), copies + (undated,)]) == (merged, problems)


def test_amounts_add_up_and_one_unknown_makes_the_sum_unknown():
    rules = small_rules()
    known = [entry(), entry(amount=D(2)), entry(clause="业务/甲科/3/3", amount=D("1.5")), entry(clause=""), entry(section="")]
    assert ledger_amounts(rules, known) == {("甲科", "业务/甲科/1/1"): D(3), ("甲科", "业务/甲科/3/3"): D("1.5")}
    assert ledger_amounts(rules, [*known, entry(amount=None), entry()])["甲科", "业务/甲科/1/1"] is None


@pytest.mark.parametrize(
    ("clause", "amounts", "answers", "warned"),
    [
        ("业务/甲科/1/1", [2], {"": D(1)}, "1"),
        ("业务/甲科/1/1", [2], {"": D(2)}, None),
        ("业务/甲科/1/1", [1, 1], {}, "（空白）"),
        ("业务/甲科/1/1", [None], {"": D(0)}, "0"),
        ("业务/甲科/1/1", [None, 1], {"": D(1)}, None),
        ("业务/甲科/1/1", [0], {}, None),
        ("业务/甲科/1/1", [2], {"": sl.NOT_ACCEPTED}, None),
        ("业务/甲科/1/2", [1], {"": D(0)}, "0"),
        ("业务/甲科/1/4", [1], {"": "否"}, "否"),
        ("业务/甲科/1/4", [None], {}, "（空白）"),
        ("业务/甲科/1/4", [3], {"": "是"}, None),
        ("业务/甲科/1/4", [1], {"": "不适用"}, "不适用"),
        ("业务/甲科/1/4", [1], {"": m.PENDING_CITY}, None),
        ("业务/甲科/1/6", [1], {"": "否"}, "否"),
        ("业务/甲科/3/1", ["2.5"], {"": D(2)}, "2"),
        ("业务/甲科/3/3", ["1.5", 2], {"@1": D(1), "@3": D(2)}, "1＋2"),
        ("业务/甲科/3/3", ["1.5", 2], {"@1": D("1.5"), "@2": D(2)}, None),
        ("业务/甲科/2/1", [1], {"": D(95)}, None),
        ("业务/甲科/2/5", [1], {"": D(1)}, None),
        ("业务/甲科/2/6", [1], {"": "无"}, None),
        ("业务/甲科/4/1", [1], {"": D(0)}, None),
        ("业务/甲科/5/1", [1], {"": "否"}, None),
    ],
)
def test_a_deduction_reported_below_the_ledger_is_warned_of(clause, amounts, answers, warned):
    events = [entry(clause=clause, amount=None if a is None else D(a)) for a in amounts]
    sheet = {clause + suffix: value for suffix, value in answers.items()}
    found = list(below_ledger(small_rules(), SMALL.sections[0], sheet, events, lambda name: Where("甲.xlsx", "甲科", "F9", name)))
    if warned is None:
        assert found == []
        return
    suffix = "@1" if clause == "业务/甲科/3/3" else ""
    assert [(p.code, p.where.cell, p.where.field, p.value) for p in found] == [("SELF_BELOW_LEDGER", "F9", clause + suffix, warned)]
    assert list(below_ledger(small_rules(), SMALL.sections[1], sheet, events, lambda name: NOWHERE)) == []


def test_the_warning_quotes_both_figures_and_where_the_ledger_has_them():
    events = [entry(amount=D(n), cell=f"E{n}") for n in (1, 2, 3, 4)] + [entry(amount=None, cell="E9")]
    (found,) = below_ledger(small_rules(), SMALL.sections[0], {"业务/甲科/1/1": D(9)}, events, lambda name: NOWHERE)
    assert found.message == "自评填“9”，日常检查台账记有 10起，另有 1 条没有写次数或分值的（见甲.xlsx E1、甲.xlsx E2、甲.xlsx E3 等 5 条）"


# --- 市局反馈 -----------------------------------------------------------------------------------------------------------------

CITY_ROW = {"A4": "甲科", "B4": "业务/甲科/1/1", "C4": 2, "E4": "市局〔2022〕1号"}
AGAIN = {"A5": "甲科", "C5": 2, "E5": "市局〔2022〕1号"}


@pytest.mark.parametrize(
    ("cells", "accepted", "expected"),
    [
        ({}, 1, []),
        ({"A4": None}, 0, [("REGISTER_BLANK", "A4")]),
        ({"A4": "丙科"}, 0, [("REGISTER_SECTION", "A4")]),
        ({"B4": None}, 0, [("REGISTER_BLANK", "B4")]),
        ({"B4": "业务/乙科/1/1"}, 0, [("REGISTER_CLAUSE", "B4")]),
        ({"C4": None}, 0, [("CITY_NO_VALUE", "C4")]),
        ({"B4": "业务/甲科/2/5", "C4": m.PENDING_CITY}, 0, [("CITY_NO_VALUE", "C4")]),
        ({"C4": "两次"}, 1, [("READ_AS", "C4")]),
        ({"C4": "很多"}, 0, [("VALUE_NOT_ALLOWED", "C4")]),
        ({"C4": -1}, 0, [("VALUE_OUT_OF_RANGE", "C4")]),
        ({"D4": 3}, 1, [("CITY_REFERENCE_UNUSED", "D4")]),
        ({"E4": None}, 1, [("CITY_NO_DOCUMENT", "E4")]),
        ({"F4": "乙科"}, 1, []),
        ({"F4": "丁科"}, 0, [("REGISTER_SECTION", "F4")]),
        ({"B4": "业务/甲科/2/2"}, 0, [("CITY_NO_REFERENCE", "D4")]),
        ({"B4": "业务/甲科/2/2", "D4": "约 3"}, 0, [("VALUE_NOT_ALLOWED", "D4")]),
        ({"B4": "业务/甲科/2/2", "D4": m.PENDING_CITY}, 0, [("PENDING_REFUSED", "D4")]),
        ({"B4": "业务/甲科/2/2", "C4": "不适用"}, 1, [("NOT_APPLICABLE", "C4")]),
        ({"B4": "业务/甲科/2/1", "C4": 0.95}, 0, [("PERCENT_OR_FRACTION", "C4")]),
        ({"B4": "业务/甲科/3/6", "C4": "甲类"}, 1, []),
        ({"B4": "业务/甲科/3/6", "C4": "丁类"}, 0, [("VALUE_NOT_ALLOWED", "C4")]),
        ({"B4": "业务/甲科/3/3", "C4": 1.5}, 1, []),
        ({"B4": f"{sh.AWARD} 特色工作是否获市局加分", "C4": "是"}, 1, []),
        ({"B4": sh.AWARD, "C4": 3}, 0, [("VALUE_NOT_ALLOWED", "C4")]),
        # two rows
        ({**AGAIN, "B5": "业务/甲科/1/1", "E5": "另一份"}, 2, []),
        ({**AGAIN, "B5": "业务/甲科/1/1"}, 2, [("CITY_SAME_ROW", "C5")]),
        ({**AGAIN, "B4": "业务/甲科/2/5", "B5": "业务/甲科/2/5"}, 1, [("CITY_SAME_ROW", "C5")]),
        ({**AGAIN, "B4": "业务/甲科/2/5", "B5": "业务/甲科/2/5", "C5": 3}, 0, [("CITY_TWICE", "C5")]),
        ({**AGAIN, "B4": "业务/甲科/2/5", "B5": "业务/甲科/2/5", "C5": 3, "F5": "乙科"}, 2, []),
        ({**AGAIN, "B4": "业务/甲科/2/5", "B5": "业务/甲科/2/5", "E5": "二", "F5": "甲科"}, 0, [("CITY_TWICE", "C5")]),
        ({**AGAIN, "B4": "业务/甲科/1/4", "C4": "是", "B5": "业务/甲科/1/4", "C5": "否"}, 0, [("CITY_TWICE", "C5")]),
        ({**AGAIN, "B4": "业务/甲科/3/6", "C4": "甲类", "B5": "业务/甲科/3/6", "C5": "乙类"}, 2, []),
    ],
)
def test_every_problem_of_a_figure_stands_at_its_cell(cells, accepted, expected):
    found, problems = read_city(SMALL, edited(city_workbook(SMALL), {**CITY_ROW, **cells}), "市局反馈.xlsx")
    assert (len(found), marks(problems)) == (accepted, expected)


# --- 决定 ---------------------------------------------------------------------------------------------------------------------

ROW = {
    "A4": r.ADJUST, "B4": "甲科", "C4": "业务/甲科/1 考评", "D4": "9", "E4": 8, "F4": "理由", "H4": "2021.12.31", "I4": "领导小组",
}  # fmt: skip
NEXT = {ref.replace("4", "5"): value for ref, value in ROW.items()}


@pytest.mark.parametrize(
    ("cells", "count", "expected"),
    [
        ({}, 1, []),
        ({"E4": None, "F4": None, "H4": None, "I4": None}, 1, []),
        ({"A4": None}, 0, [("REGISTER_BLANK", "A4")]),
        ({"A4": "调正"}, 0, [("DECISION_KIND", "A4")]),
        ({"B4": None}, 0, [("REGISTER_BLANK", "B4")]),
        ({"B4": "丙科"}, 0, [("REGISTER_SECTION", "B4")]),
        ({"C4": None}, 0, [("REGISTER_BLANK", "C4")]),
        ({"C4": "业务/乙科/1"}, 0, [("DECISION_OBJECT", "C4")]),
        ({"C4": "特色工作", "E4": 10}, 1, []),
        ({"C4": "特色工作", "E4": 10.5}, 0, [("DECISION_AMOUNT", "E4")]),
        ({"C4": "突破底线", "E4": 40}, 1, []),
        ({"C4": "突破底线", "E4": -1}, 0, [("DECISION_AMOUNT", "E4")]),
        ({"E4": "10.5"}, 0, [("DECISION_AMOUNT", "E4")]),
        ({"E4": "八分"}, 1, []),
        ({"E4": "酌情"}, 0, [("DECISION_AMOUNT", "E4")]),
        ({"A4": r.CORRECT, "E4": 11}, 0, [("DECISION_AMOUNT", "E4")]),
        ({"F4": None}, 0, [("DECISION_NO_REASON", "F4")]),
        ({"H4": None}, 0, [("DECISION_NO_DATE", "H4")]),
        ({"H4": "年底"}, 0, [("REGISTER_DATE", "H4")]),
        ({"I4": " "}, 0, [("DECISION_NO_ROLE", "I4")]),
        ({"F4": None, "H4": None, "I4": None}, 0,
         [("DECISION_NO_REASON", "F4"), ("DECISION_NO_DATE", "H4"), ("DECISION_NO_ROLE", "I4")]),
        ({"A4": r.POLICY_CHANGE, "B4": None, "C4": "优秀递补", "E4": "递补"}, 1, []),
        ({"A4": r.POLICY_CHANGE, "C4": "优秀递补", "E4": "递补"}, 0, [("DECISION_SECTION_UNWANTED", "B4")]),
        ({"A4": r.POLICY_CHANGE, "B4": None, "C4": "优秀递", "E4": "递补"}, 0, [("DECISION_OBJECT", "C4")]),
        ({"A4": r.POLICY_CHANGE, "B4": None, "C4": "优秀递补", "E4": "看情况"}, 0, [("DECISION_CHOICE", "E4")]),
        ({"A4": r.RELEASE, "C4": "业务/甲科/1/1", "E4": "不采用"}, 1, []),
        ({"A4": r.RELEASE, "C4": "业务/甲科/1/1", "E4": "同意"}, 0, [("DECISION_CHOICE", "E4")]),
        ({"A4": r.TRANSFER, "C4": "业务/甲科/1/1", "E4": "采用"}, 0, [("DECISION_CHOICE", "E4")]),
        ({"A4": r.APPROVE, "B4": None, "C4": "本年度考评", "E4": " 同意"}, 1, []),
        ({"A4": r.SUBMIT, "B4": None, "C4": "本年度考评", "E4": "通过"}, 0, [("DECISION_CHOICE", "E4")]),
        ({"A4": r.ADOPT, "C4": "考评表", "E4": "甲科.xlsx"}, 1, []),
        ({"A4": r.RULING, "B4": None, "C4": "优秀等次", "E4": "甲科"}, 1, []),
        # one matter twice
        ({**NEXT, "E5": 7}, 2, []),
        ({**NEXT, "A4": r.ADOPT, "C4": "考评表", "E4": "一", "A5": r.ADOPT, "C5": "考评表", "E5": "一"}, 2, []),
        ({**NEXT, "A4": r.ADOPT, "C4": "考评表", "E4": "一", "A5": r.ADOPT, "C5": "考评表", "E5": "二"}, 0,
         [("DECISION_TWICE", "E5"), ("DECISION_TWICE", "E4")]),
        ({**NEXT, "A4": r.ADOPT, "C4": "考评表", "E4": "一", "A5": r.ADOPT, "C5": "考评表", "E5": None}, 2, []),
    ],
)  # fmt: skip
def test_every_problem_of_a_decision_stands_at_its_cell(cells, count, expected):
    found, problems = read_decisions(SMALL, edited(decisions_workbook(SMALL), {**ROW, **cells}), "决定.xlsx")
    assert (len(found), marks(problems)) == (count, expected)


def test_objects_and_answers_are_read_in_their_one_spelling():
    cells = {"A4": " 口径变更", "B4": None, "C4": "视情步长", "E4": 0.50, "H4": datetime.datetime(2021, 12, 31)}
    found, _ = read_decisions(SMALL, edited(decisions_workbook(SMALL), {**ROW, **cells}), "决定.xlsx")
    assert [(d.object, d.after, d.date, d.where.cell) for d in found] == [("视情步长", "0.5", DAY(2021, 12, 31), "E4")]
    found, _ = read_decisions(SMALL, edited(decisions_workbook(SMALL), {**ROW, "E4": "8.50"}), "决定.xlsx")
    assert [(d.object, d.after) for d in found] == [("业务/甲科/1", "8.5")]


# --- extending ---------------------------------------------------------------------------------------------------------------


def grid(data):
    """Every cell of the first sheet as it stands."""
    ws = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    return [[cell.value for cell in row] for row in ws.iter_rows(min_row=4) if any(cell.value is not None for cell in row)]


def test_a_new_book_waits_for_what_is_needed():
    data, problems = extend_decisions(SMALL, None, "决定.xlsx", WAITING)
    assert problems == []
    assert placeless(read_decisions(SMALL, data, "决定.xlsx")[0]) == WAITING
    assert extend_decisions(SMALL, data, "决定.xlsx", WAITING) == (None, [])


def test_waiting_rows_come_change_and_go_and_the_rows_of_people_stay():
    """Own rows, own column, own sheet, number formats and order."""
    book = openpyxl.load_workbook(io.BytesIO(BOOKS["决定"][0]()))
    ws = book.worksheets[0]
    ws["L3"], ws["L4"] = "分管领导意见", "同意 8.5"
    ws["F6"] = "已请示，待复"  # begun: the transfer stays though nobody needs it
    ws["A8"], ws["D8"], ws["J8"] = "想一想", "=备忘", "以后再写"
    ws["D8"].data_type = "s"
    ws.row_dimensions[8].height = 70
    book.create_sheet("我的备忘")["B2"] = "自己的内容"
    data = saved(book)
    needed = [Decision(r.APPROVE, "", "本年度考评", "送审稿 9f9f"), Decision(r.ADOPT, "乙科", "考评表", "一.xlsx；二.xlsx")]
    new, problems = extend_decisions(SMALL, data, "决定.xlsx", needed)
    assert problems == []
    before, after = grid(data), grid(new)
    assert after[:3] == before[:3] and after[4] == before[4]
    assert after[3][3] == "送审稿 9f9f" and after[3][:3] == before[3][:3]
    assert after[5][:4] == [r.ADOPT, "乙科", "考评表", "一.xlsx；二.xlsx"]
    reopened = openpyxl.load_workbook(io.BytesIO(new))
    assert reopened["我的备忘"]["B2"].value == "自己的内容"
    assert reopened.worksheets[0].row_dimensions[8].height == 70
    assert reopened.worksheets[0]["D8"].data_type == "s"
    assert reopened.worksheets[0].tables["Decisions"].ref == "A3:K9"
    # Nobody needs them any more: what was not begun goes, rows below move up.
    last, problems = extend_decisions(SMALL, new, "决定.xlsx", [])
    assert problems == []
    assert grid(last) == [*before[:3], before[4]]
    assert openpyxl.load_workbook(io.BytesIO(last)).worksheets[0].row_dimensions[7].height == 70


def test_an_answered_row_of_the_program_is_a_persons_row():
    data = edited(BOOKS["决定"][0](), {"E6": "同意", "F6": "经商定", "H6": DAY(2021, 12, 1), "I6": "领导小组"})
    assert extend_decisions(SMALL, data, "决定.xlsx", WAITING) == (None, [])
    new, _ = extend_decisions(SMALL, data, "决定.xlsx", [])
    assert grid(new) == grid(data)[:3]
    # The next draft is another matter though an earlier one was approved.
    asked = edited(data, {"E7": "不同意", "F7": "退回", "H7": DAY(2021, 12, 2), "I7": "领导小组"})
    new, _ = extend_decisions(SMALL, asked, "决定.xlsx", [dataclasses.replace(WAITING[1], before="送审稿 二")])
    assert [row[3] for row in grid(new)] == ["9", "不递补", "乙科", "送审稿 1a2b", "送审稿 二"]


def test_a_row_that_was_rewritten_by_a_person_is_theirs():
    data = edited(BOOKS["决定"][0](), {"C6": "业务/甲科/1/4"})
    new, _ = extend_decisions(SMALL, data, "决定.xlsx", WAITING)
    assert [row[2] for row in grid(new)][2:] == ["业务/甲科/1/4", "本年度考评", grid(BOOKS["决定"][0]())[2][2]]


def test_a_file_that_would_lose_something_is_left_alone():
    book = openpyxl.load_workbook(io.BytesIO(BOOKS["决定"][0]()))
    book.worksheets[0]["E6"].comment = Comment("请尽快", "领导")
    data = saved(book)
    new, problems = extend_decisions(SMALL, data, "决定.xlsx", [Decision(r.ADOPT, "乙科", "考评表", "一")])
    assert (new, marks(problems)) == (None, [("REGISTER_KEPT", "")])
    assert "批注" in problems[0].message and "采用哪份 乙科 考评表" in problems[0].fix
    assert extend_decisions(SMALL, data, "决定.xlsx", WAITING) == (None, [])


def test_formulas_of_people_keep_their_values_and_rows_do_not_move(office, tmp_path):
    """Saved by LibreOffice, with a sheet that counts; then extended, limits kept, and read again by LibreOffice."""
    book = openpyxl.load_workbook(io.BytesIO(BOOKS["决定"][0]()))
    own = book.create_sheet("统计")
    own["A1"] = "=COUNTA('决定'!A4:A99)&\"行，末行\"&'决定'!A7"
    own["A2"], own["A3"] = '=IF(1=1,"","x")', "=1/4"
    path = tmp_path / "决定.xlsx"
    path.write_bytes(saved(book))
    stored = office.convert(path, "xlsx", tmp_path / "lo", hard=True).read_bytes()
    needed = [WAITING[1], Decision(r.ADOPT, "乙科", "考评表", "一")]
    new, problems = extend_decisions(SMALL, stored, "决定.xlsx", needed)
    assert problems == []
    found = placeless(read_decisions(SMALL, new, "决定.xlsx")[0])
    assert found == [*ANSWERED, WAITING[1], needed[1]]
    path.write_bytes(new)
    # LibreOffice leaves Chinese names of sheets bare in formulas; what a person wrote is not ours to mend.
    assert [text for text in excel_limit_violations(path) if not text.startswith("统计!A1")] == []
    assert [value for _, value in formula_cells(path)["统计"].values()] == ["4行，末行审定", "", 0.25]
    assert extend_decisions(SMALL, new, "决定.xlsx", needed) == (None, [])
    again = office.convert(path, "ods", tmp_path / "ods")
    assert placeless(read_decisions(SMALL, again.read_bytes(), "决定.ods")[0]) == found
    assert marks(extend_decisions(SMALL, again.read_bytes(), "决定.ods", [])[1]) == [("REGISTER_KEPT", "")]


def test_columns_that_were_moved_are_extended_where_they_stand(tmp_path):
    """Drop-downs, yellow cells and the table's names follow the heads."""
    data = edited(decisions_workbook(SMALL), {"A3": "对象", "B3": "种类", "C3": "科室", "G3": "备注", "J3": "依据", "G4": "先看"})
    needed = [Decision(r.ADOPT, "乙科", "考评表", "一", basis="通知四（二）")]
    new, problems = extend_decisions(SMALL, data, "决定.xlsx", needed)
    assert problems == []
    assert grid(new)[1][:10] == ["考评表", r.ADOPT, "乙科", "一", None, None, None, None, None, "通知四（二）"]
    path = tmp_path / "moved.xlsx"
    path.write_bytes(new)
    names = [column.get("name") for column in named(Book(path).tree("xl/tables/table1.xml"), "tableColumn")]
    ws = openpyxl.load_workbook(path).worksheets[0]
    assert names == [cell.value for cell in ws[3]]
    rules = {rule.formula1: str(rule.sqref)[0] for rule in ws.data_validations.dataValidation if rule.type == "list"}
    assert rules["kp_kinds"] == "B" and rules["kp_sections"] == "C"
    assert [place for formula, place in rules.items() if "$B4" in formula and "$C4" in formula] == ["A"]
    assert {str(area.sqref)[0] for area in ws.conditional_formatting} == set("ABEFHI")
    assert extend_decisions(SMALL, new, "决定.xlsx", needed) == (None, [])


def test_own_colours_and_own_rules_of_people_stay():
    book = openpyxl.load_workbook(io.BytesIO(BOOKS["决定"][0]()))
    ws = book.worksheets[0]
    own = DataValidation(type="list", formula1='"甲,乙"')
    own.add("M4:M9")
    ws.add_data_validation(own)
    ws.conditional_formatting.add("M4:M9", FormulaRule(formula=['M4="甲"'], fill=PatternFill("solid", bgColor="FFFF0000")))
    new, _ = extend_decisions(SMALL, saved(book), "决定.xlsx", [])
    ws = openpyxl.load_workbook(io.BytesIO(new)).worksheets[0]
    assert [rule.formula1 for rule in ws.data_validations.dataValidation if str(rule.sqref) == "M4:M9"] == ['"甲,乙"']
    assert [rule.formula for area in ws.conditional_formatting for rule in area.rules if str(area.sqref) == "M4:M9"] == [['M4="甲"']]
    assert len(ws.data_validations.dataValidation) == 1 + 9 and len(list(ws.conditional_formatting)) == 1 + 6


def repacked(data, part, old, new):
    """The package with one of its parts changed by hand."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                assert old in content
                content = content.replace(old, new)
            target.writestr(name, content)
    return out.getvalue()


def test_what_only_our_reader_understands_is_left_alone():
    """A rule of a type that openpyxl does not know, a formula without a value."""
    data = BOOKS["决定"][0]()
    strange = repacked(data, "xl/worksheets/sheet1.xml", b'type="list"', b'type="nonsense"')
    formula = openpyxl.load_workbook(io.BytesIO(data))
    formula.create_sheet("统计")["A1"] = "=1+1"
    totals = openpyxl.load_workbook(io.BytesIO(data))
    totals.worksheets[0].tables["Decisions"].totalsRowCount = 1
    for other in (strange, saved(formula), saved(totals)):
        assert len(read_decisions(SMALL, other, "决定.xlsx")[0]) == 4
        new, problems = extend_decisions(SMALL, other, "决定.xlsx", [])
        assert (new, marks(problems)) == (None, [("REGISTER_KEPT", "")])
        assert "补填" not in problems[0].fix


# --- a scheme that changed ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["台账", "市局反馈"])
def test_drop_downs_follow_the_scheme_and_every_entry_stays(kind, tmp_path):
    make, read, records = BOOKS[kind]
    refresh = {"台账": refreshed_ledger, "市局反馈": refreshed_city}[kind]
    data = edited(make(), {"L9": "自己的"})
    assert refresh(SMALL, data, "x.xlsx") is None
    sections = (*SMALL.sections, m.Section("丙科", 3, rubric="丙科"))
    changed = dataclasses.replace(SMALL, version="2", sections=sections, extra={})
    new = refresh(changed, data, "x.xlsx")
    assert refresh(changed, new, "x.xlsx") is None
    assert placeless(read(changed, new, "x.xlsx")[0]) == records
    assert grid(new) == grid(data)
    lists = openpyxl.load_workbook(io.BytesIO(new))["_lists"]
    assert [lists.cell(row, 1).value for row in (1, 2, 3)] == ["甲科", "乙科", "丙科"]
    path = tmp_path / "new.xlsx"
    path.write_bytes(new)
    assert excel_limit_violations(path) == []
    rules = openpyxl.load_workbook(path).worksheets[0].data_validations.dataValidation
    assert len(rules) == len(openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].data_validations.dataValidation)


def test_decisions_follow_the_scheme_too():
    changed = dataclasses.replace(SMALL, version="2", extra={})
    data = BOOKS["决定"][0]()
    new, problems = extend_decisions(changed, data, "决定.xlsx", WAITING)
    assert problems == [] and grid(new) == grid(data)
    assert extend_decisions(changed, new, "决定.xlsx", WAITING) == (None, [])


# --- the guide -------------------------------------------------------------------------------------------------------------------


def test_heads_that_the_guide_names_exist():
    """The examples of 说明 are of the register's own columns."""
    for register in (ledger_register(SMALL), decisions_register(SMALL)):
        heads = next(texts for style, *texts in register.guide if style == "heads")
        assert set(heads) <= set(register.heads)


def test_every_code_of_the_catalogue_is_raised_here():
    source = Path(__file__).read_text(encoding="utf-8")
    assert [code for code in ENTRIES if f'("{code}"' not in source] == []
