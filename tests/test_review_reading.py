"""What comes back from reviewers: read as written, every problem at its cell, only changed clauses reopened."""

import dataclasses
import hashlib
import io
import random
from decimal import Decimal as D

import pytest
from appraisals import candidates, legal_pool
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from reviewing_samples import (
    GROUP,
    OFFICE,
    REASONS,
    SEAT,
    bases,
    books,
    filled,
    places,
    put,
    returned,
    review_rules,
    reviewed_scheme,
)

from workbook_builder import basis
from workbook_builder import model as m
from workbook_builder.duties import tasks
from workbook_builder.layout.plan import MANIFEST_SHEET
from workbook_builder.problems import Where
from workbook_builder.problems.reviewing import ENTRIES
from workbook_builder.records import CityFigure
from workbook_builder.reviewing import adopt_reviews, read_review_file, reviewed
from workbook_builder.reviewing.desk import stem_of
from workbook_builder.rules import review as rv
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl
from workbook_builder.rules.items import Rulebook
from workbook_builder.rules.slots import NOT_ACCEPTED

FILE = "核定表-乙科.xlsx"
QUIET = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
FIRST, TWICE = "业务/甲科/1/1", "业务/甲科/1/2"
BOTTOM = "底线/乙科/1/1"


@pytest.fixture(scope="module")
def year():
    """(rules, bases, reviewer → blank workbook)."""
    rules = review_rules()
    found = bases(rules, returned(SEAT, filled(rules) | {FIRST: D(3)}, {"业务/甲科/1/3": "三次左右"}))
    return rules, found, books(rules, found)


def read(year, data, bases_=None, name=FILE):
    """section → review, and [(code, sheet, cell)] of what a person must see."""
    rules, found, _ = year
    reviews, problems = read_review_file(rules, bases_ or found, data, name)
    return {r.section: r for r in reviews}, [(p.code, p.where.sheet, p.where.cell) for p in problems]


def typed(year, entries, reviewer=OFFICE):
    """The blank workbook with `entries` (field without section is of 甲科) typed in."""
    rules, found, data = year
    where = places(rules, reviewer, found)
    keyed = {key if isinstance(key, tuple) else (SEAT, key): value for key, value in entries.items()}
    return put(data[reviewer], where, keyed)


def cell_of(year, field, reviewer=OFFICE, section=SEAT):
    """(sheet, A1) of a field."""
    rules, found, _ = year
    return places(rules, reviewer, found)[section, field]


def telling(problems):
    """Without what says only how something was read."""
    return [p for p in problems if p[0] not in ("READ_AS", "NOT_APPLICABLE", "PENDING_CITY", "UNRANKED", "ZERO_AS_NONE", "PERCENT_FORMAT")]


# --- laws ----------------------------------------------------------------------------------------------------------------


def drawn(year, reviewer, seed):
    """Anything at all in the inputs of a reviewer's workbook."""
    rules, found, _ = year
    draw = random.Random(seed)
    entries = {}
    for section, name in places(rules, reviewer, found):
        if draw.random() < 0.4:
            continue
        if name.endswith("#核定说明"):
            entries[section, name] = draw.choice(REASONS)
            continue
        answer = name.removesuffix("#核定")
        stem = stem_of(answer)
        clause = rules.scheme.clause_by_id.get(stem)
        slot = next((s for s in rules.slots.get(stem, ()) if stem + s.suffix == answer), None)
        if clause is not None and slot is not None:
            legal = [v for v in legal_pool(clause, slot) if slot.type != sl.COUNT or v != D(9999)]
            pool = legal if draw.random() < 0.8 else [v for v in candidates(clause, slot) if v != " "]
            entries[section, name] = draw.choice(pool)
        else:
            entries[section, name] = draw.choice(("是", "否", "有", "无", "乱填", D(4)))
    return {key: value for key, value in entries.items() if value is not None}


@QUIET
@given(seed=st.integers(0, 10**6), reviewer=st.sampled_from((OFFICE, GROUP)))
def test_what_was_read_is_written_and_read_again(year, seed, reviewer):
    """read(write(reviews)) == reviews: values, reasons, what was refused, what is to be reviewed again."""
    rules, found, _ = year
    first, _ = read(year, typed(year, drawn(year, reviewer, seed), reviewer))
    again = books(rules, found, {(reviewer, section): review for section, review in first.items()})
    second, problems = read(year, again[reviewer])
    assert second == first
    assert [p for p in problems if p[0] in ("FIGURE_DIFFERS", "REVIEW_REOPENED")] == []
    assert any(review.values for review in first.values())


@QUIET
@given(seed=st.integers(0, 10**6))
def test_a_sheet_shows_what_the_review_scores(year, seed):
    """The figures in the workbook made from a review are those of `reviewed`, item by item."""
    rules, found, _ = year
    first, _ = read(year, typed(year, drawn(year, OFFICE, seed)))
    data = books(rules, found, {(OFFICE, section): review for section, review in first.items()})[OFFICE]
    sheet = load_workbook(io.BytesIO(data), data_only=True)[SEAT]
    task = next(t for t in tasks(rules.scheme)[OFFICE] if t.section.name == SEAT)
    score = reviewed(rules, task, found[SEAT], first[SEAT])
    shown = {row[0].value: row[11].value for row in sheet.iter_rows() if row[0].value in score.items}
    figures = {key: item.figure.shown for key, item in score.items.items()}
    assert shown == {key: float(f) if isinstance(f, D) else f for key, f in figures.items()}
    assert set(score.bottom) == {BOTTOM}


@pytest.mark.parametrize("ext", ["xlsx", "ods", "xls"])
def test_saved_by_libreoffice_it_reads_the_same(office, year, tmp_path, ext):
    """Typed and saved in another program and other formats."""
    entries = {(SEAT, f"{FIRST}#核定"): D(2), (SEAT, f"{FIRST}#核定说明"): "台账第3条", (SEAT, "业务/甲科/1/4#核定"): "是",
               (SEAT, f"{BOTTOM}#核定"): "有", (SEAT, f"{BOTTOM}@1#核定"): D("5.5"), (SEAT, f"{BOTTOM}@1#核定说明"): "3月",
               (SEAT, rv.DONE): "否"}  # fmt: skip
    rules, found, data = year
    where = places(rules, OFFICE, found)
    path = tmp_path / "空白.xlsx"
    path.write_bytes(data[OFFICE])
    sets = {}
    for key, value in entries.items():
        sets.setdefault(where[key][0], {})[where[key][1]] = float(value) if isinstance(value, D) else value
    stored = tmp_path / f"存.{ext}"
    office.fill_and_save(path, sets, ext, stored)
    theirs, problems = read(year, stored.read_bytes())
    ours, _ = read(year, typed(year, entries))
    assert theirs == ours
    assert [p for p in problems if p[0] == "FIGURE_DIFFERS"] == []


def test_a_blank_workbook_says_nothing(year):
    """No values, no problems, nothing finished."""
    for reviewer in (OFFICE, GROUP):
        reviews, problems = read(year, year[2][reviewer])
        assert problems == []
        assert all(not (r.values or r.reasons or r.refused or r.done or r.reopened) for r in reviews.values())


# --- what counts ----------------------------------------------------------------------------------------------------------


def scored(year, entries, bases_=None, reviewer=OFFICE, section=SEAT):
    """`reviewed` of a section after reading a workbook filled with `entries`."""
    rules, found, _ = year
    review = read(year, typed(year, entries, reviewer), bases_)[0][section]
    task = next(t for t in tasks(rules.scheme)[reviewer] if t.section.name == section)
    return reviewed(rules, task, (bases_ or found)[section], review)


def test_a_decision_with_a_reason_counts_and_blank_is_as_reported(year):
    """3 were reported, 1.5 each; one is decided."""
    before = scored(year, {})
    after = scored(year, {f"{FIRST}#核定": D(1), f"{FIRST}#核定说明": "其中两起不属实"})
    assert before.items["业务/甲科/1"].clauses[FIRST].value == D("-4.5")
    assert after.items["业务/甲科/1"].clauses[FIRST].value == D("-1.5")
    assert before.states[FIRST] == rv.TO_REVIEW
    assert after.states[FIRST] == sl.FILLED


def test_a_changed_figure_without_a_reason_is_open(year):
    """It is neither the reported nor the decided one."""
    score = scored(year, {f"{FIRST}#核定": D(1)})
    assert score.items["业务/甲科/1"].clauses[FIRST].value is None
    assert score.effective[FIRST] == NOT_ACCEPTED


@pytest.mark.parametrize("word", ["无", "没有", "否", D(0)])
def test_did_not_happen_needs_no_reason_where_nothing_was_reported(year, word):
    """Blank and 0 and the words for it are the same decision."""
    rules, found, _ = year
    name = next(n for n in ("业务/甲科/3/4", "业务/甲科/1/3") if found[SEAT].values.get(n) in (None, D(0)))
    reviews, problems = read(year, typed(year, {f"{name}#核定": word}))
    assert telling(problems) == []
    assert reviews[SEAT].values[name] == 0


def test_an_answer_that_was_refused_is_decided_only_with_a_reason(year):
    """三次左右 is no figure that a decision could equal."""
    name = "业务/甲科/1/3"
    sheet, cell = cell_of(year, f"{name}#核定")
    assert telling(read(year, typed(year, {f"{name}#核定": D(3)}))[1]) == [("REVIEW_REASON_MISSING", sheet, cell)]
    assert scored(year, {f"{name}#核定": D(3), f"{name}#核定说明": "已核实"}).states[name] == sl.FILLED


def test_blank_deductions_of_a_section_without_return_wait_for_the_reviewers_word():
    """核定确认 says that they did not happen."""
    rules = review_rules()
    found = bases(rules)
    year = rules, found, books(rules, found)
    item = "业务/甲科/7"
    assert scored(year, {rv.DONE: "是"}).items[item].figure.value is None
    assert scored(year, {rv.DONE: "是", rv.CONFIRM: "是"}).items[item].figure.value == 5


def test_the_special_score_is_set_by_the_group(year):
    """Within its band; the section's own award answer stands unless it is changed."""
    assert scored(year, {}, reviewer=GROUP).special.value == 3
    changed = {f"{sh.PROPOSED}#核定": D(4), f"{sh.PROPOSED}#核定说明": "会议议定"}
    assert scored(year, changed, reviewer=GROUP).special.value == 4
    assert scored(year, {}).special is None


# --- a later return ----------------------------------------------------------------------------------------------------------

DECIDED = {f"{FIRST}#核定": D(2), f"{FIRST}#核定说明": "台账", "业务/甲科/1/4#核定": "是", "业务/甲科/1/4#核定说明": "台账",
           "业务/甲科/2/5#核定": D(1), "业务/甲科/2/5#核定说明": "市局通报", rv.DONE: "是"}  # fmt: skip


def later(year, **changes):
    """Bases after the section has sent another return."""
    rules, found, _ = year
    entries = {**found[SEAT].returned.entries, **changes}
    return bases(rules, returned(SEAT, entries, found[SEAT].returned.refused))


def test_a_later_return_reopens_only_what_changed(year):
    """The old decision stands in its reason, the clause waits, everything else is kept."""
    rules, _, _ = year
    now = later(year, **{FIRST: D(5)})
    reviews, problems = read(year, typed(year, DECIDED), now)
    review = reviews[SEAT]
    assert review.reopened == {FIRST}
    assert FIRST not in review.values
    assert review.values["业务/甲科/1/4"] == "是"
    assert review.reasons[FIRST] == "【原核定 2：台账】"
    assert review.done
    assert ("REVIEW_REOPENED", *cell_of(year, f"{FIRST}#核定")) in problems
    again = books(rules, now, {(OFFICE, SEAT): review})
    second, _ = read(year, again[OFFICE], now)
    assert second[SEAT] == review
    task = next(t for t in tasks(rules.scheme)[OFFICE] if t.section.name == SEAT)
    assert reviewed(rules, task, now[SEAT], review).items["业务/甲科/1"].clauses[FIRST].value is None
    shown = load_workbook(io.BytesIO(again[OFFICE]), data_only=True)[SEAT]
    row = next(r for r in shown.iter_rows() if r[0].value == FIRST)
    assert (row[9].value, row[13].value) == (None, rv.AGAIN)
    where = places(rules, OFFICE, now)
    third, problems = read(year, put(again[OFFICE], where, {(SEAT, f"{FIRST}#核定"): D(4)}), now)
    assert third[SEAT].reopened == frozenset()
    assert [p for p in problems if p[0] == "REVIEW_REASON_MISSING"] == [
        ("REVIEW_REASON_MISSING", *cell_of(year, f"{FIRST}#核定"))
    ]
    settled = {(SEAT, f"{FIRST}#核定"): D(4), (SEAT, f"{FIRST}#核定说明"): "【原核定 2：台账】复核为4"}
    fourth, problems = read(year, put(again[OFFICE], where, settled), now)
    assert fourth[SEAT].values[FIRST] == 4
    assert (fourth[SEAT].reopened, [p for p in problems if p[0] == "REVIEW_REASON_MISSING"]) == (frozenset(), [])


def test_a_reopened_clause_of_several_rows_is_open_as_a_whole(year):
    """Until its first row is answered nothing of it counts, neither old answers nor new ones."""
    rules, _, _ = year
    events = "业务/甲科/3/3"
    year = rules, later(year, **{f"{events}@1": D(1), f"{events}@2": D("1.5"), f"{events}@3": D(1)}), None
    year = (*year[:2], books(*year[:2]))
    data = typed(year, {rv.DONE: "是"})
    now = later(year, **{f"{events}@2": D(2), f"{events}@3": D(1)})
    review = read(year, data, now)[0][SEAT]
    assert review.reopened == {events}
    task = next(t for t in tasks(rules.scheme)[OFFICE] if t.section.name == SEAT)
    score = reviewed(rules, task, now[SEAT], review)
    assert score.states[f"{events}@1"] == rv.AGAIN
    assert {score.effective[f"{events}@{k}"] for k in (1, 2, 3)} == {NOT_ACCEPTED}
    assert score.items["业务/甲科/3"].clauses[events].value is None
    again = put(books(rules, now, {(OFFICE, SEAT): review})[OFFICE], places(rules, OFFICE, now), {(SEAT, f"{events}@1#核定"): D(1)})
    settled = read(year, again, now)[0][SEAT]
    assert settled.reopened == frozenset()
    assert reviewed(rules, task, now[SEAT], settled).items["业务/甲科/3"].clauses[events].value == -4


def test_nobody_who_has_not_answered_is_troubled(year):
    """Without a decision and without 核定完成 a new return is simply what is reviewed."""
    undecided = {k: v for k, v in DECIDED.items() if FIRST not in k and k != rv.DONE}
    reviews, problems = read(year, typed(year, undecided), later(year, **{FIRST: D(5)}))
    assert reviews[SEAT].reopened == frozenset()
    assert [p for p in problems if p[0] == "REVIEW_REOPENED"] == []


def test_the_citys_word_reopens_too(year):
    """It changes what was reviewed."""
    rules, found, _ = year
    figure = CityFigure(Where("市局反馈.xlsx"), SEAT, FIRST, D(7), None, "文1")
    now = bases(rules, found[SEAT].returned, beside=basis.Beside(city=(figure,)))
    assert read(year, typed(year, DECIDED), now)[0][SEAT].reopened == {FIRST}


def test_a_clause_the_form_did_not_have_is_reopened(year):
    """A scheme that was extended after the review."""
    rules, found, data = year
    scheme = reviewed_scheme()
    item = next(i for i in scheme.items if i.key == "业务/甲科/7")
    extra = dataclasses.replace(item.clauses[0], id="业务/甲科/7/2", no=2, text="新增一条")
    items = tuple(dataclasses.replace(i, clauses=(*i.clauses, extra)) if i is item else i for i in scheme.items)
    newer = Rulebook(dataclasses.replace(scheme, items=items, extra={}))
    reviews, problems = read_review_file(newer, bases(newer, found[SEAT].returned), typed(year, DECIDED), FILE)
    assert next(r for r in reviews if r.section == SEAT).reopened == {extra.id}
    assert [p.code for p in problems if p.code in ("KEY_MISSING", "REVIEW_REOPENED")] == ["REVIEW_REOPENED"]


# --- every problem at its cell --------------------------------------------------------------------------------------------------

ONE = [
    ({f"{FIRST}#核定": D(1)}, "REVIEW_REASON_MISSING", f"{FIRST}#核定"),
    ({f"{FIRST}#核定": D(1), f"{FIRST}#核定说明": "【原核定 2】"}, "REVIEW_REASON_MISSING", f"{FIRST}#核定"),
    ({f"{FIRST}#核定": "很多"}, "VALUE_NOT_ALLOWED", f"{FIRST}#核定"),
    ({f"{TWICE}#核定": D(9), f"{TWICE}#核定说明": "都是"}, "DOUBLING_EXCEEDS", f"{TWICE}#核定"),
    ({"业务/甲科/3/3#还有更多#核定": "是", "业务/甲科/3/3#还有更多#核定说明": "附页"}, "MORE_EVENTS", "业务/甲科/3/3#还有更多#核定"),
    ({f"{BOTTOM}#核定": "无", f"{BOTTOM}@1#核定": D(5), f"{BOTTOM}@1#核定说明": "x"}, "BOTTOM_CONTRADICTION", f"{BOTTOM}#核定"),
    ({f"{BOTTOM}@1#核定": D(5), f"{BOTTOM}@1#核定说明": "x"}, "BOTTOM_UNSAID", f"{BOTTOM}#核定"),
    ({f"{BOTTOM}#核定": "有", f"{BOTTOM}@1#核定": D(5)}, "BOTTOM_NO_FACTS", f"{BOTTOM}@1#核定说明"),
    ({f"{BOTTOM}#核定": "有"}, "BOTTOM_NO_AMOUNT", f"{BOTTOM}#核定"),
    ({f"{BOTTOM}#核定": "无", f"{BOTTOM}#还有更多#核定": "是"}, "BOTTOM_MORE", f"{BOTTOM}#还有更多#核定"),
    ({f"{BOTTOM}#核定": "有", f"{BOTTOM}@1#核定": D(11), f"{BOTTOM}@1#核定说明": "x"}, "VALUE_OUT_OF_RANGE", f"{BOTTOM}@1#核定"),
    ({rv.CONFIRM: "否"}, "VALUE_NOT_ALLOWED", rv.CONFIRM),
]  # fmt: skip


@pytest.mark.parametrize(("entries", "code", "field"), ONE, ids=[f"{code}-{n}" for n, (_, code, _) in enumerate(ONE)])
def test_one_problem_at_its_cell(year, entries, code, field):
    """And nothing else to be said; the clause is open."""
    assert telling(read(year, typed(year, entries))[1]) == [(code, *cell_of(year, field))]


@pytest.mark.parametrize(
    ("entries", "name", "raw"),
    [({f"{BOTTOM}#核定": "无", f"{BOTTOM}@1#核定": D(5)}, BOTTOM, "无"),
     ({f"{BOTTOM}#核定": "有", f"{BOTTOM}#还有更多#核定": "是"}, f"{BOTTOM}{sl.MORE}", "是")],
)  # fmt: skip
def test_a_contradictory_bottom_line_is_refused_and_open(year, entries, name, raw):
    """What contradicts itself is no 有 and no 无."""
    review = read(year, typed(year, entries))[0][SEAT]
    assert (review.refused[name], name in review.values) == (raw, False)
    line = scored(year, entries).bottom[BOTTOM]
    assert (line.state, line.figure.value) == (sl.INVALID, None)


def test_a_special_score_outside_its_band(year):
    """At the cell of the score."""
    entries = {f"{sh.PROPOSED}#核定": D(8), f"{sh.PROPOSED}#核定说明": "议定"}
    problems = read(year, typed(year, entries, GROUP))[1]
    assert problems == [("REVIEW_SPECIAL_BAND", *cell_of(year, f"{sh.PROPOSED}#核定", GROUP))]
    assert scored(year, entries, reviewer=GROUP).special.value is None


def test_finished_while_something_is_open(year):
    """One problem at 核定完成 counts them."""
    rules, found, _ = year
    data = typed(year, {rv.DONE: "是"})
    _, problems = read_review_file(rules, found, data, FILE)
    told = [p for p in problems if p.code == "REVIEW_INCOMPLETE"]
    task = next(t for t in tasks(rules.scheme)[OFFICE] if t.section.name == SEAT)
    score = reviewed(rules, task, found[SEAT], next(r for r in read_review_file(rules, found, data, FILE)[0] if r.section == SEAT))
    assert [(p.where.sheet, p.where.cell) for p in told] == [cell_of(year, rv.DONE)]
    assert f"还有 {score.wrong + score.waiting} 处" in told[0].message
    assert cell_of(year, "业务/甲科/1/3#核定")[1] in told[0].message


def changed(data, change):
    """The workbook after `change` in a spreadsheet program."""
    book = load_workbook(io.BytesIO(data))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def meta(name, value):
    def change(book):
        for row in book[MANIFEST_SHEET].iter_rows():
            if row[0].value == name:
                row[5].value = value

    return change


def drop(sheet):
    def change(book):
        del book[sheet]

    return change


def insert_column(book):
    book[SEAT].insert_cols(3)


def copy_sheet(book):
    book.copy_worksheet(book[SEAT]).title = "副本"


@pytest.mark.parametrize(
    ("change", "code", "sheet"),
    [
        (drop(MANIFEST_SHEET), "REVIEW_NOT_OURS", ""),
        (meta("@kind", "分科室"), "REVIEW_NOT_OURS", ""),
        (meta("@year", "2020"), "WRONG_YEAR", ""),
        (meta("@scheme", "别处"), "WRONG_SCHEME", ""),
        (meta("@recipient", "丙科"), "REVIEW_REVIEWER_UNKNOWN", ""),
        (drop(SEAT), "REVIEW_SHEET_MISSING", SEAT),
        (drop("突破底线"), "REVIEW_SHEET_MISSING", "突破底线"),
        (insert_column, "COLUMNS_MOVED", SEAT),
        (copy_sheet, "SHEET_COPIED", "副本"),
    ],
)
def test_what_is_wrong_with_the_workbook(year, change, code, sheet):
    """Each once; nothing of what is lost counts."""
    reviews, problems = read(year, changed(typed(year, DECIDED), change))
    assert [(c, s) for c, s, _ in telling(problems) if c != "REVIEW_INCOMPLETE"] == [(code, sheet)]
    if code in ("COLUMNS_MOVED", "REVIEW_SHEET_MISSING") and sheet == SEAT:
        assert not reviews[SEAT].done
        assert not {n for n in reviews[SEAT].values if not n.startswith("底线")}


def test_bottom_columns_moved(year):
    """The hidden mark of the last column is elsewhere."""
    _, problems = read(year, changed(year[2][OFFICE], lambda book: book["突破底线"].insert_cols(4)))
    assert problems == [("COLUMNS_MOVED", "突破底线", "N4")]


def row_number(sheet, key):
    return next(cell.row for (cell,) in sheet.iter_rows(max_col=1) if cell.value == key)


#: The first clause stands in row 7; another row loses its own key to a second one.
UNTRUSTED = {
    "KEY_MISSING": [("KEY_MISSING", SEAT, "")],
    "KEY_TWICE": [("KEY_MISSING", SEAT, ""), ("KEY_TWICE", SEAT, "A11")],
    "CELLS_MERGED": [("CELLS_MERGED", SEAT, "J7")],
    "FORMULA_IN_INPUT": [("FORMULA_IN_INPUT", SEAT, "J7")],
    "FORMULA_IN_TEXT": [("REVIEW_REASON_MISSING", SEAT, "J7"), ("FORMULA_IN_TEXT", SEAT, "K7")],
}


@pytest.mark.parametrize("how", list(UNTRUSTED))
def test_a_place_that_cannot_be_trusted_is_open(year, how):
    """Never taken for blank, which would mean as reported."""

    def change(book):
        sheet = book[SEAT]
        row = row_number(sheet, FIRST)
        if how == "KEY_MISSING":
            sheet.cell(row, 1).value = None
        elif how == "KEY_TWICE":
            sheet.cell(row_number(sheet, "业务/甲科/1/3"), 1).value = FIRST
        elif how == "CELLS_MERGED":
            sheet.merge_cells(start_row=row - 1, end_row=row, start_column=10, end_column=10)
        elif how == "FORMULA_IN_INPUT":
            sheet.cell(row, 10).value = "=1+1"
        else:
            sheet.cell(row, 10).value = 2
            sheet.cell(row, 11).value = "=1+1"

    rules, found, data = year
    reviews, problems = read(year, changed(data[OFFICE], change))
    assert telling(problems) == UNTRUSTED[how]
    assert FIRST in reviews[SEAT].refused
    task = next(t for t in tasks(rules.scheme)[OFFICE] if t.section.name == SEAT)
    assert reviewed(rules, task, found[SEAT], reviews[SEAT]).items["业务/甲科/1"].clauses[FIRST].value is None
    again = books(rules, found, {(OFFICE, SEAT): reviews[SEAT]})
    review = read(year, again[OFFICE])[0][SEAT]
    assert FIRST in review.refused or FIRST in review.reopened


def test_locked_cells_decide_nothing(year):
    """A basis typed over changes neither the review nor its figures; the sheet's own figure is then said to differ."""
    rules, found, data = year
    assert read(year, data[OFFICE])[1] == []

    def change(book):
        sheet = book[SEAT]
        sheet.cell(row_number(sheet, FIRST), 15).value = 0
        sheet.cell(row_number(sheet, FIRST), 5).value = 0

    reviews, problems = read(year, changed(data[OFFICE], change))
    assert (reviews[SEAT].values, problems) == ({}, [])


def test_a_figure_that_was_typed_over_is_told_once(year):
    """At the 小计 of the part."""
    rules, found, data = year

    def change(book):
        sheet = book[SEAT]
        for row in sheet.iter_rows():
            if str(row[0].value).endswith("#小计"):
                row[11].value = 59

    _, problems = read(year, changed(data[OFFICE], change))
    assert [(code, sheet) for code, sheet, _ in problems] == [("FIGURE_DIFFERS", SEAT)]


# --- several files -----------------------------------------------------------------------------------------------------------------


def reading(year, name, entries):
    """One file as it is handed to adoption."""
    data = typed(year, entries)
    # openpyxl stamps the second in which it saves, so the bytes themselves are no measure of "the same file" here.
    return name, hashlib.sha256(repr(entries).encode()).hexdigest(), read_review_file(year[0], year[1], data, name)[0]


def test_identical_files_count_once_and_blank_copies_never_conflict(year):
    """Whatever they are called."""
    files = [reading(year, "a.xlsx", DECIDED), reading(year, "b.xlsx", DECIDED), reading(year, "c.xlsx", {})]
    adopted, problems, undecided = adopt_reviews(year[0].scheme, files[::-1])
    assert adopted[OFFICE, SEAT].file == "a.xlsx"
    assert [(p.code, p.where.file) for p in problems] == [("FILE_IDENTICAL", "b.xlsx")]
    assert undecided == set()


def test_a_blank_workbook_alone_is_adopted(year):
    """Its reviews say that nothing is finished."""
    adopted, problems, undecided = adopt_reviews(year[0].scheme, [reading(year, "c.xlsx", {})])
    assert (not adopted[OFFICE, SEAT].done, problems, undecided) == (True, [], set())


def test_different_files_wait_for_a_decision(year):
    """None counts until a person has chosen."""
    files = [reading(year, "a.xlsx", DECIDED), reading(year, "b.xlsx", {f"{BOTTOM}#核定": "无"})]
    adopted, problems, undecided = adopt_reviews(year[0].scheme, files)
    assert (adopted, undecided) == ({}, {OFFICE})
    assert [(p.code, p.where.file) for p in problems] == [("REVIEW_CONFLICT", "a.xlsx"), ("REVIEW_CONFLICT", "b.xlsx")]
    adopted, problems, undecided = adopt_reviews(year[0].scheme, files, {OFFICE: "b.xlsx"})
    assert (adopted[OFFICE, SEAT].file, [p.code for p in problems], undecided) == ("b.xlsx", ["CHOSEN_BY_DECISION"], set())
    *_, undecided = adopt_reviews(year[0].scheme, files, {OFFICE: "c.xlsx"})
    assert undecided == {OFFICE}


def test_the_same_answers_in_another_file(year):
    """Saved once more: other bytes, the same content."""
    name, _, reviews = reading(year, "b.xlsx", DECIDED)
    files = [reading(year, "a.xlsx", DECIDED), (name, "other", tuple(dataclasses.replace(r, file=name) for r in reviews))]
    _, problems, undecided = adopt_reviews(year[0].scheme, files)
    assert [(p.code, p.where.file) for p in problems] == [("ANSWERS_IDENTICAL", "b.xlsx")]
    assert undecided == set()


def test_every_code_of_the_catalogue_is_asserted_here():
    """A code without a test would be a promise that nobody keeps."""
    import pathlib

    text = pathlib.Path(__file__).read_text(encoding="utf-8")
    assert [code for code in ENTRIES if f'"{code}"' not in text] == []


def test_the_2021_scheme_goes_round():
    """The real duties: every reviewer's workbook is read back as it was written."""
    from appraisals import rules_2021

    rules = rules_2021()
    found = basis.bases(rules, {}, basis.Beside())
    for reviewer, data in books(rules, found).items():
        reviews, problems = read_review_file(rules, found, data, "x.xlsx")
        assert problems == []
        assert [r.section for r in reviews] == [t.section.name for t in tasks(rules.scheme)[reviewer]]
        only_bottom = {t.section.name for t in tasks(rules.scheme)[reviewer] if not t.items and not t.special}
        assert {r.section for r in reviews if r.done} == only_bottom
        assert m.BOTTOM_LINE not in {r.section for r in reviews}
