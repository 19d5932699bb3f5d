"""The first sheet of 汇总表.xlsx, its 试算 and its 核验: what leaders read, try out, and are warned of."""

import itertools
import random
import subprocess
from dataclasses import replace
from decimal import Decimal as D

import openpyxl
import pytest
import reviewed as rv
from appraisals import small_rules, small_scheme, with_policies
from engines import IronSession, ironcalc_values
from test_summary import NAMES, SCHEME, all_returned, make_results, returned
from test_summary_stages import STAGES, of, rows, table, words
from xmlwalk import Error, assert_cached_equals, formula_cells, locked_state

from workbook_builder import load_scheme, rank
from workbook_builder import model as m
from workbook_builder import records as rec
from workbook_builder import results as r
from workbook_builder.rules import sheet as sh
from workbook_builder.rules.items import Rulebook
from workbook_builder.summary import summary_workbook
from workbook_builder.summary.board import Board
from workbook_builder.summary.facts import Facts
from workbook_builder.summary.page_check import ALTERED, UNTOUCHED

FIRST, TRIAL, CHECK = "汇总", "试算", "核验"


@pytest.fixture(scope="module")
def rules():
    return Rulebook(load_scheme(SCHEME))


@pytest.fixture(scope="module")
def years(rules):
    """Stage → results."""
    return {"self": make_results(rules, all_returned(rules))} | {name: getattr(rv, name)(rules) for name in STAGES}


@pytest.fixture(scope="module")
def paths(years, tmp_path_factory):
    """Stage → 汇总表.xlsx."""
    folder = tmp_path_factory.mktemp("first")
    for name, results in years.items():
        (folder / f"{name}.xlsx").write_bytes(summary_workbook(results))
    return {name: folder / f"{name}.xlsx" for name in years}


@pytest.fixture(scope="module")
def books(paths):
    return {name: openpyxl.load_workbook(path, data_only=True) for name, path in paths.items()}


def check_cell(path):
    """Where the first sheet says whether anything was altered."""
    book = openpyxl.load_workbook(path, data_only=True)
    return next(c.coordinate for row in book[FIRST].iter_rows() for c in row if c.value == UNTOUCHED)


# --- the order ------------------------------------------------------------------------------------------------------------


def test_ranks_and_gaps_when_all_is_known(years, books):
    found = table(books["self"][FIRST])
    assert [row["名次"] for row in found] == [s.rank for s in years["self"].standings]
    totals = [row["自评总分"] for row in found]
    assert totals == sorted(totals, reverse=True)
    assert [row["与下一名"] for row in found] == [
        *(pytest.approx(a - b) for a, b in itertools.pairwise(totals)),
        "—",
    ]
    assert "等次" not in found[0] and "突破底线" not in found[0]


def test_while_something_is_open(rules, tmp_path):
    some = {s.name: s for s in rules.scheme.sections}
    office = returned(rules, some["办公室"], refused={"业务/办公室/2/1": "三四次"})
    entries = {name: value for name, value in office.entries.items() if name != "业务/办公室/2/1"}
    results = make_results(rules, [replace(office, entries=entries), returned(rules, some["法律援助中心"], 1)])
    path = tmp_path / "book.xlsx"
    path.write_bytes(summary_workbook(results))
    ws = openpyxl.load_workbook(path, data_only=True)[FIRST]
    wrong, gone, done = of(ws, "办公室"), of(ws, "公服科"), of(ws, "法律援助中心")
    assert "–" in wrong["名次"] and wrong["自评总分"] == wrong["业务工作"] == "待定" and wrong["状态"] == "填报有误"
    assert gone["自评总分"] == gone["队伍建设"] == "待定" and gone["已定部分"] == 0 and gone["状态"] == "未报送"
    assert done["自评总分"] == done["已定部分"] == done["可能最低"] == done["可能最高"] and done["状态"] == "完整"
    assert "办公室：业务工作第2项填报有误。" in words(ws) and "公服科：未报送。" in words(ws)
    assert "突破底线由考评科室核定后" in words(ws) and "等次待领导小组审定" in words(ws)


def test_the_outcome(years, books):
    ws = books["approved"][FIRST]
    found = table(ws)
    assert list(found[0]) == [
        "名次", "科室", "等次", "总分", "与下一名", "与优秀线", "业务工作", "队伍建设", "特色工作", "突破底线", "述职测评", "状态",
    ]  # fmt: skip
    standings = years["approved"].standings
    assert [(row["名次"], row["科室"], row["等次"]) for row in found] == [(s.rank, s.section.name, s.grade) for s in standings]
    assert [row["等次"] for row in found][:4] == ["优秀", "优秀", "优秀", "未定"]
    service = of(ws, rv.SERVICE)
    parts = service["业务工作"] + service["队伍建设"] + service["特色工作"]
    assert service["突破底线"] == 3.5 and service["总分"] == pytest.approx(parts - 3.5)
    assert {row["状态"] for row in found} == {"已审定"}
    totals = [row["总分"] for row in found]
    assert [row["与下一名"] for row in found][:-1] == [pytest.approx(a - b) for a, b in itertools.pairwise(totals)]
    assert [row["与优秀线"] for row in found] == [pytest.approx(total - totals[2]) for total in totals]
    text = words(ws)
    assert "考评结果" in [row[0] for row in rows(ws)] and "审定　考评工作领导小组　2021-12-24" in text
    assert "没有。" in text and "未审定" not in text and "结果码 5F3A9C01" in text


def test_the_outcome_while_something_is_open(books):
    ws = books["draft"][FIRST]
    found = {row["科室"]: row for row in table(ws)}
    law, aid, fight = found[rv.LAW], found[rv.AID], found[rv.FIGHT]
    assert law["总分"] == law["突破底线"] == "待定" and law["可能最低"] == "不限" and law["状态"] == "已登记未定扣分、未核定"
    assert aid["总分"] == "待定" and aid["已定部分"] == 0
    assert fight["业务工作"] == "待定" and fight["可能最低"] < fight["可能最高"] and "–" in fight["名次"]
    assert {row["等次"] for row in found.values()} == {row["与优秀线"] for row in found.values()} == {"待定"}
    found = [row[0] for row in rows(ws) if row[0]]
    assert "考评结果（未审定，供领导小组审议）" in found
    after = found[found.index("尚待补齐或决定") + 1 :]
    assert after[:7] == [
        "待决定　裁定（优秀等次，原为：并列第3名：政治处、公服科；名额1个）。",
        "待决定　采用哪份（政治处·考评表，原为：2回收/政治处A.xlsx；2回收/政治处B.xlsx）。",
        "促进法治科：业务工作第2项考评科室意见不一。",
        "公服科：述职测评未测评。",
        "律公科：突破底线第4项已登记未定扣分。",
        "律公科：突破底线第1项未核定。",
        "法律援助中心：队伍建设、特色工作、业务工作未核定。",
    ]
    decided = after[after.index("已生效、与名次和等次有关的决定") + 1 :]
    assert decided[0] == "口径变更　视情步长：0.1→0.5　理由：领导小组确认步长（2021-12-24，考评工作领导小组）"
    assert decided[2] == "调整　执法监督科·业务工作第1项：7→8　理由：重复扣分一次，予以恢复（2021-12-24，考评工作领导小组）"
    assert not any("复核更正" in text for text in decided)


def test_the_line_of_the_best_grade():
    """The third place; under 优秀递补 those who are barred hold none."""
    rules = small_rules()
    top = next(grade for grade in rules.scheme.grades if grade.top)

    def standings(scheme, figures):
        some = next(iter(rules.scheme.sections))
        known = rank.Figure.known
        return [
            r.Standing(
                replace(some, name=f"科{n}"), {m.BOTTOM_LINE: known(D(bottom))}, None, known(D(total)), D(total), None, 1, 1
            )
            for n, (total, bottom) in enumerate(figures)
        ]

    figures = [(90, 0), (88, 3), (85, 0), (85, 0), (80, 0)]
    assert top.barred and top.top == 3
    assert rank.line_of_best(rules.scheme, standings(rules.scheme, figures)) == 85
    promoted = with_policies(small_scheme(), **{m.P_PROMOTION: "递补"})
    assert rank.line_of_best(promoted, standings(promoted, [(90, 0), (88, 3), (85, 0), (84, 0), (80, 0)])) == 84
    assert rank.line_of_best(rules.scheme, standings(rules.scheme, figures[:2])) == 88
    open_ = standings(rules.scheme, figures)
    open_[4] = replace(open_[4], total=rank.Figure(None, D(0), D(90)))
    assert rank.line_of_best(rules.scheme, open_) is None


def test_only_what_can_be_is_a_formula(paths):
    for stage in ("self", "approved"):
        found = [formula for formula, _ in formula_cells(paths[stage])[FIRST].values()]
        assert sum(f.startswith("RANK(") for f in found) == 10
        assert sum(f.startswith("ROUND(ROUND(") for f in found) == 10
        assert sum("LARGE(" in f for f in found) == (10 if stage == "approved" else 0)


@pytest.mark.parametrize("stage", ["self", *STAGES])
def test_the_chart_and_the_bars_show_the_table(stage, paths, books):
    """Their figures are the cells of the table, every section and every earned part."""
    book = openpyxl.load_workbook(paths[stage])
    ws = book[FIRST]
    chart = ws._charts[0]
    first = next(row for row in range(1, 40) if ws.cell(row, 2).value in NAMES)
    heads = [str(cell.value).split("\n")[0] for cell in ws[first - 1]]
    for series, name in zip(chart.series, sh.SHEET_PARTS, strict=True):
        letter = openpyxl.utils.get_column_letter(heads.index(name) + 1)
        assert series.val.numRef.f == f"'汇总'!${letter}${first}:${letter}${first + 9}"
        assert series.cat.strRef.f == f"'汇总'!$B${first}:$B${first + 9}"
        assert series.tx.v == name
    barred = {str(area.sqref) for area in ws.conditional_formatting for rule in area.rules if rule.type == "dataBar"}
    shown = {"自评总分", "总分", *sh.SHEET_PARTS} & set(heads)
    assert {openpyxl.utils.cell.range_boundaries(area)[0] for area in barred} == {heads.index(x) + 1 for x in shown}


@pytest.mark.parametrize("stage", ["self", *STAGES])
def test_other_pages_are_a_click_away(stage, books):
    book = books[stage]
    targets = {c.hyperlink.location.split("!")[0].strip("'") for row in book[FIRST].iter_rows() for c in row if c.hyperlink}
    assert targets == {ws.title for ws in book.worksheets if ws.sheet_state == "visible"} - {FIRST}


@pytest.mark.parametrize("stage", ["self", "draft", "approved"])
def test_one_page(stage, paths, office, tmp_path):
    pdf = office.convert(paths[stage], "pdf", tmp_path)
    found = subprocess.run(["pdftotext", "-l", "2", str(pdf), "-"], capture_output=True, check=True).stdout.decode("utf-8")
    first, second = found.split("\f")[:2]
    assert "现行口径" in first and "尚待补齐或决定" in first and "其他各页" not in found
    assert "现行口径——" not in second and "###" not in found


def test_many_open_things_stay_on_one_page(rules, office, tmp_path):
    results = rv.draft(rules)
    reasons = (r.NOT_REVIEWED, r.REVIEW_WRONG, r.TO_REVIEW_AGAIN, r.DISAGREED, r.WAITING_CITY)
    more = tuple(r.Pending(name, f"队伍/各科室/{n}", reason) for name in NAMES for n, reason in enumerate(reasons, 1 + len(name) % 2))
    asked = tuple(rv.decided(rec.RELEASE, name, f"业务/{name}/1/1", "旧答复" * 20, "", state=r.WAITING) for name in NAMES)
    path = tmp_path / "book.xlsx"
    many = replace(results, pending=results.pending + more, decisions=results.decisions * 3 + asked)
    path.write_bytes(summary_workbook(many))
    pdf = office.convert(path, "pdf", tmp_path)
    found = subprocess.run(["pdftotext", "-l", "2", str(pdf), "-"], capture_output=True, check=True).stdout.decode("utf-8")
    first, second = found.split("\f")[:2]
    assert "……另有" in first and "现行口径" in first and "现行口径——" not in second and "###" not in found


# --- policies ---------------------------------------------------------------------------------------------------------------

POLICIES = [
    {m.P_EVALUATION_WEIGHT: "0.1", m.P_DIGITS: "1", m.P_ROUNDING: "四舍六入五成双"},
    {m.P_EVALUATION_WEIGHT: "0.1", m.P_DIGITS: "4", m.P_RANK_BASIS: "扣除突破底线前"},
    {m.P_TOTAL_FLOOR: "0", m.P_RANK_BASIS: "扣除突破底线前", m.P_ROUNDING: "截尾", m.P_DIGITS: "1"},
    {m.P_SPECIAL_BASIS: "附件2合计", m.P_ITEM_FLOOR: "可为负"},
]


def small_year(policies, bottom):
    """Two sections under other readings: figures with many decimals, a deduction that may exceed the rest."""
    rules = small_rules() if not policies else Rulebook(with_policies(small_scheme(), **policies))
    results = make_results(rules, all_returned(rules))
    marks = (rv.evaluation("甲科", D("88.1234"), D("91.3334")), rv.evaluation("乙科", D("70.25"), D("60.15")))
    finals = {}
    for n, section in enumerate(rules.scheme.sections):
        some = {"底线/乙科/1/1": [(D(bottom), "2021-05-06 事实")]} if n else {}
        key = f"业务/{section.name}/1"
        assessment = results.assessments[section.name]
        more = {"evaluated": marks[n], "bottom": some, "scores": {key: D("7.0355")}}
        if rules.scheme.policy(m.P_SPECIAL_BASIS) == "附件2合计":
            more["special"] = assessment.score.section.parts[m.SPECIAL].value
        finals[section.name] = rv.final(rules, assessment, **more)
    return rv.made(results, finals, r.Stage(r.REVIEW_STAGE, code=rv.CODE))


@pytest.mark.parametrize("bottom", ["5.5", "98.76"])
@pytest.mark.parametrize("policies", POLICIES, ids=range(len(POLICIES)))
def test_totals_follow_the_policies(policies, bottom, tmp_path):
    path = tmp_path / "book.xlsx"
    results = small_year(policies, bottom)
    path.write_bytes(summary_workbook(results))
    assert assert_cached_equals(path, ironcalc_values(path)) == []
    ws = openpyxl.load_workbook(path, data_only=True)[FIRST]
    heads = {str(c.value).split("\n")[0]: c.column_letter for row in ws.iter_rows() for c in row if c.value and c.row < 12}
    cells = formula_cells(path)[FIRST]
    totals = [formula for ref, (formula, _) in cells.items() if ref.startswith(heads["总分"]) and "ROUND" in formula]
    assert len(totals) == 2
    assert all(("MAX(0," in formula) == (policies.get(m.P_TOTAL_FLOOR) == "0") for formula in totals)
    assert all(("0.1*" in formula) == (m.P_EVALUATION_WEIGHT in policies) for formula in totals)
    earned = [f for ref, (f, _) in cells.items() if "名次依据" in heads and ref.startswith(heads["名次依据"])]
    assert len(earned) == (2 if m.P_RANK_BASIS in policies else 0)
    assert not any(f"-{heads['突破底线']}" in formula for formula in earned)
    assert {row["科室"]: row["总分"] for row in table(ws)} == {
        s.section.name: pytest.approx(float(s.total.value)) for s in results.standings
    }
    assert [row["名次"] for row in table(ws)] == [1, 2]


def test_totals_follow_the_policies_in_libreoffice_too(tmp_path, office):
    path = tmp_path / "book.xlsx"
    path.write_bytes(summary_workbook(small_year(POLICIES[1], "98.76")))
    assert assert_cached_equals(path, office.values(path)) == []


# --- 试算 -----------------------------------------------------------------------------------------------------------------


def tried(results, added):
    """What `rank` gives if so much is added: section → (total, basis, rank, grade); `added`: section → part → points."""
    scheme = results.scheme
    finals = {}
    for name, final in results.finals.items():
        parts = {}
        for part in scheme.parts:
            value = final.parts[part.name].value + added.get(name, {}).get(part.name, D(0))
            parts[part.name] = max(D(0), value if part.full is None else min(part.full, value))
        evaluation = final.evaluation
        if evaluation is not None and m.EVALUATION in added.get(name, {}):
            mark = evaluation.result + added[name][m.EVALUATION]
            scale = D(scheme.policy(m.P_EVALUATION_SCALE))
            evaluation = replace(evaluation, result=min(scale, max(D(0), mark)))
        total = sum((part.sign * parts[part.name] for part in scheme.parts), D(0))
        total += D(scheme.policy(m.P_EVALUATION_WEIGHT)) * (evaluation.result if evaluation is not None else 0)
        total = max(D(0), total) if scheme.policy(m.P_TOTAL_FLOOR) == "0" else total
        known = {part: rank.Figure.known(value) for part, value in parts.items()}
        finals[name] = replace(final, parts=known, total=rank.Figure.known(total), evaluation=evaluation)
    return {s.section.name: s for s in rank.final_standings(scheme, finals, {})}


def trial_places(path):
    """(column letter of each head, row of each section) on 试算; the ± column of a part is "±part"."""
    ws = openpyxl.load_workbook(path, data_only=True)[TRIAL]
    first = next(row for row in range(1, 20) if ws.cell(row, 1).value == "科室")
    heads, before = {}, ""
    for cell in ws[first]:
        head = str(cell.value).split("\n")[0]
        heads[f"±{before}" if head == "±" else str(cell.value).replace("\n", "")] = cell.column_letter
        before = head
    return heads, {ws.cell(row, 1).value: row for row in range(first + 1, first + 1 + len(list(ws.iter_rows())) - first)}


def drawn(random_, results, heads):
    """Additions of a few sections: tenths and hundredths, beyond the limits at times."""
    choices = [D("0.5"), D("-0.5"), D("1.25"), D(-3), D("0.01"), D(99), D(-99), D("0.4"), D(2)]
    parts = [head[1:] for head in heads if head.startswith("±")]
    names = random_.sample(sorted(results.finals), random_.randint(1, len(results.finals)))
    return {name: {random_.choice(parts): random_.choice(choices)} for name in names}


def disagreements(session, results, path, added):
    """Cells of 试算 that do not say what `rank` says."""
    heads, at = trial_places(path)
    sets = {f"{heads[f'±{part}']}{at[name]}": float(v) for name, some in added.items() for part, v in some.items()}
    wanted = tried(results, added)
    shown = {"试算总分": "total", "试算名次": "rank", "试算等次": "grade", "试算名次依据": "basis"}
    reads = [f"{heads[head]}{at[name]}" for head in shown if head in heads for name in wanted]
    found = session.eval_many({TRIAL: sets}, {TRIAL: reads})[TRIAL]
    session.eval_many({TRIAL: dict.fromkeys(sets)}, {})
    wrong = []
    for head, attribute in shown.items():
        for name, standing in wanted.items():
            if head not in heads:
                continue
            expected = getattr(standing, attribute)
            expected = expected.value if isinstance(expected, rank.Figure) else expected
            value = found[f"{heads[head]}{at[name]}"]
            same = value == expected if isinstance(expected, str) else not isinstance(value, str | Error) and abs(D(repr(value)) - expected) < D("1e-9")
            if not same:
                wrong.append((head, name, value, expected, added))
    return wrong


TRIED = [
    {},
    {m.P_PROMOTION: "递补"},
    {m.P_EVALUATION_WEIGHT: "0.1", m.P_DIGITS: "1", m.P_ROUNDING: "四舍六入五成双"},
    {m.P_RANK_BASIS: "扣除突破底线前", m.P_TOTAL_FLOOR: "0", m.P_ROUNDING: "截尾", m.P_PROMOTION: "递补"},
]


def tried_year(policies):
    """Ten sections after review, two of them with deductions, under some policies."""
    rules = Rulebook(with_policies(load_scheme(SCHEME), **policies))
    results = rv.started(rules)
    found = rv.after_review(rules, results)
    found[rv.COURT]["bottom"] = {"底线/办公室/3/1": [(D(1), "2021-03-03 事实")]}
    finals = {name: rv.final(rules, results.assessments[name], **more) for name, more in found.items()}
    return rv.made(results, finals, r.Stage(r.REVIEW_STAGE, code=rv.CODE))


@pytest.mark.parametrize("policies", TRIED, ids=range(len(TRIED)))
def test_trials_say_what_rank_says(policies, tmp_path):
    results = tried_year(policies)
    path = tmp_path / "book.xlsx"
    path.write_bytes(summary_workbook(results))
    heads, _ = trial_places(path)
    random_ = random.Random(len(policies))
    with IronSession(path) as session:
        cases = [{}, *(drawn(random_, results, heads) for _ in range(4))]
        assert [wrong for added in cases for wrong in disagreements(session, results, path, added)] == []


def test_trials_in_libreoffice(tmp_path, office):
    results = tried_year(TRIED[3])
    path = tmp_path / "book.xlsx"
    path.write_bytes(summary_workbook(results))
    heads, _ = trial_places(path)
    random_ = random.Random(7)
    with office.open(path) as session:
        cases = [drawn(random_, results, heads) for _ in range(4)]
        assert [wrong for added in cases for wrong in disagreements(session, results, path, added)] == []


def test_a_trial_of_words_says_so_and_ranks_nobody(paths, years):
    heads, at = trial_places(paths["approved"])
    name = years["approved"].standings[4].section.name
    cell = f"{heads['±业务工作']}{at[name]}"
    with IronSession(paths["approved"]) as session:
        reads = [f"{heads[head]}{row}" for head in ("试算总分", "试算名次", "试算等次") for row in at.values() if row]
        found = session.eval_many({TRIAL: {cell: "多给点"}}, {TRIAL: reads})[TRIAL]
    assert found[f"{heads['试算总分']}{at[name]}"] == "请填数字"
    others = {value for ref, value in found.items() if ref[0] != heads["试算总分"][0]}
    assert others <= {"待定", None}


def test_what_may_be_typed_into_and_what_it_says(paths, books):
    """Only the ± cells of 试算 are open, in the whole book; 试算 says what it is, in print too."""
    heads, at = trial_places(paths["approved"])
    names = [name for name in at if name in NAMES]
    open_cells = {f"{letter}{at[name]}" for head, letter in heads.items() if head.startswith("±") for name in names}
    for sheet, (protected, free) in locked_state(paths["approved"]).items():
        assert protected and set(free) == (open_cells if sheet == TRIAL else set()), sheet
    ws = openpyxl.load_workbook(paths["approved"])[TRIAL]
    assert ws["A1"].value == "试算（不作为考评结果）"
    assert "试算　不作为考评结果" in ws.oddHeader.center.text and "试算　不作为考评结果" in ws.oddFooter.center.text
    assert TRIAL not in books["self"].sheetnames


def test_open_figures_are_tried_as_open(books):
    ws = books["draft"][TRIAL]
    found = {row[0].value: [cell.value for cell in row] for row in ws.iter_rows(min_row=5) if row[0].value in NAMES}
    assert all(row[-4] == "待定" and row[-2] == "待定" for row in found.values())


# --- 核验 -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["self", *STAGES])
def test_nothing_altered(stage, paths, office):
    cell = check_cell(paths[stage])
    assert office.values(paths[stage])[FIRST][cell]["v"] == UNTOUCHED
    assert openpyxl.load_workbook(paths[stage])[CHECK].sheet_state == "hidden"


def figures(ws):
    """Cells of a sheet that hold a figure or a number of a formula."""
    return {c.coordinate: c.value for row in ws.iter_rows() for c in row if isinstance(c.value, int | float)}


def alterations(path, random_):
    """Of every sheet a figure changed, emptied, made a text, and two of a column that change places."""
    for ws in openpyxl.load_workbook(path, data_only=True).worksheets:
        known = figures(ws)
        if ws.title in (CHECK, TRIAL) or not known:
            continue
        ref = random_.choice(sorted(known))
        yield from ((ws.title, {ref: value}) for value in (known[ref] + 0.5, None, "85"))
        zero = next((x for x in sorted(known) if known[x] == 0), None)
        if zero is not None:
            yield ws.title, {zero: None}
        other = next((x for x in sorted(known) if x[0] == ref[0] and known[x] != known[ref]), None)
        if other is not None:
            yield ws.title, {ref: known[other], other: known[ref]}


def unseen(path, cases):
    """Those of the cases that the first sheet does not tell of."""
    cell, book = check_cell(path), openpyxl.load_workbook(path)
    missed = []
    with IronSession(path) as session:
        for sheet, sets in cases:
            if session.eval_many({sheet: sets}, {FIRST: [cell]})[FIRST][cell] != ALTERED:
                missed.append((sheet, sets))
            for ref in sets:
                value = book[sheet][ref].value
                session.model.set_user_input(*session.place(sheet, ref), "" if value is None else str(value))
            assert session.eval_many({}, {FIRST: [cell]})[FIRST][cell] == UNTOUCHED, (sheet, sets)
    return missed


def test_any_altered_figure_shows_on_the_first_sheet(paths):
    cases = list(alterations(paths["approved"], random.Random(5)))
    assert len({sheet for sheet, _ in cases}) > 15 and unseen(paths["approved"], cases) == []


def test_an_altered_grade_or_name_shows(paths):
    ws = openpyxl.load_workbook(paths["approved"], data_only=True)[FIRST]
    heads = {str(c.value).split("\n")[0]: c.column_letter for row in ws.iter_rows(max_row=12) for c in row if c.value}
    first = next(row for row in range(1, 40) if ws.cell(row, 2).value in NAMES)
    altered = (("等次", first + 6, "优秀"), ("科室", first, "别的科"), ("状态", first + 1, ""))
    assert unseen(paths["approved"], [(FIRST, {f"{heads[head]}{row}": value}) for head, row, value in altered]) == []


def test_a_trial_alters_nothing(paths, years):
    heads, at = trial_places(paths["approved"])
    cell = f"{heads['±队伍建设']}{at[years['approved'].standings[0].section.name]}"
    with IronSession(paths["approved"]) as session:
        there = check_cell(paths["approved"])
        assert session.eval_many({TRIAL: {cell: -5}}, {FIRST: [there]})[FIRST][there] == UNTOUCHED


def test_the_board_is_the_sheet(years, books):
    """What the printed copy takes its values from is what the sheet shows."""
    for stage, results in years.items():
        board = Board(Facts(results))
        shown = table(books[stage][FIRST])
        for row, cells in zip(board.rows, shown, strict=True):
            for column, value in zip(board.columns, cells.values(), strict=True):
                expected = row.values[column.key]
                assert value == (pytest.approx(float(expected)) if isinstance(expected, D) else expected)
