"""说明, the first sheet of 测评录入表.xlsx: the way to work, on one page.

Comes in: a scheme. Goes out: the sheet, drawn.
"""

from __future__ import annotations

from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.ballots import forms
from workbook_builder.ballots.pen import Look, Pen
from workbook_builder.ballots.votes import scale_of
from workbook_builder.excel.palette import FANG, HEI, NAVY, TITLE
from workbook_builder.rules.excel import number

_WIDTHS = {1: 5.0, 2: 82.0}
_TITLE = Look(TITLE, 18, align="center")
_NO = Look(HEI, 12, color=NAVY, align="center", valign="top")
_TEXT = Look(FANG, 12, valign="top")


def steps(scheme: m.Scheme) -> tuple[str, ...]:
    """What the clerk does, in order."""
    scale = number(scale_of(scheme))
    return (
        "先把收回的纸质票按测评组分开，每组从 1 起在票上编号。票号只用来对照两遍录入，不代表填票人。",
        "一人对照纸质票录“第一遍”；换一个人，不看第一遍，重新录“第二遍”。一张票一行，票号要对上。",
        f"打分填 0 至 {scale} 的数字。弃权（没有打分）的空着；填 0 是打 0 分，与弃权不同。",
        "整张都没有打分的票，在“特别情况”选“空白票”，这一行不填别的。作废的票选“作废票”，这张票不计，分数可以不录。两遍都要选。",
        "没有用到的票号，整行空着即可。",
        "“填票科室”只在票上写明时填写，用于按口径剔除给本科室打的分；不知道的空着。",
        "两遍不一致的格、写得不对的格会标红，最上面一行写着还差多少。对照纸质票改正，直到两张表都显示“两遍一致”。",
        "没有完全一致之前，该组不出测评结果。电子测评票直接放进“测评”文件夹，不要再录在这里，以免重复计票。",
        "本表能看到每张票，请妥善保管，不要外传；汇总表和其他输出都不会出现单张票的内容。",
    )


def write_guide(pen: Pen, scheme: m.Scheme) -> None:
    """The sheet 说明."""
    ws = pen.sheet(forms.GUIDE_SHEET, _WIDTHS, landscape=False)
    pen.span(ws, 1, 1, 2, f"{scheme.title}述职测评票录入说明", _TITLE, 48)
    for row, text in enumerate(steps(scheme), 2):
        pen.put(ws, row, 1, Decimal(row - 1), _NO)
        pen.span(ws, row, 2, 2, text, _TEXT, 26)
    ws.print_area = f"A1:B{len(steps(scheme)) + 1}"
