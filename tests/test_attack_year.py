"""Attacks on the year as a whole: honest slips and bad intent that must never end in a figure nobody was warned of."""

import io
import shutil
from decimal import Decimal as D

import pytest
import small_year as small
from appraisals import rules_2021, scheme_2021, with_policies
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from years import at, decision, everyone, prepared, returned, review, reviewed_as_reported, year

from workbook_builder import commands
from workbook_builder import model as m
from workbook_builder import records as rec
from workbook_builder import results as r
from workbook_builder.folder import Folder
from workbook_builder.gathering import still_about
from workbook_builder.inputs import read_inputs
from workbook_builder.pipeline import summarize
from workbook_builder.registers import city_workbook, read_city
from workbook_builder.reviewing import adopt_reviews
from workbook_builder.rules import sheet as sh
from workbook_builder.rules.items import Rulebook
from workbook_builder.rulings import ruled_standings
from workbook_builder.stages import Snapshot, figures

LAW_SET = settings(max_examples=30, deadline=None, derandomize=True)
OFFICE, PERSONNEL, LAW, MEDIATION = "办公室", "政治处", "律公科", "促进法治科"
TASKS = "业务/促进法治科/4/1"  # 28项任务，每项扣1分
EACH = "业务/政治处/3/4"  # 每次视情扣1–2分，至多写3次
BOTTOM = "底线/政治处/1/1"


def scheme():
    return scheme_2021()


def rules():
    return rules_2021()


def city(section, clause, value, bearer="", row=5, document="沪司〔2022〕1号", file="市局反馈.xlsx"):
    return rec.CityFigure(at(f"C{row}", file, "市局反馈"), section, clause, value, bearer=bearer, document=document)


def codes(found):
    return [(p.code, p.where.cell) for p in found.results.problems]


def standing(found, section):
    return next(s for s in found.results.standings if s.section.name == section)


def as_reported(decisions=(), city=(), changes=None, under=None, **more):
    """A year in which everything was reviewed as reported."""
    used = under or scheme()
    return year(used, everyone(Rulebook(used), changes), reviewed_as_reported(used), decisions, city=city, **more)


def transfer(section, clause, before, after=rec.AGREED, **more):
    return decision(rec.TRANSFER, section, clause, before, after, **{"where": at(), **more})


# --- transfers -------------------------------------------------------------------------------------------------------


def test_nobody_has_a_total_or_rank_while_it_is_open_who_bears_a_deduction():
    figures_ = [city(MEDIATION, TASKS, D(2), LAW)]
    open_ = as_reported(city=figures_)
    for section in (MEDIATION, LAW):
        mine = standing(open_, section)
        assert (mine.total.value, mine.rank, mine.grade) == (None, None, "")
    assert {d.kind for d in open_.needed} == {rec.TRANSFER}
    for answer in (rec.AGREED, rec.REFUSED):
        settled = as_reported([transfer(MEDIATION, TASKS, f"{LAW}：2", answer)], figures_)
        for before in open_.results.standings:
            after = standing(settled, before.section.name)
            assert before.total.low <= after.total.value <= before.total.high
            assert before.best <= after.rank <= before.worst


def test_what_cannot_be_counted_is_not_handed_on_as_nothing():
    """Four events on a clause of three lines: agreed to, the deduction would be nobody's."""
    from workbook_builder.basis import uncounted

    figures_ = [city(PERSONNEL, EACH, D(1), LAW, row) for row in (5, 6, 7, 8)]
    found = as_reported([transfer(PERSONNEL, EACH, f"{LAW}：4")], figures_)
    assert found.results.finals[LAW].borne == ()
    assert standing(found, PERSONNEL).total.value is None
    assert ("DECISION_STALE", "A5") in codes(found)
    assert [f.where.cell for f in uncounted(rules(), figures_)] == ["C5"]
    told = told_by_the_folder(figures_)
    assert ("TRANSFER_UNCOUNTED", "C5") in told


def told_by_the_folder(figures_):
    """(code, cell) of what gathering says of city figures."""
    from workbook_builder.gathering import prepare
    from workbook_builder.inputs import Inputs

    collected = prepared(scheme(), everyone(rules())).collected
    found = prepare(scheme(), collected, Inputs(city=tuple(figures_)))
    return [(p.code, p.where.cell) for p in found.problems]


@pytest.mark.parametrize("clause", [BOTTOM, "队伍/各科室/2/1"])
def test_only_business_work_is_borne_elsewhere(clause):
    """What is borne comes off 业务工作: neither 突破底线 nor 队伍建设 may go that way."""
    figures_ = [city(OFFICE, clause, D(5) if clause == BOTTOM else D(1), LAW)]
    found = as_reported([transfer(OFFICE, clause, f"{LAW}：5")], figures_)
    assert found.results.finals[LAW].borne == ()
    assert ("TRANSFER_UNSUITABLE", "C5") in told_by_the_folder(figures_)


def test_nothing_is_borne_where_the_citys_figures_do_not_count():
    by_section = with_policies(scheme(), 市局扣分与自报不一致="以科室自报为准")
    found = as_reported([transfer(MEDIATION, TASKS, f"{LAW}：2")], [city(MEDIATION, TASKS, D(2), LAW)], under=by_section)
    plain = as_reported(under=by_section)
    assert standing(found, LAW).total == standing(plain, LAW).total
    assert codes(found) == [("DECISION_STALE", "A5")]


def test_every_bearer_is_told_the_reason_of_its_own_decision():
    figures_ = [city(MEDIATION, TASKS, D(1), LAW), city(MEDIATION, TASKS, D(2), OFFICE, row=6)]
    rows = [
        rec.Decision(rec.TRANSFER, MEDIATION, TASKS, f"{name}：{n}", rec.AGREED, f"{name}的理由", where=at(f"A{n + 4}"))
        for n, name in ((1, LAW), (2, OFFICE))
    ]
    found = as_reported(rows, figures_)
    assert [b.reason for name in (LAW, OFFICE) for b in found.results.finals[name].borne] == [f"{LAW}的理由", f"{OFFICE}的理由"]


# --- 审定, 裁定 -----------------------------------------------------------------------------------------------------


def test_an_approval_written_down_twice_is_one_approval():
    plain = as_reported()
    code = plain.reached.stage.code
    kept = Snapshot(code, figures(plain.results.finals, plain.results.standings))
    rows = [decision(rec.APPROVE, before=code, where=at(cell)) for cell in ("A5", "A6")]
    for snapshots in ((), (kept,)):
        found = as_reported(rows, snapshots=snapshots)
        assert (found.results.stage, found.reached.number, codes(found)) == (r.APPROVED, 0, [])


def test_what_is_said_of_an_approval_does_not_depend_on_earlier_runs():
    """Approved while ballots are missing: told at the first run and at every later one."""
    code = as_reported(marks={}).reached.stage.code
    rows = [decision(rec.APPROVE, before=code, where=at())]
    first = as_reported(rows, marks={})
    kept = Snapshot(code, figures(first.results.finals, first.results.standings))
    again = as_reported(rows, marks={}, snapshots=(kept,))
    assert first.results.problems == again.results.problems != ()


def test_a_ruling_for_one_name_is_none_for_another_name_within_it():
    from workbook_builder.rulings import _split

    assert _split("十一科", ("一科", "十一科")) == ["十一科"]
    assert _split("十一科、一科", ("一科", "十一科")) == ["一科", "十一科"]
    assert _split("秘书科、普法科，办公室", ("办公室", "秘书科、普法科")) == ["办公室", "秘书科、普法科"]
    assert _split("二科", ("一科", "十一科")) == ["二科"]
    assert ruled_standings.__module__ == "workbook_builder.rulings"


# --- registers ---------------------------------------------------------------------------------------------------------


def folder_with(tmp_path, **files):
    folder = Folder(tmp_path)
    for name, data in files.items():
        (tmp_path / name.replace("_", ".")).write_bytes(data)
    return folder


def test_a_copy_of_the_citys_figures_counts_once(tmp_path):
    mine = [city(MEDIATION, TASKS, D(2)), city(MEDIATION, "业务/促进法治科/1/2", D(13), row=6)]
    data = city_workbook(scheme(), mine)
    folder = folder_with(tmp_path, 市局反馈_xlsx=data)
    (tmp_path / "市局反馈 - 副本.xlsx").write_bytes(data)
    found = read_inputs(folder, scheme(), ())
    assert [(f.clause, f.value) for f in found.city] == [(f.clause, f.value) for f in mine]
    assert [p.code for p in found.problems] == ["CITY_IN_TWO_FILES"] * 2


def test_figures_of_two_files_that_contradict_each_other_count_not_at_all(tmp_path):
    clause = "业务/促进法治科/1/2"
    folder = folder_with(tmp_path, 市局反馈_xlsx=city_workbook(scheme(), [city(MEDIATION, clause, D(13))]))
    (tmp_path / "市局反馈2.xlsx").write_bytes(city_workbook(scheme(), [city(MEDIATION, clause, D(16))]))
    found = read_inputs(folder, scheme(), ())
    assert found.city == () and [(p.code, p.where.file) for p in found.problems] == [("CITY_FILES_DIFFER", "市局反馈2.xlsx")]


def test_a_second_sheet_of_a_register_is_not_passed_over_in_silence():
    book = load_workbook(io.BytesIO(city_workbook(scheme(), [city(MEDIATION, TASKS, D(2))])))
    book.copy_worksheet(book["市局反馈"]).title = "二月"
    out = io.BytesIO()
    book.save(out)
    found, problems = read_city(scheme(), out.getvalue(), "市局反馈.xlsx")
    assert len(found) == 1 and [(p.code, p.where.sheet) for p in problems] == [("REGISTER_SHEET_IGNORED", "二月")]


def test_a_register_in_another_format_or_a_second_one_is_not_passed_over_in_silence(tmp_path):
    folder = folder_with(tmp_path, 台账_xls=b"x", 市局反馈_ods=b"x", 决定2_xlsx=b"x", 台账说明_docx=b"x")
    found = [(p.code, p.where.file) for p in read_inputs(folder, scheme(), ()).problems]
    assert found == [("REGISTER_NOT_READ", name) for name in ("决定2.xlsx", "台账.xls", "市局反馈.ods")]


# --- 采用哪份 ------------------------------------------------------------------------------------------------------


def test_a_choice_between_files_is_none_once_another_file_has_come():
    choice = decision(rec.ADOPT, "", "核定表-政治处", "a.xlsx；b.xlsx", "a.xlsx")
    assert still_about(choice, "a.xlsx；b.xlsx") and still_about(choice, "")
    assert not still_about(choice, "a.xlsx；b.xlsx；c.xlsx")


def test_a_chosen_review_that_is_not_there_is_told():
    other = review(PERSONNEL, OFFICE, {BOTTOM: rec.ABSENT})
    adopted, problems, undecided = adopt_reviews(scheme(), [("a.xlsx", "1", (other,))], {PERSONNEL: "b.xlsx"})
    assert adopted and not undecided and [(p.code, p.value) for p in problems] == [("CHOICE_UNKNOWN", "b.xlsx")]


# --- a folder of a small year ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reviewed_year(tmp_path_factory):
    """Everything returned, reviewed as reported and voted on; nothing decided yet."""
    place = tmp_path_factory.mktemp("小年")
    (place / "方案.xlsx").write_bytes(small.scheme_book())
    root = place / "年"
    commands.new(root, place / "方案.xlsx")
    commands.build(root)
    small.send_in(root)
    commands.review(root)
    small.fill_reviews(root)
    small.type_in_ballots(root)
    return root


@pytest.fixture
def root(reviewed_year, tmp_path):
    shutil.copytree(reviewed_year, tmp_path / "年")
    return tmp_path / "年"


BOOK = "3核定/核定表-政治处.xlsx"
APPEALS = "复议应诉科"


def edit(root, change, name=BOOK):
    book = load_workbook(root / name)
    change(book)
    book.save(root / name)


def totals(outcome):
    return {row["section"]: row["总分"] for row in outcome.data["standings"]}


def swap(sheet, first, second, columns):
    for col in columns:
        one, other = sheet.cell(first, col), sheet.cell(second, col)
        one.value, other.value = other.value, one.value


def told(outcome, name=BOOK):
    return {(p.code, p.where.sheet, p.where.cell) for p in outcome.problems if p.where.file == name}


def test_a_deduction_does_not_wander_to_the_section_whose_row_it_was_sorted_into(root):
    def sort(book):
        sheet = book["突破底线"]
        sheet["C6"], sheet["D6"], sheet["E6"] = "有", 5, "12月1日 某事"
        swap(sheet, 6, 7, range(2, 11))

    edit(root, sort)
    found = commands.summarize(root)
    assert {("RUBRIC_CHANGED", "突破底线", "B6"), ("RUBRIC_CHANGED", "突破底线", "B7")} <= told(found)
    assert (totals(found)[APPEALS], totals(found)["法律援助中心"]) == (None, None)


def test_a_decision_does_not_wander_to_the_clause_whose_row_it_was_sorted_into(root):
    def sort(book):
        sheet = book[APPEALS]
        sheet["J7"], sheet["K7"] = "是", "查实"
        swap(sheet, 7, 12, range(2, 12))

    edit(root, sort)
    found = commands.summarize(root)
    assert {("RUBRIC_CHANGED", APPEALS, "C7"), ("RUBRIC_CHANGED", APPEALS, "C12")} <= told(found)
    assert totals(found)[APPEALS] is None


def columns(book):
    book[APPEALS]["K7"] = "留一"
    book[APPEALS].insert_cols(3)


def lost_key(book):
    book[APPEALS]["K7"], book[APPEALS]["A7"] = "留一", None


def double_key(book):
    book[APPEALS]["K8"], book[APPEALS]["A8"] = "留一", book[APPEALS]["A7"].value


def copied(book):
    book.copy_worksheet(book[APPEALS])["K8"] = "留一"


def own_sheet(book):
    book.create_sheet("备注")["A1"] = "留一"


def far_away(book):
    book[APPEALS]["Z7"] = "留一"


def below(book):
    book[APPEALS]["K200"] = "留一"


def nameless(book):
    book[APPEALS]["K7"], book[APPEALS]["A1"] = "留一", None


def bottom_columns(book):
    book["突破底线"]["E6"] = "留一"
    book["突破底线"].insert_cols(4)


LOSSES = {
    columns: "COLUMNS_MOVED",
    lost_key: "ANSWER_ASTRAY",
    double_key: "KEY_TWICE",
    copied: "SHEET_COPIED",
    own_sheet: "REVIEW_SHEET_UNKNOWN",
    far_away: "ANSWER_ASTRAY",
    below: "ANSWER_ASTRAY",
    nameless: "REVIEW_SHEET_UNKNOWN",
    bottom_columns: "COLUMNS_MOVED",
}


@pytest.mark.parametrize("change", LOSSES, ids=lambda change: change.__name__)
def test_no_entry_is_lost_when_the_review_books_are_written_anew(root, change):
    edit(root, change)
    before = (root / BOOK).read_bytes()
    found = commands.review(root)
    assert LOSSES[change] in {code for code, _, _ in told(found)}
    assert ("REVIEW_ENTRIES_KEPT", "", "") in told(found)
    assert (root / BOOK).read_bytes() == before and BOOK not in found.outputs


def test_a_sound_review_book_has_no_stray_and_is_written_anew(root):
    found = commands.review(root)
    assert told(found) == set() and BOOK in found.outputs
    assert told(commands.summarize(root)) == set()


def test_a_review_that_was_finished_is_a_new_batch(root):
    """核定完成 alone decides whether blank means as reported."""
    before = commands.summarize(root).data["batch"]

    def undo(book):
        for row in book[APPEALS].iter_rows():
            if row[0].value == "核定完成":
                row[9].value = None

    edit(root, undo)
    assert commands.summarize(root).data["batch"] != before


def test_a_row_that_was_refused_is_a_new_batch(root):
    before = commands.summarize(root).data
    assert not before["provisional"]

    def wrong(book):
        book["市局反馈"]["A4"] = "没有的科室"

    edit(root, wrong, "市局反馈.xlsx")
    after = commands.summarize(root).data
    assert after["provisional"] and after["batch"] != before["batch"]


def test_the_order_of_the_commands_leaves_no_trace_in_what_is_summed_up(root, tmp_path):
    other = tmp_path / "另一年"
    shutil.copytree(root, other)
    for step in (commands.collect, commands.summarize):
        step(root)
    first = (root / "4汇总/结果.json").read_bytes()
    for step in (commands.review, commands.summarize):  # 收件登记 tells the SHA-256 of books that were written anew
        step(root)
    assert (root / "4汇总/结果.json").read_bytes() == first
    for step in (commands.summarize, commands.review, commands.collect, commands.summarize):
        step(other)
    for name in ("4汇总/汇总表.xlsx", "4汇总/结果.json"):
        assert (root / name).read_bytes() == (other / name).read_bytes(), name


@pytest.fixture(scope="module")
def approved_year(reviewed_year, tmp_path_factory):
    """The same year, submitted and approved."""
    root = tmp_path_factory.mktemp("审定") / "年"
    shutil.copytree(reviewed_year, root)
    commands.summarize(root)
    for kind in ("送审", "审定"):
        small.decide(root, kind)
        reached = commands.summarize(root)
    assert reached.data["stage"] == r.APPROVED
    return root


@pytest.fixture
def approved(approved_year, tmp_path):
    shutil.copytree(approved_year, tmp_path / "年")
    return tmp_path / "年"


def test_a_summary_that_somebody_has_edited_is_not_archived(approved):
    result = approved / "4汇总" / "结果.json"
    good = result.read_bytes()
    result.write_bytes(good.replace(b'"\xe5\x90\x8d\xe6\xac\xa1": 1,', b'"\xe5\x90\x8d\xe6\xac\xa1": 2,', 1))
    assert result.read_bytes() != good
    found = commands.archive(approved)
    assert (found.exit_code, [(p.code, p.where.file) for p in found.problems]) == (2, [("SUMMARY_EDITED", "4汇总/结果.json")])
    result.write_bytes(good)
    edit(approved, lambda book: book.worksheets[0].__setitem__("A1", "改过"), "4汇总/汇总表.xlsx")
    found = commands.archive(approved)
    assert [(p.code, p.where.file) for p in found.problems] == [("SUMMARY_EDITED", "4汇总/汇总表.xlsx")]
    commands.summarize(approved)
    assert commands.archive(approved).exit_code == 0


def test_nothing_archived_is_ever_overwritten(approved):
    letter, places = approved / "4汇总" / "通报.docx", []
    for _ in range(3):
        letter.write_bytes(letter.read_bytes() + b"\n")
        found = commands.archive(approved)
        assert found.exit_code == 0
        places.append(found.data["place"])
    kept = {path: path.read_bytes() for path in (approved / "5归档").rglob("*") if path.is_file()}
    assert commands.archive(approved).exit_code == 0
    assert {path: path.read_bytes() for path in (approved / "5归档").rglob("*") if path.is_file()} == kept
    assert len(set(places)) == 3


# --- laws -----------------------------------------------------------------------------------------------------------


def flat(found):
    """(section, figure) → value of every figure of a result, ranks and grades aside."""
    return {
        (name, figure): value
        for name, mine in figures(found.results.finals, found.results.standings).items()
        for figure, value in mine.items()
        if figure not in ("名次", "等次")
    }


def counted(section):
    return [c for item in sh.sheet_items(scheme(), section) for c in item.clauses if c.kind == m.PER_OCCURRENCE]


@LAW_SET
@given(st.data())
def test_what_comes_about_one_clause_moves_that_clauses_figures_alone(data):
    """A figure of the city's, an entry of the ledger, a mark, a decision: nothing else moves."""
    section = data.draw(st.sampled_from(scheme().sections))
    clause = data.draw(st.sampled_from(counted(section)))
    kind = data.draw(st.sampled_from(["city", "ledger", "marks", "decision"]))
    plain = as_reported()
    own = {m.TOTAL, scheme().item_by_key[clause.item].part, clause.item}
    allowed = {(section.name, name) for name in own}
    if kind == "city":
        after = as_reported(city=[city(section.name, clause.id, D(2))])
    elif kind == "ledger":
        entry = rec.LedgerEntry(at(), None, section.name, clause.id, D(9), "演示事实")
        after, allowed = as_reported(ledger=[entry]), set()
    elif kind == "marks":
        after, allowed = as_reported(marks={section.name: 60}), {(s.name, m.EVALUATION) for s in scheme().sections}
    else:
        before = plain.results.finals[section.name].items[clause.item].final.value
        after = as_reported([decision(rec.ADJUST, section.name, clause.item, str(before), "1", where=at())])
    was, now = flat(plain), flat(after)
    assert {key for key in was if was[key] != now[key]} <= allowed
    assert not [p for p in after.results.problems if p.severity == "error"]


@LAW_SET
@given(st.data())
def test_what_is_refused_pending_or_unsaid_is_never_a_known_figure(data):
    section = data.draw(st.sampled_from(scheme().sections))
    clause = data.draw(st.sampled_from(counted(section)))
    item = scheme().item_by_key[clause.item]
    reviewer = PERSONNEL if section.name != PERSONNEL else "考评工作领导小组"
    if item.part == m.SPECIAL:
        reviewer = next(n for n, s in reviewed_as_reported(scheme()) if s == section.name and n == "考评工作领导小组")
    key = (reviewer, section.name)
    how = data.draw(st.sampled_from(["refused", "reopened", "undone", "pending"]))
    facts = {
        "refused": {"refused": {clause.id: "乱"}},
        "reopened": {"reopened": frozenset([clause.id])},
        "undone": {"done": False},
        "pending": {},
    }[how]
    values = {clause.id: (m.PENDING_CITY, "等市局")} if how == "pending" else {}
    reviews = reviewed_as_reported(scheme(), {key: values}, {key: facts} if facts else None)
    found = year(scheme(), everyone(rules()), reviews)
    final = found.results.finals[section.name]
    if clause.id not in {c.id for i in final.items.values() if reviewer in i.reviewers for c in i.item.clauses}:
        return
    assert final.items[item.key].final.value is None
    if item.part != m.SPECIAL or how == "undone":
        mine = standing(found, section.name)
        assert (mine.total.value, mine.rank) == (None, None)
        assert found.needed == () and not any(s.grade for s in found.results.standings)


@LAW_SET
@given(st.data())
def test_whatever_is_still_open_ends_within_the_bounds_that_were_shown(data):
    """Reviews not done, cases without an amount, marks and bearers unknown: settled at random, nobody leaves their range."""
    weighted = with_policies(scheme(), 述职测评权重="0.1")
    names = [s.name for s in scheme().sections]
    all_reviews = reviewed_as_reported(weighted)
    undone = data.draw(st.sets(st.sampled_from(sorted(all_reviews)), max_size=6))
    cases = data.draw(st.dictionaries(st.sampled_from([n for n in names if n != PERSONNEL]), st.integers(5, 10), max_size=3))
    marks = {name: data.draw(st.integers(0, 100)) for name in names}
    unknown = data.draw(st.sets(st.sampled_from(names), max_size=3))
    figures_ = [city(MEDIATION, TASKS, D(data.draw(st.integers(1, 28))), LAW)]
    answer = data.draw(st.sampled_from([rec.AGREED, rec.REFUSED]))
    said = {
        (PERSONNEL, name): {BOTTOM: (rec.PRESENT, ""), f"{BOTTOM}@1": (D(points), "某事")} for name, points in cases.items()
    }
    unsaid = {key: {BOTTOM: fields[BOTTOM]} for key, fields in said.items()}
    open_reviews = {k: v for k, v in reviewed_as_reported(weighted, unsaid).items() if k not in undone}
    returns = everyone(Rulebook(weighted))
    before = year(weighted, returns, open_reviews, city=figures_, marks={n: v for n, v in marks.items() if n not in unknown})
    rows = [transfer(MEDIATION, TASKS, f"{LAW}：{figures_[0].value}", answer)]
    after = year(weighted, returns, reviewed_as_reported(weighted, said), rows, city=figures_, marks=marks)
    for shown in before.results.standings:
        settled = standing(after, shown.section.name)
        assert settled.total.value is not None and settled.rank is not None
        assert shown.total.low <= settled.total.value <= shown.total.high
        assert shown.best <= settled.rank <= shown.worst
        assert shown.rank in (None, settled.rank) and shown.grade in ("", settled.grade)


@LAW_SET
@given(st.permutations(range(4)), st.booleans())
def test_the_order_of_reviews_and_city_rows_moves_no_figure(order, backwards):
    rows = [city(MEDIATION, TASKS, D(n + 1), row=5 + n) for n in range(4)]
    plain = as_reported(city=rows)
    reviews = reviewed_as_reported(scheme())
    shuffled = dict(reversed(reviews.items())) if backwards else reviews
    found = summarize(scheme(), prepared(scheme(), everyone(rules()), shuffled, city=[rows[n] for n in order]))
    assert flat(found) == flat(plain) and found.reached.stage.code == plain.reached.stage.code


def test_a_return_that_is_withdrawn_after_review_leaves_nothing_known():
    found = year(scheme(), [x for x in everyone(rules()) if x.section != OFFICE], reviewed_as_reported(scheme()))
    assert standing(found, OFFICE).total.value is None and returned(rules(), OFFICE).section == OFFICE


def test_before_deductions_means_before_the_floor_of_the_total_too():
    """A deduction beyond everything earned must not earn a rank: 81 less 90 is 0, but it was 81 before."""
    used = with_policies(scheme(), 名次依据="扣除突破底线前", 总分下限="0")
    events = {BOTTOM: (rec.PRESENT, "")} | {f"{BOTTOM}@{k}": (D(10), "某事") for k in (1, 2, 3)}
    other = {"底线/办公室/2/2": (rec.PRESENT, "")} | {f"底线/办公室/2/2@{k}": (D(10), "某事") for k in (1, 2, 3)}
    third = {"底线/律公科/4/1": (rec.PRESENT, "")} | {f"底线/律公科/4/1@{k}": (D(5), "某事") for k in (1, 2, 3)}
    fourth = {"底线/办公室/3/1": (rec.PRESENT, "")} | {f"底线/办公室/3/1@{k}": (D(5), "某事") for k in (1, 2, 3)}
    said = {(PERSONNEL, MEDIATION): events, (OFFICE, MEDIATION): {**other, **fourth}, (LAW, MEDIATION): third}
    plain = year(used, everyone(Rulebook(used)), reviewed_as_reported(used))
    found = year(used, everyone(Rulebook(used)), reviewed_as_reported(used, said))
    assert standing(found, MEDIATION).total.value == 0 < standing(plain, MEDIATION).total.value < 90
    assert standing(found, MEDIATION).basis == standing(plain, MEDIATION).basis
    assert [s.rank for s in found.results.standings] == [s.rank for s in plain.results.standings]


# --- known, not mended yet -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("points", ["0.5", "7"])
def test_a_decision_about_special_work_keeps_to_its_band(points):
    """Not awarded by the city: 0.5 lies in no band, 7 only in that of the awarded."""
    own = standing(as_reported(), OFFICE).parts[m.SPECIAL].value
    found = as_reported([decision(rec.ADJUST, OFFICE, m.SPECIAL, str(own), points, where=at())])
    assert [code for code, _ in codes(found)] == ["DECISION_OUT_OF_RANGE"]


def test_figures_that_return_to_an_earlier_approval_are_asked_about_again():
    """Approved as A, corrected to B, corrected back to A: 更正稿2 waits for a row that nobody is shown."""
    from workbook_builder.registers import decisions_workbook, extend_decisions

    rows = [decision(rec.APPROVE, before="AAAAAAAA"), decision(rec.APPROVE, before="BBBBBBBB")]
    asked = rec.Decision(rec.APPROVE, "", rec.WHOLE_YEAR, "AAAAAAAA")
    data, _ = extend_decisions(scheme(), decisions_workbook(scheme(), rows), "决定.xlsx", [asked])
    assert data is not None
