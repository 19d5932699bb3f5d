"""The template's sheets of the review workbooks: 核定说明, 核定表, 底线表."""

from __future__ import annotations

from template_pens import BAND, BOX, INPUT_BOX, ITEM, SOFT, page, row, states, style

from workbook_builder.excel.palette import (
    BLUE,
    FAINT,
    FANG,
    GOOD,
    GREEN,
    GREY,
    HEI,
    INK,
    INPUT,
    NAVY,
    PALE,
    RED,
    SOFT_INK,
    TITLE,
    TO_DO,
    TO_DO_INK,
    WAITING,
    WHITE,
    WRONG,
)

REVIEW_WIDTHS = dict(zip("ABCDEFGHIJKLMN", (12, 5, 34, 14, 8, 16, 6.5, 14, 11, 9, 18, 6.5, 6, 8), strict=True))
REVIEW_WIDTHS |= {letter: 10 for letter in "OPQRSTU"}
BOTTOM_WIDTHS = dict(zip("ABCDEFGHIJ", (12, 21, 7, 7, 19, 7, 22, 8, 11, 4), strict=True))


def review_sheet(ws):
    for letter, width in REVIEW_WIDTHS.items():
        ws.column_dimensions[letter].width = width
    last = len(REVIEW_WIDTHS)
    review_head(
        ws, last, "N", "被核定科室：{{ 科室 }}　　核定人：{{ 核定人 }}　　考评周期：{{ 周期起 }} 至 {{ 周期止 }}"
    )
    heads = (
        "序号",
        "评分细则（照录通知）",
        "计分办法",
        "自评\n填报",
        "自评说明及佐证",
        "自评\n得分",
        "日常检查台账",
        "市局反馈",
    )
    heads += ("核定", "核定说明（改动必填）", "核定\n得分", "差异", "状态")
    texts = dict(zip("BCDEFGHIJKLMN", heads, strict=True))
    row(ws, 4, "表头", 30, texts, last, font=HEI, size=10, color=WHITE, fill=NAVY, border=BOX, h="center")
    row(ws, 5, "部分", 24, {"B": "{{ 部分 }}　{{ 满分 }}"}, last, font=HEI, size=12, color=NAVY, fill=BLUE, border=BAND)
    ws.merge_cells("B5:N5")
    texts = {"B": "{{ 序号 }}", "C": "{{ 考评内容 }}", "D": "{{ 分值 }}{{ 计分方式 }}"}
    row(ws, 6, "考评项", 20, texts, last, font=HEI, size=10, fill=PALE, border=ITEM)
    ws.merge_cells("D6:F6")
    row(ws, 7, "引导", 15, {"C": "{{ 引导 }}"}, last, font=FANG, size=9, color=SOFT_INK, fill=GREY, border=SOFT)
    texts = {"B": "{{ 条号 }}", "C": "{{ 细则 }}", "D": "{{ 计分办法 }}"}
    row(ws, 8, "细则", 18, texts, last, font=FANG, size=10, border=SOFT)
    row(ws, 9, "分行", 18, {"C": "{{ 分行 }}"}, last, font=FANG, size=10, color=SOFT_INK, border=SOFT)
    style(ws["C9"], size=10, color=SOFT_INK, border=SOFT, h="right", indent=1)
    row(ws, 10, "小计", 22, {"B": "{{ 小计 }}"}, last, font=HEI, size=10, fill=PALE, border=BAND, h="right")
    ws.merge_cells("B10:F10")
    row(ws, 11, "申报", 18, {"B": "{{ 栏目 }}", "D": "{{ 内容 }}"}, last, font=FANG, size=10, border=BOX)
    ws.merge_cells("B11:C11")
    ws.merge_cells("D11:N11")
    style(ws["B11"], font=HEI, size=10, fill=PALE, border=BOX)
    for number, key in ((12, "特色"), (13, "核定")):
        texts = {"C": "{{ 核定项 }}", "D": "{{ 核定说明 }}"}
        row(ws, number, key, 24, texts, last, font=HEI, size=10, border=BOX)
        style(ws[f"D{number}"], font=FANG, size=9, color=SOFT_INK, border=BOX)
    for letter in "DEFGHI":
        style(ws[f"{letter}13"], font=FANG, size=9, color=SOFT_INK, border=BOX)
    ws.merge_cells("D13:I13")
    for number in (6, 8, 9, 12, 13):
        review_cells(ws, number, fill=PALE if number == 6 else None)
    for letter in "GLM":
        style(ws[f"{letter}10"], font=HEI, size=10, bold=letter == "L", fill=PALE, border=BOX, h="center", wrap=False)
    for number, texts in SAMPLES.items():
        for letter, text in texts.items():
            ws[f"{letter}{number}"] = text
    review_foot(ws, 14, last, "N")
    states(ws, 17, REVIEW_STATES, 10)
    page(ws, "landscape")


#: What the program puts there, shown so that the prototype looks like the result.
SAMPLES = {
    3: {"C": "还有2处待核"},
    6: {"G": 3, "L": 2, "M": -1},
    8: {
        "E": 1,
        "F": "3月迟报1次",
        "G": -1,
        "H": "3月2日 迟报（1）",
        "J": 2,
        "K": "台账共2次",
        "L": -2,
        "M": -1,
        "N": "已填",
    },
    9: {"E": 1, "G": -1, "J": 1, "L": -1, "M": 0, "N": "已填"},
    10: {"G": 29, "L": 28, "M": -1},
    12: {"E": 7.5, "G": 7.5, "I": "是", "J": 7, "K": "推广范围有限", "L": 7, "M": -0.5, "N": "已填"},
    13: {"J": "是", "N": "已完成"},
}
BOTTOM_SAMPLES = {
    "C": "有",
    "D": 1,
    "E": "7月9日 误发报表，当日撤回",
    "G": "7月9日 误发报表，当日撤回（1）",
    "H": 1,
    "I": "已填",
}


def review_head(ws, last, final, subtitle):
    row(ws, 1, "标题", 38, {"B": "{{ 单位 }}{{ 标题 }}{{ 表名 }}"}, last, font=TITLE, size=18, h="center")
    ws.merge_cells(f"B1:{final}1")
    row(ws, 2, "副标题", 22, {"B": subtitle}, last, font=FANG, size=11, h="center")
    ws.merge_cells(f"B2:{final}2")
    words = "{{ 报送情况 }}　空着的“核定”在“核定完成”选“是”后按自评（有市局反馈的按市局）计"
    if final != "N":
        words = "逐个科室选“有”或“无”；有的，逐起填扣分和事实"
    first = "C" if final == "N" else "B"
    texts = {"D": words} if first == "B" else {"B": "进度", "D": words}
    row(ws, 3, "状态", 25, texts, last, font=FANG, size=10, color=SOFT_INK, fill=BLUE)
    if first == "C":
        style(ws["B3"], font=HEI, size=10, fill=BLUE, h="center", wrap=False)
    style(ws[f"{first}3"], font=HEI, size=13, bold=True, color=RED, fill=BLUE, indent=1)
    ws.merge_cells(f"D3:{final}3")


def review_cells(ws, number, fill=None):
    """The cells of a row of the review sheet: what was reported, the two inputs, the figures."""
    border = ITEM if number == 6 else BOX if number in (12, 13) else SOFT
    style(ws[f"B{number}"], font=FANG, size=9, color=SOFT_INK, fill=fill, border=border, h="center", wrap=False)
    if number != 13:
        style(ws[f"D{number}"], font=FANG, size=9, color=SOFT_INK, fill=fill, border=border)
        style(ws[f"E{number}"], font=FANG, size=10, fill=fill, border=border, h="center")
        style(ws[f"F{number}"], font=FANG, size=9, color=SOFT_INK, fill=fill, border=border)
        style(ws[f"G{number}"], font=FANG, size=10, fill=fill, border=border, h="center", wrap=False)
        for letter in "HI":
            style(ws[f"{letter}{number}"], font=FANG, size=9, color=NAVY, fill=fill, border=border)
    if number in (8, 9, 12, 13):
        style(ws[f"J{number}"], font=FANG, size=11, bold=True, fill=INPUT, border=INPUT_BOX, h="center")
    if number in (8, 9, 12):
        style(ws[f"K{number}"], font=FANG, size=9, fill=INPUT, border=INPUT_BOX)
    for letter in "LM":
        bold = number in (6, 12) and letter == "L"
        font = HEI if bold else FANG
        style(ws[f"{letter}{number}"], font=font, size=10, bold=bold, fill=fill, border=border, h="center", wrap=False)
    style(ws[f"N{number}"], font=FANG, size=9, color=SOFT_INK, fill=fill, border=border, h="center")


def review_foot(ws, number, last, final):
    row(ws, number, "签字", 60, {"B": "{{ 签字 }}"}, last, font=FANG, size=12, v="bottom")
    ws.merge_cells(f"B{number}:{final}{number}")
    row(ws, number + 1, "表尾", 22, {"B": "（本表到此为止）"}, last, font=FANG, size=9, color=FAINT, h="center")
    ws.merge_cells(f"B{number + 1}:{final}{number + 1}")


REVIEW_STATES = {
    "待核": (INPUT, TO_DO_INK, False),
    "待填": (TO_DO, TO_DO_INK, False),
    "待重核": (TO_DO, RED, True),
    "有误": (WRONG, RED, True),
    "请改": (WRONG, RED, True),
    "缺理由": (WRONG, RED, True),
    "缺事实": (WRONG, RED, True),
    "已登记未定": (TO_DO, TO_DO_INK, True),
    "待市局": (WAITING, NAVY, False),
    "已填": (WHITE, INK, True),
    "未发生": (GREY, SOFT_INK, False),
    "已完成": (GOOD, GREEN, True),
    "可以交回": (GOOD, GREEN, True),
}


def bottom_sheet(ws):
    for letter, width in BOTTOM_WIDTHS.items():
        ws.column_dimensions[letter].width = width
    last = len(BOTTOM_WIDTHS)
    review_head(ws, last, "I", "突破底线　　核定人：{{ 核定人 }}　　考评周期：{{ 周期起 }} 至 {{ 周期止 }}")
    heads = {
        "B": "科室",
        "C": "有/无",
        "F": "还有\n更多",
        "G": "日常检查台账、市局反馈",
        "H": "合计\n扣分",
        "I": "状态",
    }
    row(ws, 4, "表头", 30, heads, last, font=HEI, size=10, color=WHITE, fill=NAVY, border=BOX, h="center")
    texts = {"B": "{{ 细则 }}　（{{ 计分办法 }}）"}
    row(ws, 5, "条款", 24, texts, last, font=HEI, size=10, color=NAVY, fill=PALE, border=BOX)
    ws.merge_cells("B5:I5")
    row(ws, 6, "科室", 22, {"B": "{{ 被核科室 }}"}, last, font=FANG, size=10, border=BOX, indent=1)
    for letter in "CDF":
        style(ws[f"{letter}6"], font=FANG, size=11, fill=INPUT, border=INPUT_BOX, h="center")
    style(ws["E6"], font=FANG, size=9, fill=INPUT, border=INPUT_BOX)
    style(ws["G6"], font=FANG, size=9, color=NAVY, border=BOX)
    style(ws["H6"], font=HEI, size=10, bold=True, border=BOX, h="center", wrap=False)
    style(ws["I6"], font=FANG, size=9, color=SOFT_INK, border=BOX, h="center")
    ws["B3"] = "还有2处待核"
    for letter, text in BOTTOM_SAMPLES.items():
        ws[f"{letter}6"] = text
    review_foot(ws, 7, last, "I")
    states(ws, 10, REVIEW_STATES, 3)
    page(ws, "landscape")


REVIEW_INSTRUCTIONS = (
    ("title", "{{ 标题 }}核定说明"),
    ("head", "一、填什么"),
    (
        "text",
        "1. 每个被核定科室一张工作表，只填黄色的“核定”“核定说明”两列；其余格子已锁定。不要增删行列、改名或移动工作表。",
    ),
    (
        "text",
        "2. “核定”填的是答案，不是分数：次数填次数，是否项选“是”“否”，视情扣分填分数，比率填百分数的数字，名次填名次。得分由表自动计算。",
    ),
    (
        "text",
        "3. 与自评（有市局反馈的与市局数据）一致的可以空着；不一致的填核定值，并在“核定说明”写明理由，没有理由的不计。",
    ),
    ("text", "4. 科室没有报送或没有作自评确认的，逐条核对后在表末“核定确认”选“是”，空着的扣分细则才按“没有发生”处理。"),
    ("text", "5. 全部核对完，在表末“核定完成”选“是”。选“是”之前，空着的一律算作还没有核。"),
    ("text", "6. 标“待重核”的，是科室后来改了填报、原核定不再作数的细则：原核定保留在“核定说明”里，请重新填“核定”。"),
    ("head", "二、突破底线"),
    (
        "text",
        "有“突破底线”工作表的，每个科室逐条选“有”或“无”；“有”的，逐起填扣分和日期、事实。扣分还没有定的可以先只选“有”，该科室的等次为暂定。",
    ),
    ("head", "三、交回"),
    (
        "text",
        "表头显示“可以交回”后保存，打印签字，把电子表原样交回政治处（不要另存为其他格式）。考评周期：{{ 周期起 }} 至 {{ 周期止 }}。",
    ),
)
