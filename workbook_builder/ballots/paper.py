"""测评票: one A4 page per rater group, to be printed and filled by hand, or to be filled as a file.

Comes in: a scheme. Goes out: file name (relative to 测评) → bytes. What only a file needs (the live count, the rater's
section) stands beside the page and is not printed.
"""

from __future__ import annotations

from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.ballots import forms
from workbook_builder.ballots.pen import Look, Pen, row_height
from workbook_builder.ballots.votes import ABSTAINED, scale_of, vote_slot
from workbook_builder.excel.palette import (
    FAINT,
    FANG,
    HEI,
    INPUT,
    INPUT_LINE,
    LINE,
    NAVY,
    PALE,
    RED,
    SOFT_INK,
    TITLE,
    WHITE,
    WRONG,
)
from workbook_builder.layout.plan import address
from workbook_builder.rules import slots as sl
from workbook_builder.rules.excel import block, number, quoted

_KEY, _NO, _NAME, _VOTE, _GAP, _SIDE, _STATE = range(1, 8)
_WIDTHS = {_KEY: 4, _NO: 9, _NAME: 46, _VOTE: 26, _GAP: 4, _SIDE: 50, _STATE: 8}
#: Points of height that the lines of the sections share on one page, and what a hand needs.
_ROOM, _LEAST, _MOST = 560.0, 22.0, 56.0
_UNIT = Look(FANG, 16, align="center")
_TITLE = Look(TITLE, 22, align="center")
_GROUP = Look(HEI, 14, align="center")
_RULE = Look(FANG, 13)
_HEAD = Look(HEI, 14, color=WHITE, fill=NAVY, border=LINE, align="center")
_NAME_LOOK = Look(FANG, 16, border=LINE, indent=1)
_NO_LOOK = Look(FANG, 15, border=LINE, align="center")
_INPUT = Look(FANG, 16, bold=True, fill=INPUT, border=INPUT_LINE, align="center", unlocked=True)
_CHOICE = Look(FANG, 12, fill=INPUT, border=INPUT_LINE, align="center", unlocked=True)
_END = Look(FANG, 12, color=SOFT_INK, align="center")
_SIDE_HEAD = Look(HEI, 12, color=NAVY, fill=PALE)
_SIDE_TEXT = Look(FANG, 11, color=SOFT_INK, fill=PALE, valign="top")
_SIDE_LIVE = Look(HEI, 13, color=NAVY, fill=PALE)
_HIDDEN = Look(FANG, 9, color=FAINT)
_SIDE_NOTE = "在左边黄色格里打分，存盘后交回即可。文件名、文件里都不要写姓名。这一栏不会打印。"
#: Beside the rules, of which there are always three at least.
_OWN_ROW = 6
_OWN_CAPTION = "填票人所在科室（可不填，用于剔除本科室票）"


def ballot_books(scheme: m.Scheme) -> dict[str, bytes]:
    """The blank ballots, one workbook per rater group."""
    files = forms.ballot_files(scheme)
    return {files[group.name]: _book(scheme, group.name) for group in scheme.rater_groups}


def rules(scheme: m.Scheme) -> tuple[str, ...]:
    """What the ballot says above its lines."""
    own = ("在被测评科室工作的，不给本科室打分，该行空着。",) if excludes_own(scheme) else ()
    texts = (
        f"每个科室打 0 至 {number(scale_of(scheme))} 分，可以是整数，也可以带一位小数。",
        "弃权的空着不填；填 0 是打 0 分，不是弃权。",
        *own,
        "无记名测评：票上不写姓名，不做记号。",
    )
    return tuple(f"{number_}. {text}" for number_, text in enumerate(texts, 1))


def excludes_own(scheme: m.Scheme) -> bool:
    """Whether votes for the rater's own section are left out."""
    return scheme.policy(m.P_OWN_VOTE) == "不计入"


def _book(scheme: m.Scheme, group: str) -> bytes:
    pen = Pen()
    ws = pen.sheet(forms.BALLOT_SHEET, _WIDTHS, landscape=False)
    head = _heading(pen, ws, scheme, group)
    first, last = head + 1, head + len(scheme.sections)
    _lines(pen, ws, scheme, first, last)
    end = last + 1
    pen.span(ws, end, _NO, _VOTE, "（打分完毕，请将票投入票箱）", _END, 30)
    _side(pen, ws, scheme, head, first, last)
    _page(ws, end)
    fields = [
        (f"测评/{section.name}", group, ws.title, address(first + k, _VOTE)) for k, section in enumerate(scheme.sections)
    ]
    meta = forms.meta(
        scheme, forms.BALLOT_KIND, group, forms.fingerprint(scheme, group), number(scale_of(scheme))
    )
    return pen.bytes(meta, fields, scheme.password, forms.BALLOT_SHEET)


def _heading(pen: Pen, ws, scheme: m.Scheme, group: str) -> int:
    """Keys, title, group and rules; the row of the table's head."""
    pen.put(ws, 1, _KEY, forms.sheet_id(group, forms.BALLOT_KIND), _HIDDEN)
    pen.put(ws, 1, _VOTE, forms.VOTE_KEY, _HIDDEN)
    pen.put(ws, 1, _SIDE, forms.EXTRA_KEY, _HIDDEN)
    ws.row_dimensions[1].hidden = True
    pen.span(ws, 2, _NO, _VOTE, scheme.unit, _UNIT, 28)
    pen.span(ws, 3, _NO, _VOTE, f"{scheme.title}述职测评票", _TITLE, 40)
    pen.span(ws, 4, _NO, _VOTE, f"测评组：{group}　　　满分：{number(scale_of(scheme))} 分", _GROUP, 30)
    row = 5
    for text in rules(scheme):
        pen.span(ws, row, _NO, _VOTE, text, _RULE, 21)
        row += 1
    ws.row_dimensions[row].height = 8
    row += 1
    for col, text in ((_NO, "序号"), (_NAME, "科　　室"), (_VOTE, "打　　分")):
        pen.put(ws, row, col, text, _HEAD)
    ws.row_dimensions[row].height = 30
    return row


def _lines(pen: Pen, ws, scheme: m.Scheme, first: int, last: int) -> None:
    """A line per section; its state stands in a hidden column, read through a block between locked rows."""
    height = min(_MOST, max(_LEAST, _ROOM / len(scheme.sections)))
    value = block("D", 1, last + 1)
    state = _state_formula(scheme, value)
    for row, section in enumerate(scheme.sections, first):
        pen.put(ws, row, _KEY, forms.section_key(section.name), _HIDDEN)
        pen.put(ws, row, _NO, Decimal(row - first + 1), _NO_LOOK)
        pen.put(ws, row, _NAME, section.name, _NAME_LOOK)
        pen.put(ws, row, _VOTE, None, _INPUT)
        pen.formula(ws, row, _STATE, state, "", _HIDDEN)
        ws.row_dimensions[row].height = row_height([(section.name, _WIDTHS[_NAME] - 2, _NAME_LOOK.size)], height)
    scale = number(scale_of(scheme))
    inputs = f"{address(first, _VOTE)}:{address(last, _VOTE)}"
    pen.numbers(ws, inputs, scale, f"请填 0 至 {scale} 的数字，可以保留一位小数；弃权的空着。")
    pen.mark(ws, inputs, f"{address(first, _STATE)}={quoted(sl.INVALID)}", WRONG, RED)


def _state_formula(scheme: m.Scheme, value: str) -> str:
    state = sl.state_formula(vote_slot(scale_of(scheme)), value, "")
    return f'IF(ISERROR({value}),{quoted(sl.INVALID)},IF({value}={quoted(ABSTAINED)},"",{state}))'


def _side(pen: Pen, ws, scheme: m.Scheme, head: int, first: int, last: int) -> None:
    """Beside the page: how to fill it as a file, the live count, the rater's section."""
    pen.put(ws, 3, _SIDE, "用电子表打分时", _SIDE_HEAD)
    pen.span(ws, 4, _SIDE, _SIDE, _SIDE_NOTE, _SIDE_TEXT)
    states = f"{address(first, _STATE, True)}:{address(last, _STATE, True)}"
    filled, wrong = (f"COUNTIF({states},{quoted(word)})" for word in (sl.FILLED, sl.INVALID))
    left = f"{len(scheme.sections)}-{filled}-{wrong}"
    bad = f'IF({wrong}>0,"，有误 "&{wrong}&" 个（标红处请改）","")'
    live = f'IF({filled}+{wrong}=0,"尚未打分","已打分 "&{filled}&" 个，弃权 "&({left})&" 个"&{bad})'
    pen.formula(ws, head, _SIDE, live, "尚未打分", _SIDE_LIVE)
    pen.mark(ws, address(head, _SIDE), f"{wrong}>0", "", RED)
    if excludes_own(scheme):
        pen.put(ws, _OWN_ROW - 1, _SIDE, _OWN_CAPTION, _SIDE_HEAD)
        pen.put(ws, _OWN_ROW, _KEY, forms.OWN_KEY, _HIDDEN)
        pen.put(ws, _OWN_ROW, _SIDE, None, _CHOICE)
        pen.choices(ws, address(_OWN_ROW, _SIDE), tuple(s.name for s in scheme.sections))


def _page(ws, end: int) -> None:
    for letter in ("A", "G"):
        ws.column_dimensions[letter].hidden = True
    ws.page_setup.fitToHeight = 1
    ws.print_options.verticalCentered = False
    ws.print_area = f"B1:{address(end, _VOTE)}"
    margins = ws.page_margins
    margins.left = margins.right = 0.7
    margins.top, margins.bottom = 0.9, 0.7
