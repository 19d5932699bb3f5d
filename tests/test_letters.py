"""Letters: what they say, what they must not say, and that an office may redo their templates without harm."""

import dataclasses
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import office as office_driver
import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbook_builder import letters
from workbook_builder.letters import names

ROOT = Path(__file__).resolve().parent.parent
MAKERS = {"核对稿": letters.check_copy, "通报": letters.notice, "反馈": letters.feedback, "汇总首页": letters.outcome_page}
#: Kind → millimetres between the margins.
WIDTHS = {"核对稿": 156, "通报": 156, "反馈": 156, "汇总首页": 267}
CAPTION = "未审定　核定稿（以考评工作领导小组审定的结果为准）"
COMMON = {
    "unit": "上海市松江区司法局",
    "year": "2021",
    "name": "机关科室工作考评",
    "stage": "核定稿",
    "unapproved": True,
    "office": "局政治处",
    "contact": "电话：内线6001",
    "mark": "演示数据",
    "batch": "7f3a91c2",
}
APPROVED = {"stage": "审定稿", "unapproved": False, "mark": ""}
SECTIONS = ["办公室", "政治处", "执法监督科", "复议应诉科", "秘书科、普法科", "促进法治科", "公服科", "律公科", "法律援助中心", "社区矫正科"]
ITEMS = (
    ("1", "建立一体化运行、职能化协作、规范化管理的市司法行政指挥体系", "10", "10", "9", "-1", "应急处置预案缺一件"),
    ("2", "提高报送质量", "10", "9.5", "9.5", "0", ""),
    ("3", "严肃会风纪律", "10", "10", "8", "-2", "一次参会率未达要求"),
    ("4", "规范车辆管理和转移支付", "5", "5", "5", "0", ""),
    ("5", "高水平打造阳光信访、责任信访、法治信访", "10", "9.2", "9.05", "-0.15", "按市局折算分"),
    ("6", "完善信息支撑体系", "15", "15", "14.5", "-0.5", ""),
)
TEAM = ("政治建设", "党风廉政", "意识形态", "请销假和证照管理", "教育培训", "组织生活")


def figures(row):
    return dict(zip(("number", "title", "points", "reported", "reviewed", "difference", "reason"), row, strict=True))


def check_copy(**changes):
    team = tuple(letters.CheckRow(**figures((str(n), name, "3", "3", "3", "0", ""))) for n, name in enumerate(TEAM, 1))
    parts = (
        letters.PartFigure(
            name="业务工作",
            points="60",
            reported="58.7",
            reviewed="55.05",
            difference="-3.65",
            rows=tuple(letters.CheckRow(**figures(row)) for row in ITEMS),
        ),
        letters.PartFigure(name="队伍建设", points="20", reported="20", reviewed="20", difference="0", rows=team),
        letters.PartFigure(
            name="特色工作", points="10", reported="6", reviewed="4", difference="-2", reason="未获市局加分，1至5分"
        ),
        letters.PartFigure(name="突破底线", points=names.NOTHING, reported=names.NOTHING, reviewed="0"),
    )
    change = letters.Change(
        item="严肃会风纪律",
        clause="参会率未达要求的，每次扣2分",
        reported="0次",
        reviewed="1次",
        reason="台账第12行，6月工作例会缺席",
        reviewer="政治处",
    )
    other = letters.Change(
        item="建立指挥体系",
        clause="迟报、漏报重大突发案（事）件的，每起扣1分",
        reported="0起",
        reviewed="1起",
        reason="市局反馈",
        reviewer="领导小组",
    )
    values = {
        "section": "办公室",
        "parts": parts,
        "reported_total": "84.7",
        "total": "79.05",
        "difference": "-5.65",
        "adjustments": (change, other),
        "special": ("政务信息“一稿多报”机制：自评6分，核定4分（未获市局加分，1至5分）。",),
        "notes": ("第5项按市局折算分核定，市局更正的，随之更正。",),
        "reply_by": "2021年12月20日",
    }
    return letters.CheckCopy(**{**COMMON, **values, **changes})


def notice(**changes):
    totals = ("91.25", "88.6", "88.1", "87", "86.35", "85.9", "84.15", "82", "81.7", "79.05")
    values = {
        "addressees": "局机关各科室、区法律援助中心",
        "document": "2021年度机关科室工作考评实施方案",
        "document_no": "沪松司发〔2021〕19号",
        "period_from": "2020年12月1日",
        "period_to": "2021年11月30日",
        "process": "考评经过科室自评、分工核定、述职测评和领导小组会议。",
        "groups": (letters.GradeGroup(grade="优秀", sections=tuple(SECTIONS[:3])),),
        "undecided": tuple(SECTIONS[3:]),
        "undecided_reason": "通知没有规定优良、合格、不合格的分数线。",
        "rows": tuple(
            letters.NoticeRow(section=name, rank=str(n), grade="优秀" if n < 4 else "未定", total=total)
            for n, (name, total) in enumerate(zip(SECTIONS, totals, strict=True), 1)
        ),
    }
    return letters.Notice(**{**COMMON, **values, **changes})


def feedback(**changes):
    values = {
        "section": "办公室",
        "document_no": "《2021年度机关科室工作考评实施方案》（沪松司发〔2021〕19号）",
        "grade": "",
        "grade_reason": "通知没有规定优良、合格、不合格的分数线，优秀以外的等次待领导小组确定。",
        "rank": "10",
        "among": "10",
        "total": "79.05",
        "parts": tuple(
            letters.PartScore(name=name, points=points, score=score)
            for name, points, score in (
                ("业务工作", "60", "55.05"),
                ("队伍建设", "20", "20"),
                ("特色工作", "10", "4"),
                ("突破底线", names.NOTHING, "0"),
            )
        ),
        "remarks": ("信访工作按市局折算分计9.05分。",),
        "answer": "你科室提出的统一报送口径的建议，已列入下一年度方案修订意见。",
    }
    return letters.Feedback(**{**COMMON, **values, **changes})


def outcome(**changes):
    """Every column, two grades, open figures, a deduction, both lists."""
    texts = {name: f"{name}值" for name in letters.OUTCOME_COLUMNS}
    rows = (
        letters.OutcomeRow(texts={**texts, "科室": "甲科", "等次": "优秀"}, best=True),
        letters.OutcomeRow(
            texts={**texts, "科室": "乙科", "总分": "待定", "突破底线": "3.5"},
            open=frozenset({"总分"}),
            deducted=frozenset({"突破底线"}),
        ),
    )
    values = {
        "title": "上海市松江区司法局2021年度机关科室工作考评",
        "label": "核定稿（未审定）" if changes.get("unapproved", True) else "审定稿",
        "facts": (letters.OutcomeLine("批次号 7f3a91c2"), letters.OutcomeLine("与审定稿相比有 1 处变动。", True)),
        "heading": "考评结果",
        "heads": {name: f"{name}头" for name in letters.OUTCOME_COLUMNS},
        "rows": rows,
        "waiting_heading": "尚待补齐或决定",
        "waiting": (letters.OutcomeLine("待决定一件。", True), letters.OutcomeLine("乙科：未测评。")),
        "decided_heading": "已生效的决定",
        "decided": (letters.OutcomeLine("调整一件。"),),
        "notes": ("说明：1. 总分的算法。", "2. 等次的算法。"),
    }
    return letters.OutcomePage(**{**COMMON, **values, **changes})


SAMPLES = {"核对稿": check_copy, "通报": notice, "反馈": feedback, "汇总首页": outcome}


def made(kind, **changes):
    return MAKERS[kind](letters.bundled(kind), SAMPLES[kind](**changes))


# --- reading a letter -----------------------------------------------------------------------------------------------


def texts(element):
    """The text of every paragraph below an element, as python-docx reads it."""
    from docx.text.paragraph import Paragraph

    return [Paragraph(paragraph, None).text for paragraph in element.iter(qn("w:p"))]


def body(letter):
    """Every paragraph that is not empty, those in tables too."""
    return [line for line in texts(Document(io.BytesIO(letter)).element.body) if line]


def margins(letter):
    """The texts of every header and footer there is, whichever pages they are for."""
    document = Document(io.BytesIO(letter))
    found = {"header": [], "footer": []}
    for section in document.sections:
        for name in ("header", "first_page_header", "even_page_header", "footer", "first_page_footer", "even_page_footer"):
            piece = getattr(section, name)
            if not piece.is_linked_to_previous:
                found[name.split("_")[-1]].append("".join(texts(piece._element)))
    return found


def raw(letter, name="word/document.xml"):
    with zipfile.ZipFile(io.BytesIO(letter)) as archive:
        return archive.read(name).decode("utf-8")


# --- what they say --------------------------------------------------------------------------------------------------


def test_check_copy_says_everything_about_its_own_section():
    lines = body(made("核对稿"))
    assert lines[:4] == [
        "2021年度机关科室工作考评核对稿",
        "办公室：",
        "现将你科室考评的核定情况送请核对。本稿只列你科室情况，不含名次和等次。请核对后在文末签署意见，"
        "于2021年12月20日前交回局政治处（电话：内线6001）。",
        "一、各项得分",
    ]
    assert lines[4:18] == [*["序号", "考评项", "分值", "自评", "核定", "差异", "核定说明"], *ITEMS[0]]
    after = lines.index("业务工作小计")
    assert lines[after : after + 5] == ["业务工作小计", "60", "58.7", "55.05", "-3.65"]
    after = lines.index("特色工作")
    assert lines[after : after + 6] == ["特色工作", "10", "6", "4", "-2", "未获市局加分，1至5分"]
    assert lines[after + 6 :] == [
        *("突破底线", "—", "—", "0", "总　分", "84.7", "79.05", "-5.65"),
        "二、核定与自评不一致的细则",
        *["序号", "评分细则", "自评", "核定", "核定理由", "核定者"],
        *("1", "严肃会风纪律：参会率未达要求的，每次扣2分", "0次", "1次", "台账第12行，6月工作例会缺席", "政治处"),
        *("2", "建立指挥体系：迟报、漏报重大突发案（事）件的，每起扣1分", "0起", "1起", "市局反馈", "领导小组"),
        "三、突破底线扣分：无",
        "四、特色工作",
        "政务信息“一稿多报”机制：自评6分，核定4分（未获市局加分，1至5分）。",
        "五、其他说明",
        "第5项按市局折算分核定，市局更正的，随之更正。",
        "核对意见（请在□内打√）",
        "□ 同意核定结果。",
        "□ 申请复核。事项和理由：",
        "科室负责人签字：　　　　　　　　日期：　　　　年　　月　　日",
    ]


def test_check_copy_with_nothing_to_tell():
    lines = body(made("核对稿", adjustments=(), special=(), notes=(), bottom_lines=("一起，扣3分。",), reply_by="", contact=""))
    assert "请核对后在文末签署意见，于　　年　　月　　日前交回局政治处。" in lines[2]
    start = lines.index("二、核定与自评不一致的细则：无")
    assert lines[start : start + 4] == ["二、核定与自评不一致的细则：无", "三、突破底线扣分", "一起，扣3分。", "四、特色工作：无"]
    assert "五、其他说明" not in lines


NOTICE_HEAD = [
    "上海市松江区司法局",
    "　　　　〔　　　〕　　号",
    "关于2021年度机关科室工作考评结果的通报",
    "局机关各科室、区法律援助中心：",
    "根据《2021年度机关科室工作考评实施方案》（沪松司发〔2021〕19号），局考评工作领导小组组织开展了2021年度机关科室工作考评，"
    "考评周期为2020年12月1日至2021年11月30日。考评经过科室自评、分工核定、述职测评和领导小组会议。现将结果通报如下：",
    "优秀等次（3个）：办公室、政治处、执法监督科。",
    "等次未定（7个）：复议应诉科；秘书科、普法科；促进法治科；公服科；律公科；法律援助中心；社区矫正科。"
    "通知没有规定优良、合格、不合格的分数线。",
]
NOTICE_FOOT = ["上海市松江区司法局", "　　年　　月　　日"]


def test_notice_lists_ranks_side_by_side():
    lines = body(made("通报", **APPROVED))
    assert lines[:7] == NOTICE_HEAD
    assert lines[7:23] == [
        *["名次", "科室", "等次", "总分", "名次", "科室", "等次", "总分"],
        *["1", "办公室", "优秀", "91.25", "6", "促进法治科", "未定", "85.9"],
    ]
    assert lines[-10:] == [*["5", "秘书科、普法科", "未定", "86.35", "10", "社区矫正科", "未定", "79.05"], *NOTICE_FOOT]


def test_notice_that_rests_on_a_number_alone():
    assert body(made("通报", document=""))[4].startswith("根据沪松司发〔2021〕19号，局考评工作领导小组组织开展了")


def test_notice_with_an_odd_number_of_sections():
    lines = body(made("通报", rows=notice().rows[:3]))
    assert lines[15:-2] == ["1", "办公室", "优秀", "91.25", "3", "执法监督科", "优秀", "88.1", "2", "政治处", "优秀", "88.6"]


def test_notice_of_a_correction():
    moved = ("律公科业务工作由51分更正为52分。", "名次没有变化。")
    lines = body(made("通报", rows=(), corrected="2021年12月28日审定的结果", corrections=moved, notes=("甲", "乙"), date="2022年1月5日"))
    assert lines[7:] == [
        "本通报对2021年12月28日审定的结果作如下更正：",
        "1. 律公科业务工作由51分更正为52分。",
        "2. 名次没有变化。",
        "附注：",
        "1. 甲",
        "2. 乙",
        "上海市松江区司法局",
        "2022年1月5日",
    ]


def test_feedback_says_the_sections_own_result():
    assert body(made("反馈", **APPROVED)) == [
        "2021年度机关科室工作考评结果反馈",
        "办公室：",
        "根据《2021年度机关科室工作考评实施方案》（沪松司发〔2021〕19号），2021年度机关科室工作考评结果已经局考评工作领导小组审定，"
        "现将你科室结果反馈如下：",
        *("考评等次", "名次", "总分", "未定", "10（参评10个）", "79.05"),
        "通知没有规定优良、合格、不合格的分数线，优秀以外的等次待领导小组确定。",
        *("部分", "满分", "得分", "业务工作", "60", "55.05", "队伍建设", "20", "20"),
        *("特色工作", "10", "4", "突破底线", "—", "0"),
        "信访工作按市局折算分计9.05分。",
        "意见建议的答复：你科室提出的统一报送口径的建议，已列入下一年度方案修订意见。",
        "对本反馈有疑问的，请向局政治处（电话：内线6001）了解。本反馈只列你科室情况。",
        "上海市松江区司法局",
        "　　年　　月　　日",
    ]


def test_feedback_of_a_draft_does_not_claim_approval():
    letter = made("反馈", grade="优秀", grade_reason="", remarks=(), answer="")
    assert "你科室2021年度考评的核定稿情况如下，尚待局考评工作领导小组审定：" in body(letter)[2]
    assert "已经局考评工作领导小组审定" not in raw(letter)
    assert body(letter)[6] == "优秀"


# --- what every page says -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SAMPLES)
def test_every_page_of_a_draft_says_so(kind):
    letter = made(kind)
    assert margins(letter)["header"] == ["【演示数据】　" + CAPTION] * 2
    document = Document(io.BytesIO(letter))
    section = document.sections[0]
    assert len(document.sections) == 1 and not section.different_first_page_header_footer
    assert document.settings.odd_and_even_pages_header_footer
    for header in (section.header, section.even_page_header):
        runs = [run for run in header.paragraphs[0].runs if run.text]
        assert {str(run.font.color.rgb) for run in runs} == {"C00000"}
    assert all("批次号 7f3a91c2" in text for text in margins(letter)["footer"])


@pytest.mark.parametrize("kind", SAMPLES)
def test_an_approved_letter_says_nothing_of_drafts(kind):
    facts = {"facts": ()} if kind == "汇总首页" else {}
    letter = made(kind, **APPROVED, batch="", **facts)
    assert margins(letter)["header"] == ["", ""]
    with zipfile.ZipFile(io.BytesIO(letter)) as archive:
        everything = "".join(archive.read(name).decode("utf-8") for name in archive.namelist() if name.endswith(".xml"))
    assert not re.search("未审定|核定稿|演示数据|批次号", everything)
    assert margins(made(kind, **{**APPROVED, "mark": "演示数据"}))["header"] == ["【演示数据】　"] * 2


@pytest.mark.parametrize("kind", SAMPLES)
def test_no_placeholder_is_left(kind):
    with zipfile.ZipFile(io.BytesIO(made(kind))) as archive:
        for name in archive.namelist():
            assert not re.search(rb"\{\{|\{%|\}\}|%\}", archive.read(name)), name


@pytest.mark.parametrize("kind", SAMPLES)
def test_tables_keep_their_columns_rows_and_heads(kind):
    tables = Document(io.BytesIO(made(kind))).tables
    width = WIDTHS[kind] * 1440 / 25.4
    assert tables
    for table in tables:
        assert table.autofit is False
        widths = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid]
        assert abs(sum(widths) - width) < 60
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
        beside = table.rows[0].cells[0].text == "尚待补齐或决定"  # two lists side by side, no table to read
        if len(table.rows) > 1 and not beside:
            assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


# --- what they must not say -----------------------------------------------------------------------------------------

FIGURES = {"rank": ["第壹名", "第贰名", "第叁名"], "grade": ["甲等", "乙等", "丙等"], "total": ["91.91", "92.92", "93.93"]}
COLUMNS = {"rank": "名次", "grade": "等次", "total": "总分"}


@pytest.mark.parametrize("shown", [(), ("rank",), ("grade",), ("total",), ("rank", "grade"), ("rank", "total"), tuple(FIGURES)])
def test_notice_shows_only_what_it_was_given(shown):
    rows = tuple(
        letters.NoticeRow(section=f"第{n}科", **{name: FIGURES[name][n] if name in shown else None for name in FIGURES})
        for n in range(3)
    )
    letter = made("通报", rows=rows, groups=(), undecided=(), **APPROVED)
    lines, xml = body(letter), raw(letter)
    for name, figures_of in FIGURES.items():
        assert all((figure in xml) == (name in shown) for figure in figures_of)
        assert lines.count(COLUMNS[name]) == (2 if name in shown else 0)
    if not shown:
        assert "<w:tbl>" not in xml
        return
    grid = [int(column.get(qn("w:w"))) for column in Document(io.BytesIO(letter)).tables[0]._tbl.tblGrid]
    assert len(grid) == 2 * (1 + len(shown))
    assert 8_700 < sum(grid) < 8_900
    for row in Document(io.BytesIO(letter)).tables[0]._tbl.tr_lst:
        assert [int(cell.tcPr.find(qn("w:tcW")).get(qn("w:w"))) for cell in row.tc_lst] == grid


def test_a_section_without_a_figure_gets_a_dash():
    rows = (letters.NoticeRow(section="甲科", rank="1", grade="优秀"), letters.NoticeRow(section="乙科", grade="未定"))
    assert body(made("通报", rows=rows))[13:-2] == ["1", "甲科", "优秀", "—", "乙科", "未定"]


def test_feedback_hides_rank_and_scores():
    letter = made("反馈", rank=None, among=None, total=None, parts=(), remarks=(), **APPROVED)
    assert body(letter)[3:5] == ["考评等次", "未定"]
    assert not re.search("名次|总分|得分|79.05|55.05", raw(letter))


@pytest.mark.parametrize("kind", ["核对稿", "反馈"])
def test_letters_to_one_section_name_no_other(kind):
    assert not [name for name in SECTIONS if name not in ("办公室", "政治处") and name in raw(made(kind))]


# --- whatever people write ------------------------------------------------------------------------------------------

HOSTILE = [
    "{{ 单位 }}",
    "{% for 行 in 部分表 %}",
    "{{ ''.__class__ }}",
    "{_{ 7*7 }_}",
    "{#",
    "}}",
    "<w:p/>",
    "]]>",
    "&amp;",
    "=1+1",
    "甲\r\n乙\r丙",
    "a\tb",
    "\x07\x0c\x0b\x00",
    "\ud800\udfff\ufffe\ufdd0\ufdd1\ufdd2",
    " 前后有空格 ",
    "\\1\\g<0>",
    "\u2028\x85",
    "很长" * 5_000,
]
WRITABLE = re.compile("[\t\n\x20-\ud7ff\ue000-\ufdcf\ufdd3-\ufffd\U00010000-\U0010ffff]")
#: Fields that the bundled template of the kind does not print.
UNPRINTED = {"核对稿": {"unit"}, "通报": {"office", "contact"}, "反馈": set(), "汇总首页": {"unit", "year", "name", "office", "contact"}}


#: What a sample leaves out.
WHOLE = {"核对稿": {"bottom_lines": ("底线",)}, "通报": {"corrected": "甲", "corrections": ("乙",), "notes": ("丙",)}}


def normal(text):
    return "".join(WRITABLE.findall(text.replace("\r\n", "\n").replace("\r", "\n")))


def fill(value, texts_left, unprinted=frozenset()):
    """`value` with every text in it replaced by the next one, and what has to be found in the letter."""
    if isinstance(value, str):
        text = next(texts_left)
        return text, [text]
    if isinstance(value, tuple):
        pairs = [fill(one, texts_left) for one in value]
        return tuple(one for one, _ in pairs), [text for _, found in pairs for text in found]
    if isinstance(value, dict):
        pairs = {key: fill(one, texts_left) for key, one in value.items()}
        return {key: one for key, (one, _) in pairs.items()}, [text for _, found in pairs.values() for text in found]
    if not dataclasses.is_dataclass(value):
        return value, []
    changed, wanted = {}, []
    for field in dataclasses.fields(value):
        changed[field.name], found = fill(getattr(value, field.name), texts_left)
        wanted += [] if field.name in unprinted else found
    return dataclasses.replace(value, **changed), wanted


def check_reads_back(kind, pieces):
    number = iter(range(10_000))
    endless = iter(lambda: f"〈{(n := next(number))}{pieces[n % len(pieces)]}{n}〉", None)
    letter, wanted = fill(SAMPLES[kind](**WHOLE.get(kind, {})), endless, UNPRINTED[kind])
    made_letter = MAKERS[kind](letters.bundled(kind), letter)
    lines = [*body(made_letter), *(text for found in margins(made_letter).values() for text in found)]
    everything = "\x00".join(lines)
    assert len(wanted) > 20
    assert [text for text in wanted if normal(text) not in everything] == []


@pytest.mark.parametrize("kind", SAMPLES)
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_comes_out_as_written(kind, text):
    check_reads_back(kind, [text])


@pytest.mark.parametrize("kind", SAMPLES)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pieces=st.lists(st.text(st.characters()) | st.sampled_from(HOSTILE[:-1]), min_size=1, max_size=8))
def test_any_text_in_any_field_reads_back(kind, pieces):
    check_reads_back(kind, pieces)


# --- bytes and time -------------------------------------------------------------------------------------------------

RUN = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
import test_letters as t
print([hashlib.sha256(t.made(kind)).hexdigest() for kind in t.SAMPLES])
"""


def test_same_letter_same_bytes_anywhere():
    expected = str([hashlib.sha256(made(kind)).hexdigest() for kind in SAMPLES])
    for changes in ({"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1"}, {"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "77"}):
        env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **changes}
        line = [sys.executable, "-c", RUN, str(ROOT / "tests")]
        done = subprocess.run(line, env=env, capture_output=True, encoding="utf-8", check=True)
        assert done.stdout.strip() == expected


@pytest.mark.parametrize("kind", SAMPLES)
def test_nothing_of_the_machine_is_in_a_letter(kind):
    with zipfile.ZipFile(io.BytesIO(made(kind))) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        names_in = archive.namelist()
        assert [name for name in names_in if name.startswith("docProps/")] == ["docProps/app.xml", "docProps/core.xml"]
        told = "".join(archive.read(f"docProps/{name}.xml").decode("utf-8") for name in ("app", "core"))
        assert not re.search("creator|lastModifiedBy|<Application|python", told)
        assert names_in[:2] == ["[Content_Types].xml", "_rels/.rels"]
    assert Document(io.BytesIO(made(kind))).core_properties.author == ""


def test_a_template_is_compiled_once_for_many_sections():
    started = time.perf_counter()
    for section in SECTIONS:
        made("核对稿", section=section)
    assert time.perf_counter() - started < 3


def test_another_noun_is_no_letter():
    with pytest.raises(TypeError, match="no letter: GradeGroup"):
        letters.notice(letters.bundled("通报"), notice().groups[0])
    with pytest.raises(ValueError, match="LETTER_TEMPLATE_UNREADABLE"):
        letters.notice(b"no template", notice())


# --- templates of the office ----------------------------------------------------------------------------------------


def edited(kind, *changes, part="word/document.xml", drop=(), **added):
    """The bundled template with words of one part replaced, parts left out or added (name with __ for / and - for .)."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(letters.bundled(kind))) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == part:
                text = data.decode("utf-8")
                for old, new in changes:
                    assert old in text, old
                    text = text.replace(old, new)
                data = text.encode("utf-8")
            if name not in drop:
                target.writestr(name, data)
        for name, data in added.items():
            target.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return out.getvalue()


def told(kind, data):
    """(code, place, value) of every problem of a template."""
    template, problems = letters.load_letter_template(data, f"{kind}模板.docx", kind)
    assert (template is None) == bool(problems)
    assert {problem.where.file for problem in problems} <= {f"{kind}模板.docx"}
    assert not [problem for problem in problems if re.search(r"\{\w*\}", problem.message + problem.fix)]
    return [(problem.code, problem.where.sheet, problem.value) for problem in problems]


def use(kind, data, **changes):
    assert told(kind, data) == []
    return body(MAKERS[kind](data, SAMPLES[kind](**changes)))


@pytest.mark.parametrize("kind", SAMPLES)
def test_bundled_templates_are_good(kind):
    assert letters.load_letter_template(letters.bundled(kind), "模板.docx", kind) == (letters.bundled(kind), [])


def test_words_may_be_changed_and_placeholders_moved():
    data = edited("反馈", ("本反馈只列你科室情况。", "请收悉（{{ 年度 }}，{{ 单位 }}）。"), ("{{ 科室 }}：", "致{{ 科室 }}负责人："))
    lines = use("反馈", data)
    assert lines[1] == "致办公室负责人："
    assert lines[-3].endswith("了解。请收悉（2021，上海市松江区司法局）。")


def test_a_tag_torn_apart_by_word_still_works():
    torn = '{{ 科</w:t></w:r><w:proofErr w:type="spellStart"/><w:r><w:rPr><w:b/></w:rPr><w:t>室 }</w:t></w:r><w:r><w:t>}：'
    assert use("反馈", edited("反馈", ("{{ 科室 }}：", torn)))[1] == "办公室："


def test_a_paragraph_may_be_taken_out():
    lines = use("通报", edited("通报", ("{{ 依据名称 }}", ""), ("{{ 主送 }}：", "各科室：")), notes=())
    assert lines[3] == "各科室："


TAGS = [
    ("{{ 总得分 }}", "UNKNOWN", "总得分"),
    ("{{ 行.名次 }}", "UNKNOWN", "行.名次"),
    ("{{ 科室.名称 }}", "UNKNOWN", "科室.名称"),
    ("{% if 优秀 %}x{% endif %}", "UNKNOWN", "优秀"),
    ("{% for 行 in 明细 %}x{% endfor %}", "UNKNOWN", "明细"),
    ("{% for 行 in 部分表 %}{{ 行.名称 }}{% endfor %}", "UNKNOWN", "行.名称"),
    ("{{ 部分表 }}", "MISUSED", "部分表"),
    ("{{ 未审定 }}", "MISUSED", "未审定"),
    ("{% for 行 in 科室 %}x{% endfor %}", "MISUSED", "科室"),
    ("{{ 科室 | upper }}", "TAG", "{{ 科室 | upper }}"),
    ("{{ range(9) }}", "TAG", "{{ range(9) }}"),
    ("{{ 科室[0] }}", "TAG", "{{ 科室[0] }}"),
    ("{{ 总分 + 1 }}", "TAG", "{{ 总分 + 1 }}"),
    ("{{ ''.__class__ }}", "UNKNOWN", "__class__"),
    ("{% set 科室 = 总分 %}", "TAG", "{% set 科室 = 总分 %}"),
    ("{% include 'x' %}", "TAG", "{% include 'x' %}"),
    ("{% for 科室 in 部分表 %}x{% endfor %}", "TAG", "{% for 科室 in 部分表 %} {% endfor %}"),
    ("{% for 行 in 部分表 %}x{% else %}y{% endfor %}", "TAG", "{% for 行 in 部分表 %} {% else %} {% endfor %}"),
    ("{{ 科室 }", "SYNTAX", "{{ 科室 }"),
    ("{{ }}", "SYNTAX", "{{ }}"),
    ("{% if 总分 %}", "SYNTAX", None),
    ("{% for 行 in 部分表 %}", "SYNTAX", None),
    ("{% 循环 %}", "SYNTAX", "{% 循环 %}"),
    ("{{ " + "9" * 5_000 + " }}", "SYNTAX", None),
    ("{{ " + "(" * 3_000 + " }}", "SYNTAX", None),
]
CODES = {"UNKNOWN": "PLACEHOLDER_UNKNOWN", "MISUSED": "PLACEHOLDER_MISUSED", "TAG": "TAG", "SYNTAX": "SYNTAX"}


@pytest.mark.parametrize(("tag", "code", "value"), TAGS, ids=range(len(TAGS)))
def test_what_is_wrong_with_a_tag_is_told(tag, code, value):
    found = told("反馈", edited("反馈", ("{{ 科室 }}：", tag + "：{{ 科室 }}" if code != "SYNTAX" else tag)))
    assert found and {(one[0], one[1]) for one in found} == {("LETTER_TEMPLATE_" + CODES[code], "正文")}
    assert value is None or any(one[2].startswith(value) for one in found)


def test_every_wrong_tag_is_told_with_its_place():
    data = edited("通报", ("{{ 稿次提示 }}", "{{ 稿次提示 }}{{ 草稿 }}"), part="word/header1.xml")
    assert told("通报", data) == [("LETTER_TEMPLATE_PLACEHOLDER_UNKNOWN", "页眉", "草稿")]
    data = edited("通报", ("{{ 主送 }}：", "{{ 甲 }}{{ 乙 }}{{ 甲 }}"))
    assert [one[2] for one in told("通报", data)] == ["甲", "乙"]
    (problem,) = letters.load_letter_template(edited("通报", ("{{ 主送 }}", "{{ 送 }}")), "通报模板.docx", "通报")[1]
    assert (problem.where.file, problem.where.sheet, problem.where.field) == ("通报模板.docx", "正文", "送")
    assert problem.message == "模板“通报模板.docx”的正文里，占位符“送”不认识（写在“{{ 送 }}”）"


@pytest.mark.parametrize(
    ("old", "new", "value", "unit"),
    [
        ("{%p if 部分表 %}", "{%p if 部分表 %}各部分得分如下：", "{%p if 部分表 %}", "段"),
        ("{%p if 部分表 %}", "{%p if 部分表 %}{%p endif %}", "{%p if 部分表 %}", "段"),
        ("{%tr for 行 in 部分表 %}", "部分{%tr for 行 in 部分表 %}", "{%tr for 行 in 部分表 %}", "行"),
        ("{{ 总分 }}", "{%tc if 总分 %}分", "{%tc if 总分 %}", "格"),
    ],
)
def test_words_beside_a_tag_that_takes_them_away(old, new, value, unit):
    found = told("反馈", edited("反馈", (old, new)))
    assert ("LETTER_TEMPLATE_TAG_NOT_ALONE", "正文", value) in found
    (problem, *_) = letters.load_letter_template(edited("反馈", (old, new)), "反馈模板.docx", "反馈")[1]
    assert f"同一{unit}里的其他文字会丢失" in problem.message


def test_what_a_letter_is_for_must_be_in_it():
    data = edited("反馈", ("{{ 科室 }}：", "各位："), ("{{ 总分 }}", ""))
    # 总分 is still asked for by the condition of its column.
    assert told("反馈", data) == [("LETTER_TEMPLATE_PLACEHOLDER_MISSING", "", "科室")]


@pytest.mark.parametrize("part", ["word/header1.xml", "word/header2.xml"])
@pytest.mark.parametrize("gone", ["{{ 稿次提示 }}", "{{ 标记 }}"])
def test_a_header_that_would_not_say_draft_is_refused(part, gone):
    assert told("通报", edited("通报", (gone, ""), part=part)) == [("LETTER_TEMPLATE_HEADER", "页眉", "")]


def first_page_apart(document):
    document.sections[0].different_first_page_header_footer = True
    document.sections[0].first_page_header.paragraphs[0].text = "{{ 单位 }}"


def no_header(document):
    document.sections[0].header.is_linked_to_previous = True


def second_section(document):
    document.add_section().even_page_header.paragraphs[0].text = ""
    document.sections[1].even_page_header.is_linked_to_previous = False


@pytest.mark.parametrize(("change", "pages"), [(first_page_apart, "首页"), (no_header, "各页"), (second_section, "偶数页")])
def test_pages_without_the_common_header_are_refused(change, pages):
    document = Document(io.BytesIO(letters.bundled("通报")))
    change(document)
    out = io.BytesIO()
    document.save(out)
    (problem,) = letters.load_letter_template(out.getvalue(), "通报模板.docx", "通报")[1]
    assert problem.code == "LETTER_TEMPLATE_HEADER"
    assert f"页眉（{pages}）" in problem.message


LOOP = "{%tr for 行 in 部分表 %}"
_NEXT = "</w:t></w:r></w:p><w:p><w:r><w:t>"
ALONE = f"{{%p if 行.部分 %}}{_NEXT}x{_NEXT}{{%p endif %}}"


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("反馈", LOOP, "{% for 行 in 部分表 %}"),  # from one cell into another row
        ("反馈", "{%p if 部分表 %}", "{% if 部分表 %}"),
        ("反馈", "{{ 科室 }}", "{{ 科室 }}{{ 略去本列 }}"),  # not in the head of a table
        ("反馈", "{{ 行.部分 }}", ALONE),  # leaves a cell without a paragraph
    ],
)
def test_tags_that_would_tear_the_document_are_refused(kind, old, new):
    assert told(kind, edited(kind, (old, new))) == [("LETTER_TEMPLATE_TORN", "", "")]


LINK = (
    '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
    'Target="{target}" TargetMode="External"/></Relationships>'
)


def linked(kind, target):
    return edited("通报", ("</Relationships>", LINK.format(kind=kind, target=target)), part="word/_rels/document.xml.rels")


REFUSED = {
    "macro": (edited("通报", word__vbaProject_dot_bin=b"x"), "宏"),
    "macro type": (edited("通报", ("wordprocessingml.document.main", "macroEnabled.main"), part="[Content_Types].xml"), "宏"),
    "picture elsewhere": (linked("image", "http://example.com/x.png"), "外部链接“http://example.com/x.png”"),
    "object": (edited("通报", word__embeddings__a_dot_bin=b"x"), "嵌入的对象或控件"),
    "comment": (edited("通报", word__comments_dot_xml='<w:comments><w:comment w:author="x"/></w:comments>'), "修订记录或批注"),
    "revision": (edited("通报", ("<w:r>", '<w:ins w:author="x"/><w:r>')), "修订记录或批注"),
    "date field": (edited("通报", (" PAGE ", " DATE \\@ y "), part="word/footer1.xml"), "域“DATE”"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_must_not_travel_is_refused(case):
    data, what = REFUSED[case]
    assert told("通报", data) == [("LETTER_TEMPLATE_FEATURE", "", what)]


BROKEN = {
    "nothing": b"",
    "text": "通报".encode(),
    "old word": b"\xd0\xcf\x11\xe0" + bytes(600),
    "cut": letters.bundled("通报")[:9_000],
    "workbook": edited("通报", drop=("word/document.xml",)),
    "not xml": edited("通报", ("</w:body>", "")),
    "entities": edited("通报", ("<w:document", "<!DOCTYPE x><w:document")),
    "another encoding": edited("通报", drop=("word/document.xml",), word__document_dot_xml="<w:document/>".encode("utf-16")),
}


@pytest.mark.parametrize("case", BROKEN)
def test_no_word_file(case):
    assert told("通报", BROKEN[case]) == [("LETTER_TEMPLATE_UNREADABLE", "", "")]


def test_too_large():
    assert told("通报", bytes(21 * 1024 * 1024)) == [("LETTER_TEMPLATE_TOO_LARGE", "", "")]
    bomb = edited("通报", drop=("word/styles.xml",), word__styles_dot_xml=b"")
    out = io.BytesIO(bomb)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/x.bmp", bytes(61 * 1024 * 1024))
    assert told("通报", out.getvalue()) == [("LETTER_TEMPLATE_TOO_LARGE", "", "")]


def test_words_own_note_of_the_dotm_is_dropped():
    path = "file:///C:/Users/zhang/Normal.dotm"
    rels = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' + LINK
    data = edited(
        "通报",
        ("</w:settings>", '<w:attachedTemplate r:id="rId99"/></w:settings>'),
        part="word/settings.xml",
        word___rels__settings_dot_xml_dot_rels=rels.format(kind="attachedTemplate", target=path),
    )
    assert told("通报", data) == []
    letter = letters.notice(data, notice())
    with zipfile.ZipFile(io.BytesIO(letter)) as archive:
        assert not [name for name in archive.namelist() if b"zhang" in archive.read(name) or "settings.xml.rels" in name]
    assert "attachedTemplate" not in raw(letter, "word/settings.xml")


def test_the_offices_template_wins_and_a_bad_one_is_not_replaced_quietly():
    own = edited("反馈", ("本反馈只列你科室情况。", "完。"))
    usable, problems = letters.check_letter_templates({"反馈模板.docx": own, "通报模板.docx": b"x", "方案.xlsx": b""})
    assert usable == {"核对稿": letters.bundled("核对稿"), "反馈": own, "汇总首页": letters.bundled("汇总首页")}
    assert [(p.code, p.where.file) for p in problems] == [("LETTER_TEMPLATE_UNREADABLE", "通报模板.docx")]
    assert letters.check_letter_templates({}) == ({kind: letters.bundled(kind) for kind in letters.KINDS}, [])


# --- LibreOffice Writer ---------------------------------------------------------------------------------------------

MM = 72 / 25.4


@pytest.fixture(scope="module")
def convert(tmp_path_factory):
    """Turn Word files into another format with Writer; skipped without it unless KAOPING_REQUIRE_OFFICE=1."""
    folder = tmp_path_factory.mktemp("writer")

    def run(target, files):
        """Stem → bytes in the format `target`."""
        out = folder / target
        for stem, data in files.items():
            (folder / f"{stem}.docx").write_bytes(data)
        line = [office_driver.find_soffice(), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
        line += ["--convert-to", target, "--outdir", str(out), *(str(folder / f"{stem}.docx") for stem in files)]
        subprocess.run(line, capture_output=True, timeout=120, check=False)
        return {stem: (out / f"{stem}.{target}").read_bytes() for stem in files if (out / f"{stem}.{target}").exists()}

    ready = office_driver.find_soffice() and shutil.which("pdftotext") and run("pdf", {"probe": made("反馈")})
    if not ready:
        reason = "needs LibreOffice Writer (libreoffice-writer-nogui) and poppler-utils"
        (pytest.fail if os.environ.get("KAOPING_REQUIRE_OFFICE") == "1" else pytest.skip)(reason)
    return run


@pytest.mark.office
def test_pages(convert, tmp_path):
    """Page counts at the size of the demonstration, 未审定 on every page, nothing outside the margins."""
    files = {f"{kind}{state}": made(kind, **changes) for kind in SAMPLES for state, changes in (("稿", {}), ("定", APPROVED))}
    pages = {}
    for stem, data in convert("pdf", files).items():
        (tmp_path / "x.pdf").write_bytes(data)
        line = ["pdftotext", "-bbox", str(tmp_path / "x.pdf"), "-"]
        boxes = subprocess.run(line, capture_output=True, encoding="utf-8", check=True).stdout.split("<page ")[1:]
        pages[stem] = len(boxes)
        for page in boxes:
            assert ("未审定" in page) == stem.endswith("稿"), stem
            assert ("演示数据" in page) == stem.endswith("稿")
            for left, right in re.findall(r'xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)"', page):
                edges = (14, 297 - 14) if stem.startswith("汇总首页") else (27, 210 - 24)
                assert edges[0] * MM < float(left) and float(right) < edges[1] * MM, (stem, left, right)
    ones = dict.fromkeys(("通报稿", "通报定", "反馈稿", "反馈定", "汇总首页稿", "汇总首页定"), 1)
    assert pages == {"核对稿稿": 2, "核对稿定": 2, **ones}


@pytest.mark.office
def test_templates_saved_by_another_program_say_the_same(convert):
    """Writer rewrites every part of a template; the letters made from it read as before."""
    saved = convert("docx", {kind: letters.bundled(kind) for kind in SAMPLES})
    assert sorted(saved) == sorted(SAMPLES)
    for kind, data in saved.items():
        assert use(kind, data) == body(made(kind))
        letter = MAKERS[kind](data, SAMPLES[kind]())
        assert "【演示数据】　" + CAPTION in margins(letter)["header"]
    ranks = tuple(dataclasses.replace(row, total=None, grade=None) for row in notice().rows)
    table = Document(io.BytesIO(letters.notice(saved["通报"], notice(rows=ranks)))).tables[0]
    assert [cell.text for cell in table.rows[0].cells] == ["名次", "科室"] * 2
    rank, section = (int(column.get(qn("w:w"))) for column in table._tbl.tblGrid[:2])
    assert section > 2 * rank
