"""Draws templates/考评表模板.xlsx from scratch: the starting point that an office then restyles in Excel.

Run it only to begin anew; it overwrites the template. Nothing in the program depends on the looks chosen here.
"""

from __future__ import annotations

from pathlib import Path

from openpyxl.styles import Border
from template_explained import GUIDE_WIDTHS, guide_sheet
from template_guide import guide_page
from template_pens import (
    BAND,
    BLUE,
    BOX,
    GREY,
    HEI,
    INPUT,
    INPUT_BOX,
    ITEM,
    NAVY,
    PALE,
    SOFT,
    TITLE,
    empty_template,
    instructions_sheet,
    page,
    row,
    states,
    style,
)
from template_review import REVIEW_INSTRUCTIONS, bottom_sheet, review_sheet

from workbook_builder.excel import dress
from workbook_builder.excel.palette import (
    FAINT,
    GOOD,
    GREEN,
    INK,
    RED,
    SOFT_INK,
    TO_DO,
    TO_DO_INK,
    WAITING,
    WHITE,
    WRONG,
)
from workbook_builder.excel.stable import stable_save
from workbook_builder.excel.template import (
    BOTTOM_SHEET,
    FORM_SHEET,
    GUIDE_SHEET,
    INSTRUCTIONS_SHEET,
    REVIEW_GUIDE,
    REVIEW_SHEET,
    SECTION_SHEET,
)

TARGET = Path(__file__).resolve().parent.parent / "templates" / "考评表模板.xlsx"

#: 157 units of 8 pixels: all of it on a screen of 1366 pixels.
SECTION_WIDTHS = {"A": 12, "B": 5, "C": 57, "D": 20, "E": 6, "F": 12, "G": 5, "H": 8, "I": 9, "J": 9, "K": 26, "L": 8}
FORM_WIDTHS = {"A": 12, "B": 19, "C": 78, "D": 13}

SECTION_HEADS = {
    "B": "序号",
    "C": "评分细则（照录通知）",
    "D": "计分办法",
    "E": "分值",
    "F": "填报",
    "G": "单位",
    "H": "扣/得分",
    "I": "本项得分",
    "J": "状态",
    "K": "说明及佐证",
}


def section_sheet(ws):
    for letter, width in SECTION_WIDTHS.items():
        ws.column_dimensions[letter].width = width
    last = len(SECTION_WIDTHS) - 1  # the last column is hidden
    section_head(ws, last)
    section_items(ws, last)
    section_foot(ws, last)
    states(ws, 18, SECTION_STATES, 6)
    page(ws, "landscape")


def section_head(ws, last):
    """What stays in sight: whose sheet it is, how far it is, the heads of the columns."""
    row(ws, 1, "标题", 32, {"B": "{{ 单位 }}{{ 标题 }}表"}, last, font=TITLE, size=18, h="center")
    ws.merge_cells("B1:K1")
    subtitle = "责任科室：{{ 科室 }}　　考评周期：{{ 周期起 }}至{{ 周期止 }}　　依据：{{ 文号 }}"
    row(ws, 2, "副标题", 21, {"B": subtitle, "I": "自评总分", "K": 55.5}, last, size=11)
    ws.merge_cells("B2:H2")
    ws.merge_cells("I2:J2")
    style(ws["I2"], font=HEI, size=11, color=NAVY, h="right", wrap=False)
    style(ws["K2"], font=HEI, size=12, bold=True, color=NAVY, wrap=False, indent=1)
    texts = {
        "B": "进度",
        "C": "还缺61项",
        "D": "业务工作　还缺33项",
        "E": "队伍建设　已填齐",
        "H": "特色工作　还缺7项",
        "K": "自评确认　待填",
    }
    row(ws, 3, "状态", 25, texts, last, font=HEI, size=10, fill=BLUE, border=BOX, h="center", wrap=False)
    ws.merge_cells("E3:G3")
    ws.merge_cells("H3:J3")
    for letter, state in (("D", "待填"), ("E", "可以报送"), ("H", "待填"), ("K", "待填")):
        fill, color, _ = SECTION_STATES[state]
        style(ws[f"{letter}3"], font=HEI, size=10, color=color, fill=fill, border=BOX, h="center", wrap=False)
    style(ws["C3"], font=HEI, size=14, bold=True, color=RED, fill=BLUE, border=BOX, indent=1)
    row(ws, 4, "表头", 24, SECTION_HEADS, last, font=HEI, size=10, color=WHITE, fill=NAVY, border=BOX, h="center")


def section_items(ws, last):
    """Parts, items, clauses and the rows below a clause."""
    texts = {"B": "{{ 部分 }}　{{ 满分 }}", "J": "还缺33项"}
    row(ws, 5, "部分", 27, texts, last, font=HEI, size=13, color=NAVY, fill=BLUE, border=BAND)
    # No merged cells over the column of answers: a row that is inserted below would leave them lying on an input.
    ws["B5"].alignment = dress.aligned(wrap=False, indent=1)
    fill, color, _ = SECTION_STATES["待填"]
    style(ws["J5"], font=HEI, size=10, color=color, fill=fill, border=BOX, h="center", wrap=False)
    texts = {"B": "{{ 序号 }}", "C": "{{ 考评内容 }}", "D": "{{ 计分方式 }}", "E": "{{ 分值 }}", "I": 8}
    row(ws, 6, "考评项", 24, texts, last, font=HEI, size=11, fill=PALE, border=ITEM)
    for letter in "BEI":
        style(ws[f"{letter}6"], font=HEI, size=11, bold=letter == "I", fill=PALE, border=ITEM, h="center", wrap=False)
    style(ws["D6"], size=10, color=SOFT_INK, fill=PALE, border=ITEM)
    row(ws, 7, "引导", 18, {"C": "{{ 引导 }}"}, last, size=10, color=SOFT_INK, fill=GREY, border=SOFT)
    texts = {"B": "{{ 条号 }}", "C": "{{ 细则 }}", "D": "{{ 计分办法 }}", "G": "{{ 单位 }}"}
    examples = {"F": 2, "H": -2, "J": "已填", "K": "3月5日、9月18日各1件，见佐证1"}
    row(ws, 8, "细则", 21, texts | examples, last, size=11, border=SOFT)
    answer_cells(ws, 8)
    examples = {"F": 1, "H": -1, "J": "已填", "K": "6月20日，见佐证2"}
    row(ws, 9, "分行", 21, {"C": "{{ 分行 }}", "G": "{{ 单位 }}"} | examples, last, size=11, border=SOFT)
    style(ws["C9"], size=11, color=SOFT_INK, border=SOFT, h="right", indent=1)
    answer_cells(ws, 9)


def section_foot(ws, last):
    """Totals, declarations, free texts, the signature."""
    row(
        ws,
        10,
        "小计",
        25,
        {"H": "{{ 小计 }}", "I": 55.5},
        last,
        font=HEI,
        size=11,
        fill=PALE,
        border=BAND,
        h="right",
        indent=1,
    )
    ws["H10"].alignment = dress.aligned(h="right", wrap=False, indent=1)
    style(ws["I10"], font=HEI, size=12, bold=True, fill=PALE, border=BOX, h="center", wrap=False)
    texts = {"C": "{{ 自评 }}", "D": "{{ 自评说明 }}", "F": "是", "J": "已填"}
    row(ws, 11, "自评", 27, texts, last, font=HEI, size=10.5, border=BOX)
    answer_cells(ws, 11, border=BOX, note=False)
    texts = {"H": "{{ 总分 }}", "I": 79.5}
    row(ws, 12, "总分", 31, texts, last, font=HEI, size=12, color=NAVY, fill=BLUE, border=BAND, h="right", indent=1)
    ws["H12"].alignment = dress.aligned(h="right", wrap=False, indent=1)
    style(ws["I12"], font=HEI, size=14, bold=True, color=NAVY, fill=BLUE, border=BOX, h="center", wrap=False)
    row(ws, 13, "文字", 27, {"B": "{{ 文字 }}", "F": "（在这里填写）"}, last, size=11, border=BOX, h="right", indent=1)
    ws.merge_cells("B13:E13")
    ws.merge_cells("F13:K13")
    for letter in "FGHIJK":
        style(ws[f"{letter}13"], size=11, fill=INPUT, border=INPUT_BOX, indent=1)
    row(ws, 14, "校验", 25, {"B": "{{ 校验 }}", "F": "48213"}, last, size=10, color=SOFT_INK, h="right", indent=1)
    ws.merge_cells("B14:E14")
    style(ws["F14"], font=HEI, size=12, bold=True, border=BOX, h="center", wrap=False)
    sign = "科室负责人（签字）：　　　　　　　　　　　　（盖章）　　　　　　　　　　　　年　　　月　　　日"
    row(ws, 15, "签字", 52, {"B": sign}, last, size=12, v="bottom")
    ws.merge_cells("B15:K15")
    row(ws, 16, "表尾", 22, {"B": "（本表到此为止）"}, last, size=9, color=FAINT, h="center")
    ws.merge_cells("B16:K16")


def answer_cells(ws, number, border=SOFT, note=True):
    """The cells of an answer row: input, figures, state, note."""
    style(ws[f"F{number}"], size=12, bold=True, fill=INPUT, border=INPUT_BOX, h="center")
    for letter in "BG":
        style(ws[f"{letter}{number}"], size=10, color=SOFT_INK, border=border, h="center", wrap=False)
    style(ws[f"D{number}"], size=10, color=SOFT_INK, border=border)
    for letter in "HI":
        style(ws[f"{letter}{number}"], size=11, border=border, h="center", wrap=False)
    style(ws[f"J{number}"], size=10, color=SOFT_INK, border=border, h="center", wrap=False)
    if note:
        style(ws[f"K{number}"], size=10, fill=INPUT, border=INPUT_BOX)


SECTION_STATES = {
    "待填": (TO_DO, TO_DO_INK, False),
    "有误": (WRONG, RED, True),
    "请改": (WRONG, RED, True),
    "待市局": (WAITING, NAVY, False),
    "已填": (WHITE, INK, True),
    "未发生": (GREY, SOFT_INK, False),
    "可以报送": (GOOD, GREEN, True),
}


def form_sheet(ws):
    for letter, width in FORM_WIDTHS.items():
        ws.column_dimensions[letter].width = width
    row(ws, 1, "标题", 50, {"B": "{{ 申报表标题 }}（第{{ 份数 }}份）"}, 4, font=TITLE, size=18, h="center")
    ws.merge_cells("B1:C1")
    row(ws, 2, "单位", 32, {"B": "{{ 栏目 }}", "C": "{{ 申报单位 }}"}, 4, size=12, border=BOX)
    row(ws, 3, "短文", 32, {"B": "{{ 栏目 }}", "C": "（一句话）"}, 4, size=12, border=BOX)
    texts = {"B": "{{ 栏目 }}", "C": "（写在这里，换行按 Alt+Enter）", "D": "73/300字"}
    row(ws, 4, "长文", 60, texts, 4, size=12, border=BOX)
    for number in (2, 3, 4):
        style(ws[f"B{number}"], font=HEI, size=11, fill=PALE, border=BOX, h="center")
        style(ws[f"D{number}"], size=10, color=SOFT_INK, border=Border(), indent=1)
    for number in (3, 4):
        v = "center" if number == 3 else "top"
        style(ws[f"C{number}"], size=11, fill=INPUT, border=INPUT_BOX, v=v, indent=1)
    style(ws["C2"], size=12, border=BOX, indent=1)
    row(ws, 5, "表尾", 22, {"B": "（没有特色工作申报的，本表不填）"}, 4, size=10, color=FAINT, h="center")
    ws.merge_cells("B5:C5")
    dress.page(ws, landscape=False, one_page=True)


def main():
    workbook = empty_template()
    guide = workbook.active
    guide.title = GUIDE_SHEET
    for letter, width in GUIDE_WIDTHS.items():
        guide.column_dimensions[letter].width = width
    guide_sheet(guide)
    guide_page(workbook.create_sheet(INSTRUCTIONS_SHEET))
    section_sheet(workbook.create_sheet(SECTION_SHEET))
    form_sheet(workbook.create_sheet(FORM_SHEET))
    instructions_sheet(workbook.create_sheet(REVIEW_GUIDE), REVIEW_INSTRUCTIONS)
    review_sheet(workbook.create_sheet(REVIEW_SHEET))
    bottom_sheet(workbook.create_sheet(BOTTOM_SHEET))
    for ws in workbook.worksheets:
        if ws.title in (SECTION_SHEET, FORM_SHEET, REVIEW_SHEET, BOTTOM_SHEET):
            ws.freeze_panes = "B1"
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(stable_save(workbook, {}))


if __name__ == "__main__":
    main()
