"""Returned workbooks as no careful person sends them: nothing that a section meant may be lost or bent without a word."""

import datetime
import io
from decimal import Decimal as D

import pytest
from appraisals import rules_2021, scheme_2021, template
from edits import Edited
from openpyxl import load_workbook
from years import own_results

from workbook_builder import AnswerError, score_answers
from workbook_builder import model as m
from workbook_builder.building import section_workbook
from workbook_builder.folder import Folder
from workbook_builder.pipeline import Reader, collect
from workbook_builder.rank import round_by_policy
from workbook_builder.rules import sheet as sh
from workbook_builder.summary import summary_workbook
from workbook_builder.validate.text import meant_number

COUNTED = "业务/律公科/1/1"
ITEM = "业务/律公科/1"
CONFIRMED = {sh.CONFIRM: m.YES}


def returned(section, change, entries=CONFIRMED):
    """{(code, field)} and the return of a confirmed sheet changed by `change`."""
    rules = rules_2021()
    edited = Edited(section_workbook(rules, rules.scheme.section(section), template(), entries))
    sheet = edited.book[section]
    change(sheet, {sheet.cell(row, 1).value: row for row in range(1, sheet.max_row + 1)})
    return read(edited.bytes(), section)


def read(data, section):
    readings = Reader.of(scheme_2021()).read("a.xlsx", data)
    found = [one for reading in readings for one in reading.returns if one.section == section]
    problems = {(p.code, p.where.field) for reading in readings for p in reading.problems}
    return problems, found[0]


def figure(returned_sheet, item):
    rules = rules_2021()
    score = sh.score_sheet(rules, rules.scheme.section(returned_sheet.section), returned_sheet.scored)
    return score.section.items[item].figure.value


def put(key, value, col=6):
    def change(sheet, rows):
        sheet.cell(rows[key], col).value = value

    return change


# --- numbers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1e19, 1.5e25, -1e300])
@pytest.mark.parametrize("key", [COUNTED, sh.PROPOSED, sh.AWARD, sh.CONFIRM])
def test_a_number_beyond_all_bounds_is_refused_and_stops_nothing(key, number):
    problems, _ = returned("律公科", put(key, number))
    assert problems & {("VALUE_OUT_OF_RANGE", key), ("VALUE_NOT_ALLOWED", key)}


@pytest.mark.parametrize("number", [1e-20, -1e-20, 2.9999999999, 3.0000000001])
def test_what_is_taken_for_the_noise_of_a_calculation_is_said(number):
    """A sheet shows 有误 for these; they are read as the whole number beside them, but never without a word."""
    problems, found = returned("律公科", put(COUNTED, number))
    assert ("READ_AS", COUNTED) in problems
    assert found.entries[COUNTED] == round(number)
    assert "-" not in str(found.entries[COUNTED])


def test_the_noise_of_binary_fractions_needs_no_word():
    problems, found = returned("公服科", put("业务/公服科/2/1", 69.99999999999999 + 1e-14))
    assert ("READ_AS", "业务/公服科/2/1") not in problems
    assert found.entries["业务/公服科/2/1"] == 70


@pytest.mark.parametrize("text", ["1 2", "1\n2", "3①", "10²", "两百五", "一百二"])
def test_two_numbers_in_one_cell_or_a_half_said_one_are_not_guessed(text):
    assert meant_number(text) is None


@pytest.mark.parametrize(("text", "number"), [("３ 次", 3), ("3\n次", 3), ("一百零二", 102), ("一百二十", 120), ("三百", 300)])
def test_what_is_certain_stays_understood(text, number):
    assert meant_number(text).number == number


def test_a_month_is_no_count_of_times():
    problems, _ = returned("办公室", put("业务/办公室/1/2", "3月"))
    assert ("UNIT_UNEXPECTED", "业务/办公室/1/2") in problems


def test_no_total_is_minus_zero():
    assert str(round_by_policy(scheme_2021(), D("-0.001"))) == "0"


# --- answers where nobody reads them --------------------------------------------------------------------------------


@pytest.mark.parametrize("col", [5, 7])
def test_an_answer_beside_its_cell_is_not_taken_for_a_blank(col):
    problems, found = returned("律公科", put(COUNTED, 2, col))
    assert ("ANSWER_ASTRAY", COUNTED) in problems
    assert figure(found, ITEM) is None


def test_an_answer_beside_an_answered_cell_is_said_and_changes_nothing():
    def change(sheet, rows):
        put(COUNTED, 1)(sheet, rows)
        put(COUNTED, "2次", 7)(sheet, rows)

    problems, found = returned("律公科", change)
    assert ("ANSWER_ASTRAY", COUNTED) in problems
    assert figure(found, ITEM) == 3


@pytest.mark.parametrize("key", [ITEM, "特色/相关科室/24/1"])
def test_an_answer_in_a_row_that_takes_none_is_said(key):
    problems, _ = returned("律公科", put(key, 2))
    assert ("ANSWER_ASTRAY", key) in problems


def test_an_answer_in_an_added_row_is_said():
    def change(sheet, rows):
        sheet.cell(sheet.max_row + 1, 6).value = 2

    problems, _ = returned("律公科", change)
    assert ("ANSWER_ASTRAY", "") in problems


def test_a_cell_merged_into_its_neighbour_is_not_blank():
    above, below = "业务/律公科/2/1", "业务/律公科/2/2"

    def change(sheet, rows):
        sheet.cell(rows[above], 6).value = m.NO
        sheet.merge_cells(start_row=rows[above], end_row=rows[below], start_column=6, end_column=6)

    problems, found = returned("律公科", change)
    assert ("CELLS_MERGED", below) in problems
    assert ("CELLS_MERGED", above) not in problems
    assert figure(found, "业务/律公科/2") is None


def test_an_untouched_form_has_none_of_these():
    for section in scheme_2021().sections:
        problems, _ = returned(section.name, lambda sheet, rows: None)
        assert not {code for code, _ in problems} & {"ANSWER_ASTRAY", "CELLS_MERGED", "RUBRIC_CHANGED"}


# --- rows ------------------------------------------------------------------------------------------------------------


def swap(first, second, columns):
    def change(sheet, rows):
        for col in columns:
            one, other = sheet.cell(rows[first], col), sheet.cell(rows[second], col)
            one.value, other.value = other.value, one.value

    return change


LABEL = "业务/秘书科、普法科/2/3"
COUNTS = {LABEL + "@1": D(2), LABEL + "@2": D(0), LABEL + "@3": D(0), **CONFIRMED}


@pytest.mark.parametrize("columns", [(1,), (2, 3, 4, 5, 6, 7)], ids=["keys", "contents"])
def test_counts_do_not_wander_to_another_label(columns):
    problems, found = returned("秘书科、普法科", swap(LABEL + "@1", LABEL + "@2", columns), COUNTS)
    assert ("RUBRIC_CHANGED", LABEL + "@1") in problems
    assert figure(found, "业务/秘书科、普法科/2") is None


def test_rows_sorted_without_their_keys_are_not_read_under_the_other_clause():
    other = "业务/律公科/3/1"
    problems, found = returned("律公科", swap(COUNTED, other, (2, 3, 4, 5, 6, 7)), {COUNTED: D(2), **CONFIRMED})
    assert ("RUBRIC_CHANGED", COUNTED) in problems
    assert figure(found, ITEM) is None
    assert figure(found, "业务/律公科/3") is None


# --- more than the form has room for ------------------------------------------------------------------------------------


@pytest.mark.parametrize("entries", [{}, {"业务/政治处/3/4@1": D(1)}], ids=["no line", "one line"])
def test_more_events_than_lines_are_never_the_lines_alone(entries):
    clause = "业务/政治处/3/4"
    problems, found = returned("政治处", lambda sheet, rows: None, {f"{clause}#还有更多": m.YES, **entries, **CONFIRMED})
    assert ("MORE_EVENTS", f"{clause}#还有更多") in problems
    assert figure(found, "业务/政治处/3") is None


# --- manifest, texts -----------------------------------------------------------------------------------------------------


def test_a_clause_issued_otherwise_is_found_though_the_form_claims_to_be_current():
    rules = rules_2021()
    data = section_workbook(rules, rules.scheme.section("律公科"), template(), {COUNTED: D(1), **CONFIRMED})
    book = load_workbook(io.BytesIO(data))
    manifest = book["_manifest"]
    row = next(row for row in range(1, manifest.max_row + 1) if manifest.cell(row, 1).value == COUNTED)
    manifest.cell(row, 6).value = "000000000000"
    out = io.BytesIO()
    book.save(out)
    problems, found = read(out.getvalue(), "律公科")
    assert ("CLAUSE_CHANGED", COUNTED) in problems
    assert figure(found, ITEM) is None


def test_a_date_in_a_note_stays_a_date():
    def change(sheet, rows):
        cell = sheet.cell(rows[COUNTED], 11)
        cell.value, cell.number_format = datetime.date(2021, 3, 5), "yyyy/m/d"

    _, found = returned("律公科", change)
    assert found.entries[COUNTED + sh.NOTE_SUFFIX] == "2021-03-05"


# --- the order ---------------------------------------------------------------------------------------------------------


def test_no_distance_to_the_next_while_an_open_total_may_lie_between(tmp_path):
    """办公室 70 and 公服科 60 are known, but 律公科 has a refused answer and six sections returned nothing."""
    scheme, rules = scheme_2021(), rules_2021()
    folder = Folder(tmp_path)
    folder.returned.mkdir()
    for name in ("办公室", "公服科", "律公科", "法律援助中心"):
        section = scheme.section(name)
        entries = nothing_happened(rules, section)
        if name == "律公科":
            entries[COUNTED] = "乱填"
        data = section_workbook(rules, section, template(), entries)
        (folder.returned / f"{name}.xlsx").write_bytes(data)
    results = own_results(scheme, collect(folder, scheme))
    sheet = load_workbook(io.BytesIO(summary_workbook(results)), data_only=True)["汇总"]
    rows = [row for row in sheet.iter_rows(values_only=True) if row[1] in ("法律援助中心", "办公室", "公服科")]
    column = next(
        col for row in sheet.iter_rows(values_only=True) for col, text in enumerate(row) if "差距" in str(text).replace("\n", "")
    )
    assert [row[column] for row in rows] == ["待定", "待定", "待定"]


def nothing_happened(rules, section):
    """Every answer that may not stay blank, as a section writes it to which nothing happened."""
    found = {sh.PROPOSED: D(0), **CONFIRMED}
    blank = {"yesno": m.NO, "choice": m.NO_OPTION, "ranking": D(1), "metric": D(100)}
    for item in sh.sheet_items(rules.scheme, section):
        for clause in item.clauses:
            for slot in rules.slots[clause.id]:
                if slot.blank == "待填" or (slot.suffix == "@1" and clause.direction == m.ADD):
                    found[clause.id + slot.suffix] = blank.get(slot.type, D(0))
    return found


# --- through Python ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("section", "clause"),
    [("政治处", "业务/政治处/3/1"), ("办公室", "业务/办公室/5/1"), ("公服科", "特色/公服科/11/1"), ("秘书科、普法科", "业务/秘书科、普法科/1/1")],
)
def test_false_is_no_rate_and_no_score(section, clause):
    """Read as 0 % it would cost 政治处 4 points; 否 is refused there as well."""
    with pytest.raises(AnswerError) as raised:
        score_answers(scheme_2021(), section, {clause: False})
    assert set(raised.value.clauses) == {clause}


def test_false_still_says_that_nothing_happened():
    nothing = {"业务/政治处/3/4": False, "业务/政治处/4/5": False, "业务/政治处/5/3": False}
    rates = {"业务/政治处/3/1": 100, "业务/政治处/3/2": 100}
    scores = score_answers(scheme_2021(), "政治处", {**nothing, **rates})
    assert scores["业务工作"] == 60


@pytest.mark.parametrize("answer", [D("NaN"), D("sNaN"), D("1E+400"), 1j, b"1"])
@pytest.mark.parametrize("clause", ["业务/政治处/3/4", "业务/政治处/4/5", "业务/政治处/5/3"])
def test_no_odd_object_gets_past_the_clause_that_refuses_it(clause, answer):
    with pytest.raises(AnswerError) as raised:
        score_answers(scheme_2021(), "政治处", {clause: answer})
    assert set(raised.value.clauses) == {clause}


# --- figures typed over --------------------------------------------------------------------------------------------


def problems_of(section, change):
    """{(code, cell)} of a confirmed sheet changed by `change`."""
    rules = rules_2021()
    edited = Edited(section_workbook(rules, rules.scheme.section(section), template(), CONFIRMED))
    sheet = edited.book[section]
    change(sheet, {sheet.cell(row, 1).value: row for row in range(1, sheet.max_row + 1)})
    return {(p.code, p.where.cell) for r in Reader.of(scheme_2021()).read("a.xlsx", edited.bytes()) for p in r.problems}


def test_a_figure_typed_over_is_named_at_its_cell():
    rules = rules_2021()
    rows = {}

    def change(sheet, found):
        rows.update(found)
        sheet.cell(found[COUNTED], 8).value = -9

    found = problems_of("律公科", change)
    assert ("FORMULA_OVERWRITTEN", f"H{rows[COUNTED]}") in found
    assert rules.scheme.section("律公科") is not None


def test_a_sheet_without_any_formula_is_said_once():
    def change(sheet, _):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    cell.value = "1"

    codes = [code for code, _ in problems_of("律公科", change)]
    assert codes.count("FORMULAS_GONE") == 1
    assert "FORMULA_OVERWRITTEN" not in codes


@pytest.mark.parametrize(("typed", "state"), [(0.95, "有误"), (1, "有误"), (0, "已填"), (1.5, "已填"), (95, "已填")])
def test_the_sheet_itself_doubts_a_fraction_where_per_cent_are_asked(typed, state):
    """What collect refuses as PERCENT_OR_FRACTION the sheet already shows as 有误."""
    rules = rules_2021()
    key = "业务/公服科/2/1"
    score = sh.score_sheet(rules, rules.scheme.section("公服科"), {key: D(str(typed))})
    assert score.section.items["业务/公服科/2"].clauses[key].state == state


def test_in_python_a_rate_below_one_is_below_one_per_cent():
    score = score_answers(scheme_2021(), "公服科", {"业务/公服科/2/1": 0.95})
    assert score["业务/公服科/2"] == 15
