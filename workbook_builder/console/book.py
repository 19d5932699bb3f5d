"""考评控制台.xlsm: the sheets as they are before the first click, and the macro project that xlwings ships.

Comes in: a `Board`, the title of the year's work, the bytes of the project. Goes out: the bytes of the workbook.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from workbook_builder.commands.steps import YEAR
from workbook_builder.console import board as b
from workbook_builder.console import places as at
from workbook_builder.excel import palette
from workbook_builder.excel.report import Formula, Page, Report, Value

_HINT = "在“要做的事”里选一步，点“执行”。本表只是方便：不用它，在菜单（开始.bat 或 kaoping）里做的是同样的事。请勿给本文件改名。"
_STEP_HEADS = ("", "全年步骤", "进度", "怎么做")
_SECTION_HEADS = ("序号", "科室", "填报", "错误", "提醒", "附件", "核定", "采用的文件（点开）")
_PROBLEM_HEADS = ("级别", "科室", "问题", "怎么办", "文件", "工作表", "格", "点开")
_PIXELS_PER_POINT = 96 / 72


def console_book(shown: b.Board, title: str, project: bytes) -> bytes:
    """The workbook; the same bytes for the same board and project."""
    report = Report(f"{title}　控制台")
    front = report.page(at.FRONT, at.FRONT_WIDTHS, locked=False, one_page=True)
    _front(front, shown, title)
    problems = report.page(at.PROBLEMS, at.PROBLEM_WIDTHS, locked=False)
    _problems(problems, shown, title)
    _project(report, project)
    front.ws.activate()
    return report.bytes()


def _project(report: Report, project: bytes) -> None:
    """The macros, and the names by which they know the workbook and its two sheets."""
    workbook = report.workbook
    workbook.add_vba_project(io.BytesIO(project), True)
    workbook.set_vba_name("ThisWorkbook")
    for page, name in zip(report.pages, ("Sheet1", "Sheet2"), strict=True):
        page.ws.set_vba_name(name)


# --- 控制台


def _front(page: Page, shown: b.Board, title: str) -> None:
    page.wide(f"{title}　控制台", "title", least=34)
    page.wide(_HINT, "note")
    page.gap(6)
    first = at.VALUE_COLUMN - 1
    page.across(
        [(first, "要做的事", "cell+group+large"), (at.CHOSEN_LAST, shown.chosen, "input+large"), (page.last, None, "plain")],
        least=at.TALL,
    )
    for caption, text in (("结果", shown.result), ("下一步", shown.advice), ("上次运行", shown.last)):
        page.across([(first, caption, "cell+group"), (page.last, text, at.ANSWER_LOOK)], least=at.ANSWER)
    _button(page)
    page.gap(6)
    head = page.row
    page.across([(1, _STEP_HEADS[0], "head"), (2, _STEP_HEADS[1], "head"), (3, _STEP_HEADS[2], "head"), (page.last, _STEP_HEADS[3], "head")], least=22)
    for number, (step, state) in enumerate(zip(YEAR, shown.states or ("",) * len(YEAR), strict=True)):
        mark = at.NEXT_MARK if number == shown.marked else None
        page.across(
            [(1, mark, "center+key"), (2, f"{step.key}　{step.name}", "cell"), (3, state, "center"), (page.last, step.hint, "cell+small")],
            least=at.LEAST,
        )
    page.gap(6)
    assert (head, page.row) == (at.STEPS_HEAD, at.SECTIONS_HEAD)
    page.line(_SECTION_HEADS, "head", least=22)
    _rows(page, shown.sections, at.SECTION_LOOKS, at.MOST_SECTIONS)
    _choices(page)
    _marks(page)


def _button(page: Page) -> None:
    """The one button, beside the choice; XlsxWriter counts from 0 and in pixels."""
    width = sum(int(at.FRONT_WIDTHS[col] * 7) for col in range(at.BUTTON_FIRST - 1, at.VALUE_COLUMN + 4))
    height = int(at.TALL * _PIXELS_PER_POINT)
    options = {"macro": at.MACRO, "caption": "执　行", "width": width - 16, "height": height - 8, "x_offset": 8, "y_offset": 4}
    page.ws.insert_button(at.CHOSEN_ROW - 1, at.BUTTON_FIRST - 1, options)


def _choices(page: Page) -> None:
    page.ws.data_validation(
        at.CHOSEN_ROW - 1,
        at.VALUE_COLUMN - 1,
        at.CHOSEN_ROW - 1,
        at.VALUE_COLUMN - 1,
        {
            "validate": "list",
            "source": list(b.CHOICES),
            "input_title": "要做的事",
            "input_message": "选一步，再点右边的“执行”。",
            "error_title": "没有这一步",
            "error_message": "请在下拉中选一步。",
        },
    )


def _marks(page: Page) -> None:
    """The row of the next step stands out; sections with errors, and those that sent nothing, too."""
    add, book = page.ws.conditional_format, page.report.workbook
    due = book.add_format({"bg_color": f"#{palette.TO_DO}", "bold": True})
    wrong = book.add_format({"font_color": f"#{palette.RED}", "bold": True})
    steps = (at.FIRST_STEP - 1, 0, at.FIRST_STEP + len(YEAR) - 2, page.last - 1)
    add(*steps, {"type": "formula", "criteria": f'=$A{at.FIRST_STEP}="{at.NEXT_MARK}"', "format": due})
    first, end = at.FIRST_SECTION, at.FIRST_SECTION + at.MOST_SECTIONS - 1
    add(first - 1, 2, end - 1, 2, {"type": "formula", "criteria": f'=$C{first}="未交"', "format": wrong})
    add(first - 1, 3, end - 1, 3, {"type": "formula", "criteria": f"=N($D{first})>0", "format": wrong})


# --- 问题


def _problems(page: Page, shown: b.Board, title: str) -> None:
    page.wide(f"{title}　问题", "title", least=34)
    page.wide(shown.told or b.NOT_YET, "note")
    head = page.line(_PROBLEM_HEADS, "head", least=22)
    page.header(head)
    _rows(page, shown.problems, at.PROBLEM_LOOKS, at.MOST_PROBLEMS)
    first, end = at.FIRST_PROBLEM, at.FIRST_PROBLEM + at.MOST_PROBLEMS - 1
    wrong = page.report.workbook.add_format({"font_color": f"#{palette.RED}", "bold": True})
    page.ws.conditional_format(first - 1, 0, end - 1, 0, {"type": "formula", "criteria": f'=$A{first}="错误"', "format": wrong})
    page.ws.autofilter(head - 1, 0, end - 1, len(at.PROBLEM_WIDTHS) - 1)


def _rows(page: Page, rows: Sequence[Sequence[b.Value]], looks: Sequence[str], room: int) -> None:
    """The rows there are, and empty ones up to `room` for those to come; frames show where something stands."""
    first = page.row
    for row in rows:
        # Each in one row, however long: the hand that fills the sheet later counts rows.
        cells = enumerate(zip(row, looks, strict=True), 1)
        page.across([(col, _value(value), _look(value, look)) for col, (value, look) in cells], least=at.LEAST)
    for _ in range(room - len(rows)):
        page.line([None] * len(looks), looks, least=at.LEAST)
    frame = page.report.workbook.add_format({"border": 1, "border_color": f"#{palette.LINE}"})
    page.ws.conditional_format(
        first - 1, 0, first + room - 2, len(looks) - 1, {"type": "formula", "criteria": f'=$A{first}<>""', "format": frame}
    )


def _look(value: b.Value, look: str) -> str:
    return look + "+link" if isinstance(value, b.Link) else look


def _value(value: b.Value) -> Value:
    return Formula(value.formula, value.text) if isinstance(value, b.Link) else value
