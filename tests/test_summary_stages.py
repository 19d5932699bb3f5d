"""汇总表.xlsx, 结果.json, 问题清单.xlsx and other readings after self-assessment: 核定稿, 审定稿, 更正稿."""

import io
import json
import pickle
import re
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal as D

import openpyxl
import pytest
import reviewed as rv
from appraisals import with_policies
from engines import ironcalc_values
from test_summary import BUILD, NAMES, SCHEME
from xmlwalk import assert_cached_equals, excel_limit_violations, formula_cells, locked_state

from workbook_builder import load_scheme
from workbook_builder import model as m
from workbook_builder import records as rec
from workbook_builder import results as r
from workbook_builder.problems import Where, problem
from workbook_builder.rank import final_standings
from workbook_builder.rules.items import Rulebook
from workbook_builder.summary import other_readings, problem_workbook, result_json, summary_workbook
from workbook_builder.summary.facts import Facts, Locator

STAGES = ("draft", "approved", "corrected")
BEFORE = ("部分与项目", "自评与核定", "核定调整", "失分分析", "失分细则", "述职测评", "特色工作", "突破底线")
AFTER = ("收件登记", "问题清单", "口径说明", "决定")
#: Sheets of their own kind: one to try figures in, one that proves the figures unaltered.
TRIAL, CHECK = "试算", "核验"


@pytest.fixture(scope="module")
def rules():
    return Rulebook(load_scheme(SCHEME))


@pytest.fixture(scope="module")
def years(rules):
    """Stage → results."""
    return {name: getattr(rv, name)(rules) for name in STAGES}


@pytest.fixture(scope="module")
def paths(years, tmp_path_factory):
    """Stage → 汇总表.xlsx."""
    folder = tmp_path_factory.mktemp("stages")
    found = {}
    for name, results in years.items():
        found[name] = folder / f"{name}.xlsx"
        found[name].write_bytes(summary_workbook(results))
    return found


@pytest.fixture(scope="module")
def books(paths):
    return {name: openpyxl.load_workbook(path, data_only=True) for name, path in paths.items()}


def rows(ws):
    """The rows of a sheet."""
    return list(ws.iter_rows(values_only=True))


def words(ws):
    """Every text of a sheet in one."""
    return "\n".join(str(value) for row in rows(ws) for value in row if value is not None)


def table(ws, head="科室"):
    """Rows of the first table below the heading row that holds `head`: [{heading: value}]."""
    found = rows(ws)
    start = next(n for n, row in enumerate(found) if head in row)
    heads = [str(value).split("\n")[0] if value else "" for value in found[start]]
    cells = []
    for row in found[start + 1 :]:
        if row[heads.index(head)] is None:
            break
        cells.append(dict(zip(heads, row, strict=True)))
    return cells


def of(ws, section):
    """The row of a section in the first table of a sheet."""
    return next(row for row in table(ws) if row["科室"] == section)


# --- as files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", STAGES)
def test_formulas_agree_with_both_engines(stage, paths, office):
    assert assert_cached_equals(paths[stage], office.values(paths[stage])) == []
    assert assert_cached_equals(paths[stage], ironcalc_values(paths[stage])) == []


@pytest.mark.parametrize("stage", STAGES)
def test_sheets_limits_and_locks(stage, paths, books):
    corrections = ("更正对照",) if stage == "corrected" else ()
    book = books[stage]
    assert book.sheetnames == ["汇总", *BEFORE, *NAMES, *AFTER, *corrections, TRIAL, CHECK]
    assert excel_limit_violations(paths[stage]) == []
    locked = locked_state(paths[stage])
    assert all(protected and (not free or name == TRIAL) for name, (protected, free) in locked.items())
    assert [ws.title for ws in book.worksheets if ws.sheet_state != "visible"] == [CHECK]
    for ws in book.worksheets:
        hidden = [name for name, column in ws.column_dimensions.items() if column.hidden]
        assert hidden == []
        assert ws.page_setup.paperSize == 9 and ws.page_setup.orientation == "landscape"


@pytest.mark.parametrize("stage", STAGES)
def test_every_page_says_its_stage(stage, paths):
    book = openpyxl.load_workbook(paths[stage])
    label = {"draft": "核定稿（未审定）", "approved": "审定稿", "corrected": "更正稿1"}[stage]
    for ws in (ws for ws in book.worksheets if ws.title not in (TRIAL, CHECK)):
        margins = (ws.oddHeader.center.text, ws.oddFooter.center.text)
        assert margins == (label, label) and ws.oddFooter.left.text == "批次号 0123456789ab"
        assert ("未审定" in words(ws)) == (stage == "draft")
    assert label in [row[0] for row in rows(book["汇总"])]


def test_a_correction_not_yet_signed_says_so(rules):
    results = rv.corrected(rules, signed=False)
    assert Facts(results).label == "更正稿1（未审定）"


def test_same_results_same_bytes_anywhere(years, tmp_path):
    results = years["draft"]
    here = summary_workbook(results) + result_json(results) + problem_workbook(results.problems, "问题清单")
    (tmp_path / "results.pickle").write_bytes(pickle.dumps(results))
    env = {"PYTHONHASHSEED": "5", "TZ": "Asia/Shanghai", "LC_ALL": "C", "PYTHONUTF8": "1"}
    places = [str(tmp_path / "results.pickle"), str(SCHEME.parent.parent.parent), str(SCHEME.parent.parent.parent / "tests")]
    assert subprocess.run([sys.executable, "-c", BUILD, *places], capture_output=True, env=env, check=True).stdout == here


def test_a_mark_stands_on_every_page(years, tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(summary_workbook(years["approved"], mark="演示数据"))
    book = openpyxl.load_workbook(path)
    assert all("演示数据" in ws.oddHeader.center.text and "演示数据" in ws.oddFooter.center.text for ws in book.worksheets)
    assert [row[0] for row in rows(book["汇总"])][1:3] == ["审定稿", "演示数据"]
    assert "演示数据" not in summary_workbook(years["approved"]).decode("latin-1")


# --- 汇总 --------------------------------------------------------------------------------------------------------------


def test_everybody_waiting_for_the_same_is_one_line(years):
    results = years["approved"]
    waiting = replace(results, pending=tuple(r.Pending(name, m.EVALUATION, r.NOT_EVALUATED) for name in NAMES))
    assert Facts(waiting).outstanding() == ["全部科室：述职测评未测评。"]
    items = (r.Pending("政治处", "底线/政治处/1", r.NOT_REVIEWED), r.Pending("政治处", "底线/办公室/2", r.NOT_REVIEWED))
    assert Facts(replace(results, pending=items)).outstanding() == ["政治处：突破底线第1、2项未核定。"]


# --- the other sheets ----------------------------------------------------------------------------------------------------


def test_items_show_final_figures_and_own_ones_beside(books):
    ws = books["draft"]["部分与项目"]
    listed = rows(ws)
    place = next(n for n, row in enumerate(listed) if row[0] == rv.OFFICE)
    first, beneath = listed[place], listed[place + 1]
    assert first[3:6] == (7, 6.5, 8) and beneath[3:6] == ("/10 自评9", "/10 自评7.5", "/10")
    assert first[1] == first[2] - 2 - 1 - 1
    assert next(row for row in listed if row[0] == rv.AID)[1:4] == ("待定", "—", "待定")
    assert "办公室的业务工作小计已减去替促进法治科承担的 1 分（业务工作第4项细则1），见“核定调整”。" in words(ws)


def test_every_adjustment_is_listed(years, books):
    ws = books["approved"]["核定调整"]
    listed = table(ws, "考评项")
    expected = [a for final in years["approved"].finals.values() for a in final.adjustments]
    assert len(listed) == len(expected) == 7
    assert [(row["科室"], row["类别"], row["理由"]) for row in listed] == [(a.section, a.kind, a.reason) for a in expected]
    city, review, second, transfer = listed[:4]
    assert city["细则"].startswith("业务/办公室/1/2　") and city["依据"] == "沪司办通〔2021〕8号"
    assert review["核定者"] == "政治处" and review["自评"] == "1" and review["核定"] == "2"
    assert review["本项得分"] == city["本项得分"] == "9→7（−2）" and second["本项得分"] == "7.5→6.5（−1）"
    assert transfer["核定"] == "承担1分（促进法治科）" and transfer["本项得分"] is None
    assert next(row for row in listed if row["类别"] == "决定")["本项得分"] == "7→8（+1）"
    assert next(row for row in listed if row["考评项"] == "特色工作")["本项得分"] == "3→2（−1）"
    office = next(row for row in rows(books["approved"]["自评与核定"]) if row[0] == rv.OFFICE)
    assert office[4] == office[7] == -4 and office[15:] == (4, "核定 2　市局反馈 1　转承 1")
    assert next(row for row in rows(books["approved"]["自评与核定"]) if row[0] == rv.SERVICE)[14] == 3.5


def test_evaluation_tells_no_more_than_it_may(years, books):
    text = words(books["draft"]["述职测评"])
    assert "票数少，不列" in text and "没有有效票" in text and "不计入总分（口径“述职测评权重”取 0）" in text
    found = rows(books["approved"]["述职测评"])
    aid = next(row for row in found if row[0] == rv.AID)
    assert aid[1:] == (86.5, "票数少，不列", "—", 82.25, 21, 18, 84.8)


def test_bottom_line_says_where_every_clause_stands(books):
    ws = books["draft"]["突破底线"]
    law, service = (next(row for row in rows(ws) if row[0] == name) for name in (rv.LAW, rv.SERVICE))
    assert law[1:8] == ("未核定", "无", "无", "无", "已登记未定", "无", "待定")
    assert service[4] == "−3.5（2起）" and service[7] == 3.5
    text = words(ws)
    assert "第3项　第2起　扣 2 分　核定者：办公室\n事实：2021-09-02 群发邮件泄露服务对象信息" in text
    assert "有扣分的不得评为优秀" in text and "突破底线第3项细则1　2021-06-18　窗口终端感染病毒" in text


def test_assessors_who_differ_are_told(years):
    results = years["approved"]
    final = results.finals[rv.SERVICE]
    joint = [x for x in final.incidents if x.clause.id.endswith("/5/1")]
    assert len(joint) > 1
    other = replace(joint[0], present=True, amounts=(D(1),), facts=("2021-03-03 事实",))
    changed = replace(final, incidents=tuple(other if x is joint[0] else x for x in final.incidents))
    data = summary_workbook(replace(results, finals={**results.finals, rv.SERVICE: changed}))
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert next(row for row in rows(book["突破底线"]) if row[0] == rv.SERVICE)[6] == "意见不一"


def test_decisions_with_what_became_of_them(years, books):
    listed = table(books["draft"]["决定"], "种类")
    assert [(row["种类"], row["状态"]) for row in listed] == [(x.decision.kind, x.state) for x in years["draft"].decisions]
    wrong = next(row for row in listed if row["种类"] == rec.CORRECT)
    assert (wrong["状态"], wrong["说明"], wrong["原为"], wrong["改为"]) == ("未生效", "原为不符，现为18分", "19", "18")
    assert wrong["对象"].startswith("业务/公服科/1　") and wrong["日期"] == "2021-12-24" and wrong["决定者"] == rv.GROUP
    waiting = next(row for row in listed if row["种类"] == rec.RULING)
    assert waiting["状态"] == "待答复" and waiting["改为"] is None


def test_corrections_first_ranks_then_figures(books):
    listed = table(books["corrected"]["更正对照"], "项目")
    assert [(row["科室"], row["项目"], row["审定时"], row["现在"], row["变化"]) for row in listed] == [
        ("办公室", "等次", "优秀", "待裁定", None),
        ("秘书科、普法科", "名次", 4, 5, None),
        ("促进法治科", "名次", 5, 4, None),
        ("促进法治科", "等次", "未定", "（无）", None),
        ("秘书科、普法科", "业务工作第1项　推进学习宣传贯彻工作、落实报告简报制度", 3.25, 1.75, -1.5),
        ("秘书科、普法科", "总分", 55.25, 53.75, -1.5),
    ]
    assert "与审定稿相比有 6 处变动，见“更正对照”。" in words(books["corrected"]["汇总"])


def test_section_pages_show_both_sides(paths, books):
    ws = books["approved"][rv.OFFICE]
    found = {row[0]: row for row in reversed(rows(ws)) if row[0]}
    assert found["1.2"][2:4] == (1, "市局反馈 1\n核定 2") and found["1.2"][8] == 1
    assert found["1.2"][10] == "市局反馈·市局：视频会议缺席；沪司办通〔2021〕8号\n核定·政治处：另查实一次值班脱岗，见台账"
    assert found["1"][6:8] == (9, 7) and found["2"][6:8] == (7.5, 6.5)
    captions = {row[1]: row for row in rows(ws) if row[1]}
    assert captions["替促进法治科承担：业务工作第4项细则1（业务/促进法治科/4/1）"][7] == -1
    own, after = captions["业务工作小计"][6], captions["业务工作小计"][7]
    assert captions["业务工作合计（减去承担部分）"][7] == after - 1 == own - 4
    total = next(row for text, row in captions.items() if str(text).startswith("总分（"))
    assert total[7] == of(books["approved"]["汇总"], rv.OFFICE)["总分"]
    assert "替促进法治科承担　业务工作第4项细则1　1 分" in words(ws) and "视频会议无人应答" in words(ws)
    fight = words(books["approved"][rv.FIGHT])
    assert "转由办公室承担　业务工作第4项细则1　1 分" in fight and "转由某科室承担　" in fight
    court = next(row for row in rows(books["approved"][rv.COURT]) if row[0] == "1" and row[10])
    assert court[10] == "决定·考评工作领导小组：重复扣分一次，予以恢复；调整　纪要3号"
    formulas = [formula for formula, _ in formula_cells(paths["approved"])[rv.OFFICE].values()]
    assert any(re.fullmatch(r"IF\(OR\(.*\),\"待定\",ROUND\(ROUND\(.*-H\d+,4\),2\)\)", formula) for formula in formulas)


def test_a_section_without_a_return_still_has_its_reviewed_page(years, books):
    ws = books["draft"][rv.AID]
    text = words(ws)
    assert "还没有可以采用的考评表" in text and "未定事项：队伍建设未核定" in text
    for item in years["draft"].scheme.section_items(years["draft"].finals[rv.AID].section, m.BUSINESS):
        assert all("".join(clause.text.split()) in "".join(text.split()) for clause in item.clauses)
    results, final = years["draft"], years["draft"].finals[rv.AID]
    item = "业务/法律援助中心/1"
    instead = r.Adjustment(r.BY_REVIEW, rv.AID, item, f"{item}/1", "（空）", "是", "考评科室代填", "政治处")
    changed = replace(results, finals={**results.finals, rv.AID: replace(final, adjustments=(instead,))})
    book = openpyxl.load_workbook(io.BytesIO(summary_workbook(changed)))
    assert next(row for row in rows(book[rv.AID]) if row[0] == "1.1")[2:4] == ("—", "是")


def test_rows_that_only_a_reviewer_used_are_shown(years):
    results, final = years["approved"], years["approved"].finals["政治处"]
    field = next(c.id for i in final.items.values() for c in i.item.clauses if c.kind == m.DISCRETIONARY_EACH and i.item.part == m.BUSINESS)
    assessment = results.assessments["政治处"]
    entries = {name: value for name, value in assessment.returned.entries.items() if not name.startswith(f"{field}@")}
    bare = replace(assessment, returned=replace(assessment.returned, entries=entries))
    item = field.rpartition("/")[0]
    added = r.Adjustment(r.BY_REVIEW, "政治处", item, f"{field}@2", "（空）", "1.5", "查实一次", rv.GROUP)
    changed = replace(
        results,
        assessments={**results.assessments, "政治处": bare},
        finals={**results.finals, "政治处": replace(final, adjustments=(added,))},
    )
    for year, expected in ((replace(changed, finals=results.finals), 0), (changed, 1)):
        book = openpyxl.load_workbook(io.BytesIO(summary_workbook(year)))
        assert sum(row[3] == "1.5" and row[2] == "（空）" for row in rows(book["政治处"])) == expected


# --- 结果.json -------------------------------------------------------------------------------------------------------------


def test_json_after_review(years):
    found = json.loads(result_json(years["approved"]))
    assert (found["stage"], found["approved"], found["code"], found["provisional"]) == ("审定稿", True, rv.CODE, False)
    rows_ = {row["section"]: row for row in found["standings"]}
    service = rows_[rv.SERVICE]
    assert service["突破底线"] == 3.5 and service["等次"] == "未定" and service["述职测评"] == 86.8
    assert service["总分"] == pytest.approx(service["业务工作"] + service["队伍建设"] + service["特色工作"] - 3.5)
    assert found["items"][rv.OFFICE]["业务/办公室/1"] == {"self": 9, "review": 7, "final": 7}
    assert found["items"][rv.SERVICE]["底线/办公室/3"] == {"self": None, "review": 3.5, "final": 3.5}
    assert found["evaluation"][rv.AID] == {"局领导": 86.5, "局属各单位、各部门": 82.25, "result": 84.8}
    assert found["decisions"][2] == {
        "kind": "调整", "section": "执法监督科", "object": "业务/执法监督科/1", "from": "7", "to": "8", "reason": "重复扣分一次，予以恢复",
        "basis": "领导小组会议纪要〔2021〕3号", "date": "2021-12-24", "role": "考评工作领导小组", "state": "已生效",
    }  # fmt: skip
    assert found["moved"] == []


def test_json_while_something_is_open(years):
    found = json.loads(result_json(years["draft"]))
    assert (found["stage"], found["approved"], found["provisional"]) == ("核定稿", False, True)
    rows_ = {row["section"]: row for row in found["standings"]}
    assert rows_[rv.LAW]["突破底线"] is None and rows_[rv.LAW]["总分"] is None and rows_[rv.LAW]["等次"] is None
    assert rows_[rv.LAW]["最低"] is None and rows_[rv.LAW]["业务工作"] == 56
    assert rows_[rv.SERVICE]["述职测评"] is None and found["evaluation"][rv.SERVICE] == {"result": None}
    assert found["items"][rv.AID]["业务/法律援助中心/1"] == {"self": None, "review": None, "final": None}
    assert found["items"][rv.FIGHT]["业务/促进法治科/2"]["self"] == 15
    assert {"section": rv.LAW, "item": "底线/律公科/4", "reason": "已登记未定扣分"} in found["pending"]
    assert [d["date"] for d in found["decisions"] if d["state"] == "待答复"] == [None, None]
    # Of the ballots there are means and results, and nothing else.
    keys = {key for section in found["evaluation"].values() for key in section}
    assert keys == {"局领导", "局属各单位、各部门", "result"}


def test_json_tells_what_moved(years):
    moved = json.loads(result_json(years["corrected"]))["moved"]
    assert {"section": "秘书科、普法科", "figure": "总分", "before": 55.25, "now": 53.75} in moved
    assert {"section": "促进法治科", "figure": "等次", "before": "未定", "now": None} in moved
    assert {"section": "促进法治科", "figure": "名次", "before": 5, "now": 4} in moved


# --- 口径 ------------------------------------------------------------------------------------------------------------------


def rescored(results, rules):
    """Standings of the same finals under another reading of a policy that only ranks and grades depend on."""

    def rescore(policy, value):
        if policy not in (m.P_PROMOTION, m.P_RANK_BASIS, m.P_DIGITS):
            return None
        scheme = with_policies(rules.scheme, **{policy: value})
        return final_standings(scheme, results.finals, {})

    return rescore


def test_other_readings_move_grades(rules, tmp_path):
    results = rv.started(rules)
    found = rv.after_review(rules, results)
    found[rv.COURT]["bottom"] = {"底线/办公室/3/1": [(D(1), "2021-03-03 事实")]}
    finals = {name: rv.final(rules, results.assessments[name], **more) for name, more in found.items()}
    year = rv.made(results, finals, r.Stage(r.REVIEW_STAGE, code=rv.CODE))
    others = {(x.policy, x.value): x for x in other_readings(year, rescored(year, rules))}
    fourth = year.standings[3].section.name
    promoted = others[m.P_PROMOTION, "递补"]
    assert promoted.weight == 0 and promoted.text() == f"{fourth} 等次 未定→优秀"
    assert others[m.P_DIGITS, "4"].text() == "本年总分、名次和等次不变"
    assert others[m.P_OWN_VOTE, "计入"].text() == "须重新下发、填报后才能比较"
    path = tmp_path / "book.xlsx"
    path.write_bytes(summary_workbook(year, tuple(others.values())))
    ws = openpyxl.load_workbook(path)["口径说明"]
    listed = table(ws, "口径")
    assert [row["口径"] for row in listed[:2]] == [m.P_RANK_BASIS, m.P_PROMOTION]
    assert listed[1]["换一种读法，本年结果的变化"] == promoted.text()
    assert not any("等次 " in str(row["换一种读法，本年结果的变化"]) for row in listed[2:])


def test_before_review_they_stay_for_later(rules):
    year = rv.started(rules)
    found = {(x.policy, x.value): x.text() for x in other_readings(year, lambda policy, value: year.standings)}
    assert found[m.P_PROMOTION, "递补"] == "自评阶段不涉及" and found[m.P_DIGITS, "4"] == "本年自评分和排序不变"


# --- 问题清单 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "where, section",
    [
        (Where("决定.xlsx", "决定", "F5"), "促进法治科"),  # the row of a decision about a section
        (Where("决定.xlsx", "决定", "F4", "视情步长"), ""),
        (Where("台账.xlsx", "台账", "D5"), "公服科"),
        (Where("台账.xlsx", "台账", "D99"), ""),
        (Where("市局反馈.xlsx", "市局反馈", "C7", "业务/政治处/1/2"), "政治处"),
        (Where("市局反馈.xlsx", "市局反馈", "C7", "业务/秘书科、普法科/1/3#选项"), "秘书科、普法科"),
        (Where("市局反馈.xlsx", "市局反馈", "C7", "队伍/各科室/1/1"), ""),
        (Where("3核定/核定表-政治处.xlsx", "公服科", "K9", "队伍/各科室/1/1"), "公服科"),
        (Where("3核定/核定表-政治处.xlsx", "突破底线", "K9", "律公科/底线/政治处/1/1"), "律公科"),
        (Where("3核定/核定表-政治处.xlsx"), ""),  # whose book it is says nothing about whom it concerns
        (Where("", "", "", "办公室/业务/办公室/1"), "办公室"),
        (Where("2回收/公服科 考评表.xlsx"), "公服科"),
        (Where("2回收/表.xlsx", "申报1-律公科"), "律公科"),
        (Where("决定.xlsx", "决定", "F77", "底线/政治处/1/1"), ""),
    ],
)
def test_whose_problem_it_is(years, where, section):
    found = problem("DECISION_STALE", where, "19", kind="调整", now="18")
    assert Locator(years["draft"].scheme, years["draft"]).section(found) == section


def test_problem_list_with_versions_and_receipts(years, tmp_path):
    versions = {
        "政治处": (
            ("2回收/政治处A.xlsx", "2回收/政治处B.xlsx"),
            (("=第1条", ("是", "否"), ("F7", "F9")), ("第2条说明", ("+86", "（空）"), ("I8", "I8"))),
        ),
        "公服科": (("甲.xlsx",), (("第1条", ("1",), ("F7",)),)),
    }
    results = years["draft"]
    path = tmp_path / "list.xlsx"
    path.write_bytes(problem_workbook(results.problems, "问题清单", results=results, versions=versions))
    assert excel_limit_violations(path) == [] and not any(formula_cells(path).values())
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["问题清单", "不同版本对照", "收件登记"]
    listed = [row for row in rows(book["不同版本对照"]) if row[0] == "=第1条"]
    assert listed == [("=第1条", "是", "F7", "否", "F9")]
    assert "公服科　1 处不同" in words(book["不同版本对照"]) and "+86" in words(book["不同版本对照"])
    assert book["问题清单"].oddHeader.center.text == "问题清单（未审定）"
    approved = tmp_path / "approved.xlsx"
    approved.write_bytes(problem_workbook((), "问题清单", results=years["approved"]))
    book = openpyxl.load_workbook(approved)
    assert book.sheetnames == ["问题清单", "收件登记"]
    assert book["问题清单"].oddHeader.center.text == "问题清单（审定稿）"
