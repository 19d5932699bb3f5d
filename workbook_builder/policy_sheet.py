"""口径确认表: what the notice leaves open and how this year reads it, printed at issue and signed.

Comes in: a scheme. Goes out: bytes of a locked workbook without any formula, the same for the same scheme.
"""

from __future__ import annotations

import datetime
import io

from workbook_builder import model as m
from workbook_builder.excel.measure import row_height

SHEET = "口径确认表"
_FONT = "仿宋"
#: No clock: the date of every such workbook.
_CREATED = datetime.datetime(2000, 1, 1)
_COLUMNS = (
    ("序号", 5),
    ("口径", 16),
    ("本年取值", 16),
    ("其他读法", 18),
    ("说明", 46),
    ("依据", 34),
    ("确认意见", 14),
)
_SIZE, _HEAD_ROW = 11, 2
_TITLE = {"font_name": "黑体", "font_size": 18, "align": "center", "valign": "vcenter"}
_HEAD = {"border": 1, "align": "center", "bold": True, "bg_color": "#D9E2F3"}
_INTRO = (
    "通知没有写明、又会影响计分或名次的事项，本年度按“本年取值”执行。请逐条核对：同意的在“确认意见”栏打√；"
    "要改的写明改为哪种读法，由政治处改入方案后重新下发。下发后再改的，要另作决定并写明理由。"
)
_SIGNERS = (
    "政治处经办人：　　　　　　　　　　　　年　　月　　日",
    "政治处负责人：　　　　　　　　　　　　年　　月　　日",
    "考评工作领导小组：　　　　　　　　　　年　　月　　日",
)


def policy_rows(scheme: m.Scheme) -> list[tuple[str, ...]]:
    """One row per policy, those that change figures first, then in the scheme's order."""
    ordered = sorted(scheme.policies, key=lambda policy: not policy.scores)
    return [
        (str(number), policy.name, policy.value, "；".join(policy.others), policy.note, policy.basis, "")
        for number, policy in enumerate(ordered, 1)
    ]


def policy_workbook(scheme: m.Scheme) -> bytes:
    """The workbook, to be printed on A4 across."""
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"title": SHEET, "created": _CREATED})
    sheet = book.add_worksheet(SHEET)
    _page(sheet)
    plain = {"font_name": _FONT, "font_size": _SIZE, "text_wrap": True, "valign": "vcenter"}
    loose = book.add_format(plain)
    _line(sheet, 0, f"{scheme.unit}{scheme.title}口径确认表", book.add_format(_TITLE), 34)
    _line(sheet, 1, f"依据：{scheme.document_no}　　{_INTRO}", loose, 34)
    _heads(sheet, book.add_format({**plain, **_HEAD}))
    row = _table(sheet, scheme, book, plain)
    for text in _SIGNERS:
        _line(sheet, row, text, loose, 34)
        row += 1
    book.close()
    return target.getvalue()


def _page(sheet) -> None:
    for column, (_, width) in enumerate(_COLUMNS):
        sheet.set_column(column, column, width)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEAD_ROW)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.set_footer("&C第 &P 页　共 &N 页")
    sheet.freeze_panes(_HEAD_ROW + 1, 0)
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _line(sheet, row: int, text: str, look, least: float) -> None:
    """A text over the whole width."""
    sheet.merge_range(row, 0, row, len(_COLUMNS) - 1, "", look)
    sheet.write_string(row, 0, text, look)
    sheet.set_row(row, row_height([(text, sum(width for _, width in _COLUMNS), _SIZE)], least))


def _heads(sheet, look) -> None:
    for column, (name, _) in enumerate(_COLUMNS):
        sheet.write_string(_HEAD_ROW, column, name, look)
    sheet.set_row(_HEAD_ROW, 24)


def _table(sheet, scheme: m.Scheme, book, plain: dict[str, object]) -> int:
    """Every policy; the number of the first row below."""
    text = book.add_format({**plain, "border": 1})
    middle = book.add_format({**plain, "border": 1, "align": "center"})
    strong = book.add_format({**plain, "border": 1, "align": "center", "bold": True})
    looks = (middle, text, strong, text, text, text, text)
    row = _HEAD_ROW + 1
    for values in policy_rows(scheme):
        for column, value in enumerate(values):
            if value:
                sheet.write_string(row, column, value, looks[column])
            else:
                sheet.write_blank(row, column, None, looks[column])
        cells = [(value, width, _SIZE) for value, (_, width) in zip(values, _COLUMNS, strict=True)]
        sheet.set_row(row, row_height(cells, 24))
        row += 1
    return row
