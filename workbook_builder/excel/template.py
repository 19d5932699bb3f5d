"""templates/考评表模板.xlsx: the look of everything people fill in, and the words around it.

Comes in: the template's bytes. Goes out: a `Template` of prototype rows with styles and placeholders, or problems.
The office restyles the template in Excel; what is locked, what is an input and what a formula says never comes from it.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from functools import cached_property

from workbook_builder.layout import form, review_rows, skeleton
from workbook_builder.layout.plan import address
from workbook_builder.problems import Problem, Where, problem

SECTION_SHEET = skeleton.PROTO_SHEET
FORM_SHEET = form.PROTO_SHEET
REVIEW_SHEET = review_rows.PROTO_SHEET
BOTTOM_SHEET = review_rows.BOTTOM_PROTO
INSTRUCTIONS_SHEET = "填表说明"
REVIEW_GUIDE = review_rows.GUIDE_SHEET
GUIDE_SHEET = "模板说明"
STATE_KEY = "状态样式/"

#: Names every cell may use.
GLOBALS = ("单位", "年度", "标题", "文号", "周期起", "周期止", "科室", "申报表标题", "报送截止", "联系方式")
#: Sheet → prototype row → names its placeholders may use beside the global ones; the first must be used.
ROWS: dict[str, dict[str, tuple[str, ...]]] = {
    SECTION_SHEET: {
        "标题": (),
        "副标题": (),
        "状态": (),
        "表头": (),
        "部分": ("部分", "满分"),
        "考评项": ("考评内容", "序号", "分值", "计分方式"),
        "引导": ("引导",),
        "细则": ("细则", "条号", "计分办法", "单位"),
        "分行": ("分行", "单位"),
        "小计": ("小计",),
        "自评": ("自评", "自评说明"),
        "总分": ("总分",),
        "文字": ("文字",),
        "校验": ("校验",),
        "签字": (),
        "表尾": (),
    },
    FORM_SHEET: {
        "标题": ("份数",),
        "单位": ("栏目", "申报单位"),
        "短文": ("栏目",),
        "长文": ("栏目",),
        "表尾": (),
    },
}
#: The same of the sheets that a template from before the review workbooks does not have.
REVIEW_ROWS: dict[str, dict[str, tuple[str, ...]]] = {
    REVIEW_SHEET: {
        "标题": ("表名",),
        "副标题": ("核定人",),
        "状态": ("报送情况",),
        "表头": (),
        "部分": ("部分", "满分"),
        "考评项": ("考评内容", "序号", "分值", "计分方式"),
        "引导": ("引导",),
        "细则": ("细则", "条号", "计分办法"),
        "分行": ("分行",),
        "小计": ("小计",),
        "申报": ("栏目", "内容"),
        "特色": ("核定项", "核定说明"),
        "核定": ("核定项", "核定说明"),
        "签字": ("签字",),
        "表尾": (),
    },
    BOTTOM_SHEET: {
        "标题": ("表名",),
        "副标题": ("核定人",),
        "状态": (),
        "表头": (),
        "条款": ("细则", "计分办法"),
        "科室": ("被核科室",),
        "签字": ("签字",),
        "表尾": (),
    },
}
_OPTIONAL_FIRST = {"标题"}
_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_TAG = re.compile(r"\{%|\{#")


@dataclass
class Proto:
    """A prototype row: its row in the template, height, merged column spans, texts per column."""

    row: int
    height: float | None
    merges: list[tuple[int, int]] = field(default_factory=list)
    texts: dict[int, str] = field(default_factory=dict)


@dataclass
class Template:
    """The template read into memory: its bytes and the prototype rows per sheet."""

    data: bytes
    rows: dict[str, dict[str, Proto]]
    renderer: Renderer = field(default_factory=lambda: Renderer())

    @property
    def reviews(self) -> bool:
        """Whether it has the sheets of review workbooks."""
        return set(REVIEW_ROWS) <= set(self.rows) and REVIEW_GUIDE in self.book.sheetnames

    @cached_property
    def book(self):
        """The template as an openpyxl workbook. Shared by everything built from it: read it, never change it."""
        from openpyxl import load_workbook

        return load_workbook(io.BytesIO(self.data), rich_text=True)


def environment():
    """The jinja2 environment of all templates: sandboxed, and an unknown name is an error."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)


class Renderer:
    """Renders placeholder texts, each compiled once."""

    def __init__(self):
        self._environment = environment()
        self._compiled: dict[str, object] = {}

    def render(self, text: str, names: dict[str, object]) -> object:
        """`text` with its placeholders filled; a cell that is exactly one placeholder keeps the value's type."""
        if "{{" not in text:
            return text
        if text not in self._compiled:
            self._compiled[text] = self._compile(text)
        return self._compiled[text](names)

    def _compile(self, text: str):
        whole = _PLACEHOLDER.fullmatch(text.strip())
        if whole:
            name = whole.group(1)  # the checked template holds names only: no need for an engine to look one up
            return lambda names: names[name]
        template = self._environment.from_string(text)
        return lambda names: template.render(**names)


def load_template(data: bytes, name: str) -> tuple[Template | None, list[Problem]]:
    """Read the template; every problem of it in one pass, each with sheet and cell."""
    lost = lost_features(data)
    if lost:
        return None, [problem("TEMPLATE_FEATURE", Where(name), what, what=what) for what in lost]
    from openpyxl import load_workbook

    workbook = load_workbook(io.BytesIO(data), rich_text=True)
    problems: list[Problem] = []
    rows: dict[str, dict[str, Proto]] = {}
    for sheet, expected in (ROWS | REVIEW_ROWS).items():
        if sheet not in workbook.sheetnames and sheet in REVIEW_ROWS:
            continue
        if sheet not in workbook.sheetnames:
            problems.append(problem("TEMPLATE_SHEET_MISSING", Where(name, sheet), sheet))
            continue
        rows[sheet] = _prototypes(workbook[sheet])
        problems += _check_rows(rows[sheet], expected, Where(name, sheet))
    for sheet in (INSTRUCTIONS_SHEET, REVIEW_GUIDE):
        if sheet in workbook.sheetnames:
            problems += _check_instructions(workbook[sheet], name)
        elif sheet == INSTRUCTIONS_SHEET:
            problems.append(problem("TEMPLATE_SHEET_MISSING", Where(name, sheet), sheet))
    return (None if problems else Template(data, rows)), problems


def _prototypes(sheet) -> dict[str, Proto]:
    protos: dict[str, Proto] = {}
    for (key_cell,) in sheet.iter_rows(min_col=1, max_col=1):
        if key_cell.value is None:
            continue
        row = key_cell.row
        texts = {
            cell.column: str(cell.value) for cell in sheet[row][1:] if cell.value is not None and cell.data_type != "f"
        }
        protos[str(key_cell.value).strip()] = Proto(row, sheet.row_dimensions[row].height, [], texts)
    by_row = {proto.row: proto for proto in protos.values()}
    for merged in sheet.merged_cells.ranges:
        if merged.min_row == merged.max_row and merged.min_row in by_row:
            by_row[merged.min_row].merges.append((merged.min_col, merged.max_col))
    for proto in protos.values():
        proto.merges.sort()
    return protos


def _check_rows(protos: dict[str, Proto], expected: dict[str, tuple[str, ...]], where: Where) -> list[Problem]:
    problems = []
    for key, names in expected.items():
        proto = protos.get(key)
        if proto is None:
            problems.append(problem("TEMPLATE_ROW_MISSING", where, key))
            continue
        used: set[str] = set()
        for col, text in proto.texts.items():
            found, wrong = _names(text, (*GLOBALS, *names), where.at(cell=address(proto.row, col)))
            used |= found
            problems += wrong
        if names and key not in _OPTIONAL_FIRST and names[0] not in used:
            problems.append(problem("TEMPLATE_PLACEHOLDER_MISSING", where.at(cell=address(proto.row, 1)), names[0], row=key))
    return problems


def _check_instructions(sheet, name: str) -> list[Problem]:
    problems: list[Problem] = []
    for cells in sheet.iter_rows():
        for cell in cells:
            if isinstance(cell.value, str):
                problems += _names(cell.value, GLOBALS, Where(name, sheet.title, cell.coordinate))[1]
    return problems


def _names(text: str, allowed: tuple[str, ...], where: Where) -> tuple[set[str], list[Problem]]:
    """Names used in the placeholders of `text`, and what is wrong with them."""
    from jinja2 import TemplateSyntaxError, nodes

    if "{" not in text:
        return set(), []
    if _TAG.search(text):
        return set(), [problem("TEMPLATE_TAG", where, text)]
    try:
        parsed = environment().parse(text)
    except TemplateSyntaxError:
        return set(), [problem("TEMPLATE_SYNTAX", where, text)]
    parts = [part for output in parsed.body for part in output.nodes]
    # Names only: an expression could fail, or reach for more than a text, when the workbook is built.
    if not all(isinstance(part, nodes.TemplateData | nodes.Name) for part in parts):
        return set(), [problem("TEMPLATE_SYNTAX", where, text)]
    used = {part.name for part in parts if isinstance(part, nodes.Name)}
    unknown = sorted(used - set(allowed))
    return used, [problem("TEMPLATE_PLACEHOLDER_UNKNOWN", where, u, known="、".join(allowed)) for u in unknown]


# --- what openpyxl would lose -------------------------------------------------------------------------------

_LOST_PARTS = (
    (re.compile(r"xl/drawings/vmlDrawing.*|xl/comments.*"), "批注或页眉图片"),
    (re.compile(r"xl/drawings/.*"), "图片、文本框或图形"),
    (re.compile(r"xl/charts/.*"), "图表"),
    (re.compile(r"xl/vbaProject\.bin"), "宏"),
    (re.compile(r"xl/ctrlProps/.*|xl/activeX/.*"), "表单控件"),
    (re.compile(r"xl/externalLinks/.*"), "外部链接"),
    (re.compile(r"customXml/.*"), "自定义 XML"),
)
_LOST_MARKS = (
    (b"<x14:conditionalFormatting", "新式条件格式（数据条、图标集）"),
    (b"<x14:dataValidation ", "引用其他工作表的数据验证"),
    (b"<x14:sparkline", "迷你图"),
    (b"<protectedRange ", "允许编辑区域"),
    (b"<customSheetView ", "自定义视图"),
    (b"<picture ", "工作表背景图"),
)


def lost_features(data: bytes) -> list[str]:
    """Features of the template that this program could not carry over, by name, found from the package itself."""
    found: list[str] = []
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            found += [what for pattern, what in _LOST_PARTS if pattern.fullmatch(name)][:1]
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                text = package.read(name)
                found += [what for mark, what in _LOST_MARKS if mark in text]
    return sorted(set(found))
