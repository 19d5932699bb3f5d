"""Screens of the commands, line by line, at 80 and at 60 columns."""

import io
import re
import string
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from workbook_builder.cli import pieces, screen, words
from workbook_builder.commands.outcome import Outcome, misuse
from workbook_builder.problems import Where, problem
from workbook_builder.returns import Received

LONG = "社区矫正（教育帮扶）科"


def shown(outcome, width=80):
    """The lines of a screen, as a console prints them, blanks at their ends dropped."""
    out = io.StringIO()
    console = Console(file=out, width=width, highlight=False, markup=False, emoji=False)
    for line in screen.report(outcome, width):
        console.print(line, soft_wrap=True)
    lines = out.getvalue().split("\n")[:-1]
    assert [line for line in lines if line != line.rstrip()] == []
    assert max(map(columns, lines), default=0) <= width
    return lines


def columns(line):
    """The width of a line where signs of ambiguous width (“”…—) are wide, as in Chinese Windows consoles."""
    wide = sum(unicodedata.east_asian_width(sign) in "WFA" for sign in line)
    return len(line) + wide - sum(unicodedata.category(sign) in ("Mn", "Me") for sign in line)


def standing(section, *parts, total=None, rank=None, grade=None, low=None, high=None, best=1, worst=2):
    names = ("业务工作", "队伍建设", "特色工作", "突破底线")
    figures = dict(zip(names, parts, strict=False)) | {"总分": total, "最低": low, "最高": high}
    return {"section": section, **figures, "名次": rank, "名次最好": best, "名次最差": worst, "等次": grade}


OPEN = (
    standing("秘书科、普法科", 54.85, 19.5, 6.5, 0, total=80.85, rank=1, grade="优秀"),
    standing(LONG, 49.5, 19, None, 5, low=61.5, high=73.5, best=2, worst=3),
    standing("办公室", None, 20, 3, 0, low=60, high=82.5, best=2, worst=3),
)
PENDING = [
    {"section": LONG, "item": "特色工作", "reason": "未核定"},
    {"section": "办公室", "item": "业务/办公室/1", "reason": "未核定"},
    {"section": "办公室", "item": "业务/办公室/2", "reason": "未核定"},
    {"section": "办公室", "item": "业务/办公室/5", "reason": "待市局反馈"},
]
WAITING = [
    ["采用哪份", "办公室", "考评表"],
    ["转由某科室承担", "公服科", "业务/公服科/1/1"],
    ["转由某科室承担", "公服科", "业务/公服科/1/2"],
    ["转由某科室承担", "公服科", "业务/公服科/2/1"],
    ["转由某科室承担", "公服科", "业务/公服科/3/1"],
    ["裁定", "", "优秀等次"],
]
REVIEWED = {
    "stage": "核定稿",
    "approved": False,
    "code": "849EC695",
    "provisional": True,
    "standings": OPEN,
    "pending": PENDING,
    "waiting": WAITING,
}


# --- summarize ------------------------------------------------------------------------------------------------------


def test_the_reviewed_result_at_80_columns():
    assert shown(Outcome("summarize", ("4汇总/汇总表.xlsx",), data=REVIEWED)) == [
        "汇总已生成。",
        "收到 0 个文件。",
        "",
        "核定稿：考评结果　未审定，尚有未定事项　结果码 849EC695",
        "名次  科室                     业务  队伍  特色  底线       总分  等次",
        "1     秘书科、普法科          54.85  19.5   6.5     0      80.85  优秀",
        "2~3   社区矫正（教育帮扶）科  49.50  19.0     -     5  61.5~73.5  -",
        "2~3   办公室                      -  20.0   3.0     0    60~82.5  -",
        "“~”两边是还可能的最低和最高；“-”是还没有定的数；突破底线是扣分，总分中已经扣",
        "除。",
        "未定事项：未核定 2 个科室、待市局反馈 1 个科室。",
        "决定.xlsx 有 6 行等待答复：",
        "  采用哪份：办公室 考评表",
        "  转由某科室承担：公服科 业务/公服科/1/1；公服科 业务/公服科/1/2；公服科 业务/公",
        "                  服科/2/1……共 4 行",
        "  裁定：全年 优秀等次",
        "",
        "输出 1 个文件：",
        "  4汇总/汇总表.xlsx",
    ]


def test_the_reviewed_result_at_60_columns():
    assert shown(Outcome("summarize", ("4汇总/汇总表.xlsx",), data=REVIEWED), 60)[3:8] == [
        "核定稿：考评结果　未审定，尚有未定事项　结果码 849EC695",
        "名次  科室                         总分  等次",
        "1     秘书科、普法科              80.85  优秀",
        "2~3   社区矫正（教育帮扶）科  61.5~73.5  -",
        "2~3   办公室                    60~82.5  -",
    ]


def test_longer_ranks_take_the_room_of_the_heads():
    rows = [OPEN[0], {**OPEN[1], "名次最好": 10, "名次最差": 11, "最低": 61.55, "最高": 73.55}]
    data = {**REVIEWED, "standings": rows}
    assert shown(Outcome("summarize", ("4汇总/汇总表.xlsx",), data=data))[4:7] == [
        "名次   科室                     业务  队伍  特色  底线         总分  等次",
        "1      秘书科、普法科          54.85  19.5   6.5     0        80.85  优秀",
        "10~11  社区矫正（教育帮扶）科  49.50  19.0     -     5  61.55~73.55  -",
    ]


def test_an_approved_result():
    rows = [standing("办公室", 50.5, 20, 3, 0, total=73.5, rank=1, grade="优秀")]
    data = {"stage": "审定稿", "approved": True, "code": "0A1B2C3D", "provisional": False, "standings": rows}
    assert shown(Outcome("summarize", ("4汇总/汇总表.xlsx",), data=data))[2:6] == [
        "",
        "审定稿：考评结果　已审定　结果码 0A1B2C3D",
        "名次  科室    业务工作  队伍建设  特色工作  突破底线  总分  等次",
        "1     办公室      50.5        20         3         0  73.5  优秀",
    ]


def test_with_a_new_stage_only_the_first_changes_are_told_and_totals_lead():
    changes = [{"section": "办公室", "figure": f, "before": None, "now": n} for f, n in (("名次", 1), ("等次", "优秀"))]
    changes += [{"section": s, "figure": "等次", "before": None, "now": "优良"} for s in "甲乙丙丁"]
    changes.append({"section": "公服科", "figure": "总分", "before": 77, "now": 76.5})
    data = {"stage": "核定稿", "standings": OPEN[:1], "changes": changes}
    lines = shown(Outcome("summarize", ("4汇总/汇总表.xlsx",), data=data))
    assert lines[6:8] == [
        "与上次相比：公服科总分 77→76.5；办公室名次 待定→1；办公室等次 待定→优秀；甲等",
        "            次 待定→优良；乙等次 待定→优良；丙等次 待定→优良；……共 7 处。",
    ]
    few = shown(Outcome("summarize", ("4汇总/汇总表.xlsx",), data={**data, "changes": changes[-1:]}))
    assert "与上次相比：公服科总分 77→76.5。" in few


def test_a_correction_lists_ranks_and_totals_first():
    moved = [{"section": "办公室", "figure": f"业务/办公室/{n}", "before": "5", "now": "4.5"} for n in range(1, 6)]
    moved += [
        {"section": "办公室", "figure": "总分", "before": "80", "now": None},
        {"section": "办公室", "figure": "名次", "before": 1, "now": 2},
        {"section": "秘书科、普法科", "figure": "等次", "before": "优良", "now": "优秀"},
    ]
    data = {"stage": "更正稿1", "approved": False, "standings": OPEN[:1], "moved": moved}
    lines = shown(Outcome("summarize", ("4汇总/汇总表.xlsx",), data=data))
    at = lines.index("与审定的结果相比变动 8 处，涉及办公室，秘书科、普法科：")
    assert lines[at + 1 : at + 8] == [
        "  办公室 总分 80 → 待定",
        "  办公室 名次 1 → 2",
        "  秘书科、普法科 等次 优良 → 优秀",
        "  办公室 业务/办公室/1 5 → 4.5",
        "  办公室 业务/办公室/2 5 → 4.5",
        "  办公室 业务/办公室/3 5 → 4.5",
        "  ……另有 2 处，见 汇总表.xlsx 的“更正对照”。",
    ]


SELF = {"stage": "自评汇总", "provisional": True, "pending": PENDING}


def test_the_self_assessments_are_shown_as_readme_shows_them():
    rows = (
        standing("政治处", 53, 20, 8, total=81, rank=1),
        standing("秘书科、普法科", 54.85, 19.5, 6.5, total=80.85, rank=2),
        standing(LONG, 49.5, 19, 0, total=68.5, rank=3),
    )
    assert shown(Outcome("summarize", ("4汇总/汇总表.xlsx",), data={**SELF, "standings": rows}))[3:8] == [
        "自评汇总：自评排序（供核对）　未审定，尚有未定事项",
        "名次  科室                    业务工作  队伍建设  特色工作   总分",
        "1     政治处                     53.00      20.0       8.0  81.00",
        "2     秘书科、普法科             54.85      19.5       6.5  80.85",
        "3     社区矫正（教育帮扶）科     49.50      19.0       0.0  68.50",
    ]


def test_the_self_assessments_at_60_columns_lose_no_figure():
    assert shown(Outcome("summarize", ("4汇总/汇总表.xlsx",), data={**SELF, "standings": OPEN}), 60)[4:8] == [
        "名次  科室                     业务  队伍  特色       总分",
        "1     秘书科、普法科          54.85  19.5   6.5      80.85",
        "2~3   社区矫正（教育帮扶）科  49.50  19.0     -  61.5~73.5",
        "2~3   办公室                      -  20.0   3.0    60~82.5",
    ]


# --- collect, review, archive ---------------------------------------------------------------------------------------


COLLECTED = ("4汇总/催办文字.txt", "4汇总/问题清单.xlsx")


@pytest.mark.parametrize(
    ("back", "line"),
    [
        (["办公室", "公服科"], "要退回修改的科室（2 个）：办公室、公服科，表在 4汇总/退回修改；催办的话已写"),
        ([], "没有要退回修改的表；催办的话已写好，在 4汇总/催办文字.txt。"),
    ],
)
def test_collect_says_what_goes_back_and_that_the_reminders_are_ready(back, line):
    outcome = Outcome("collect", COLLECTED, data={"missing": ["律公科"], "sent_back": back})
    lines = shown(outcome)
    assert lines[:2] == ["收集校验完成。", "收到 0 个文件。"]
    assert lines[2] == "未报送的科室（1 个）：律公科。"
    assert lines[3].startswith(line)
    assert not any("催办" in text for text in shown(Outcome("collect", data={"sent_back": back})))


REVIEWERS = [
    {"reviewer": "政治处", "sections": ["办公室", "公服科"], "done": ["办公室", "公服科"], "file": "3核定/核定表-政治处.xlsx"},
    {"reviewer": "考评工作领导小组", "sections": ["政治处"], "done": [], "file": "3核定/核定表-考评工作领导小组.xlsx"},
    {"reviewer": "秘书科、普法科", "sections": ["政治处"], "done": [], "file": None},
]


def test_review_at_80_and_60_columns():
    found = (
        problem("SECTION_NOT_RETURNED", Where(field="律公科"), section="律公科"),
        problem("FILE_EMPTY", Where("2回收/a.xlsx")),
        problem("REVIEW_REASON_MISSING", Where("3核定/核定表-政治处.xlsx", "办公室", "J7"), "3", base="2"),
    )
    data = {"stage": "核定稿", "reviewers": REVIEWERS, "check_copies": ["办公室"], "next": "交给核定者"}
    outcome = Outcome("review", ("3核定/核定表-政治处.xlsx",), found, data=data)
    assert shown(outcome) == [
        "核定表已生成。",
        "稿次：核定稿",
        "未报送的科室（1 个）：律公科。",
        "",
        "核定者            科室数  已核定  文件",
        "政治处                 2       2  3核定/核定表-政治处.xlsx",
        "考评工作领导小组       1       -  3核定/核定表-考评工作领导小组.xlsx",
        "秘书科、普法科         1       -  -",
        "已写核对稿的科室（1 个）：办公室，在 4汇总/核对稿。",
        "",
        "发现：错误 2 条、提醒 1 条",
        "其中填报的问题 1 条这里不列，见 4汇总/问题清单.xlsx（kaoping collect）。",
        "3核定/核定表-政治处.xlsx",
        "  错误  办公室 J7：核定为“3”，与原填报（2）不一致，但没有写理由，未采用。",
        "        请在右侧“核定说明”写明理由和依据。",
        "",
        "输出 1 个文件：",
        "  3核定/核定表-政治处.xlsx",
        "",
        "下一步：交给核定者。",
    ]
    assert shown(outcome, 60)[4:8] == [
        "核定者           科室数 已核定 文件",
        "政治处                2      2 核定表-政治处.xlsx",
        "考评工作领导小组      1      - 核定表-考评工作领导小组.xlsx",
        "秘书科、普法科        1      - -",
    ]
    assert shown(outcome, 50)[4:6] == ["核定者            科室数  已核定", "政治处                 2       2"]


@pytest.mark.parametrize(("stage", "said"), [("自评汇总", True), ("核定稿", True), ("审定稿", False)])
def test_review_says_when_there_is_no_check_copy_yet(stage, said):
    data = {"stage": stage, "reviewers": REVIEWERS, "check_copies": []}
    line = "还没有核对稿：某科室的核定全部完成、汇总到核定稿之后才有。"
    assert (line in shown(Outcome("review", data=data))) is said


def test_archive_says_place_number_and_code():
    names = tuple(f"5归档/审定稿/{n}/{x}.xlsx" for n in range(4) for x in "ab")
    data = {"stage": "审定稿", "code": "0A1B2C3D", "place": "5归档/审定稿", "files": 8, "next": "复制到档案介质"}
    assert shown(Outcome("archive", names, data=data)) == [
        "已归档。",
        "审定稿（结果码 0A1B2C3D）共 8 个文件，在 5归档/审定稿。",
        "其中 校验清单.txt 记着每个文件的校验码（SHA-256）；归档的文件不要再改。",
        "",
        "输出 8 个文件：",
        "  5归档/ 8 个：审定稿/0/a.xlsx …… 审定稿/3/b.xlsx",
        "",
        "下一步：复制到档案介质。",
    ]
    assert shown(Outcome("archive", data=data))[:1] == ["没有写出任何文件，原有文件没有改动。"]


# --- status ---------------------------------------------------------------------------------------------------------


def row(section, status, errors=0, warnings=0, attachments=0, returned=True):
    counts = {"errors": errors, "warnings": warnings, "attachments": attachments}
    return {"section": section, "status": status, "returned": returned, "materials_missing": [], **counts}


STATUS = {
    "title": "某局2021年度工作考评",
    "issued": "最新",
    "summary": "已过时",
    "deadline": "12月10日",
    "stage": "核定稿",
    "approved": False,
    "archived": False,
    "ballots": True,
    "sections": [row("办公室", "完整", attachments=2), row(LONG, "待裁定采用哪份", 3, 1), row("公服科", "未报送", returned=False)],
    "unplaced": {"errors": 1, "warnings": 0},
    "reviewers": REVIEWERS,
    "waiting": WAITING[:1],
    "next": "运行 kaoping summarize 生成汇总",
}


def test_status_of_a_year_under_review():
    assert shown(Outcome("status", data=STATUS)) == [
        "某局2021年度工作考评",
        "下发表：最新。收回 2/3 个科室。汇总：已过时。报送截止：12月10日。",
        "稿次：核定稿（未审定）。核定完成：1/3 个核定者。测评票：已录。",
        "",
        "科室                    填报情况        错误  提醒  附件",
        "办公室                  完整               -     -     2",
        "社区矫正（教育帮扶）科  待裁定采用哪份     3     1     -",
        "公服科                  未报送             -     -     -",
        "未能归到科室            -                  1     -     -",
        "",
        "核定者            科室数  已核定  文件",
        "政治处                 2       2  3核定/核定表-政治处.xlsx",
        "考评工作领导小组       1       -  3核定/核定表-考评工作领导小组.xlsx",
        "秘书科、普法科         1       -  -",
        "",
        "决定.xlsx 有 1 行等待答复：",
        "  采用哪份：办公室 考评表",
        "",
        "下一步：运行 kaoping summarize 生成汇总。",
    ]
    narrow = shown(Outcome("status", data=STATUS), 60)
    assert narrow[1:4] == [
        "下发表：最新。收回 2/3 个科室。汇总：已过时。报送截止：12月",
        "10日。",
        "稿次：核定稿（未审定）。核定完成：1/3 个核定者。测评票：已",
    ]
    assert narrow[6:8] == [
        "科室                    填报情况        错误  提醒  附件",
        "办公室                  完整               -     -     2",
    ]


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({"stage": ""}, ""),
        ({"stage": "审定稿", "approved": True}, "稿次：审定稿（已审定，还没有归档）。核定完成：1/3 个核定者。测评票：已录。"),
        (
            {"stage": "审定稿", "approved": True, "archived": True, "ballots": False},
            "稿次：审定稿（已审定，已归档）。核定完成：1/3 个核定者。测评票：未录。",
        ),
    ],
)
def test_status_tells_the_stage_once_there_is_one(more, line):
    assert shown(Outcome("status", data={**STATUS, **more}))[2] == line


def test_status_before_review_has_no_table_of_reviewers():
    rows = [{**r, "file": None} for r in REVIEWERS]
    assert not any(line.startswith("核定者") for line in shown(Outcome("status", data={**STATUS, "reviewers": rows})))


# --- new, build, problems -------------------------------------------------------------------------------------------


def test_new_and_build_say_what_each_workbook_is_for():
    made = ("决定.xlsx", "台账.xlsx", "市局反馈.xlsx", "方案.xlsx")
    assert shown(Outcome("new", made)) == [
        "年度文件夹已建好。",
        "",
        "输出 4 个文件：",
        "  决定.xlsx　要由人决定的事，一行一件",
        "  台账.xlsx　日常检查发现的，随时登记",
        "  市局反馈.xlsx　市局的数据、扣分、加分",
        "  方案.xlsx　考什么、怎么算，先核对它",
    ]
    forms = tuple(f"1下发/分科室/{n:02}-科室.xlsx" for n in range(1, 11))
    issued = (*forms, "1下发/考评表.xlsx", "测评/测评录入表.xlsx", *(f"测评/测评票-{n}.xlsx" for n in "甲乙丙"))
    assert shown(Outcome("build", issued))[2:] == [
        "输出 15 个文件：",
        "  1下发/分科室/ 10 个：01-科室.xlsx …… 10-科室.xlsx",
        "  1下发/考评表.xlsx",
        "  测评/测评录入表.xlsx　测评会后录票，两人各录一遍",
        "  测评/测评票-甲.xlsx",
        "  测评/测评票-乙.xlsx",
        "  测评/测评票-丙.xlsx",
    ]
    assert "  方案.xlsx" in shown(Outcome("demo", made))


def test_problems_of_ballots_name_no_cell():
    """By design: a place in the entry workbook would lead to a ballot."""
    found = (
        problem("BALLOT_PASSES_DIFFER", Where("测评/测评录入表.xlsx", "局领导·第二遍"), count=2),
        problem("BALLOT_UNREADABLE", Where("测评"), count=1),
        problem("FILE_EMPTY", Where("2回收/a.xlsx")),
    )
    lines = shown(Outcome("summarize", ("4汇总/汇总表.xlsx",), found, (Received("2回收/b.pdf", "0", "", "附件"),)))
    assert lines[lines.index("测评/测评录入表.xlsx") :][:3] == [
        "测评/测评录入表.xlsx",
        "  错误  局领导·第二遍：两遍录入有 2 处不一致，该组测评结果暂缺。",
        "        打开录入表，标红的格就是；对照纸质票改正录错的一遍。",
    ]
    assert lines[lines.index("测评") + 1].startswith("  错误  有 1 个文件读不了，")


# --- 述职测评, 差距, many sections ---------------------------------------------------------------------------------------

TOTALS = (("秘书科、普法科", 79.9), ("公服科", 79.4), ("促进法治科", 78), ("法律援助中心", 78))
APPROVED = {
    "stage": "审定稿",
    "approved": True,
    "code": "0A1B2C3D",
    "provisional": False,
    "standings": [
        {**standing(name, 50.5, 20, 3, 0, total=total, rank=rank, grade="优秀"), "述职测评": 91.848}
        for rank, (name, total) in enumerate(TOTALS, 1)
    ],
}


def result(data, width=80):
    """The table of the result and what is said below it."""
    lines = shown(Outcome("summarize", ("4汇总/汇总表.xlsx",), data=data), width)
    start = next(number for number, line in enumerate(lines) if line.startswith("名次"))
    return lines[start : lines.index("", start)]


def test_the_evaluation_is_shown_only_where_a_policy_counts_it():
    assert result({**APPROVED, "evaluation_weight": 0.1}) == [
        "名次  科室            业务  队伍  特色  底线    测评  总分  等次  差距",
        "1     秘书科、普法科  50.5    20     3     0  91.848  79.9  优秀   0.5",
        "2     公服科          50.5    20     3     0  91.848  79.4  优秀   1.4",
        "3     促进法治科      50.5    20     3     0  91.848  78.0  优秀   0.0",
        "4     法律援助中心    50.5    20     3     0  91.848  78.0  优秀     -",
        "述职测评按 0.1 计入总分；差距是总分比下一名高多少。",
    ]
    assert result({**APPROVED, "evaluation_weight": 0.1}, 120)[0] == (
        "名次  科室            业务工作  队伍建设  特色工作  突破底线  述职测评  总分  等次  差距"
    )
    assert "测评" not in "".join(result({**APPROVED, "evaluation_weight": 0}))
    self_stage = {**SELF, "standings": APPROVED["standings"], "evaluation_weight": 0.1}
    assert not any("测评" in line for line in result(self_stage))


def test_what_a_narrow_window_has_no_room_for_is_said():
    assert result({**APPROVED, "evaluation_weight": 0.1}, 40) == [
        "名次  科室            总分  等次  差距",
        "1     秘书科、普法科  79.9  优秀   0.5",
        "2     公服科          79.4  优秀   1.4",
        "3     促进法治科      78.0  优秀   0.0",
        "4     法律援助中心    78.0  优秀     -",
        "述职测评按 0.1 计入总分；差距是总分比下",
        "一名高多少。",
        "窗口窄，没有列出业务工作、队伍建设、特色",
        "工作、突破底线、述职测评，见 4汇总/汇总",
        "表.xlsx。",
    ]


def test_no_gap_is_told_where_another_may_come_between_or_the_total_does_not_rank():
    rows = [*APPROVED["standings"][:2], standing("办公室", None, 20, 3, 0, low=60, high=79.6, best=2, worst=3)]
    assert [line.split()[-1] for line in result({**APPROVED, "standings": rows})[:4]] == ["等次", "优秀", "优秀", "-"]
    rows[2] = {**rows[2], "最高": 79.4}
    assert [line.split()[-1] for line in result({**APPROVED, "standings": rows})[:4]] == ["差距", "0.5", "-", "-"]
    assert "差距" not in "".join(result({**APPROVED, "ranked_by_total": False}))


def test_a_long_name_takes_several_lines_and_no_figure_is_lost():
    name = "促进法治与法律援助综合协调（含公共法律服务平台建设管理）办公室"
    rows = [standing(name if n == 2 else f"第{n}科", 54.85, 19.5, 6.5, 0, total=90 - n, rank=n, grade="优良") for n in range(1, 21)]
    lines = result({**APPROVED, "standings": rows})
    assert lines[1:6] == [
        "1     第1科                            54.85  19.5   6.5     0    89  优良     1",
        "2     促进法治与法律援助综合协调（含   54.85  19.5   6.5     0    88  优良     1",
        "      公共法律服务平台建设管理）办公",
        "      室",
        "3     第3科                            54.85  19.5   6.5     0    87  优良     1",
    ]
    assert sum(line[:2].strip().isdigit() for line in lines) == 20


# --- next steps -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "lines"),
    [
        (
            misuse("status", problem("NO_FOLDER", Where(), "/一处/文件夹")),
            [
                "没有完成。",
                "  错误  “/一处/文件夹”不是考评工作文件夹（它和它的上级里都没有 方案.xlsx）。",
                "",
                "下一步：先进入工作文件夹再运行；还没有的，用 kaoping new 文件夹名 新建。",
            ],
        ),
        (
            misuse("load", problem("TARGET_KIND", Where(), "甲.txt", wanted=".xlsx")),
            ["没有完成。", "  错误  “甲.txt”的扩展名不对。", "", "下一步：输出文件名应以 .xlsx 结尾，再运行 kaoping load。"],
        ),
        (
            misuse("archive", problem("NOT_APPROVED", Where(), "核定稿（未审定）"), next="运行 kaoping summarize 生成汇总"),
            [
                "没有完成。",
                "  错误  现在是核定稿（未审定），还没有审定，不能归档。",
                "        领导小组审定后，在 决定.xlsx 的“审定”一行填“同意”，再运行",
                "        kaoping summarize 和 kaoping archive。",
                "",
                "下一步：运行 kaoping summarize 生成汇总。",
            ],
        ),
        (
            Outcome("templates", data={"kept": ["通报模板.docx"], "next": "改好后运行 kaoping check 检查"}),
            ["模板都已经在文件夹里，没有改动。", "", "下一步：改好后运行 kaoping check 检查。"],
        ),
        (
            Outcome("dump", data={"same": True, "next": "文本可以留存、比较"}),
            ["两边内容相同，没有改动。", "", "下一步：文本可以留存、比较。"],
        ),
        (
            Outcome("review", data={"approved": True, "stage": "审定稿", "reviewers": REVIEWERS[:1], "next": "再归档"}),
            [
                "结果已审定，核定表没有改动。",
                "稿次：审定稿",
                "",
                "核定者  科室数  已核定  文件",
                "政治处       2       2  3核定/核定表-政治处.xlsx",
                "",
                "下一步：再归档。",
            ],
        ),
        (
            Outcome("check", data={"checked": ["方案", "模板"], "next": "运行 kaoping build 生成下发表"}),
            ["已检查方案、模板。", "没有发现问题。", "", "下一步：运行 kaoping build 生成下发表。"],
        ),
    ],
    ids=lambda value: value.command if isinstance(value, Outcome) else "",
)
def test_every_screen_ends_in_one_next_step(outcome, lines):
    assert shown(outcome) == lines


def test_a_run_that_was_locked_out_says_what_to_do():
    lines = shown(Outcome("build", problems=(problem("RUN_IN_PROGRESS", Where("方案.xlsx")),)))
    assert lines[0] == "没有写出任何文件，原有文件没有改动。"
    assert lines[-1].startswith("下一步：") or lines[-2].startswith("下一步：")
    assert Outcome("build", problems=(problem("RUN_IN_PROGRESS", Where()),)).to_json()["next"]


def test_status_with_a_scheme_that_cannot_be_read_lists_what_to_mend():
    wrong = problem("FILE_EMPTY", Where("方案.xlsx"))
    lines = shown(misuse("status", wrong, next="打开 方案.xlsx 改正上面列出的错误，再运行 kaoping check"))
    assert lines[3:5] == ["方案.xlsx", f"  错误  {wrong.message}。"]
    assert lines[-1] == "下一步：打开 方案.xlsx 改正上面列出的错误，再运行 kaoping check。"


# --- laws -----------------------------------------------------------------------------------------------------------

WIDTHS = st.sampled_from([40, 60, 80, 100, 120])
#: Names as people write them, and as nobody should.
NAMES = st.one_of(st.text("科室处办公（）、·“”…—é9a ", min_size=1, max_size=60), st.text(min_size=1, max_size=30))
FIGURES = st.one_of(
    st.none(), st.integers(-(10**6), 10**6), st.floats(-1000, 1000).map(lambda value: round(value, 4)), st.just(1e21)
)


@st.composite
def years(draw):
    """The data of a summary of any stage, of any sections."""
    rows = []
    for name in draw(st.lists(NAMES, min_size=1, max_size=20)):
        figures = {key: draw(FIGURES) for key in ("业务工作", "队伍建设", "特色工作", "突破底线", "述职测评", "总分", "最低", "最高")}
        places = {key: draw(st.integers(1, 120)) for key in ("名次最好", "名次最差")}
        rank, grade = draw(st.none() | st.integers(1, 120)), draw(st.none() | st.sampled_from(["优秀", "优良", "未定"]))
        rows.append({"section": name, **figures, **places, "名次": rank, "等次": grade})
    stage = draw(st.sampled_from(["自评汇总", "核定稿", "审定稿"]))
    return {"stage": stage, "standings": rows, "evaluation_weight": draw(st.sampled_from([0, 0.1])), "waiting": WAITING}


def squeezed(text):
    return "".join(words.clean(text).split())


@settings(max_examples=60, deadline=None)
@given(years(), WIDTHS)
def test_no_line_is_too_wide_and_nothing_is_cut_off(data, width):
    lines = shown(Outcome("summarize", ("4汇总/汇总表.xlsx",), data=data), width)  # shown() measures every line
    text = squeezed("".join(lines))
    for sign in squeezed("".join(row["section"] for row in data["standings"])):
        assert sign in text
    if not any(line.startswith("窗口窄") for line in lines):
        assert all(squeezed(f"{row['队伍建设']}")[:3] in text for row in data["standings"] if isinstance(row["队伍建设"], int))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(NAMES, NAMES, st.integers(0, 10**9)), min_size=1, max_size=6), WIDTHS)
def test_tables_hold_every_sign_of_every_cell_in_its_row(rows, width):
    table = pieces.Columns(("科室", "文件", "数"), [(a, b, str(n)) for a, b, n in rows], (2,))
    lines = [str(line) for line in pieces.table(width, table)]
    assert all(columns(line) <= width for line in lines)
    shown_signs = sorted(squeezed("".join(lines)))
    wanted = "".join(a + b + str(n) for a, b, n in rows) + "科室文件数"
    assert shown_signs == sorted(squeezed(wanted))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80), NAMES, WIDTHS)
def test_paragraphs_keep_every_sign_and_their_width(text, lead, width):
    lines = str(pieces.paragraph(text, width, f"{lead}：")).split("\n")
    assert all(columns(line) <= width for line in lines)
    assert squeezed("".join(lines)) == squeezed(f"{lead}：{text}")
    assert set(unicodedata.category(sign) for line in lines for sign in line) & {"Cc", "Cf", "Cs", "Zl", "Zp"} == set()


def test_a_name_cannot_steer_the_terminal():
    name = "2回收/\x1b[2J\u202e考评表\x07.xlsx"
    lines = shown(Outcome("collect", ("4汇总/问题清单.xlsx",), (problem("FILE_EMPTY", Where(name)),)))
    assert "2回收/?[2J?考评表?.xlsx" in lines
    assert set("".join(lines)) & set(string.printable[-5:] + "\x1b\u202e\x07") == set()


# --- colours --------------------------------------------------------------------------------------------------------

#: What terminals draw for bold red: VGA, xterm, Windows before and after 2017, macOS; as red, green, blue.
REDS = ((255, 85, 85), (205, 0, 0), (255, 0, 0), (197, 15, 31), (231, 72, 86), (194, 54, 33))


def luminance(colour):
    parts = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_the_one_colour_can_be_read_on_black_and_on_white():
    assert (pieces.WRONG, pieces.STRONG, pieces.ASIDE) == ("bold red", "bold", "dim")
    for red in REDS:
        assert (luminance(red) + 0.05) / 0.05 >= 3
        assert 1.05 / (luminance(red) + 0.05) >= 3


@pytest.mark.parametrize("no_color", [False, True])
def test_no_screen_uses_another_colour(no_color):
    wrong = (problem("FILE_EMPTY", Where("2回收/a.xlsx")), problem("SECTION_NOT_RETURNED", Where(field="甲"), section="甲"))
    found = set()
    for outcome in (
        Outcome("status", problems=wrong, data=STATUS),
        Outcome("summarize", ("4汇总/汇总表.xlsx",), wrong, data={**REVIEWED, "next": "看"}),
        Outcome("collect", COLLECTED, wrong, data={"missing": ["甲"], "refused": ["乙"], "sent_back": ["丙"]}),
        misuse("check", *wrong),
    ):
        out = io.StringIO()
        console = Console(file=out, width=80, force_terminal=True, no_color=no_color, color_system="standard", highlight=False)
        for line in screen.report(outcome, 80):
            console.print(line, soft_wrap=True, markup=False, emoji=False)
        found |= set(re.findall(r"\x1b\[([0-9;]*)m", out.getvalue()))
    assert found == {"0", "1", "2"} | (set() if no_color else {"1;31"})
