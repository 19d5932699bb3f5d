"""The template's page 填表说明: one sheet of A4 with the kinds of cells, the states and a worked example."""

from __future__ import annotations

from openpyxl.styles import Border
from template_pens import (
    BOX,
    FANG,
    HEI,
    INPUT_BOX,
    ITEM,
    NAVY,
    PALE,
    SOFT,
    TITLE,
    heading,
    passage,
    style,
)

from workbook_builder.excel import dress
from workbook_builder.excel.palette import GREY, INK, INPUT, RED, SOFT_INK, TO_DO, TO_DO_INK, WAITING, WHITE, WRONG

_WIDTHS = {"A": 5, "B": 12, "C": 19, "D": 12, "E": 9, "F": 6, "G": 9, "H": 8, "I": 14}
_LAST = len(_WIDTHS)

STEPS = (
    "1. 填：打开本科室的工作表，只填有深色边框的黄色格子，其余格子已经锁定。按 Tab 到下一个要填的格子，按 Enter 到下一行；不要增删行列、改名或移动工作表。",
    "2. 看：“状态”一列说明这一行对不对；表头一直显示各部分还缺几项，填齐时显示“可以报送”。再核对一遍“说明及佐证”和表末的“自评确认”。",
    "3. 交：保存后打印签字，把电子表原样发回（不要另存为其他格式，不要转成 PDF），全年工作总结报告、佐证材料一并报送。签字页与电子表的“校验码”应当一致。",
)
KINDS = (
    ("次数、个数", "填整数。没有发生的填 0，或者空着（见下面“空着”）", "2"),
    ("是、否", "点格子右边的箭头，在下拉列表里选", "是"),
    ("百分数", "只填数字，不写百分号；95% 填 95，不要填 0.95", "95"),
    ("名次", "填数字；没有排名的填“未排名”", "3"),
    ("视情扣分、得分", "一次一行填建议分数，右边写明日期和事实；最终分数由核定人决定", "1.5"),
    ("还没有的数据", "市局还没有公布的填“待市局反馈”（点中格子，提示允许的才可以填）", "待市局反馈"),
)
BLANK = (
    "空着、0、不适用是三件事：扣分细则空着，要在表末“自评确认”选“是”，才表示没有发生；"
    "得分、名次、折算、比率不能空着；特色工作每项填一张申报表，并在科室表里填自评分。"
)
STATES = (
    ("待填", "还没有填", TO_DO, TO_DO_INK, False),
    ("已填", "填好了，符合要求", WHITE, INK, True),
    ("有误", "不符合要求：点中格子看提示，改到不再显示为止", WRONG, RED, True),
    ("待市局", "等市局公布数据，可以先报送", WAITING, NAVY, False),
    ("未发生", "空着，并且已经在表末确认没有发生", GREY, SOFT_INK, False),
)
HEADS = ("序号", "评分细则", "计分办法", "填报", "单位", "扣/得分", "状态", "说明及佐证")
CLAUSE = (
    "2.1",
    "报送公文程序、格式存在严重错误的，每件扣 1 分",
    "每件扣1分",
    2,
    "件",
    -2,
    "已填",
    "3月5日、9月18日各1件",
)
READING = "全年发现 2 件：在“填报”填 2，“扣/得分”自动变成 -2，“本项得分”跟着从 10 变成 8；在“说明及佐证”写明哪两件。"


def guide_page(ws):
    for letter, width in _WIDTHS.items():
        ws.column_dimensions[letter].width = width
    number = _titles(ws)
    number = _steps(ws, number)
    number = _kinds(ws, number)
    number = _states(ws, number)
    _example(ws, number)
    dress.page(ws, landscape=False, one_page=True)


def _titles(ws):
    for number, text, height, look in (
        (1, "{{ 单位 }}{{ 标题 }}", 26, {"font": FANG, "size": 13}),
        (2, "填　表　说　明", 40, {"font": TITLE, "size": 22}),
        (
            3,
            "考评周期：{{ 周期起 }}至{{ 周期止 }}　　依据：{{ 文号 }}",
            22,
            {"font": FANG, "size": 11, "color": SOFT_INK},
        ),
    ):
        style(ws.cell(number, 1, text), h="center", **look)
        _merge(ws, number, 1, _LAST)
        ws.row_dimensions[number].height = height
    return 4


def _steps(ws, number):
    heading(ws, number, "一、填、看、交", _LAST)
    for offset, text in enumerate(STEPS, 1):
        passage(ws, number + offset, text, _LAST)
    return number + len(STEPS) + 1


def _kinds(ws, number):
    heading(ws, number, "二、格子里填什么", _LAST)
    for kind, what, example in KINDS:
        number += 1
        _boxed(ws, number, 1, 2, kind, font=HEI, size=11, fill=PALE, h="center")
        _boxed(ws, number, 3, 8, what, size=11, indent=1)
        style(ws.cell(number, 9, example), size=11, bold=True, border=INPUT_BOX, fill=WHITE, h="center")
        ws.row_dimensions[number].height = 24
    passage(ws, number + 1, BLANK, _LAST)
    _merge(ws, number + 1, 1, _LAST, again=True)
    return number + 2


def _states(ws, number):
    heading(ws, number, "三、颜色和“状态”（黑白打印看“状态”一列的字）", _LAST)
    for state, meaning, fill, color, bold in STATES:
        number += 1
        style(ws.cell(number, 1, state), size=11, fill=fill, color=color, bold=bold, border=INPUT_BOX, h="center")
        style(ws.cell(number, 2), border=INPUT_BOX)
        _merge(ws, number, 1, 2)
        _boxed(ws, number, 3, _LAST, meaning, size=11, indent=1)
        ws.row_dimensions[number].height = 22
    return number + 1


def _example(ws, number):
    heading(ws, number, "四、举例", _LAST)
    ws.row_dimensions[number].height = 32
    number += 1
    for col, text in zip((1, 2, 4, 5, 6, 7, 8, 9), HEADS, strict=True):
        style(ws.cell(number, col, text), font=HEI, size=10, color=WHITE, fill=NAVY, border=BOX, h="center")
    style(ws.cell(number, 3), fill=NAVY, border=BOX)
    _merge(ws, number, 2, 3)
    ws.row_dimensions[number].height = 23
    number += 1
    for col, text in (
        (1, "2"),
        (2, "提高报送质量"),
        (4, "从分值起扣，扣完为止"),
        (5, None),
        (6, None),
        (7, "8"),
        (8, None),
        (9, None),
    ):
        style(
            ws.cell(number, col, text),
            font=HEI,
            size=11,
            fill=PALE,
            border=ITEM,
            h="left" if col in (2, 4) else "center",
        )
    style(ws.cell(number, 3), fill=PALE, border=ITEM)
    style(ws.cell(number, 4), size=9, color=SOFT_INK, fill=PALE, border=ITEM)
    _merge(ws, number, 2, 3)
    ws.row_dimensions[number].height = 30
    number += 1
    for col, text in zip((1, 2, 4, 5, 6, 7, 8, 9), CLAUSE, strict=True):
        asked = col in (5, 9)
        style(
            ws.cell(number, col, text),
            size=12 if col == 5 else 10,
            bold=col == 5,
            fill=None if col != 9 else INPUT,
            border=INPUT_BOX if asked else SOFT,
            h="left" if col in (2, 4, 9) else "center",
        )
    style(ws.cell(number, 3), border=SOFT)
    _merge(ws, number, 2, 3)
    ws.row_dimensions[number].height = 38
    number += 1
    passage(ws, number, READING, _LAST)
    _merge(ws, number, 1, _LAST, again=True)


def _boxed(ws, number, first, last, text, **look):
    for col in range(first, last + 1):
        style(ws.cell(number, col), border=BOX, **look)
    ws.cell(number, first, text)
    _merge(ws, number, first, last)


def _merge(ws, number, first, last, again=False):
    """Merge a row's cells; `again`: a paragraph without a number takes the room of the number too."""
    if again:
        ws.unmerge_cells(start_row=number, start_column=2, end_row=number, end_column=last)
        source = ws.cell(number, 2)
        target = ws.cell(number, first, source.value)
        target._style = source._style
        source.value = None
        for col in range(first, last + 1):
            ws.cell(number, col).border = Border()
    ws.merge_cells(start_row=number, start_column=first, end_row=number, end_column=last)
