"""汇总表.xlsx, 结果.json, 问题清单.xlsx and the merged table, from returns made in memory."""

import io
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from engines import ironcalc_values
from xmlwalk import assert_cached_equals, excel_limit_violations, formula_cells, locked_state

from workbook_builder import model as m
from workbook_builder import results as r
from workbook_builder.excel.report import Formula, Report, names_unlike, pieces
from workbook_builder.problems import Where, problem, sort_problems
from workbook_builder.rank import self_standings
from workbook_builder.returns import ADOPTED, ATTACHMENT, Received, SectionReturn
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl
from workbook_builder.rules.items import Rulebook
from workbook_builder.scheme import load_scheme, read_document
from workbook_builder.scheme.readings import with_reading
from workbook_builder.score import assess
from workbook_builder.summary import merged_table, other_readings, problem_workbook, result_json, summary_workbook
from workbook_builder.summary.facts import Facts

SCHEME = Path(__file__).resolve().parent.parent / "samples" / "2021" / "方案.yaml"
NAMES = (
    "办公室",
    "政治处",
    "执法监督科",
    "复议应诉科",
    "秘书科、普法科",
    "促进法治科",
    "社区矫正（教育帮扶）科",
    "公服科",
    "律公科",
    "法律援助中心",
)
SHA = "ab" * 32


@pytest.fixture(scope="module")
def scheme():
    return load_scheme(SCHEME)


@pytest.fixture(scope="module")
def rules(scheme):
    return Rulebook(scheme)


# --- making results -------------------------------------------------------------------------------------------


def plain_answer(slot, number):
    """A legal answer; `number` varies the counts."""
    if slot.type in (sl.YESNO, sl.CHOICE):
        return slot.choices[-1]
    if slot.suffix.startswith("@"):
        return Decimal(0)
    if slot.type == sl.COUNT:
        return Decimal(number % 2)
    return Decimal(0) if slot.type == sl.AMOUNT else (slot.low + slot.high) // 2


def answers(rules, section, number=0):
    """Every answer of a section, complete."""
    entries = {sh.CONFIRM: m.YES, sh.PROPOSED: Decimal(3)}
    for item in sh.sheet_items(rules.scheme, section):
        for place, clause in enumerate(item.clauses):
            for slot in rules.slots[clause.id]:
                if slot.suffix != sl.MORE:
                    doubled = clause.kind == m.DOUBLING
                    entries[clause.id + slot.suffix] = Decimal(0) if doubled else plain_answer(slot, number + place)
    return entries


def returned(rules, section, number=0, refused=None, **changes):
    """A return of `section`; a change to None leaves the answer out. Keys with "__" stand for "/"."""
    entries = answers(rules, section, number)
    entries |= {name.replace("__", "/"): value for name, value in changes.items()}
    entries = {name: value for name, value in entries.items() if value is not None}
    places = {name: f"F{row}" for row, name in enumerate(entries, 5)}
    file = f"2回收/{section.name}.xlsx"
    return SectionReturn(section.name, file, SHA, section.name, entries, places, (), refused or {}, checksum="12345")


def make_results(rules, returns, undecided=(), problems=(), received=()):
    scheme = rules.scheme
    assessments = assess(rules, {x.section: x for x in returns}, frozenset(undecided))
    missing = tuple(a.section.name for a in assessments if a.returned is None and a.section.name not in undecided)
    problems = [*problems, *(problem("SECTION_NOT_RETURNED", Where(field=name), section=name) for name in missing)]
    receipts = [Received(x.file, x.sha256, x.section, ADOPTED, "xlsx", "考评表") for x in returns]
    return r.Results(
        scheme=scheme,
        batch="0123456789ab",
        standings=self_standings(scheme, assessments),
        assessments={a.section.name: a for a in assessments},
        pending=tuple(p for a in assessments for p in a.pending),
        received=tuple(sorted([*receipts, *received], key=lambda x: x.file)),
        missing=missing,
        problems=sort_problems(problems),
    )


def all_returned(rules, **changes):
    return [returned(rules, s, n, **changes) for n, s in enumerate(rules.scheme.sections)]


@pytest.fixture(scope="module")
def complete(rules):
    return make_results(rules, all_returned(rules))


@pytest.fixture(scope="module")
def messy(rules):
    """One section missing, one undecided, one refused answer, one waiting for the city, one not confirmed, long texts."""
    some = {s.name: s for s in rules.scheme.sections}
    waiting = next(c for c in rules.scheme.clause_by_id.values() if c.allow_pending and "促进法治科" in c.id)
    office = returned(rules, some["办公室"], refused={"业务/办公室/2/1": "三四次"})
    entries = dict(office.entries)
    del entries["业务/办公室/2/1"], entries["业务/办公室/1/3"]
    entries |= {
        "业务/办公室/1/1#说明": '=HYPERLINK("http://x","点我")',
        "业务/办公室/1/2#说明": "@SUM(A1)",
        "业务/办公室/1/4#说明": "-1+2",
        "业务/办公室/2/2#说明": "+1 说明很长" * 900,
        "填表人": "=1+1",
        "申报/1#特色工作名称": "+创新",
        "申报/1#主要内容": "一行\n" * 400,
        "建议": "长" * 40_000,
    }
    returns = [
        replace(office, entries=entries),
        returned(rules, some["执法监督科"], 1),
        returned(rules, some["复议应诉科"], **{sh.CONFIRM: None, sh.PROPOSED: None}),
        returned(rules, some["促进法治科"], **{waiting.id.replace("/", "__"): m.PENDING_CITY}),
        returned(rules, some["秘书科、普法科"], 1),
        returned(rules, some["社区矫正（教育帮扶）科"]),
        returned(rules, some["法律援助中心"], 1),
    ]
    problems = [
        problem("VALUE_NOT_ALLOWED", Where("2回收/办公室.xlsx", "办公室", "F13", "业务/办公室/2/1"), "=三四次", allowed="填整数"),
        problem("FORM_FIELD_BLANK", Where("2回收/办公室.xlsx", "申报1-办公室", "C8", "申报/1#联系人"), caption="联系人"),
        problem("ZIP_DAMAGED", Where("2回收/公服科 考评表.xlsx"), part=""),
        problem("MATERIAL_MISSING", Where(field="执法监督科/全年工作总结报告"), "全年工作总结报告", section="执法监督科"),
    ]
    received = [
        Received("2回收/办公室总结.pdf", SHA, "办公室", ATTACHMENT, "pdf", "全年工作总结报告"),
        Received("2回收/=cmd.txt", SHA, "", "未能读取", "text"),
    ]
    return make_results(rules, returns, ["政治处"], problems, received)


@pytest.fixture(scope="module")
def empty(rules):
    return make_results(rules, [])


@pytest.fixture
def saved(tmp_path):
    def save(data, name="book.xlsx"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return save


def texts(path, sheet=None):
    """Every text of a workbook (or a sheet) as one list."""
    book = openpyxl.load_workbook(path)
    sheets = [book[sheet]] if sheet else book.worksheets
    return [cell.value for ws in sheets for row in ws.iter_rows() for cell in row if isinstance(cell.value, str)]


# --- the workbook as a file -------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["complete", "messy", "empty"])
def test_formulas_agree_with_both_engines(which, request, saved, office):
    path = saved(summary_workbook(request.getfixturevalue(which)))
    assert assert_cached_equals(path, office.values(path)) == []
    assert assert_cached_equals(path, ironcalc_values(path)) == []
    assert excel_limit_violations(path) == []


@pytest.mark.parametrize("which", ["complete", "messy", "empty"])
def test_sheets_and_locks(which, request, saved):
    path = saved(summary_workbook(request.getfixturevalue(which)))
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [
        "汇总", "部分与项目", "失分分析", "失分细则", "特色工作", *NAMES, "收件登记", "问题清单", "口径说明", "核验",
    ]  # fmt: skip
    assert all(protected and not free for protected, free in locked_state(path).values())
    for ws in book.worksheets:
        assert "未审定" in ws.oddHeader.center.text and "未审定" in ws.oddFooter.center.text
        assert ws.page_setup.paperSize == 9 and ws.page_setup.orientation == "landscape"
        assert ws.page_setup.fitToWidth in (None, 1)


BUILD = """
import pickle, sys
sys.path[:0] = sys.argv[2:]
from workbook_builder.summary import problem_workbook, result_json, summary_workbook
results = pickle.load(open(sys.argv[1], "rb"))
out = summary_workbook(results) + result_json(results) + problem_workbook(results.problems, "问题清单")
sys.stdout.buffer.write(out)
"""


@pytest.mark.parametrize("seed,zone,locale", [("1", "UTC", "C"), ("77", "Asia/Shanghai", "zh_CN.UTF-8")])
def test_same_results_same_bytes_anywhere(messy, tmp_path, seed, zone, locale):
    import pickle

    here = summary_workbook(messy) + result_json(messy) + problem_workbook(messy.problems, "问题清单")
    (tmp_path / "results.pickle").write_bytes(pickle.dumps(messy))
    env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "PYTHONUTF8": "1"}
    command = [sys.executable, "-c", BUILD, str(tmp_path / "results.pickle"), str(SCHEME.parent.parent.parent)]
    there = subprocess.run(command, capture_output=True, env=env, check=True).stdout
    assert there == here
    assert here == summary_workbook(messy) + result_json(messy) + problem_workbook(messy.problems, "问题清单")


def test_the_file_names_no_one_and_no_clock(complete):
    with zipfile.ZipFile(io.BytesIO(summary_workbook(complete))) as archive:
        core = archive.read("docProps/core.xml").decode()
        assert "2000-01-01T00:00:00Z" in core and "<dc:creator></dc:creator>" in core
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


# --- what it says -----------------------------------------------------------------------------------------------


def test_foreign_text_stays_text(messy, saved):
    path = saved(summary_workbook(messy))
    for formula, _ in (entry for cells in formula_cells(path).values() for entry in cells.values()):
        assert "HYPERLINK" not in formula and "SUM(A1)" not in formula and formula != "1+1"
    found = texts(path)
    for text in ('=HYPERLINK("http://x","点我")', "@SUM(A1)", "-1+2", "=1+1", "+创新", "=三四次", "2回收/=cmd.txt"):
        assert text in found
    book = openpyxl.load_workbook(path)
    for ws in book.worksheets:
        for row in ws.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value in ("=1+1", "@SUM(A1)", "-1+2", "+创新"):
                    assert cell.data_type != "f" and cell.quotePrefix


def test_long_texts_are_not_lost(messy, saved):
    path = saved(summary_workbook(messy))
    found = "".join(texts(path, "办公室"))
    assert found.count("+1 说明很长") >= 890  # a piece may end inside the words
    assert found.count("长" * 1000) > 20 and "过长，已截断" in found
    book = openpyxl.load_workbook(path)
    assert max(d.height or 0 for d in book["办公室"].row_dimensions.values()) <= 409


@pytest.mark.parametrize("rounding", ["四舍五入", "四舍六入五成双", "截尾"])
def test_totals_round_as_the_policy_says(scheme, rounding, saved, office):
    values = {m.P_ROUNDING: rounding, m.P_DIGITS: "1"}
    policies = tuple(replace(p, value=values.get(p.name, p.value)) for p in scheme.policies)
    rules = Rulebook(replace(scheme, policies=policies, extra={}))
    special = [Decimal(text) for text in ("1.25", "1.35", "1.15", "2.05", "1.0501", "1.27", "1.29", "1.22", "4.1", "1.9501")]
    returns = [
        returned(rules, s, n, **{sh.PROPOSED: special[n % len(special)]}) for n, s in enumerate(rules.scheme.sections)
    ]
    path = saved(summary_workbook(make_results(rules, returns)))
    assert assert_cached_equals(path, office.values(path)) == []
    assert assert_cached_equals(path, ironcalc_values(path)) == []


def test_detail_page(messy, saved):
    ws = openpyxl.load_workbook(saved(summary_workbook(messy)), data_only=True)["办公室"]
    # 业务工作 comes first; the numbers begin anew with every part.
    rows = {row[0]: row for row in reversed(list(ws.iter_rows(values_only=True))) if row[0]}
    clause = messy.scheme.clause_by_id["业务/办公室/2/1"]
    assert clause.text in rows["2.1"][1]
    assert rows["2.1"][2:7] == ("三四次（未采用）", clause.unit, "待定", None, "有误")
    assert rows["1.3"][2] == rows["1.3"][6] == "未发生" and rows["1.3"][4] == 0
    assert rows["1.1"][2] == "否" and rows["1.1"][8] == "F7"
    # A clause of which there is nothing to say stands on as few lines as it needs.
    all_texts = ["".join(str(row[1]).split()) for row in ws.iter_rows(values_only=True)]
    for item in sh.sheet_items(messy.scheme, messy.assessments["办公室"].section):
        assert all(any("".join(c.text.split()) in text for text in all_texts) for c in item.clauses)


def test_links_lead_to_sheets_and_back(complete, saved):
    book = openpyxl.load_workbook(saved(summary_workbook(complete)))
    links = [cell.hyperlink.location for row in book["汇总"].iter_rows() for cell in row if cell.hyperlink]
    assert {f"'{name}'!A1" for name in NAMES} <= set(links)
    back = [cell.hyperlink.location for row in book["公服科"].iter_rows() for cell in row if cell.hyperlink]
    assert back == ["'汇总'!A1"]


def test_materials_and_receipts(messy, saved):
    rows = list(openpyxl.load_workbook(saved(summary_workbook(messy)))["收件登记"].iter_rows(values_only=True))
    due = {row[0]: row[1:4] for row in rows if row[0] in NAMES}
    assert due["办公室"] == ("收到", "收到", "表内已填")
    assert due["政治处"] == ("待裁定", "缺", "—")
    assert due["公服科"] == ("缺", "缺", "—")
    files = {row[0]: row for row in rows if str(row[0]).startswith("2回收")}
    assert len(files) == len(messy.received)
    assert files["2回收/办公室.xlsx"][5] == SHA


def test_whose_problem_it_is(messy):
    facts = Facts(messy)
    codes = {name: [p.code for p in found] for name, found in facts.by_section.items()}
    assert sorted(codes["办公室"]) == ["FORM_FIELD_BLANK", "VALUE_NOT_ALLOWED"]
    assert sorted(codes["公服科"]) == ["SECTION_NOT_RETURNED", "ZIP_DAMAGED"]
    assert codes["执法监督科"] == ["MATERIAL_MISSING"]


def test_problem_list(messy, saved):
    path = saved(problem_workbook(messy.problems, "问题清单", scheme=messy.scheme))
    assert excel_limit_violations(path) == []
    ws = openpyxl.load_workbook(path)["问题清单"]
    assert ws.oddHeader.center.text == "问题清单（未审定）" and ws.auto_filter.ref and ws.freeze_panes
    rows = list(ws.iter_rows(values_only=True))
    head = next(n for n, row in enumerate(rows) if row[0] == "严重程度")
    found = rows[head + 1 :]
    assert len(found) == len(messy.problems)
    assert [row[0] for row in found] == sorted((row[0] for row in found), key=["错误", "提醒", "提示"].index)
    wrong = next(row for row in found if row[1] == "VALUE_NOT_ALLOWED")
    assert wrong[2:7] == ("办公室", "2回收/办公室.xlsx", "办公室", "F13", "=三四次")


def test_no_problems_still_makes_a_list(saved):
    assert "没有问题。" in texts(saved(problem_workbook((), "问题清单")))


# --- 结果.json ----------------------------------------------------------------------------------------------------


def test_json_shape_and_nulls(messy):
    data = result_json(messy)
    assert data.endswith(b"}\n") and "办公室".encode() in data
    found = json.loads(data)
    assert list(found) == [
        "batch", "stage", "approved", "code", "provisional", "pending", "policies", "standings", "items", "evaluation",
        "decisions", "moved", "received", "missing",
    ]  # fmt: skip
    assert found["approved"] is False and found["code"] is None
    assert found["evaluation"] == {} and found["decisions"] == found["moved"] == []
    assert found["stage"] == "自评汇总" and found["provisional"] is True
    assert found["missing"] == ["公服科", "律公科"]
    rows = {row["section"]: row for row in found["standings"]}
    assert list(rows["办公室"]) == [
        "section", "业务工作", "队伍建设", "特色工作", "突破底线", "述职测评", "总分", "已定部分", "最低", "最高",
        "名次", "名次最好", "名次最差", "等次",
    ]  # fmt: skip
    gone = rows["公服科"]
    assert all(gone[name] is None for name in ("业务工作", "队伍建设", "特色工作", "突破底线", "述职测评", "总分", "名次", "等次"))
    assert gone["已定部分"] == 0 and gone["最高"] == 90
    assert rows["办公室"]["业务工作"] is None and rows["办公室"]["总分"] is None
    assert all(item == {"self": None, "review": None, "final": None} for item in found["items"]["公服科"].values())
    assert found["items"]["办公室"]["业务/办公室/2"]["self"] is None
    assert {"section": "办公室", "item": "业务/办公室/2", "reason": "填报有误"} in found["pending"]
    assert found["received"][0].keys() == {"file", "sha256", "section", "outcome"}


def test_json_numbers_have_no_noise(rules):
    returns = all_returned(rules, **{sh.PROPOSED: Decimal("3.3000")})
    text = result_json(make_results(rules, returns)).decode()
    assert '"特色工作": 3.3,' in text and "E" not in text.split('"policies"')[0]
    for row in json.loads(text)["standings"]:
        assert all(round(v, 4) == v for v in row.values() if isinstance(v, float))


# --- the merged table -----------------------------------------------------------------------------------------------


def test_merged_table(messy):
    table = merged_table(messy)
    assert list(table.columns) == [
        "section", "part", "item", "clause", "field", "value", "points", "state", "note", "file", "sheet", "cell",
    ]  # fmt: skip
    assert set(table.dtypes.astype(str)) == {"object"}
    assert set(table["section"]) == {x for x in NAMES if messy.assessments[x].returned is not None}
    rows = table.set_index("field").loc[["业务/办公室/2/1", "业务/办公室/1/1"]]
    refused, plain = rows.iloc[0], rows.iloc[1]
    assert refused["value"] is None and refused["points"] is None and refused["state"] == "有误"
    assert plain["value"] == "否" and plain["points"] == 0 and plain["note"].startswith("=HYPERLINK")
    assert not table.duplicated(["section", "field"]).any()


def test_merged_table_of_nothing(empty):
    assert merged_table(empty).shape == (0, 12)


# --- other readings ---------------------------------------------------------------------------------------------------


def test_other_readings(rules, complete, saved):
    document, _ = read_document(SCHEME.read_bytes(), SCHEME.name)
    returns = {x.section: x for x in all_returned(rules)}

    def rescore(policy, value):
        other = with_reading(document, SCHEME.name, policy, value)
        if other is None or other.sections != rules.scheme.sections:
            return None
        return self_standings(other, assess(Rulebook(other), returns, frozenset()))

    found = {(x.policy, x.value): x for x in other_readings(complete, rescore)}
    assert len(found) == sum(len(p.others) for p in rules.scheme.policies if p.scores)
    assert found["秘书科普法科第9项基础分", "0"].changes[0].section == "秘书科、普法科"
    assert found["联合科室", "分开"].text() == "须重新下发、填报后才能比较"
    assert found["优秀递补", "递补"].text() == "自评阶段不涉及"
    assert found["小数位数", "4"].text() == "本年自评分和排序不变"
    path = saved(summary_workbook(complete, tuple(found.values())))
    assert excel_limit_violations(path) == []
    assert any("秘书科、普法科" in text and "→" in text for text in texts(path, "口径说明"))


def test_with_reading_is_the_scheme_of_that_reading(scheme):
    document, _ = read_document(SCHEME.read_bytes(), SCHEME.name)
    other = with_reading(document, SCHEME.name, "秘书科普法科第9项基础分", "0")
    assert other.policy("秘书科普法科第9项基础分") == "0"
    assert other.item_by_key["业务/秘书科、普法科/9"].base == 0
    assert scheme.item_by_key["业务/秘书科、普法科/9"].base == 2
    assert with_reading(document, SCHEME.name, "小数位数", "七") is None


# --- the craft ------------------------------------------------------------------------------------------------------------


def test_a_formula_needs_its_value():
    page = Report("x").page("表", [10])
    with pytest.raises(ValueError, match="表!A1"):
        page.line([Formula("1+1", "")], "plain")


def test_a_section_called_like_one_of_our_sheets():
    found = names_unlike(("汇总",), ["汇总", "办公室", "长" * 31], "（科室）")
    assert found == {"汇总": "汇总（科室）", "办公室": "办公室", "长" * 31: "长" * 31}


def test_pieces_lose_nothing():
    text = "一二三 abc\n" * 500
    found = pieces(text, 20, 10)
    assert "".join(found) == text and len(found) > 5


def test_suggestions_of_the_sections_are_listed_for_the_next_scheme(rules, tmp_path):
    results = make_results(rules, all_returned(rules, 建议="考评表早一个月下发"))
    path = tmp_path / "汇总表.xlsx"
    path.write_bytes(summary_workbook(results))
    found = [text for text in texts(path, "口径说明") if text.endswith("考评表早一个月下发")]
    assert found == [f"{name}：考评表早一个月下发" for name in NAMES]
