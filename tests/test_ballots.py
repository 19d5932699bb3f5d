"""述职测评: means and weights, two passes, files, forms that compute live, and nothing of a single ballot anywhere."""

import dataclasses
import functools
import io
import json
import random
import re
import zipfile
from decimal import ROUND_HALF_UP
from decimal import Decimal as D
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from appraisals import scheme_2021, small_scheme, with_policies
from edits import Edited
from engines import IronSession, ironcalc_values
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_reading import read
from openpyxl.utils import column_index_from_string, get_column_letter
from test_workbooks import OLD_FUNCTIONS, plain_references
from xmlwalk import Book, assert_cached_equals, excel_limit_violations, formula_cells, locked_state, named, same_value

from workbook_builder import model as m
from workbook_builder.ballots import (
    ENTRY_FILE,
    EntryReading,
    ballot_books,
    entry_book,
    evaluate,
    read_entries,
    read_entry_book,
    read_evaluations,
    read_file_ballots,
    renewed_entries,
)
from workbook_builder.ballots.votes import Ballot, Votes
from workbook_builder.collecting.manifest import read_manifest
from workbook_builder.problems import CATALOGUE
from workbook_builder.problems import ballots as catalogue
from workbook_builder.rank import evaluation
from workbook_builder.records import Evaluation, GroupFigure

SCHEME = small_scheme()
LEADERS, UNITS = (group.name for group in SCHEME.rater_groups)
GROUPS = (LEADERS, UNITS)
A, B = (section.name for section in SCHEME.sections)
FIRST, SECOND = "第一遍", "第二遍"
MARK, OWN = "特别情况", "填票科室"
PLACE = f"测评/{ENTRY_FILE}"
#: What raters may write on one line; a ballot may leave it blank.
POINTS = st.one_of(st.none(), st.integers(0, 1000).map(lambda tenths: D(tenths) / 10))
BALLOTS = st.lists(st.fixed_dictionaries({A: POINTS, B: POINTS}), max_size=6)


def key(name):
    """Column of the entry workbook for a section, or for one of its two special columns."""
    return name if name in (MARK, OWN) else f"科室/{name}"


def ballot(votes, own=""):
    """A ballot from {section: vote or None}."""
    return Ballot({name: D(vote) for name, vote in votes.items() if vote is not None}, own)


def ballots(leaders, units):
    """Votes of both groups."""
    return Votes({LEADERS: tuple(map(ballot, leaders)), UNITS: tuple(map(ballot, units))})


def typed(rows):
    """{no: {name: value}} as an entry sheet holds it."""
    return {no: {key(n): D(v) if isinstance(v, int) else v for n, v in row.items() if v is not None} for no, row in rows.items()}


def entry(first, second=None, units=None, scheme=SCHEME):
    """An entry workbook with what the leaders' passes hold; both alike unless told otherwise, units typed alike."""
    rows = {(LEADERS, FIRST): typed(first), (LEADERS, SECOND): typed(first if second is None else second)}
    rows |= {(UNITS, which): typed(units or {}) for which in (FIRST, SECOND)}
    return entry_book(scheme, EntryReading(D(scheme.policy(m.P_EVALUATION_SCALE)), rows))


def places(data):
    """Field → (sheet, row, column) of a ballot's manifest."""
    return {name: place for group in read_manifest(read(data)).places.values() for name, place in group.items()}


def paper(scheme=SCHEME, group=LEADERS):
    """The blank ballot of a group."""
    return next(data for data in ballot_books(scheme).values() if read_manifest(read(data)).get("@recipient") == group)


def filled(votes, group=LEADERS, own="", scheme=SCHEME, author="kaoping"):
    """A ballot filled in Excel and saved."""
    if scheme is SCHEME:
        return _filled_once(tuple(votes.items()), group, own, author)
    return _filled(paper(scheme, group), tuple(votes.items()), own, author)


@functools.cache
def _filled_once(votes, group, own, author):
    return _filled(paper(SCHEME, group), votes, own, author)


def _filled(data, votes, own, author):
    edited = Edited(data)
    for name, vote in votes:
        if vote is not None:
            sheet, row, col = places(data)[f"测评/{name}"]
            edited.book[sheet].cell(row, col).value = float(vote) if isinstance(vote, D) else vote
    if own:
        edited.book[sheet]["F6"] = own
    edited.book.properties.creator = author
    return edited.bytes()


def files_of(leaders, units=()):
    """Ballots as files of any name."""
    made = [(LEADERS, votes) for votes in leaders] + [(UNITS, votes) for votes in units]
    return [(f"测评/收/{number}.xlsx", filled(votes, group)) for number, (group, votes) in enumerate(made)]


def told(problems):
    """(code, file, sheet, cell) of each problem, in order of code and place."""
    return sorted((p.code, p.where.file, p.where.sheet, p.where.cell) for p in problems)


# --- arithmetic ------------------------------------------------------------------------------------------------------------


def half_up(value):
    """Two decimals by whole-number arithmetic."""
    return Fraction((2 * value * 100 + 1) // 2, 100)


def by_hand(leaders, units, section):
    """The notice's sentence in fractions."""
    result = Fraction(0)
    for votes, weight in ((leaders, Fraction(6, 10)), (units, Fraction(4, 10))):
        cast = [Fraction(vote[section]) for vote in votes if vote[section] is not None]
        if not cast:
            return None
        result += weight * half_up(sum(cast) / len(cast))
    return result


@given(BALLOTS, BALLOTS)
@settings(max_examples=100, deadline=None)
def test_mean_per_group_first_then_the_weights(leaders, units):
    """As worked out by hand, and as the public function has it."""
    found, _ = evaluate(SCHEME, ballots(leaders, units))
    for section in (A, B):
        expected = by_hand(leaders, units, section)
        result = found[section].result
        assert (None if result is None else Fraction(result)) == expected
        assert result == evaluation(SCHEME, [v[section] for v in leaders], [v[section] for v in units])


@given(BALLOTS, BALLOTS, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_ballots_never_matters(leaders, units, shuffled):
    """Neither to figures nor to problems."""
    before = evaluate(SCHEME, ballots(leaders, units))
    shuffled.shuffle(leaders)
    shuffled.shuffle(units)
    assert evaluate(SCHEME, ballots(leaders, units)) == before


def test_blank_is_no_zero():
    """A blank lowers nothing, a zero does."""
    units = [{A: 80, B: 80}]
    blank, _ = evaluate(SCHEME, ballots([{A: 90, B: 90}, {A: None, B: 0}], units))
    assert blank[A].result == D("0.6") * 90 + D("0.4") * 80
    assert blank[B].result == D("0.6") * 45 + D("0.4") * 80


def test_a_group_without_a_vote_gives_no_result_and_no_new_weights():
    """Open point 3; other sections keep theirs."""
    found, problems = evaluate(SCHEME, ballots([{A: 90, B: None}] * 3, [{A: 80, B: 80}] * 3))
    assert (found[A].result, found[B].result) == (D(86), None)
    assert found[B].groups[0] == GroupFigure(LEADERS, None, 0, None)
    assert [(p.code, p.message) for p in problems] == [
        ("BALLOT_GROUP_EMPTY", f"{LEADERS}对“{B}”没有有效票，测评结果无法得出")
    ]


def test_before_the_meeting_there_is_nothing_to_say():
    """No ballots: no result and no problem; blank forms in the folder change nothing."""
    nothing = {name: Evaluation(name, tuple(GroupFigure(g, None, 0, None) for g in GROUPS), None) for name in (A, B)}
    blank = [("测评/" + name, data) for name, data in ballot_books(SCHEME).items()]
    assert read_evaluations(SCHEME, []) == (nothing, [], False)
    assert read_evaluations(SCHEME, [*blank, *blank, (PLACE, entry_book(SCHEME))]) == (nothing, [], False)


def test_the_own_vote_counts_by_policy_only():
    """Dropped where the section is known, said as a sum; kept under the other reading."""
    cast = Votes({LEADERS: (ballot({A: 90, B: 50}),) * 3, UNITS: (ballot({A: 100, B: 60}, A), *(ballot({A: 70, B: 60}),) * 3)})
    found, problems = evaluate(SCHEME, cast)
    assert found[A].groups[1] == GroupFigure(UNITS, D(70), 3, D(0))
    assert found[B].groups[1].votes == 4
    assert [(p.code, p.message) for p in problems] == [("BALLOT_OWN_DROPPED", "按口径不计给本科室打的分，共 1 个")]
    found, problems = evaluate(with_policies(SCHEME, 测评本人票="计入"), cast)
    assert (found[A].groups[1].votes, found[A].groups[1].spread, problems) == (4, D(30), [])


@pytest.mark.parametrize(
    ("votes", "least", "figure"),
    [
        ([77], "3", GroupFigure(LEADERS, None, None, None, small=True)),
        ([77, 78], "3", GroupFigure(LEADERS, D("77.5"), None, None, small=True)),
        ([77, 78, 79], "3", GroupFigure(LEADERS, D(78), 3, D(2))),
        ([77, 78, 79], "5", GroupFigure(LEADERS, D(78), None, None, small=True)),
    ],
)
def test_a_small_group_shows_no_ballot(votes, least, figure):
    """No spread, no count; of one vote not even the mean, though the result is computed."""
    scheme = with_policies(SCHEME, 测评细节最少票数=least)
    cast = ballots([{A: v, B: 60} for v in votes], [{A: 80, B: 80}] * 5)
    found, problems = evaluate(scheme, cast)
    assert found[A].groups[0] == figure
    assert found[A].result is not None
    assert [p.code for p in problems] == ["BALLOT_GROUP_SMALL"] * figure.small


# --- paper and files ---------------------------------------------------------------------------------------------------------

SOME = [{A: D("91.5"), B: 80}, {A: 85, B: None}, {A: 0, B: 77}, {A: 99, B: 66}]


def numbered(votes):
    """Ballots as rows of the entry sheet; one without votes says so."""
    return {no: row if any(v is not None for v in row.values()) else {MARK: "空白票"} for no, row in enumerate(votes, 1)}


def test_paper_or_file_makes_no_difference():
    """However the ballots are split, and in whatever order rows and files come."""
    expected, _ = evaluate(SCHEME, ballots(SOME, SOME))
    shuffled = random.Random(7)
    for cut in (0, 2, 4):
        rows = numbered(SOME[:cut])
        data = entry(dict(reversed(rows.items())), rows, numbered(SOME))
        files = [*files_of(SOME[cut:]), (PLACE, data), ("测评/票.jpg", b"\xff\xd8\xff"), ("测评/会议.pdf", b"%PDF-1.4")]
        shuffled.shuffle(files)
        found, problems, has_ballots = read_evaluations(SCHEME, files)
        assert (found, problems, has_ballots) == (expected, [], True)


def test_ballots_in_an_archive_count():
    """Zip within the folder; the entry workbook may lie in one, too."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in [*files_of(SOME), (ENTRY_FILE, entry({}, units=numbered(SOME)))]:
            archive.writestr(name, data)
    found, problems, _ = read_evaluations(SCHEME, [("测评/收.zip", packed.getvalue())])
    assert (found, problems) == (evaluate(SCHEME, ballots(SOME, SOME))[0], [])


def test_one_shared_file_may_come_back_many_times():
    """Each copy is a ballot; only byte-identical files are one, and that is said."""
    once = filled({A: 90, B: 80})
    files = [("测评/a.xlsx", once), ("测评/b.xlsx", once), ("测评/c.xlsx", filled({A: 90, B: 81})), ("测评/d.xlsx", once)]
    votes, problems = read_file_ballots(SCHEME, files)
    assert len(votes.ballots[LEADERS]) == 2
    assert told(problems) == [("BALLOT_COPIES", "测评/", "", "")]
    assert "2 个" in problems[0].message


@pytest.mark.parametrize("value", ["95分", "９５", "九十五", " 95 ", 95])
def test_what_is_meant_is_counted(value):
    """Numbers as people type them."""
    votes, problems = read_file_ballots(SCHEME, [("测评/x.xlsx", filled({A: value, B: "弃权"}))])
    assert problems == []
    assert votes.ballots[LEADERS][0].votes == {A: D(95)}


@pytest.mark.parametrize("value", [-1, 101, "优秀", "95%", "9０-95", "=45+50", "#N/A", True, "1e2"])
def test_anything_else_opens_the_group(value):
    """Refused: counted nowhere, and no result until it is mended."""
    found, problems, _ = read_evaluations(SCHEME, [("测评/x.xlsx", _odd(value)), *files_of(SOME, SOME)])
    assert told(problems) == [("BALLOT_VOTE_REFUSED", "测评/", "", "")]
    assert {e.result for e in found.values()} == {None}
    assert found[A].groups[0] == GroupFigure(LEADERS, None, None, None)
    assert found[A].groups[1].mean is not None


def _odd(value):
    data = paper()
    sheet, row, col = places(data)[f"测评/{A}"]
    edited = Edited(data)
    ref = edited.book[sheet].cell(row, col).coordinate
    if isinstance(value, str) and value.startswith("="):
        edited.formula(sheet, ref, value, D(95))
    else:
        edited.book[sheet][ref] = value
    return edited.bytes()


def test_dates_and_percentages_are_no_votes():
    """A number in a cell that was formatted otherwise."""
    for number_format in ("0%", "yyyy-mm-dd"):
        edited = Edited(paper())
        sheet, row, col = places(paper())[f"测评/{A}"]
        cell = edited.book[sheet].cell(row, col, 0.95)
        cell.number_format = number_format
        _, problems = read_file_ballots(SCHEME, [("测评/x.xlsx", edited.bytes())])
        assert told(problems) == [("BALLOT_VOTE_REFUSED", "测评/", "", "")]


def _other_year():
    return filled({A: 90}, scheme=dataclasses.replace(SCHEME, year=2020, id="old", extra={}))


def _other_scale():
    return filled({A: 9}, scheme=with_policies(SCHEME, 测评满分="10"))


def _names_exchanged():
    """Below the name of one section hides the key of the other: whoever votes reads the names."""
    edited = Edited(filled({A: 90, B: 80}))
    sheet, row, _ = places(paper())[f"测评/{A}"]
    _, other, _ = places(paper())[f"测评/{B}"]
    names = {A: B, B: A}
    for number in (row, other):
        for cell in edited.book[sheet][number]:
            cell.value = names.get(cell.value, cell.value)
    return edited.bytes()


def _without_manifest():
    edited = Edited(filled({A: 90}))
    del edited.book["_manifest"]
    return edited.bytes()


def _own_unknown():
    return filled({A: 90}, own="不存在的科室")


def _plain_workbook():
    made = io.BytesIO()
    book = openpyxl.Workbook()
    book.active["A1"] = "签到表"
    book.save(made)
    return made.getvalue()


@pytest.mark.parametrize(
    ("make", "code", "counted"),
    [
        (_other_year, "BALLOT_FILE_OTHER", False),
        (_other_scale, "BALLOT_FILE_OTHER", False),
        (_names_exchanged, "BALLOT_FILE_OTHER", False),
        (_without_manifest, "BALLOT_FILE_OTHER", False),
        (_own_unknown, "BALLOT_VOTE_REFUSED", False),
        (_plain_workbook, "BALLOT_FILE_UNKNOWN", True),
        (lambda: b"PK\x03\x04" + b"xl/" * 30, "BALLOT_UNREADABLE", False),
        (lambda: b"Rar!\x1a\x07\x00", "BALLOT_UNREADABLE", False),
    ],
)
def test_files_that_are_no_ballots_of_ours(make, code, counted):
    """One line at the folder; while it may be a ballot there is no result."""
    found, problems, has_ballots = read_evaluations(SCHEME, [("测评/张三.xlsx", make()), *files_of(SOME, SOME)])
    assert told(problems) == [(code, "测评/", "", "")]
    assert has_ballots
    assert (found[A].result is not None) == counted


def test_leftovers_of_programs_are_nothing():
    """Lock files, hidden files, pictures, letters."""
    files = [("测评/~$测评票.xlsx", b"x" * 165), ("测评/.~lock.a.xlsx#", b",x"), ("测评/a.txt", b"hello"), ("测评/a.png", b"\x89PNG\r\n\x1a\n")]
    assert read_evaluations(SCHEME, files)[1:] == ([], False)


# --- two passes ----------------------------------------------------------------------------------------------------------------

UNITS_ROWS = numbered(SOME)


def _changed(change):
    edited = Edited(entry({1: {A: 90}}, units=UNITS_ROWS))
    change(edited.book)
    return edited.bytes()


def _renumber(book):
    book[f"{LEADERS}·{SECOND}"]["A6"] = 1


def _unnumber(book):
    book[f"{LEADERS}·{SECOND}"]["A5"] = None


def _lose_column(book):
    book[f"{LEADERS}·{FIRST}"]["C1"] = None


def _copy_sheet(book):
    twin = book.copy_worksheet(book[f"{LEADERS}·{SECOND}"])
    for row in twin.iter_rows():
        for cell in row:
            if cell.data_type == "f":
                cell.value = None


def _lose_key(book):
    book[f"{LEADERS}·{SECOND}"]["A1"] = None


def _too_many(book):
    book[f"{LEADERS}·{SECOND}"]["A64"] = 99999


def _lose_manifest(book):
    del book["_manifest"]


L1, L2 = f"{LEADERS}·{FIRST}", f"{LEADERS}·{SECOND}"
STORIES = [
    ("alike", {1: {A: 90, B: 80}}, {1: {A: 90, B: 80}}, []),
    ("blank is not zero", {1: {A: 90}}, {1: {A: 90, B: 0}}, [("BALLOT_PASSES_DIFFER", L2)]),
    ("two cells", {1: {A: 90, B: 80}}, {1: {A: 91, B: 81}}, [("BALLOT_PASSES_DIFFER", L2)]),
    ("one is void", {1: {A: 90}}, {1: {A: 90, MARK: "作废票"}}, [("BALLOT_PASSES_DIFFER", L2)]),
    ("both void, votes left out", {1: {A: 90}, 2: {MARK: "作废票", A: 1}}, {1: {A: 90}, 2: {MARK: "作废票"}}, []),
    ("blank ballot", {1: {A: 90}, 2: {MARK: "空白票"}}, {1: {A: 90}, 2: {MARK: "空白票"}}, []),
    ("own section differs", {1: {A: 90, OWN: B}}, {1: {A: 90}}, [("BALLOT_PASSES_DIFFER", L2)]),
    ("second pass untouched", {1: {A: 90}, 2: {A: 80}}, {}, [("BALLOT_ONE_PASS", L2)]),
    ("each lacks one", {1: {A: 90}}, {2: {A: 90}}, [("BALLOT_ONE_PASS", L1), ("BALLOT_ONE_PASS", L2)]),
    ("out of range", {1: {A: 120}}, {1: {A: 120}}, [("BALLOT_ENTRY_REFUSED", L1), ("BALLOT_ENTRY_REFUSED", L2)]),
    ("words", {1: {A: 90, B: 1}}, {1: {A: 90, B: "优"}}, [("BALLOT_ENTRY_REFUSED", L2)]),
    ("blank yet voted", {1: {A: 9, MARK: "空白票"}}, {1: {A: 9}}, [("BALLOT_ENTRY_REFUSED", L1)]),
    ("unknown mark", {1: {A: 9, MARK: "是"}}, {1: {A: 9}}, [("BALLOT_ENTRY_REFUSED", L1)]),
    ("unknown section", {1: {A: 9, OWN: "丙科"}}, {1: {A: 9}}, [("BALLOT_ENTRY_REFUSED", L1)]),
    ("a gap", {1: {A: 90}, 4: {A: 80}}, None, [("BALLOT_ROWS_SKIPPED", L1)]),
]


@pytest.mark.parametrize(("first", "second", "expected"), [s[1:] for s in STORIES], ids=[s[0] for s in STORIES])
def test_both_passes_must_agree(first, second, expected):
    """Exactly these problems, each at its sheet and no nearer; the group has no result while one is an error."""
    found, problems, has_ballots = read_evaluations(SCHEME, [(PLACE, entry(first, second, UNITS_ROWS))])
    mine = [p for p in problems if p.code not in ("BALLOT_GROUP_SMALL", "BALLOT_GROUP_EMPTY", "BALLOT_OWN_DROPPED")]
    assert told(mine) == sorted((code, PLACE, sheet, "") for code, sheet in expected)
    resolved = all(CATALOGUE[code].severity != "error" for code, _ in expected)
    assert has_ballots
    assert (found[A].result is not None) == resolved
    assert found[A].groups[1] == evaluate(SCHEME, ballots([], SOME))[0][A].groups[1]


def test_a_void_ballot_counts_for_nothing():
    """Though its votes were typed in both passes."""
    rows = numbered(SOME) | {9: {A: 1, B: 1, MARK: "作废票"}}
    votes, problems = read_entry_book(SCHEME, entry(rows), PLACE)
    assert votes.ballots[LEADERS] == tuple(map(ballot, SOME))
    assert [p.code for p in problems] == ["BALLOT_ROWS_SKIPPED"]


def test_how_many_differ_is_said():
    """A count, and where to look."""
    data = entry({1: {A: 90, B: 80}, 2: {A: 1}}, {1: {A: 91, B: 81}, 2: {A: 2}})
    _, problems = read_entry_book(SCHEME, data, PLACE)
    assert [(p.message, p.value) for p in problems] == [("两遍录入有 3 处不一致，该组测评结果暂缺", "")]
    assert "标红的格就是" in problems[0].fix


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (lambda: _changed(_renumber), [("BALLOT_ENTRY_CHANGED", PLACE, L2, "")]),
        (lambda: _changed(_unnumber), [("BALLOT_ENTRY_CHANGED", PLACE, L2, "")]),
        (lambda: _changed(_lose_key), [("BALLOT_ENTRY_CHANGED", PLACE, L2, "")]),
        (lambda: _changed(_too_many), [("BALLOT_ENTRY_CHANGED", PLACE, L2, "")]),
        (lambda: _changed(_lose_manifest), [("BALLOT_ENTRY_CHANGED", PLACE, "", "")]),
        (lambda: _changed(_lose_column), [("BALLOT_ENTRY_CHANGED", PLACE, L1, "")]),
        (lambda: _changed(_copy_sheet), [("BALLOT_ENTRY_CHANGED", PLACE, f"{L2} Copy", "")]),
        (lambda: entry({1: {A: 9}}, scheme=with_policies(SCHEME, 测评满分="10")), [("BALLOT_ENTRY_OTHER", PLACE, "", "")]),
        (
            lambda: entry({1: {A: 9}}, scheme=dataclasses.replace(SCHEME, year=2020, extra={})),
            [("BALLOT_ENTRY_OTHER", PLACE, "", "")],
        ),
        (lambda: b"PK broken", [("BALLOT_UNREADABLE", PLACE, "", "")]),
    ],
)
def test_an_entry_workbook_that_cannot_be_trusted(data, expected):
    """No result from it, and one line."""
    found, problems, has_ballots = read_evaluations(SCHEME, [(PLACE, data())])
    assert told(p for p in problems if not p.code.startswith("BALLOT_GROUP")) == expected
    assert has_ballots
    assert found[A].result is None


def test_last_years_entries_do_not_become_this_years():
    """Not read as such, not carried over; an untouched form of last year is nothing."""
    last = dataclasses.replace(SCHEME, year=2020, extra={})
    kept, problems = read_entries(SCHEME, entry({1: {A: 9}}, scheme=last), PLACE)
    assert (kept, told(problems)) == (None, [("BALLOT_ENTRY_OTHER", PLACE, "", "")])
    assert read_evaluations(SCHEME, [(PLACE, entry_book(last))])[1:] == ([], False)


def test_two_different_entry_workbooks_are_not_added_up():
    """Nor is one chosen; identical ones are one, an untouched one is none."""
    one, two = entry({1: {A: 90}}, units=UNITS_ROWS), entry({1: {A: 80}}, units=UNITS_ROWS)
    same = read_evaluations(SCHEME, [(PLACE, one)])
    assert read_evaluations(SCHEME, [(PLACE, one), ("测评/副本.xlsx", one), ("测评/空.xlsx", entry_book(SCHEME))]) == same
    found, problems, _ = read_evaluations(SCHEME, [(PLACE, one), ("测评/副本.xlsx", two)])
    assert told(problems) == [("BALLOT_ENTRY_TWICE", "测评/", "", "")]
    assert found[A].result is None


# --- carrying over -------------------------------------------------------------------------------------------------------------------


def test_what_was_typed_is_carried_over():
    """Everything, odd text included; again and again the same bytes."""
    rows = {1: {A: D("90.5"), B: "=1+1", MARK: "作废票"}, 57: {A: 80, OWN: B}}
    data = entry(rows, {})
    kept, problems = read_entries(SCHEME, data, PLACE)
    assert problems == []
    assert kept.typed[LEADERS, FIRST] == typed(rows)
    assert entry_book(SCHEME, kept) == data
    assert len(read(data).sheet(L1).cells) > len(read(entry_book(SCHEME)).sheet(L1).cells)


def test_new_sections_get_columns_and_former_ones_keep_theirs():
    """A changed scheme loses no entry; a renamed section is found by its alias."""
    kept = EntryReading(D(100), {(g, p): typed({1: {A: 90, B: 80}}) for g in GROUPS for p in (FIRST, SECOND)})
    sections = (m.Section("新科", 1), dataclasses.replace(SCHEME.sections[0], name="甲室", aliases=(A,)))
    changed = dataclasses.replace(SCHEME, sections=sections, extra={})
    old = entry_book(SCHEME, kept)
    assert told(read_entry_book(changed, old, PLACE)[1]) == sorted(
        ("BALLOT_ENTRY_CHANGED", PLACE, f"{g}·{p}", "") for g in GROUPS for p in (FIRST, SECOND)
    )
    again, _ = read_entries(changed, old, PLACE)
    votes, problems = read_entry_book(changed, entry_book(changed, again), PLACE)
    assert problems == []
    assert votes.ballots[LEADERS][0].votes == {"甲室": D(90)}
    back, _ = read_entries(changed, entry_book(changed, again), PLACE)
    assert back.typed[LEADERS, FIRST][1][key(B)] == D(80)


def test_a_new_scale_does_not_reinterpret_what_was_typed():
    """90 of 100 is never read as 90 of 10, nor 9 of 100 as 9 of 10."""
    ten = with_policies(SCHEME, 测评满分="10")
    kept, _ = read_entries(ten, entry({1: {A: 9}}), PLACE)
    assert told(read_entry_book(ten, entry_book(ten, kept), PLACE)[1]) == [("BALLOT_ENTRY_OTHER", PLACE, "", "")]


@pytest.mark.parametrize("change", [_renumber, _unnumber, _too_many, _copy_sheet, _lose_manifest])
def test_what_cannot_be_carried_over_safely_is_not(change):
    """The old file stays; somebody has to look."""
    kept, problems = read_entries(SCHEME, _changed(change), PLACE)
    assert kept is None
    assert [p.code for p in problems] == ["BALLOT_ENTRY_CHANGED"]


# --- anonymity ------------------------------------------------------------------------------------------------------------------------

SECRET = re.compile(r"61\.37|62\.83|7123|李四|王五|秘密|(?<![0-9])17(?![0-9])")


def marked_files():
    """Ballots full of marks that must not come out: values, names, authors, numbers, odd text, on every path that reports."""
    good = [{A: D("61.37"), B: D("62.83")}, {A: D("61.37"), B: 71}, {A: 72, B: 73}]
    made = [("测评/李四/李四的票.xlsx", filled(votes, group, author="李四王五")) for group in GROUPS for votes in good]
    made.append(("测评/王五.xlsx", made[0][1]))
    odd = [("测评/秘密.xlsx", filled({A: "秘密"})), ("测评/秘密2.xlsx", filled({A: 7123}, UNITS)), ("测评/李四.rar", b"Rar!\x1a\x07\x00")]
    odd += [("测评/王五票.xlsx", _plain_workbook()), ("测评/李四票.xlsx", _other_year()), ("测评/秘密.zip", b"PK\x03\x04")]
    return made, odd


def test_nothing_of_a_single_ballot_leaves_the_room():
    """No problem, no figure, no repr, no form holds a mark of one ballot; spread is shown for groups that are big enough."""
    made, odd = marked_files()
    row = {A: D("61.37"), B: "秘密", OWN: "李四"}
    books = [
        entry({17: row}, {17: {**row, A: D("62.83")}}),
        entry({17: {A: D("61.37")}}, {17: {A: D("62.83")}}),
        entry({17: {A: 7123}}, {}),
    ]
    for extra in ([], odd):
        for book in (None, *books):
            files = [*made, *extra, *([(PLACE, book)] if book else [])]
            found, problems, _ = read_evaluations(SCHEME, files)
            assert problems
            text = json.dumps([p.to_json() for p in problems], ensure_ascii=False) + repr(problems)
            assert not SECRET.search(text), text
            assert {p.where.file for p in problems} <= {"测评/", PLACE}
            assert {(p.where.cell, p.where.field, p.value) for p in problems} == {("", "", "")}
            if extra or book:
                assert found[A].groups[0].mean is None
                assert not SECRET.search(repr(found[A].groups[0]))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"李四/{ENTRY_FILE}", books[0])
    _, problems, _ = read_evaluations(SCHEME, [("测评/王五.zip", packed.getvalue())])
    assert {p.where.file for p in problems if p.where.sheet} == {PLACE}
    votes, _ = read_file_ballots(SCHEME, made)
    assert not SECRET.search(repr(votes) + repr(votes.ballots))
    typed_votes, _ = read_entry_book(SCHEME, books[0], PLACE)
    assert not SECRET.search(repr(typed_votes) + repr(read_entries(SCHEME, books[0], PLACE)[0]))


def test_single_votes_stay_unseen_in_the_evaluations():
    """With two voters a group's figures name no vote of either."""
    found, _ = evaluate(SCHEME, ballots([{A: D("61.37"), B: 1}, {A: D("62.83"), B: 2}], [{A: D("61.37"), B: 3}]))
    assert not SECRET.search(repr(found))


def test_forms_carry_no_author_and_no_date():
    """Document properties are the same for everybody."""
    for data in (*ballot_books(SCHEME).values(), entry({1: {A: 90}})):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            core = archive.read("docProps/core.xml").decode()
            assert "<dc:creator>kaoping</dc:creator>" in core
            assert re.findall(r"\d{4}-\d\d-\d\d", core) == ["2000-01-01"] * 2


# --- the forms --------------------------------------------------------------------------------------------------------------------------

FILLINGS = {
    "blank": ({}, {}),
    "alike": ({1: {A: D("90.5"), B: 0}, 2: {MARK: "空白票"}, 3: {MARK: "作废票"}}, None),
    "unlike": ({1: {A: 90}, 2: {A: 80, MARK: "作废票"}, 3: {B: 70, OWN: A}}, {1: {A: 90, B: 0}, 2: {MARK: "作废票"}, 3: {B: 70}}),
    "single": ({1: {A: 90}, 3: {A: 100}}, {1: {A: 90}, 2: {B: D("0.1")}}),
    "wrong": (
        {1: {A: 120, B: "优"}, 2: {A: 9, MARK: "空白票"}, 3: {MARK: "是"}, 4: {OWN: "丙科", A: 1}, 5: {A: "弃权", B: 2}, 6: {A: "95"}},
        {1: {A: 120, B: "优"}, 2: {A: 9}, 3: {B: 1}, 4: {A: 1}, 5: {B: 2}, 6: {A: 95}},
    ),
}
LINES = {
    "blank": "尚未录入",
    "alike": "两遍一致，共 3 张",
    "unlike": "有 2 处不一致　",
    "single": "还有 2 张只录了一遍　",
    "wrong": "这一遍有 6 格有误　有 2 处不一致　",
}


@pytest.fixture(scope="module")
def forms(tmp_path_factory):
    """{name: path} of everything the room writes."""
    folder = tmp_path_factory.mktemp("forms")
    made = {name: entry(*filling) for name, filling in FILLINGS.items()}
    made |= {"2021": entry_book(scheme_2021())}
    made |= {f"票{n}": data for n, data in enumerate((*ballot_books(SCHEME).values(), *ballot_books(scheme_2021()).values()))}
    made["票10"] = ballot_books(with_policies(SCHEME, 测评满分="10", 测评本人票="计入"))[f"测评票-{LEADERS}.xlsx"]
    for name, data in made.items():
        (folder / f"{name}.xlsx").write_bytes(data)
    return {name: folder / f"{name}.xlsx" for name in made}


def test_every_formula_shows_what_the_engines_compute(forms, office):
    """Python, ironcalc and LibreOffice agree on every helper, every word and every line."""
    for name, path in forms.items():
        assert assert_cached_equals(path, ironcalc_values(path)) == [], name
        assert assert_cached_equals(path, office.values(path)) == [], name
    for name, line in LINES.items():
        assert formula_cells(forms[name])[L1]["A3"][1] == line


def entry_cells(data, which, rows):
    """A1 → value for what was typed, from the keys of the blank sheet."""
    sheet = read(data).sheet(f"{LEADERS}·{which}")
    columns = {cell.value: col for (row, col), cell in sheet.cells.items() if row == 1}
    letters = {name: "ABCDEFGHIJ"[col - 1] for name, col in columns.items()}
    return {f"{letters[name]}{no + 4}": value for no, row in typed(rows).items() for name, value in row.items()}


@pytest.mark.parametrize("name", [name for name in FILLINGS if name != "blank"])
def test_typing_into_the_blank_form_shows_the_same(name, forms):
    """Live, in another engine, as when the program writes what was typed."""
    first, second = FILLINGS[name]
    blank = forms["blank"].read_bytes()
    sets = {L1: entry_cells(blank, FIRST, first), L2: entry_cells(blank, SECOND, first if second is None else second)}
    with IronSession(blank) as session:
        session.eval_many(sets, {})
        for sheet, cells in formula_cells(forms[name]).items():
            for ref, (formula, value) in cells.items():
                assert same_value(value, session.value(sheet, ref)), (sheet, ref, formula)


def test_exactly_the_cells_that_differ_turn_red(forms):
    """The condition of the inputs, carried over to each of them, asks the flag of that very cell."""
    for sheet in (L1, L2):
        part = Book(forms["unlike"]).sheets[sheet]
        blocks = named(Book(forms["unlike"]).tree(part), "conditionalFormatting")
        block = next(b for b in blocks if b.get("sqref") == "B5:E64")
        column, row = re.fullmatch(r"([A-Z]+)([0-9]+)>0", named(block, "formula")[0].text).groups()
        first = column_index_from_string(column)
        shown = {ref: value for ref, (_, value) in formula_cells(forms["unlike"])[sheet].items()}
        cells = [(r, c) for r in range(5, 65) for c in range(2, 6)]
        red = {get_column_letter(c) + str(r) for r, c in cells if shown[get_column_letter(first + c - 2) + str(r)] > 0}
        assert (row, red) == ("5", {"D5", "E7"})


def test_the_ballot_counts_while_it_is_filled(forms, office):
    """Vote, abstention and error; nothing is shown on a blank one."""
    path = forms["票0"]
    sheet = "测评票"
    where = {name: get_column_letter(col) + str(row) for name, (_, row, col) in places(path.read_bytes()).items()}
    live = next(ref for ref, (_, value) in formula_cells(path)[sheet].items() if value == "尚未打分")
    cases = [
        ({A: 90.0, B: None}, "已打分 1 个，弃权 1 个"),
        ({A: 0.0, B: 100.0}, "已打分 2 个，弃权 0 个"),
        ({A: 101.0, B: "弃权"}, "已打分 0 个，弃权 1 个，有误 1 个（标红处请改）"),
        ({A: None, B: None}, "尚未打分"),
    ]
    with office.open(path) as session, IronSession(path) as iron:
        for votes, line in cases:
            sets = {where[f"测评/{name}"]: vote for name, vote in votes.items()}
            assert session.eval(sheet, sets, [live]) == iron.eval(sheet, sets, [live]) == {live: line}


def test_the_forms_keep_excels_limits_and_old_functions(forms):
    """Nothing that Excel would refuse, nothing newer than Excel 2007, no reference to an input that could be dragged away."""
    known = OLD_FUNCTIONS | {"COUNTA"}
    for name, path in forms.items():
        assert excel_limit_violations(path) == [], name
        used = {f for _, _, text in Book(path).formulas() for f in re.findall(r"([A-Z]+)\(", re.sub(r'"[^"]*"', "", text))}
        assert used <= known, name
        assert plain_references(path) == [], name


def test_only_inputs_are_unlocked(forms):
    """Lines of the ballot and the rater's section; rows of the entry sheets."""
    state = locked_state(forms["票0"])
    where = {f"D{row}" for _, row, _ in places(forms["票0"].read_bytes()).values()}
    assert state["测评票"] == (True, where | {"F6"})
    assert locked_state(forms["票10"])["测评票"] == (True, where and {f"D{r}" for _, r, _ in places(forms["票10"].read_bytes()).values()})
    state = locked_state(forms["blank"])
    assert state[L1] == state[L2] == (True, {f"{c}{r}" for c in "BCDE" for r in range(5, 65)})
    assert all(protected for protected, _ in state.values())


def test_a_ballot_is_one_page_and_says_its_rules(forms, office, tmp_path):
    """Even with thirty sections; the panel for files is not printed."""
    many = tuple(m.Section(f"第{n}科", n) for n in range(1, 31))
    path = tmp_path / "many.xlsx"
    path.write_bytes(paper(dataclasses.replace(SCHEME, sections=many, extra={})))
    for source in (path, forms["票2"], forms["票3"]):
        assert len(office.render(source, tmp_path)) == 1
    texts = {str(c.value) for c in read(forms["票0"].read_bytes()).sheet("测评票").cells.values()}
    assert any("不给本科室打分" in text for text in texts)
    texts = {str(c.value) for c in read(forms["票10"].read_bytes()).sheet("测评票").cells.values()}
    assert not any("本科室" in text for text in texts)
    assert any("0 至 10 分" in text for text in texts)


def test_names_of_files_and_sheets_are_always_legal():
    """Groups of any name, two that only differ in what no file name holds."""
    groups = tuple(m.RaterGroup(name, D("0.5")) for name in ("局/属:各*单位？" + "长" * 60, "局/属:各*单位？" + "长" * 61))
    scheme = dataclasses.replace(SCHEME, rater_groups=groups, extra={})
    names = list(ballot_books(scheme))
    assert len(set(names)) == 2
    assert not any(re.search(r'[\\/:*?"<>|]', name) for name in names)
    data = entry_book(scheme)
    assert len({s.name for s in read(data).sheets if "遍" in s.name}) == 4
    assert read_entry_book(scheme, data, PLACE) == (Votes(), [])


def test_same_scheme_same_bytes():
    """No clock, no chance."""
    assert ballot_books(SCHEME) == ballot_books(small_scheme())
    assert entry_book(SCHEME) == entry_book(SCHEME)


# --- other programs ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ext", ["xlsx", "ods"])
def test_filled_and_saved_by_libreoffice(office, forms, tmp_path, ext):
    """Ballots and entry sheets mean the same, whatever stored them."""
    where = {name: f"D{row}" for name, (_, row, _) in places(forms["票0"].read_bytes()).items()}
    files = []
    for number, votes in enumerate(SOME):
        sets = {where[f"测评/{name}"]: vote for name, vote in votes.items() if vote is not None}
        out = office.fill_and_save(forms["票0"], {"测评票": sets}, ext, tmp_path / f"{number}.{ext}")
        files.append((f"测评/{out.name}", out.read_bytes()))
    blank = forms["blank"].read_bytes()
    cells = entry_cells(blank, FIRST, UNITS_ROWS)
    sets = {f"{UNITS}·{which}": cells for which in (FIRST, SECOND)}
    out = office.fill_and_save(forms["blank"], sets, ext, tmp_path / f"录入.{ext}")
    files.append((f"测评/{out.name}", out.read_bytes()))
    found, problems, _ = read_evaluations(SCHEME, files)
    assert (found, problems) == (evaluate(SCHEME, ballots(SOME, SOME))[0], [])


# --- the catalogue ----------------------------------------------------------------------------------------------------------------------------


def test_every_problem_is_raised_here_and_speaks_plainly():
    """No unused code; no placeholder through which something of a ballot could be said."""
    here = Path(__file__).read_text(encoding="utf-8")
    assert [code for code in catalogue.ENTRIES if f'"{code}"' not in here] == []
    allowed = {"count", "scale", "group", "sections", "least"}
    for code, text in catalogue.ENTRIES.items():
        assert set(re.findall(r"{(\w+)", text.message + text.fix)) <= allowed, code


def test_rounding_is_the_policys():
    """One decimal, half up, at the mean of each group."""
    scheme = with_policies(SCHEME, 小数位数="1")
    found, _ = evaluate(scheme, ballots([{A: D("90.25"), B: 1}], [{A: 80, B: 1}]))
    assert found[A].result == (D("90.25").quantize(D("0.1"), ROUND_HALF_UP) * D("0.6") + 32)


def test_an_entry_book_is_renewed_only_for_other_sections_or_lack_of_rows():
    scheme = scheme_2021()
    blank = entry_book(scheme)
    assert renewed_entries(scheme, blank, "测评/测评录入表.xlsx") == (None, [])
    fewer = dataclasses.replace(scheme, sections=scheme.sections[:-1], extra={})
    data, problems = renewed_entries(fewer, blank, "测评/测评录入表.xlsx")
    assert problems == [] and data == entry_book(fewer)
    assert renewed_entries(scheme, b"no workbook", "x.xlsx")[0] is None
