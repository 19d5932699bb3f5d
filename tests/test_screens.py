"""Screens of the commands, line by line, at 80 and at 60 columns."""

import io

import pytest
from rich.console import Console

from workbook_builder.cli import screen, words
from workbook_builder.commands.outcome import Outcome
from workbook_builder.problems import Where, problem
from workbook_builder.returns import Received

LONG = "社区矫正（教育帮扶）科"


def shown(outcome, width=80):
    """The lines of a screen, as a console prints them, blanks at their ends dropped."""
    out = io.StringIO()
    console = Console(file=out, width=width, highlight=False, markup=False, emoji=False)
    for line in screen.report(outcome, width):
        console.print(line, soft_wrap=isinstance(line, str))
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    assert max(map(words.width_of, lines), default=0) <= width
    return lines


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
        "名次 科室                   业务工作 队伍建设 特色工作 突破底线      总分 等次",
        "1    秘书科、普法科            54.85     19.5      6.5        0     80.85 优秀",
        "2–3  社区矫正（教育帮扶）科    49.50     19.0        -        5 61.5–73.5 -",
        "2–3  办公室                        -     20.0      3.0        0   60–82.5 -",
        "“–”两边是还可能的最低和最高；“-”是还没有定的数。",
        "突破底线是扣分，总分中已经扣除。",
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
        "2–3   社区矫正（教育帮扶）科  61.5–73.5  -",
        "2–3   办公室                    60–82.5  -",
    ]


def test_longer_ranks_take_the_room_of_the_heads():
    rows = [OPEN[0], {**OPEN[1], "名次最好": 10, "名次最差": 11, "最低": 61.55, "最高": 73.55}]
    data = {**REVIEWED, "standings": rows}
    assert shown(Outcome("summarize", ("4汇总/汇总表.xlsx",), data=data))[4:7] == [
        "名次   科室                     业务  队伍  特色  底线         总分  等次",
        "1      秘书科、普法科          54.85  19.5   6.5     0        80.85  优秀",
        "10–11  社区矫正（教育帮扶）科  49.50  19.0     -     5  61.55–73.55  -",
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
        "与上次相比：公服科总分 77→76.5；办公室名次 待定→1；办公室等次 待定→优秀；甲等次",
        "            待定→优良；乙等次 待定→优良；丙等次 待定→优良；……共 7 处。",
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
        "2–3   社区矫正（教育帮扶）科  49.50  19.0     -  61.5–73.5",
        "2–3   办公室                      -  20.0   3.0    60–82.5",
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
