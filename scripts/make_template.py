"""Draws templates/考评表模板.xlsx from scratch: the starting point that an office then restyles in Excel.

Run it only to begin anew; it overwrites the template. Nothing in the program depends on the looks chosen here.
"""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment
from template_pens import (
    BLUE,
    BOX,
    FANG,
    GREY,
    HEI,
    INPUT,
    INPUT_BOX,
    NAVY,
    PALE,
    SOFT,
    instructions_sheet,
    page,
    row,
    states,
    style,
)
from template_review import REVIEW_INSTRUCTIONS, bottom_sheet, review_sheet

from workbook_builder.excel.stable import stable_save
from workbook_builder.excel.template import (
    BOTTOM_SHEET,
    FORM_SHEET,
    GLOBALS,
    GUIDE_SHEET,
    INSTRUCTIONS_SHEET,
    REVIEW_GUIDE,
    REVIEW_ROWS,
    REVIEW_SHEET,
    ROWS,
    SECTION_SHEET,
)

TARGET = Path(__file__).resolve().parent.parent / "templates" / "考评表模板.xlsx"

SECTION_WIDTHS = {"A": 4, "B": 6, "C": 56, "D": 26, "E": 7, "F": 13, "G": 6, "H": 9, "I": 9, "J": 9, "K": 32, "L": 8}
FORM_WIDTHS = {"A": 4, "B": 18, "C": 76, "D": 14}


def section_sheet(ws):
    for letter, width in SECTION_WIDTHS.items():
        ws.column_dimensions[letter].width = width
    last = len(SECTION_WIDTHS)
    row(ws, 1, "标题", 34, {"B": "{{ 单位 }}{{ 标题 }}表"}, last, font=HEI, size=18, h="center")
    ws.merge_cells("B1:K1")
    subtitle = "责任科室：{{ 科室 }}　　考评周期：{{ 周期起 }} 至 {{ 周期止 }}　　依据：{{ 文号 }}"
    row(ws, 2, "副标题", 22, {"B": subtitle}, last, font=FANG, size=12, h="center")
    ws.merge_cells("B2:K2")
    row(
        ws,
        3,
        "状态",
        26,
        {"B": "进度", "H": "自评总分", "D": "黄色格填写，其余已锁定"},
        last,
        font=HEI,
        size=12,
        fill=BLUE,
    )
    style(ws["C3"], font=HEI, size=14, bold=True, color="C00000", fill=BLUE)
    style(ws["D3"], font=FANG, size=10, color="404040", fill=BLUE)
    style(ws["I3"], font=HEI, size=14, bold=True, color=NAVY, fill=BLUE, h="right", wrap=False)
    heads = {
        "B": "序号",
        "C": "评分细则（照录通知）",
        "D": "计分办法",
        "E": "分值",
        "F": "填报",
        "G": "单位",
        "H": "扣分\n得分",
        "I": "本项\n得分",
        "J": "状态",
        "K": "说明及佐证",
    }
    row(ws, 4, "表头", 32, heads, last, font=HEI, size=11, color="FFFFFF", fill=NAVY, border=BOX, h="center")
    row(ws, 5, "部分", 26, {"C": "{{ 部分 }}", "E": "{{ 满分 }}"}, last, font=HEI, size=13, color=NAVY, fill=BLUE)
    style(ws["E5"], font=HEI, size=11, color=NAVY, fill=BLUE, h="center", wrap=False)
    style(ws["J5"], font=HEI, size=10, color=NAVY, fill=BLUE, h="center", wrap=False)
    texts = {"B": "{{ 序号 }}", "C": "{{ 考评内容 }}", "D": "{{ 计分方式 }}", "E": "{{ 分值 }}"}
    row(ws, 6, "考评项", 24, texts, last, font=HEI, size=11, fill=PALE, border=BOX)
    for letter in "BEI":
        style(ws[f"{letter}6"], font=HEI, size=11, bold=letter == "I", fill=PALE, border=BOX, h="center", wrap=False)
    style(ws["D6"], font=FANG, size=10, color="404040", fill=PALE, border=BOX)
    style(ws["K6"], font=FANG, size=10, color="404040", fill=PALE, border=BOX)
    row(ws, 7, "引导", 18, {"C": "{{ 引导 }}"}, last, font=FANG, size=10, color="595959", fill=GREY, border=SOFT)
    texts = {"B": "{{ 条号 }}", "C": "{{ 细则 }}", "D": "{{ 计分办法 }}", "G": "{{ 单位 }}"}
    row(ws, 8, "细则", 20, texts, last, font=FANG, size=11, border=SOFT)
    answer_cells(ws, 8)
    row(
        ws, 9, "分行", 20, {"C": "{{ 分行 }}", "G": "{{ 单位 }}"}, last, font=FANG, size=11, color="404040", border=SOFT
    )
    ws["C9"].alignment = Alignment(horizontal="right", vertical="center", wrap_text=True)
    answer_cells(ws, 9)
    row(ws, 10, "小计", 24, {"C": "{{ 小计 }}"}, last, font=HEI, size=11, fill=PALE, border=BOX)
    ws["C10"].alignment = Alignment(horizontal="right", vertical="center", wrap_text=True)
    style(ws["I10"], font=HEI, size=12, bold=True, fill=PALE, border=BOX, h="center", wrap=False)
    row(ws, 11, "自评", 26, {"C": "{{ 自评 }}", "D": "{{ 自评说明 }}"}, last, font=HEI, size=11, border=BOX)
    style(ws["D11"], font=FANG, size=10, color="404040", border=BOX)
    answer_cells(ws, 11, note=False)
    row(ws, 12, "总分", 30, {"C": "{{ 总分 }}"}, last, font=HEI, size=12, fill=BLUE, border=BOX)
    ws["C12"].alignment = Alignment(horizontal="right", vertical="center", wrap_text=True)
    style(ws["I12"], font=HEI, size=14, bold=True, color=NAVY, fill=BLUE, border=BOX, h="center", wrap=False)
    row(ws, 13, "文字", 28, {"C": "{{ 文字 }}"}, last, font=FANG, size=11, border=BOX)
    ws["C13"].alignment = Alignment(horizontal="right", vertical="center", wrap_text=True)
    ws.merge_cells("F13:K13")
    for letter in "FGHIJK":
        style(ws[f"{letter}13"], font=FANG, size=11, fill=INPUT, border=INPUT_BOX)
    row(ws, 14, "校验", 24, {"C": "{{ 校验 }}"}, last, font=FANG, size=10, color="404040")
    ws["C14"].alignment = Alignment(horizontal="right", vertical="center", wrap_text=True)
    style(ws["F14"], font=HEI, size=12, bold=True, border=BOX, h="center", wrap=False)
    sign = "科室负责人（签字）：　　　　　　　　　　（盖章）　　　　　　　　年　　月　　日"
    row(ws, 15, "签字", 48, {"B": sign}, last, font=FANG, size=12)
    ws.merge_cells("B15:K15")
    row(ws, 16, "表尾", 18, {"B": "（本表到此为止）"}, last, font=FANG, size=9, color="7F7F7F", h="center")
    ws.merge_cells("B16:K16")
    states(ws, 18, SECTION_STATES, 6)
    page(ws, "landscape")


def answer_cells(ws, number, note=True):
    """The cells of an answer row: input, figures, state, note."""
    style(ws[f"F{number}"], font=FANG, size=12, fill=INPUT, border=INPUT_BOX, h="center")
    style(ws[f"B{number}"], font=FANG, size=10, color="404040", border=SOFT, h="center", wrap=False)
    style(ws[f"D{number}"], font=FANG, size=10, color="404040", border=SOFT)
    style(ws[f"G{number}"], font=FANG, size=10, color="404040", border=SOFT, h="center", wrap=False)
    for letter in "HI":
        style(ws[f"{letter}{number}"], font=FANG, size=11, border=SOFT, h="center", wrap=False)
    style(ws[f"J{number}"], font=FANG, size=10, color="404040", border=SOFT, h="center", wrap=False)
    if note:
        style(ws[f"K{number}"], font=FANG, size=10, fill=INPUT, border=INPUT_BOX)


SECTION_STATES = {
    "待填": ("FFE699", "7F6000", False),
    "有误": ("F4B183", "C00000", True),
    "请改": ("F4B183", "C00000", True),
    "待市局": ("BDD7EE", "1F3864", False),
    "已填": ("FFFFFF", "000000", True),
    "未发生": ("F2F2F2", "7F7F7F", False),
    "可以报送": ("E2EFDA", "375623", True),
}


def form_sheet(ws):
    for letter, width in FORM_WIDTHS.items():
        ws.column_dimensions[letter].width = width
    row(ws, 1, "标题", 48, {"B": "{{ 申报表标题 }}（第{{ 份数 }}份）"}, 4, font=HEI, size=18, h="center")
    ws.merge_cells("B1:D1")
    row(ws, 2, "单位", 34, {"B": "{{ 栏目 }}", "C": "{{ 申报单位 }}"}, 4, font=FANG, size=12, border=BOX)
    row(ws, 3, "短文", 34, {"B": "{{ 栏目 }}"}, 4, font=FANG, size=12, border=BOX)
    row(ws, 4, "长文", 60, {"B": "{{ 栏目 }}"}, 4, font=FANG, size=12, border=BOX)
    for number in (2, 3, 4):
        style(ws[f"B{number}"], font=HEI, size=12, fill=PALE, border=BOX, h="center")
        style(ws[f"D{number}"], font=FANG, size=10, color="404040", border=BOX, h="center")
    for number in (3, 4):
        style(ws[f"C{number}"], font=FANG, size=11, fill=INPUT, border=INPUT_BOX, v="center" if number == 3 else "top")
    row(ws, 5, "表尾", 20, {"B": "（没有特色工作申报的，本表不填）"}, 4, font=FANG, size=10, color="7F7F7F", h="center")
    page(ws, "portrait")


INSTRUCTIONS = (
    ("title", "{{ 单位 }}{{ 标题 }}填表说明"),
    ("head", "一、填什么"),
    ("text", "1. 打开本科室的工作表，只填黄色的格子；其余格子已锁定，不需要解锁，也不要增删行、改名或移动工作表。"),
    (
        "text",
        "2. “填报”一列：次数填整数；是否项在下拉列表中选“是”或“否”；百分数填数字，95%填95，不要填0.95；名次填数字，没有排名的填“未排名”。",
    ),
    ("text", "3. 扣分细则没有发生的，可以填0，也可以空着，但要在表末“自评确认”选“是”，表示空着的都没有发生。"),
    (
        "text",
        "4. 得分、名次、折算和比率类细则不能空着。市局还没有公布数据的，可填“待市局反馈”（只有提示允许的格子可以填）。",
    ),
    (
        "text",
        "5. 视情扣分（得分）的细则，一次一行填建议分数，并在右侧写明日期和事实；最终分数由核定人决定。写不下的，可以把该行拉高。",
    ),
    ("text", "6. 特色工作填申报表（每项一张），并在本科室表中填自评分。"),
    ("head", "二、怎么看填得对不对"),
    (
        "text",
        "每行“状态”：待填＝还没有填；有误＝内容不符合要求，看格子的提示；已填＝可以；未发生＝空着且已确认。表头“进度”显示“可以报送”时即可报送，“还缺N项”时请补齐。",
    ),
    ("head", "三、举例"),
    (
        "text",
        "细则“报送公文程序、格式存在严重错误的，每件扣 1 分”，全年发现2件：在“填报”格填 2，“扣分/得分”自动显示 -2，并在“说明及佐证”写明哪两件。",
    ),
    ("head", "四、报送"),
    (
        "text",
        "填好保存后，打印签字，把电子表原样发回（不要另存为其他格式，不要转成PDF）；全年工作总结报告、佐证材料一并报送。考评周期：{{ 周期起 }} 至 {{ 周期止 }}。",
    ),
    ("text", "电子表与签字页上的“校验码”应当一致。"),
)


def guide_sheet(ws):
    ws.column_dimensions["A"].width = 16
    ws.column_dimensions["B"].width = 16
    ws.column_dimensions["C"].width = 70
    lines = [
        ("这一页只给改样式的人看，不会出现在发出的表里", "", ""),
        ("可以改", "", "字体、字号、颜色、边框、列宽、行高、页边距、页眉页脚、表头和说明的文字"),
        ("不要动", "", "A 列的行名；填报、扣分得分、本项得分、状态、说明各列的位置；锁定与否由程序决定"),
        ("占位符", "", "写成 {" + "{ 名称 }" + "}。各处可用：" + "、".join(GLOBALS)),
    ]
    lines += [
        (sheet, key, "、".join(names) or "—")
        for sheet, rows in (ROWS | REVIEW_ROWS).items()
        for key, names in rows.items()
    ]
    for number, texts in enumerate(lines, 1):
        for col, text in enumerate(texts, 1):
            style(ws.cell(number, col, text), font=HEI if col == 1 else FANG, size=11)
    page(ws, "portrait")


def main():
    workbook = Workbook()
    guide = workbook.active
    guide.title = GUIDE_SHEET
    guide_sheet(guide)
    instructions_sheet(workbook.create_sheet(INSTRUCTIONS_SHEET), INSTRUCTIONS)
    section_sheet(workbook.create_sheet(SECTION_SHEET))
    form_sheet(workbook.create_sheet(FORM_SHEET))
    instructions_sheet(workbook.create_sheet(REVIEW_GUIDE), REVIEW_INSTRUCTIONS)
    review_sheet(workbook.create_sheet(REVIEW_SHEET))
    bottom_sheet(workbook.create_sheet(BOTTOM_SHEET))
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(stable_save(workbook, {}))


if __name__ == "__main__":
    main()
