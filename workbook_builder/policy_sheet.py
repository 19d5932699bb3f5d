"""口径确认表: what the notice leaves open and how this year reads it, printed at issue and signed.

Comes in: a scheme. Goes out: bytes of a locked workbook without any formula, the same for the same scheme.
"""

from __future__ import annotations

import datetime
from itertools import pairwise

from workbook_builder import model as m
from workbook_builder.excel.measure import PIXELS_PER_UNIT
from workbook_builder.excel.pages import page_ends, room
from workbook_builder.excel.report import Page, Report
from workbook_builder.layout.plan import APART, JOINED

SHEET = "口径确认表"
#: No clock. Title and date are what such workbooks have always said of themselves: by them a saved one is told.
_PROPERTIES = {"title": SHEET, "created": datetime.datetime(2000, 1, 1)}
_COLUMNS = (
    ("序号", 5),
    ("口径", 18),
    ("本年取值", 18),
    ("其他读法", 20),
    ("说明", 54),
    ("依据", 38),
    ("确认意见", 14),
)
_LOOKS = ("center", "cell", "center+key", "cell", "cell", "cell", "center")
_INTRO = (
    "通知没有写明、又会影响计分或名次的事项，本年度按“本年取值”执行。请逐条核对：同意的在“确认意见”栏打√；"
    "要改的写明改为哪种读法，由政治处改入方案后重新下发。下发后再改的，要另作决定并写明理由。"
)
#: Who signs, over which columns: thirds of the table.
_SIGNERS = (("政治处经办人", 1, 4), ("政治处负责人", 5, 5), ("考评工作领导小组", 6, 7))
_SIGN = "{}（签字{}）：\n\n\n\n　　　　　　　　年　　　月　　　日"
_SIGN_HEIGHT = 96.0
#: The signatures stand on one page with so many policies before them.
_KEPT = 3


def policy_rows(scheme: m.Scheme) -> list[tuple[str, ...]]:
    """One row per policy, those that change figures first, then in the scheme's order."""
    ordered = sorted(scheme.policies, key=lambda policy: not policy.scores)
    return [
        (str(number), policy.name, policy.value, "；".join(policy.others), policy.note, policy.basis, "")
        for number, policy in enumerate(ordered, 1)
    ]


def policy_workbook(scheme: m.Scheme) -> bytes:
    """The workbook, to be printed on A4 across."""
    report = Report(scheme.mark)
    report.workbook.set_properties(_PROPERTIES)
    page = report.page(SHEET, [width for _, width in _COLUMNS])
    tops = [0.0]
    page.wide(f"{scheme.unit}{scheme.title}{SHEET}", "title", least=38.0)
    tops.append(page.depth)
    page.wide(f"依据：{scheme.document_no}", "facts", least=20.0)
    tops.append(page.depth)
    page.wide(f"　　{_INTRO}", "note", least=40.0)
    tops.append(page.depth)
    head = page.line([name for name, _ in _COLUMNS], "head", least=26.0)
    page.header(head)
    tops.append(page.depth)
    for values in policy_rows(scheme):
        page.line(values, _LOOKS, least=26.0)
        tops.append(page.depth)
    _signatures(page)
    tops.append(page.depth)
    _keep_together(page, tops, head)
    return report.bytes()


def _signatures(page: Page) -> None:
    """Three boxes with room to sign in, right below the table."""
    row = page.line(("",) * len(_COLUMNS), "cell", least=_SIGN_HEIGHT)
    look = page.report.look("cell+note+center")
    for name, first, last in _SIGNERS:
        text = _SIGN.format(name, "、盖章" if name == _SIGNERS[-1][0] else "")
        if last > first:
            page.ws.merge_range(row - 1, first - 1, row - 1, last - 1, text, look)
        else:
            page.put(row, first, text, "cell+note+center")


def _keep_together(page: Page, tops: list[float], head: int) -> None:
    """The signatures never alone on a page: `tops` is where each row begins, and where the last one ends."""
    heights = [below - above for above, below in pairwise(tops)]
    bonds = [JOINED if row >= len(heights) - _KEPT else APART for row in range(len(heights))]
    wide = sum(page.widths) * PIXELS_PER_UNIT * 72 / 96
    page.ws.set_h_pagebreaks(page_ends(heights, bonds, room(True, 1.0, 1.45, wide), heights[head - 1]))
