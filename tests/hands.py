"""What hands may do to a section's sheet, well meant or not: each act with the one outcome it must have.

`GROUPS` is run by test_any_hand and printed in docs/可靠性.md. Every act starts from the same honest, complete return of
the small scheme and gives the files that then lie in 2回收; nothing is kept as a binary. What is done to the other
tables is in hands_desk.
"""

import dataclasses
import datetime
import functools
import hashlib
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal as D

import intake_samples as samples
from appraisals import best_sheet, rules_2021, small_rules, template
from edits import Edited
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font

from workbook_builder import model as m
from workbook_builder.building import section_workbook, whole_workbook
from workbook_builder.collecting.adopt import Adopted, adopt
from workbook_builder.layout.form import OWNER_FIELD
from workbook_builder.layout.plan import INPUT, MANIFEST_SHEET
from workbook_builder.pipeline import Reader
from workbook_builder.problems import CATALOGUE, ERROR, Problem
from workbook_builder.rules import sheet as sh
from workbook_builder.rules.items import Rulebook

SECTION, OTHER = "甲科", "乙科"
FILE, FORM = "甲科.xlsx", "申报1-甲科"
#: An answer that does not count.
REFUSED = "未采用"

#: A count, a rate in per cent, a place, 是/否, a choice, points within bounds, a converted score.
COUNT, RATE, RANK, YES_NO = "业务/甲科/3/4", "业务/甲科/2/1", "业务/甲科/2/5", "业务/甲科/1/4"
CHOICE, AMOUNT, MOST, FIRST = "业务/甲科/5/4", "业务/甲科/3/1", "业务/甲科/6/1", "业务/甲科/1/1"
LABELLED, REFERENCE, EVENT = "业务/甲科/3/6@1", "业务/甲科/2/2#参照", "业务/甲科/5/8@1"
#: 甲科's own clause 3/4, whose points a forged older form counts otherwise.
OWNED, OTHERS = "业务/甲科/3/4", "业务/乙科/1/1"


@functools.cache
def reader() -> Reader:
    return Reader.of(small_rules().scheme)


@functools.cache
def entries() -> dict[str, object]:
    """A complete return without anything to remark."""
    rules = small_rules()
    made = best_sheet(rules, rules.scheme.section(SECTION))
    made |= {FIRST: D(2), "业务/甲科/1/2": D(1), COUNT: D(3), RATE: D(85), RANK: D(12), AMOUNT: D(2), LABELLED: D(1)}
    made |= {"业务/甲科/3/2": D(1), "业务/甲科/5/9": D(4), "队伍/各科室/1/1": D(3), sh.AWARD: m.NO, sh.PROPOSED: D(3)}
    made |= {"业务/甲科/3/3@1": D(1), "业务/甲科/3/3@2": None, "业务/甲科/3/3@3": None, "业务/甲科/3/3@1#说明": "3月5日 演示事实"}
    made |= {f"{clause}@{k}#说明": f"第{k}件演示事实" for clause in ("业务/甲科/5/8", "特色/相关科室/2/1") for k in (1, 2, 3)}
    made |= {"填表人": "某某", "电话": "021-0000"}
    made |= {f"申报/1#{one.name}": f"演示{one.name}" for one in rules.scheme.form_fields if one.name != OWNER_FIELD}
    return {name: value for name, value in made.items() if value is not None}


@functools.cache
def honest() -> bytes:
    rules = small_rules()
    return section_workbook(rules, rules.scheme.section(SECTION), template(), entries())


# --- the act and its outcome ------------------------------------------------------------------------------------------

Files = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that hands do.

    what     it is, as docs/可靠性.md says
    do       gives the files that then lie in 2回收
    told     every problem that comes of it, no more and no less: "CODE cell", see `said`
    changed  field → the value it then has, None blank, REFUSED; every other answer stays
    lost     nothing of the section's return is taken
    figures  the sheet shows other figures than its answers give, and that is the point; otherwise it is no news that
             the program which did this has not recalculated
    others   sections of which a return is taken besides
    """

    what: str
    do: Callable[[], Files]
    told: tuple[str, ...] = ()
    changed: Mapping[str, object] = field(default_factory=dict)
    lost: bool = False
    figures: bool = False
    others: tuple[str, ...] = ()

    @property
    def result(self) -> str:
        """As docs/可靠性.md says."""
        if self.lost:
            return f"作为{self.others[0]}的表采用" if self.others else "整份未采用"
        return result_of(self.changed, self.codes)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(told.partition(" ")[0] for told in self.told))


#: Errors of what is left out, and of a sheet as a whole.
_ASKED, _OF_SHEETS = ("MISSING_ANSWER", "NOT_CONFIRMED"), "SHEET_"


def result_of(changed: Mapping[object, object], codes: tuple[str, ...]) -> str:
    """What became of the answers, in words."""
    if not changed:
        return "读得的数不变"
    if set(codes) & set(_ASKED):
        return "指出没有填"
    if any(CATALOGUE[code].severity == ERROR for code in codes if not code.startswith(_OF_SHEETS)):
        return "该处未采用"
    return "按所填读取"


def said(p: Problem, files: Files) -> str:
    """A problem as an act names it: code, cell or field; before it the file if there are several, the sheet if another."""
    file = f"{p.where.file}|" if len(files) > 1 else ""
    sheet = f"{p.where.sheet}!" if p.where.sheet not in ("", SECTION) else ""
    return f"{p.code} {file}{sheet}{p.where.cell or p.where.field}".rstrip()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of a folder."""

    adopted: Adopted
    problems: tuple[Problem, ...]

    @property
    def returned(self):
        return self.adopted.returns.get(SECTION)


def collected(files: Files) -> Outcome:
    """The files read, and of each section one return adopted."""
    readings = [reading for name, data in files.items() for reading in reader().read(name, data)]
    adopted = adopt(readings)
    told = [p for reading in readings for p in reading.problems if p not in adopted.settled]
    return Outcome(adopted, (*told, *adopted.problems))


@functools.cache
def honestly() -> Outcome:
    return collected({FILE: honest()})


@functools.cache
def places() -> Mapping[str, str]:
    """Field → A1 of every input, wherever it stands."""
    return honestly().returned.places


# --- typing into cells ------------------------------------------------------------------------------------------------
#
# What a cell then holds, as Excel writes it: (attributes, contents).

Content = tuple[str, str]


def number(text: object, style: int | None = None) -> Content:
    return _style(style), f"<v>{text}</v>"


def text(typed: str, style: int | None = None) -> Content:
    return f'{_style(style)} t="inlineStr"', f'<is><t xml:space="preserve">{_escaped(typed)}</t></is>'


def rich(*runs: str) -> Content:
    return 't="inlineStr"', f"<is>{''.join(runs)}</is>"


def formula(said: str, shown: object = None, kind: str = "", more: str = "") -> Content:
    value = "" if shown is None else f"<v>{_escaped(str(shown))}</v>"
    return f't="{kind}"' if kind else "", f"<f{more}>{_escaped(said)}</f>{value}"


def error(shown: str) -> Content:
    return 't="e"', f"<v>{shown}</v>"


def truth(said: bool) -> Content:
    return 't="b"', f"<v>{int(said)}</v>"


BLANK: Content = ("", "")
#: Numbers of formats that Excel itself knows.
PERCENT, HUNDREDTHS, FRACTION, DATE, MONTH_DAY, TIME, TEXT, THOUSANDS = 9, 10, 12, 14, 16, 20, 49, 3


def _style(number_format: int | None) -> str:
    return "" if number_format is None else f's="format {number_format}"'


def _escaped(said: str) -> str:
    return said.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


@functools.cache
def parts() -> dict[str, bytes]:
    return samples.unzipped(honest())


@functools.cache
def sheet_part() -> str:
    sheets = [name for name in parts() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)]
    return max(sheets, key=lambda name: len(parts()[name]))


def typed(cells: Mapping[str, Content], before: Mapping[str, bytes] | None = None) -> bytes:
    """The honest return with these cells (A1 or field → content) of 甲科's sheet typed over."""
    found = dict(before or parts())
    sheet, styles = found[sheet_part()].decode(), found["xl/styles.xml"].decode()
    for name, (attributes, content) in cells.items():
        ref = places().get(name, name)
        attributes, styles = _with_format(attributes, styles)
        sheet = _with_cell(sheet, ref, f'<c r="{ref}" {attributes}>{content}</c>')
    return samples.zipped({**found, sheet_part(): sheet.encode(), "xl/styles.xml": styles.encode()})


def _with_cell(sheet: str, ref: str, new: str) -> str:
    """The cell replaced; one that is not there yet stands right of all others in its row, or below all rows."""
    found = re.search(rf'<c r="{ref}"(?: [^>]*)?>.*?</c>', sheet, re.DOTALL)
    if found:
        return sheet[: found.start()] + new + sheet[found.end() :]
    row = re.search("[0-9]+", ref)[0]
    found = re.search(rf'<row r="{row}".*?(?=</row>)', sheet, re.DOTALL)
    if found:
        return sheet[: found.end()] + new + sheet[found.end() :]
    return sheet.replace("</sheetData>", f'<row r="{row}">{new}</row></sheetData>', 1)


def struck(content: Content) -> Content:
    """The same in a cell that is struck out as a whole."""
    return f'{content[0]} s="format 0 struck"', content[1]


def _with_format(attributes: str, styles: str) -> tuple[str, str]:
    """A style of that number format, added after the last; struck out, if it is to be."""
    wanted = re.search(r's="format (\d+)( struck)?"', attributes)
    if not wanted:
        return attributes, styles
    font = 0
    if wanted[2]:
        font = int(re.search(r'<fonts count="(\d+)"', styles)[1])
        styles = styles.replace("</fonts>", "<font><b/><strike/></font></fonts>")
    count = int(re.search(r'<cellXfs count="(\d+)"', styles)[1])
    styles = styles.replace(f'<cellXfs count="{count}"', f'<cellXfs count="{count + 1}"')
    styles = styles.replace("</cellXfs>", f'<xf numFmtId="{wanted[1]}" fontId="{font}" fillId="0" borderId="0"/></cellXfs>')
    return attributes.replace(wanted[0], f's="{count}"'), styles




# --- acts: what is typed into one cell ----------------------------------------------------------------------------------


def types(what: str, name: str, content: Content, value: object, *told: str, **more) -> Act:
    """Typed into the input of `name`: it then holds `value`. Problems without a cell stand there."""
    here = tuple(one if " " in one else f"{one} {places()[name]}" for one in told)
    before = entries().get(name)
    same = value == before and type(value) is type(before)
    return Act(what, lambda: {FILE: typed({name: content})}, here, {} if same else {name: value}, **more)


def _all(name: str, value: object, told: str, rows: tuple[str, ...], kind: str = "") -> list[Act]:
    """Texts that all come to the same."""
    return [types(f"{kind}“{_visible(row)}”", name, text(row), value, *told.split()) for row in rows]


def _visible(typed_: str) -> str:
    names = {"\n": "⏎", "\u00a0": "〔不换行空格〕", "\u200b": "〔零宽空格〕"}
    return "".join(names.get(letter, letter) for letter in typed_)


def _typing() -> list[Act]:
    three = ("3 次", "３", "三", "3", " 3 ", "3\u00a0", "3\u200b", "3\n", "3．0", "3件")
    none = ("无", "没有", "否", "０", "〇", "0")
    unsure = ("壹", "/", "-", "—", "√", "1,000", "１，０００", "1e3", "1/2", "½", "3①", "大概3", "3-4", "3+1", "3.", "半", "今年3次")
    unsure += ("2021年", "=3", "'3", "三次（详见附件）", "是", "#N/A", "3回", "1万", "2019-3", "O", "l", "3 4", "两百五")
    return [
        *_all(COUNT, D(3), "READ_AS", three, "次数写成文字"),
        *_all(COUNT, D(12), "READ_AS", ("１２", "十二"), "次数写成文字"),
        *_all(COUNT, D(2), "READ_AS", ("两次",), "次数写成文字"),
        *_all(COUNT, D(0), "READ_AS", none, "次数写成文字"),
        *_all(COUNT, REFUSED, "VALUE_NOT_ALLOWED", unsure, "次数写成文字"),
        *_all(COUNT, REFUSED, "UNIT_UNEXPECTED", ("5分", "3月"), "次数写成文字"),
        *_all(COUNT, REFUSED, "PERCENT_UNEXPECTED", ("10 %", "10％"), "次数写成文字"),
        *_all(COUNT, REFUSED, "VALUE_OUT_OF_RANGE", ("-1", "－1", "99999"), "次数写成文字"),
        *_all(COUNT, REFUSED, "NOT_APPLICABLE_REFUSED", ("不适用",), "次数写成文字"),
        *_all(COUNT, REFUSED, "PENDING_REFUSED", ("待市局反馈",), "次数写成文字"),
        *_all(COUNT, None, "", ("\u00a0", "\n"), "次数只有看不见的"),
        types("次数改成另一个数", COUNT, number(4), D(4)),
        types("次数删空（已自评确认）", COUNT, BLANK, None),
        types("次数写成 1e3", COUNT, number("1e3"), D(1000)),
        types("次数是负数", COUNT, number(-1), REFUSED, "VALUE_OUT_OF_RANGE"),
        types("次数大得不可能", COUNT, number("1E+300"), REFUSED, "VALUE_OUT_OF_RANGE"),
        types("次数是 2.6，格式只显示整数", COUNT, number(2.6, 1), REFUSED, "VALUE_OUT_OF_RANGE"),
        types("次数带计算误差（3.0000000001）", COUNT, number("3.0000000001"), D(3), "READ_AS"),
        types("次数的格子设成文本格式", COUNT, number(3, TEXT), D(3)),
        types("次数的格子设成千分位格式", COUNT, number(1000, THOUSANDS), D(1000)),
        types("次数输成 1/2，变成日期", COUNT, number(44198, MONTH_DAY), REFUSED, "DATE_IN_NUMBER"),
        types("次数处粘进日期", COUNT, number(44198, DATE), REFUSED, "DATE_IN_NUMBER"),
        types("次数输成 3:00，变成时间", COUNT, number(0.125, TIME), REFUSED, "DATE_IN_NUMBER"),
        types("次数输成分数 ½", COUNT, number(0.5, FRACTION), REFUSED, "VALUE_OUT_OF_RANGE"),
        types("次数的格子设成百分比", COUNT, number(0.03, PERCENT), REFUSED, "PERCENT_UNEXPECTED"),
        types("次数处是 TRUE", COUNT, truth(True), REFUSED, "VALUE_NOT_ALLOWED"),
        types("次数处是 #REF!", COUNT, error("#REF!"), REFUSED, "ERROR_VALUE"),
        types("加粗的“3”", COUNT, rich("<r><rPr><b/></rPr><t>3</t></r>"), D(3), "READ_AS"),
        types("带注音的“三”", COUNT, rich('<t>三</t><rPh sb="0" eb="1"><t>san</t></rPh>'), D(3), "READ_AS"),
        types("划掉 3 改成 5，写在同一格", COUNT, rich(STRUCK, "<r><t>5</t></r>"), REFUSED, "VALUE_NOT_ALLOWED"),
        types("整格画了删除线的 3", COUNT, struck(number(3)), D(3), "ANSWER_STRUCK"),
        types("整格画了删除线的“大概3”", COUNT, struck(text("大概3")), REFUSED, "ANSWER_STRUCK", "VALUE_NOT_ALLOWED"),
        types("整格画了删除线，已经删空", COUNT, struck(BLANK), None),
        types("3 右上角标注脚 2", COUNT, rich("<r><t>3</t></r>", RAISED), REFUSED, "VALUE_NOT_ALLOWED"),
        *_typing_rates(),
        *_typing_words(),
        *_typing_points(),
        *_typing_texts(),
    ]


STRUCK = "<r><rPr><strike/></rPr><t>3</t></r>"
RAISED = '<r><rPr><vertAlign val="superscript"/></rPr><t>2</t></r>'


def _typing_rates() -> list[Act]:
    return [
        *_all(RATE, D(95), "READ_AS", ("95%", "95％", "九十五", "95 %"), "比率写成文字"),
        *_all(RATE, REFUSED, "PERCENT_OR_FRACTION", ("0.95",), "比率写成文字"),
        *_all(RATE, REFUSED, "UNIT_UNEXPECTED", ("95分",), "比率写成文字"),
        *_all(RATE, REFUSED, "VALUE_NOT_ALLOWED", ("百分之九十五", "9成", "95%以上", "95,5", "约95%"), "比率写成文字"),
        types("比率 95", RATE, number(95), D(95)),
        types("比率 0.95，格子是百分比格式", RATE, number(0.95, PERCENT), D(95), "PERCENT_FORMAT"),
        types("比率 0.953，格子是 0.00% 格式", RATE, number(0.953, HUNDREDTHS), D("95.3"), "PERCENT_FORMAT"),
        types("比率 95，格子再设成百分比（9500%）", RATE, number(95, PERCENT), REFUSED, "PERCENT_FORMAT", "VALUE_OUT_OF_RANGE"),
        types("比率 0.95，没有格式", RATE, number(0.95), REFUSED, "PERCENT_OR_FRACTION"),
        types("比率 1，没有格式", RATE, number(1), REFUSED, "PERCENT_OR_FRACTION"),
        types("比率 0", RATE, number(0), D(0)),
        types("比率 120", RATE, number(120), REFUSED, "VALUE_OUT_OF_RANGE"),
        types("比率是负数", RATE, number(-5), REFUSED, "VALUE_OUT_OF_RANGE"),
        types("比率删空", RATE, BLANK, None, "MISSING_ANSWER"),
        *_all(RANK, D(3), "READ_AS", ("第3名", "3名", "三", "第三"), "名次写成文字"),
        *_all(RANK, "未排名", "UNRANKED", ("未排名",), "名次写成文字"),
        *_all(RANK, REFUSED, "VALUE_NOT_ALLOWED", ("并列3", "3/16", "前三", "倒数第1"), "名次写成文字"),
        types("名次 0", RANK, number(0), REFUSED, "VALUE_OUT_OF_RANGE"),
        types("名次 17（共 16 名）", RANK, number(17), REFUSED, "VALUE_OUT_OF_RANGE"),
    ]


def _typing_words() -> list[Act]:
    odd = ("Y", "√", "✔", "TRUE", "有", "Yes", "是（1次）", "是/否", "１", "否。")
    return [
        *_all(YES_NO, m.YES, "READ_AS", ("是 ", "是\n", "\u3000是"), "是否处写"),
        *_all(YES_NO, m.NO, "READ_AS", ("无", "没有"), "是否处写"),
        *_all(YES_NO, "不适用", "NOT_APPLICABLE", ("不适用",), "是否处写"),
        *_all(YES_NO, REFUSED, "VALUE_NOT_ALLOWED", odd, "是否处写"),
        types("是否处选另一个", YES_NO, text(m.YES), m.YES),
        types("是否处是 TRUE", YES_NO, truth(True), m.YES, "READ_AS"),
        types("是否处是 FALSE", YES_NO, truth(False), m.NO, "READ_AS"),
        types("是否处是 0", YES_NO, number(0), m.NO, "READ_AS"),
        types("是否处是 1", YES_NO, number(1), REFUSED, "VALUE_NOT_ALLOWED"),
        types("是否处删空（已自评确认）", YES_NO, BLANK, None),
        *_all(CHOICE, "一等", "READ_AS", ("一等 ", "一 等"), "选项处写"),
        *_all(CHOICE, REFUSED, "VALUE_NOT_ALLOWED", ("一等奖", "1", "一等、二等"), "选项处写"),
        types("选项处选另一个", CHOICE, text("二等"), "二等"),
        types("选项处删空", CHOICE, BLANK, None, "MISSING_ANSWER"),
        *_all(sh.CONFIRM, REFUSED, "VALUE_NOT_ALLOWED", ("已确认", m.NO, "√", "是。"), "自评确认处写"),
        types("自评确认删空", sh.CONFIRM, BLANK, None, "NOT_CONFIRMED"),
    ]


def _typing_points() -> list[Act]:
    return [
        types("视情分 2.05（步长 0.1）", AMOUNT, number(2.05), REFUSED, "VALUE_OUT_OF_RANGE"),
        types("视情分超过上限", AMOUNT, number(4), REFUSED, "VALUE_OUT_OF_RANGE"),
        types("视情分 0（下限 1）", AMOUNT, number(0), D(0), "ZERO_AS_NONE"),
        types("折算得分超过分值", MOST, number(10.5), REFUSED, "VALUE_OUT_OF_RANGE"),
        types("折算得分 9.99999", MOST, number(9.99999), REFUSED, "VALUE_OUT_OF_RANGE"),
        types("折算得分是负数", MOST, number(-0.1), REFUSED, "VALUE_OUT_OF_RANGE"),
        types("特色自评分 3.5", sh.PROPOSED, number(3.5), D("3.5")),
        types("特色自评分 6，没有获市局加分", sh.PROPOSED, number(6), D(6), "SPECIAL_OUT_OF_BAND"),
        types("特色自评分 11", sh.PROPOSED, number(11), REFUSED, "VALUE_OUT_OF_RANGE"),
        types("填了申报表，特色自评分写 0", sh.PROPOSED, number(0), D(0), "FORM_WITHOUT_SCORE"),
    ]


def _typing_texts() -> list[Act]:
    said_ = f"{EVENT}#说明"
    return [
        types("说明处是公式", said_, formula("1+1", 2), None, "FORMULA_IN_TEXT", "NOTE_MISSING"),
        types("说明删空", said_, BLANK, None, "NOTE_MISSING"),
        types("整格画了删除线的说明", said_, struck(text("某事")), "某事", "ANSWER_STRUCK"),
        types("说明写成日期", said_, number(44198, DATE), "2021-01-02"),
        types("说明以等号开头（文字）", said_, text('=HYPERLINK("http://x")'), '=HYPERLINK("http://x")'),
        types("电话写成数", "电话", number(13800000000), "13800000000"),
        types("填表人处写“核定：同意，20分”", "填表人", text("核定：同意，20分"), "核定：同意，20分"),
    ]


def _formulas() -> list[Act]:
    def one(what: str, content: Content) -> Act:
        return types(f"填报格里是公式：{what}", COUNT, content, REFUSED, "FORMULA_IN_INPUT")

    below = "业务/甲科/3/5"
    filling = formula("ROW(A1:A2)", 1, more=' t="array" ref="F32:F33"')
    return [
        one("有结果", formula("1+2", 3)),
        one("没有结果", formula("1+2")),
        one("结果是错误", formula("1/0", "#DIV/0!", "e")),
        one("结果是文字", formula('"三次"', "三次", "str")),
        one("结果是空", formula('""', "", "str")),
        one("随时会变（NOW）", formula("NOW()", 44198.5)),
        one("指向别的工作簿", formula("[1]Sheet1!$A$1", 3)),
        one("数组", formula("{3}", 3, more=' t="array" ref="F32:F32"')),
        one("共享公式的后一格", formula("", 3, more=' t="shared" si="0"')),
        Act(
            "一个公式填两格，第二格里只有它的结果",
            lambda: {FILE: typed({COUNT: filling, below: number(2)})},
            ("FORMULA_IN_INPUT F32", "FORMULA_IN_INPUT F33"),
            {COUNT: REFUSED, below: REFUSED},
        ),
    ]


# --- acts: what is done to the sheet ------------------------------------------------------------------------------------

Change = Callable[[Edited], None]


def edits(what: str, change: Change, *told: str, file: str = FILE, **more) -> Act:
    """Done to the open workbook, which is then saved; what only types into 甲科's sheet is written there directly."""

    def do() -> Files:
        if isinstance(change, Put) and change.sheet == SECTION:
            return {file: typed({ref: _content(value) for ref, value in change.cells.items()})}
        edited = Edited(honest())
        change(edited)
        return {file: edited.bytes()}

    return Act(what, do, told, **more)


@dataclass(frozen=True, slots=True)
class Put:
    """Typed over: A1 → value."""

    cells: Mapping[str, object]
    sheet: str = SECTION

    def __call__(self, edited: Edited) -> None:
        for ref, value in self.cells.items():
            edited.book[self.sheet][ref].value = value


put = Put


def _content(value: object) -> Content:
    if value is None:
        return BLANK
    return text(value) if isinstance(value, str) else number(value)


def together(*changes: Change) -> Change:
    def change(edited: Edited) -> None:
        for one in changes:
            one(edited)

    return change


def row_of(name: str) -> int:
    return int(places()[name].lstrip("ABCDEFGHIJKL"))


def _sheet(change: Callable) -> Change:
    return lambda edited: change(edited.book[SECTION])


def _insert_rows(row: int, count: int = 1) -> Change:
    def change(sheet) -> None:
        sheet.insert_rows(row, count)
        for area in sheet.merged_cells.ranges:
            if area.min_row >= row:
                area.shift(row_shift=count)

    return _sheet(change)


def _swap(first: str, second: str, columns: range | tuple[int, ...]) -> Change:
    """Rows sorted, in these columns."""

    def change(edited: Edited) -> None:
        sheet = edited.book[SECTION]
        above, below = row_of(first), row_of(second)
        for col in columns:
            one, other = sheet.cell(above, col), sheet.cell(below, col)
            one.value, other.value = other.value, one.value
            edited.swap_shown(one, other)

    return change


def _copy_row(target: int) -> Change:
    def change(edited: Edited) -> None:
        sheet, row = edited.book[SECTION], row_of(COUNT)
        for col in range(1, 13):
            value = sheet.cell(row, col).value
            if not str(value).startswith("="):
                sheet.cell(target, col).value = value

    return change


def _stranger(target: int, key: str, words: str) -> Change:
    """A row pasted in."""
    cells = {"A": key, "B": "5.99", "C": words, "D": "每次得5分", "F": 5}
    return put({f"{col}{target}": value for col, value in cells.items()})


#: The first row below the form.
_END = 100
_AWAY = (FIRST, COUNT)


def _hidden(edited: Edited) -> None:
    for row in range(7, 60):
        edited.book[SECTION].row_dimensions[row].hidden = True


def _rows() -> list[Act]:
    lost_two = {FIRST: REFUSED, COUNT: REFUSED}
    key = f"KEY_MISSING {COUNT}"
    lost = {COUNT: REFUSED}
    return [
        edits("用别的程序另存，什么也没改", lambda edited: None),
        edits("插入一行", _insert_rows(row_of(FIRST))),
        edits("中间插入三行", _insert_rows(40, 3)),
        edits("最上面插入一行", _insert_rows(1), "SHEET_MISSING", lost=True),
        edits("删去一条细则的行", _sheet(lambda sheet: sheet.delete_rows(row_of(COUNT))), key, changed=lost),
        edits("删去考评项的标题行", _sheet(lambda sheet: sheet.delete_rows(6))),
        edits("隐藏一半的行（筛选）", _hidden),
        edits("加上自动筛选", _sheet(lambda sheet: setattr(sheet.auto_filter, "ref", "B4:K90"))),
        edits("隐藏“填报”列", _sheet(lambda sheet: setattr(sheet.column_dimensions["F"], "hidden", True))),
        edits("显示隐藏的行标识列", _sheet(lambda sheet: setattr(sheet.column_dimensions["A"], "hidden", False))),
        edits("整行排序（连同行标识）", _swap(*_AWAY, range(1, 13))),
        edits(
            "排序时漏了行标识列", _swap(*_AWAY, range(2, 13)), "RUBRIC_CHANGED C7", "RUBRIC_CHANGED C32", changed=lost_two
        ),
        edits("只把答案排了序", _swap(*_AWAY, (6,)), changed={FIRST: D(3), COUNT: D(2)}),
        edits("把一行复制到表尾", _copy_row(_END), "ANSWER_ASTRAY F100", "KEY_TWICE A100", changed=lost),
        edits(
            "把一行复制盖住下一行",
            _copy_row(row_of(COUNT) + 1),
            "ANSWER_ASTRAY F33",
            "KEY_MISSING 业务/甲科/3/5",
            "KEY_TWICE A33",
            changed=lost | {"业务/甲科/3/5": REFUSED},
        ),
        *_columns(),
        *_merges(),
        *_astray(),
    ]


def _columns() -> list[Act]:
    def insert(col: int) -> Change:
        return _sheet(lambda sheet: sheet.insert_cols(col))

    def delete(col: int) -> Change:
        return _sheet(lambda sheet: sheet.delete_cols(col))

    moved = "COLUMNS_MOVED L4"
    form = {f"申报/1#{one}": None for one in _FORM_TEXTS} | {f"申报/1#{one}": REFUSED for one in _FORM_CHOICES}
    return [
        edits("表中间插入一列", insert(3), moved, lost=True),
        edits("最左边插入一列", insert(1), "SHEET_MISSING", lost=True),
        edits("表右边插入一列", insert(13)),
        edits("删去“单位”列", delete(7), moved, lost=True),
        edits("删去“说明及佐证”列", delete(11), moved, lost=True),
        edits("删去隐藏的行标识列", delete(1), "SHEET_MISSING", lost=True),
        edits("删去隐藏的校验列", delete(12), moved, lost=True),
        edits(
            "申报表插入一列",
            lambda edited: edited.book[FORM].insert_cols(2),
            f"COLUMNS_MOVED {FORM}!B3",
            "SPECIAL_WITHOUT_FORM F91",
            changed=form,
        ),
    ]


_FORM_TEXTS = ("特色工作名称", "主要创新点", "主要内容", "进展情况和主要成效", "联系人", "联系电话")
_FORM_CHOICES = ("对应项目", "市局认可", "市局加分")


def _merge(area: str, sheet: str = SECTION) -> Change:
    return lambda edited: edited.book[sheet].merge_cells(area)


def _merges() -> list[Act]:
    below = "业务/甲科/3/5"
    return [
        edits("两个填报格上下合并", _merge("F32:F33"), "CELLS_MERGED F33", changed={below: REFUSED}),
        edits("填报格与右边合并", _merge("F32:G32")),
        edits("填报格与左边合并", _merge("E32:F32"), "CELLS_MERGED F32", changed={COUNT: REFUSED}),
        edits(
            "说明格上下合并",
            _merge("K62:K63"),
            "CELLS_MERGED K63",
            "NOTE_MISSING K63",
            changed={"业务/甲科/5/8@2#说明": None},
        ),
        edits("申报表的两栏合并", _merge("C5:C6", FORM), f"CELLS_MERGED {FORM}!C6", changed={"申报/1#进展情况和主要成效": None}),
    ]


def _dated(sheet, blank: str, beside: str) -> None:
    sheet[blank].value, sheet[beside].value = None, datetime.date(2021, 3, 5)


def _astray() -> list[Act]:
    gone = {COUNT: REFUSED}
    return [
        edits("答案写在右边一格", put({"G32": 9}), "ANSWER_ASTRAY G32"),
        edits("答案写在左边一格", put({"E32": 9}), "ANSWER_ASTRAY E32"),
        edits("答案写在“扣/得分”右边", put({"I32": 9}), "ANSWER_ASTRAY I32"),
        edits("答案只写在右边一格", put({"F32": None, "G32": "9次"}), "ANSWER_ASTRAY G32", changed=gone),
        edits("答案只写在表外", put({"F32": None, "Z32": 9}), "ANSWER_ASTRAY Z32", changed=gone),
        edits("表外自己的一列数，碰到没有填的格", put({"F32": None, "Z32": 9, "Z33": 1}), changed={COUNT: None}),
        edits("表外写了办理日期，旁边没有填", lambda edited: _dated(edited.book[SECTION], "F32", "N32"), changed={COUNT: None}),
        edits("表外一列数，旁边都没有填", put({"F32": None, "F33": None, "P32": 0, "P33": 1.5}), "ANSWER_ASTRAY P32", "ANSWER_ASTRAY P33", changed={COUNT: REFUSED, "业务/甲科/3/5": REFUSED}),
        edits("表下写了“科室负责人（签字）”", put({"F120": "科室负责人（签字）："}), "ASTRAY_BESIDE F120"),
        edits("表外另有自己的数", put({"Z32": 9})),
        edits("答案写在考评项的行", put({"F6": 9}), "ANSWER_ASTRAY F6"),
        edits("表尾以下写了数", put({"F120": 9}), "ANSWER_ASTRAY F120"),
        edits("申报表的一栏整格画了删除线", lambda edited: setattr(edited.book[FORM]["C5"], "font", Font(strike=True)), f"ANSWER_STRUCK {FORM}!C5"),
        edits("申报表写在旁边", put({"C5": None, "D5": "写错格"}, FORM), f"ANSWER_ASTRAY {FORM}!D5", changed={"申报/1#主要内容": None}),
        edits("申报表写在下面", put({"C30": "写在下面"}, FORM), f"ASTRAY_BESIDE {FORM}!C30"),
        edits("批注里写了另一个数", lambda edited: setattr(edited.book[SECTION]["F32"], "comment", Comment("应为9次", "")), "COMMENTS_UNREAD"),
        edits("粘贴盖掉了下拉和提示", _sheet(lambda sheet: setattr(sheet.data_validations, "dataValidation", []))),
        edits("保护已撤销", _sheet(lambda sheet: setattr(sheet.protection, "sheet", False))),
        edits("拖动填充，盖住下面两格", put({"F33": 3, "F35": 3}), changed={"业务/甲科/3/5": D(3), LABELLED: D(3)}),
        edits("填报格剪切到下一格", put({"F32": None, "F33": 3}), changed={COUNT: None, "业务/甲科/3/5": D(3)}),
    ]


# --- acts: what is done to sheets and workbooks --------------------------------------------------------------------------


def _named(sheet: str, name: str) -> Change:
    return lambda edited: setattr(edited.book[sheet], "title", name)


def _state(sheet: str, state: str) -> Change:
    return lambda edited: setattr(edited.book[sheet], "sheet_state", state)


def _without(*sheets: str) -> Change:
    def change(edited: Edited) -> None:
        for sheet in sheets:
            edited.book.remove(edited.book[sheet])

    return change


def _twin(name: str, of: str = SECTION, old: str = "") -> Change:
    """The sheet copied; the copy has another answer."""

    def change(edited: Edited) -> None:
        twin = edited.copy(of)
        if old:
            edited.book[of].title = old
        twin.title = name
        if of == SECTION:
            twin["F32"].value = 9

    return change


def _sheets() -> list[Act]:
    form = {f"申报/1#{one}": None for one in _FORM_TEXTS}
    return [
        edits("工作表改名", _named(SECTION, "Sheet1"), "SHEET_RENAMED Sheet1!"),
        edits("工作表改成另一科室的名字", _named(SECTION, OTHER), f"SHEET_RENAMED {OTHER}!"),
        edits("申报表改名", _named(FORM, "特色"), "SHEET_RENAMED 特色!"),
        edits("识别页改名", _named(MANIFEST_SHEET, "x")),
        edits("工作表隐藏", _state(SECTION, "hidden"), "SHEET_HIDDEN"),
        edits("工作表深度隐藏", _state(SECTION, "veryHidden"), "SHEET_HIDDEN"),
        edits("识别页取消隐藏", _state(MANIFEST_SHEET, "visible")),
        edits("工作表调换顺序", lambda edited: edited.book.move_sheet(SECTION, 2)),
        edits("加一张自己的工作表", lambda edited: edited.book.create_sheet("备注")),
        edits("删去填表说明", _without("填表说明")),
        edits("删去申报表", _without(FORM), f"FORM_SHEET_MISSING {FORM}!", "SPECIAL_WITHOUT_FORM F91", changed=form),
        edits("删去识别页", _without(MANIFEST_SHEET), "MANIFEST_MISSING", lost=True),
        edits("只把考评表移到新工作簿", _without("填表说明", FORM, MANIFEST_SHEET), "MANIFEST_MISSING", lost=True),
        edits("工作表在簿内复制一张，改了副本", _twin("甲科 (2)"), "SHEET_COPIED 甲科 (2)!"),
        edits(
            "副本顶替原名，原表改名", _twin(SECTION, old="旧"), "SHEET_COPIED 旧!", changed={COUNT: D(9)}
        ),
        edits("原表和副本都改了名", _twin("新", old="旧"), "SHEET_COPIED 新!", "SHEET_RENAMED 旧!"),
        edits("申报表复制一张", _twin("副本", of=FORM), "SHEET_COPIED 副本!"),
        edits("没有计算就保存", lambda edited: edited.forget_values(), "NOT_CALCULATED"),
        edits("公式全变成了数", _no_formulas, "FORMULAS_GONE"),
        Act("只把数值粘到新工作簿", lambda: {FILE: _values_only()}, ("MANIFEST_MISSING",), lost=True),
    ]


def _no_formulas(edited: Edited) -> None:
    for row in edited.book[SECTION].iter_rows():
        for cell in row:
            if cell.data_type == "f":
                cell.value = edited.shown(cell)


def _values_only() -> bytes:
    book = Workbook()
    book.active.title = SECTION
    for row in Edited(honest()).book[SECTION].iter_rows():
        for cell in row:
            if cell.value is not None and cell.data_type != "f":
                book.active[cell.coordinate].value = cell.value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


# --- acts: with intent -----------------------------------------------------------------------------------------------------


def _manifest(changes: Mapping[tuple[str, int], object]) -> Change:
    """(field, column) → what then stands there, in the rows of the hidden sheet."""

    def change(edited: Edited) -> None:
        for row in edited.book[MANIFEST_SHEET].iter_rows(min_row=2):
            name = row[0].value
            for (field_, col), value in changes.items():
                if field_ == name:
                    row[col - 1].value = value

    return change


def _every_print(value: object) -> Change:
    def change(edited: Edited) -> None:
        for row in edited.book[MANIFEST_SHEET].iter_rows(min_row=2):
            if row[4].value == INPUT:
                row[5].value = value

    return change


def _no_prints(edited: Edited) -> None:
    for row in edited.book[MANIFEST_SHEET].iter_rows(min_row=2):
        if row[4].value == INPUT:
            row[0].value = None


def _shows(ref: str, value: object, new_formula: str = "") -> Change:
    def change(edited: Edited) -> None:
        cell = edited.book[SECTION][ref]
        edited.formula(SECTION, ref, new_formula or cell.value, value)

    return change


def _texts() -> list[Act]:
    gone = {COUNT: REFUSED}
    return [
        edits("细则文字改成对自己有利的", put({"C32": "每次扣0.1分"}), "RUBRIC_CHANGED C32"),
        edits("细则文字改了，原文藏在表外", put({"C32": "每次扣0.1分", "Z32": _text_of(COUNT)}), "RUBRIC_CHANGED C32"),
        edits("细则文字换成另一条的", put({"C32": _text_of("业务/甲科/3/5")}), "RUBRIC_CHANGED C32", changed=gone),
        edits("细则文字删去", put({"C32": None}), "RUBRIC_CHANGED C32"),
        edits("分行的文字改了", put({"C18": "本科室平均值"}), "RUBRIC_CHANGED C18"),
        edits("分值改大", put({"E6": 100}), "PRINT_CHANGED E6"),
        edits("分值删去", put({"E6": None}), "PRINT_CHANGED E6"),
        edits("分值 10 变成数 10", put({"E6": 10})),
        edits("分值 10 写成“10.0 ”", put({"E6": "10.0 "})),
        edits("计分办法改轻", put({"D32": "每次扣0.1分"}), "PRINT_CHANGED D32"),
        edits("计分方式改了", put({"D6": "不扣分"}), "PRINT_CHANGED D6"),
        edits("考评项的名称改了", put({"C6": "自选动作"}), "PRINT_CHANGED C6"),
        edits("单位改了", put({"G11": "件"}), "PRINT_CHANGED G11"),
        edits("旧表的分值改大（旧表上印的已无从核对）", together(put({"E6": 100}), _manifest({("@fingerprint", 6): "0" * 16})), "OLD_FORM"),
        edits("标题改成去年", put({"B1": "2020年度考评表"})),
        edits("总分改成 100", put({"I92": 100}), "FORMULA_OVERWRITTEN I92", "FIGURE_DIFFERS I92", figures=True),
        edits("一条的扣分改成 0", put({"H7": 0}), "FORMULA_OVERWRITTEN H7"),
        edits("状态改成“已填”", put({"J32": "已填"}), "FORMULA_OVERWRITTEN J32"),
        edits("进度改成“可以报送”", put({"C3": "可以报送"}), "FORMULA_OVERWRITTEN C3"),
        edits("校验码改了", put({"F97": "AAAA"}), "FIGURE_DIFFERS F97", "FORMULA_OVERWRITTEN F97", figures=True),
        edits("总分的公式留着，存下的结果伪造", _shows("I92", 99), "FIGURE_DIFFERS I92", figures=True),
        edits("总分的公式换成 =99", _shows("I92", 99, "=99"), "FIGURE_DIFFERS I92", figures=True),
        edits("本项得分存下的结果伪造", _shows("I6", 10), "FIGURE_DIFFERS I6", figures=True),
        edits("扣分的公式改了，结果照旧", _shows("H7", -3, "=0-3"), figures=True),
    ]


def _text_of(clause: str) -> str:
    return small_rules().scheme.clause_by_id[clause].text


def _keys() -> list[Act]:
    gone = {COUNT: REFUSED}
    key = f"KEY_MISSING {COUNT}"
    both = ("RUBRIC_CHANGED C7", "RUBRIC_CHANGED C32")
    award = {sh.AWARD: REFUSED, YES_NO: REFUSED}
    notes = {"业务/甲科/5/8@1#说明": None, "业务/甲科/5/8@2#说明": None, "业务/甲科/5/8@1": REFUSED, "业务/甲科/5/8@2": REFUSED}
    works = {"申报/1#主要创新点": None, "申报/1#主要内容": None}
    return [
        edits("两条细则的行标识对调", _swap(*_AWAY, (1,)), *both, changed={FIRST: REFUSED, COUNT: REFUSED}),
        edits("“市局加分”与一条细则的行标识对调", _swap(sh.AWARD, YES_NO, (1,)), "RUBRIC_CHANGED C12", "RUBRIC_CHANGED C90", changed=award),
        edits(
            "“市局加分”与“自评确认”的行标识对调",
            _swap(sh.AWARD, sh.CONFIRM, (1,)),
            "RUBRIC_CHANGED C90",
            "RUBRIC_CHANGED C93",
            changed={sh.AWARD: REFUSED, sh.CONFIRM: REFUSED},
        ),
        edits("“填表人”与“建议”的行标识对调", _swap("填表人", "建议", (1,)), "RUBRIC_CHANGED B94", "RUBRIC_CHANGED B95", changed={"填表人": None}),
        edits("两件事的行标识对调", _swap(EVENT, "业务/甲科/5/8@2", (1,)), "RUBRIC_CHANGED C62", "RUBRIC_CHANGED C63", changed=notes),
        edits(
            "申报表两栏的行标识对调",
            put({"A4": "申报/1#主要内容", "A5": "申报/1#主要创新点"}, FORM),
            f"RUBRIC_CHANGED {FORM}!B4",
            f"RUBRIC_CHANGED {FORM}!B5",
            changed=works,
        ),
        edits("行标识删去", put({"A32": None}), key, "ANSWER_ASTRAY F32", changed=gone),
        edits("行标识改成乱码", put({"A32": "x"}), key, "ANSWER_ASTRAY F32", changed=gone),
        edits("行标识改成另一科室的", put({"A32": OTHERS}), key, "ANSWER_ASTRAY F32", changed=gone),
        edits(
            "行标识抄一份给下一行",
            put({"A33": COUNT}),
            "KEY_TWICE A33",
            "KEY_MISSING 业务/甲科/3/5",
            "ANSWER_ASTRAY F33",
            changed=gone | {"业务/甲科/3/5": REFUSED},
        ),
        edits("申报表的行标识删去", put({"A4": None}, FORM), "KEY_MISSING 申报1-甲科!申报/1#主要创新点", f"ANSWER_ASTRAY {FORM}!C4", changed={"申报/1#主要创新点": None}),
        edits("工作表的标识改成另一科室的", put({"A1": f"@科室/{OTHER}"}), "SHEET_FOREIGN", "SHEET_MISSING", "SHEET_RENAMED", lost=True),
        edits("工作表的标识删去", put({"A1": None}), "SHEET_MISSING", lost=True),
        edits("表头的标识移走", put({"L4": None}), "COLUMNS_MOVED L4", lost=True),
        edits("表尾加一行自造的加分", _stranger(_END, "业务/甲科/5/99", "新加的加分"), "ANSWER_ASTRAY F100"),
        edits("表尾粘进另一科室的一行", _stranger(_END, OTHERS, _text_of(OTHERS)), "ANSWER_ASTRAY F100"),
        edits("另一科室的一行盖住自己的", _stranger(32, OTHERS, _text_of(OTHERS)), key, "ANSWER_ASTRAY F32", changed=gone),
    ]


def _manifests() -> list[Act]:
    forged = {("@year", 6): "2020"}
    gone = {COUNT: REFUSED}
    return [
        edits("识别页的年度改了", _manifest(forged), "WRONG_YEAR", lost=True),
        edits("识别页的方案改了", _manifest({("@scheme", 6): "x"}), "WRONG_SCHEME", lost=True),
        edits("识别页的科室改了", _manifest({("@fingerprint", 2): OTHER}), "SHEET_FOREIGN", f"SHEET_FOREIGN {FORM}!", f"SHEET_MISSING {OTHER}!", lost=True),
        edits("识别页的指纹改了", _manifest({("@fingerprint", 6): "0" * 16}), "OLD_FORM"),
        edits("识别页的口径指纹改了", _manifest({("@policies", 6): "0" * 12})),
        edits("识别页的收件科室、种类、次数、前一稿改了", _manifest({("@recipient", 6): OTHER, ("@kind", 6): "x", ("@round", 6): "-1", ("@parent", 6): "a" * 64})),
        edits("识别页里一个格子的位置改了", _manifest({(COUNT, 4): "F33"})),
        edits("识别页里一条细则的指纹改了", _manifest({(COUNT, 6): "0" * 12}), "CLAUSE_CHANGED F32", changed=gone),
        edits("识别页里全部细则的行删去", _no_prints),
        edits("细则文字改了，它的指纹也改了", together(put({"C32": "改过"}), _manifest({(COUNT, 6): "0" * 12})), "CLAUSE_CHANGED F32", changed=gone),
        edits("识别页的表头改了", put({"A1": "x"}, MANIFEST_SHEET), "MANIFEST_MISSING", lost=True),
        Act("分值更轻的旧表，指纹全部改成现在的", lambda: {FILE: _forged_older()}, ("PRINT_CHANGED D32", "FIGURE_DIFFERS I23", "FIGURE_DIFFERS I73", "FIGURE_DIFFERS I92"), figures=True),
        Act("自己的工作簿里夹带另一科室的表", lambda: {FILE: _smuggled(False)}, (f"SHEET_FOREIGN {OTHER}!",)),
        Act(
            "夹带另一科室的表，识别页也补齐",
            lambda: {FILE: _smuggled(True)},
            ("SECTIONS_TOGETHER", f"FORM_SHEET_MISSING 申报1-{OTHER}!"),
            others=(OTHER,),
        ),
    ]


@functools.cache
def of_other() -> bytes:
    rules = small_rules()
    section = rules.scheme.section(OTHER)
    return section_workbook(rules, section, template(), _of_other())


def _of_other() -> dict[str, object]:
    more = {"特色/相关科室/2/1@1": D(0)}
    return {OTHERS: D(5), sh.CONFIRM: m.YES, sh.PROPOSED: D(0), sh.AWARD: m.NO, **more}


def _smuggled(with_manifest: bool) -> bytes:
    edited, other = Edited(honest()), Edited(of_other())
    edited.adopt(other, OTHER)
    for row in other.book[MANIFEST_SHEET].iter_rows(min_row=2) if with_manifest else ():
        if row[1].value == OTHER:
            edited.book[MANIFEST_SHEET].append([cell.value for cell in row])
    return edited.bytes()


def _older(**changes) -> bytes:
    """The return on a form whose clause was once another."""
    scheme = small_rules().scheme
    items = tuple(
        dataclasses.replace(
            item, clauses=tuple(dataclasses.replace(c, **changes) if c.id == OWNED else c for c in item.clauses)
        )
        for item in scheme.items
    )
    rules = Rulebook(dataclasses.replace(scheme, items=items, extra={}))
    return section_workbook(rules, scheme.section(SECTION), template(), entries())


def _forged_older() -> bytes:
    edited, now = Edited(_older(points=D("0.1"))), Edited(honest())
    issued = {row[0].value: row[5].value for row in now.book[MANIFEST_SHEET].iter_rows(min_row=2)}
    for row in edited.book[MANIFEST_SHEET].iter_rows(min_row=2):
        row[5].value = issued[row[0].value]
    return edited.bytes()


# --- acts: which files are sent ---------------------------------------------------------------------------------------------


@functools.cache
def _changed(value: int) -> bytes:
    return typed({COUNT: number(value)})


@functools.cache
def _elsewhere(**facts) -> bytes:
    scheme = small_rules().scheme
    rules = Rulebook(dataclasses.replace(scheme, extra={}, **facts))
    return section_workbook(rules, scheme.section(SECTION), template(), entries())


@functools.cache
def _plain(**more) -> bytes:
    rules = small_rules()
    return section_workbook(rules, rules.scheme.section(SECTION), template(), **more)


def _round() -> bytes:
    rules = small_rules()
    parent = hashlib.sha256(honest()).hexdigest()
    return section_workbook(rules, rules.scheme.section(SECTION), template(), entries() | {COUNT: D(4)}, 1, parent)


def _whole(**of: Mapping[str, object]) -> bytes:
    return whole_workbook(small_rules(), template(), of)


def _files() -> list[Act]:
    last, mine, conflict = "最终.xlsx", FILE, "CONFLICTING_RETURNS"
    final, own = "甲科最终.xlsx", "乙科.xlsx"
    gone = {OWNED: REFUSED}
    return [
        Act("同一份发了两遍", lambda: {mine: honest(), last: honest()}, (f"FILE_IDENTICAL {mine}|",)),
        Act(
            "同样的填报存了两份",
            lambda: {mine: honest(), last: samples.replaced(honest(), "docProps/app.xml", b"<Properties/>")},
            (f"ANSWERS_IDENTICAL {mine}|",),
        ),
        Act("两份不同的表", lambda: {mine: honest(), final: _changed(4)}, (f"{conflict} {mine}|", f"{conflict} {final}|"), lost=True),
        Act("退回修改后又发一份（前一份还在）", lambda: {mine: honest(), last: _round()}, (f"REPLACED_BY_ROUND {mine}|",), {COUNT: D(4)}),
        Act("空表和填好的表都发了", lambda: {mine: honest(), last: _plain()}, (f"SHEET_UNTOUCHED {last}|",)),
        Act("发了空表", lambda: {mine: _plain()}, ("SHEET_UNTOUCHED",), lost=True),
        Act("拿错了，填的是另一科室的表", lambda: {mine: of_other()}, (f"FILE_NAMED_OTHERWISE {OTHER}!",), lost=True, others=(OTHER,)),
        Act(
            "另一科室的表被两个科室各填一份",
            lambda: {mine: of_other(), own: _others_other()},
            (f"FILE_NAMED_OTHERWISE {mine}|{OTHER}!", f"{conflict} {mine}|{OTHER}!", f"{conflict} {own}|{OTHER}!"),
            lost=True,
        ),
        Act("文件名写的是收表的科室", lambda: {"报乙科考评表.xlsx": honest()}),
        Act("文件夹名写的是转来的科室", lambda: {"乙科转来/考评表.xlsx": honest()}),
        Act("去年的表", lambda: {mine: _elsewhere(year=2020)}, ("WRONG_YEAR",), lost=True),
        Act("去年的表和今年的表都发了", lambda: {mine: honest(), last: _elsewhere(year=2020)}, (f"WRONG_YEAR {last}|",)),
        Act("别的单位的表", lambda: {mine: _elsewhere(id="别局-2021")}, ("WRONG_SCHEME",), lost=True),
        Act("演示用的表", lambda: {mine: _demo()}, ("WRONG_SCHEME",), lost=True),
        Act("上周下发的旧表，一条细则后来改了分值", lambda: {mine: _older(points=D(1))}, ("CLAUSE_CHANGED F32", "OLD_FORM", "FIGURE_BY_OLD_POLICY I92"), gone),
        Act("上周下发的旧表，一条细则后来改了文字", lambda: {mine: _older(text="旧的细则文字")}, ("CLAUSE_CHANGED F32", "OLD_FORM"), gone),
        Act("用整本考评表报送，只填了自己的", lambda: {mine: _whole(甲科=entries())}),
        Act("整本考评表里填了两个科室", lambda: {mine: _whole(甲科=entries(), 乙科=_of_other())}, ("SECTIONS_TOGETHER",), others=(OTHER,)),
        Act("自己的表移进了另一科室的工作簿", lambda: {mine: _moved_in()}, ("SHEET_FOREIGN", f"FILE_NAMED_OTHERWISE {OTHER}!"), lost=True, others=(OTHER,)),
    ]


def _others_other() -> bytes:
    rules = small_rules()
    return section_workbook(rules, rules.scheme.section(OTHER), template(), _of_other() | {OTHERS: D(6)})


def _moved_in() -> bytes:
    edited = Edited(of_other())
    edited.adopt(Edited(honest()), SECTION)
    return edited.bytes()


def _demo() -> bytes:
    rules = rules_2021()
    return section_workbook(rules, rules.scheme.section("办公室"), template(), {sh.CONFIRM: m.YES})


#: Heading in docs/可靠性.md → its acts.
GROUPS: tuple[tuple[str, Callable[[], list[Act]]], ...] = (
    ("格子里填的", _typing),
    ("公式", _formulas),
    ("行、列、合并、写错地方", _rows),
    ("工作表", _sheets),
    ("改印好的文字和数", _texts),
    ("改行标识", _keys),
    ("改识别页、夹带", _manifests),
    ("发来的是哪份", _files),
)


@functools.cache
def acts() -> tuple[Act, ...]:
    return tuple(act for _, group in GROUPS for act in group())
