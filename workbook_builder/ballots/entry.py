"""测评录入表.xlsx: paper ballots typed twice, two sheets per rater group, compared cell by cell while typing.

Comes in: a scheme, and what has been typed so far. Goes out: the workbook's bytes. A row per ballot, a column per section;
sheets are known by a hidden row of keys, rows by 票号, so that what is typed is found again whatever is renamed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.ballots import checks, forms
from workbook_builder.ballots.guide import write_guide
from workbook_builder.ballots.pen import Look, Pen, row_height
from workbook_builder.ballots.votes import BLANK_BALLOT, VOID_BALLOT, scale_of, vote_slot
from workbook_builder.excel.palette import (
    FANG,
    GOOD,
    GREEN,
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
from workbook_builder.intake.refs import column_letters
from workbook_builder.layout.plan import CellValue, address
from workbook_builder.rules.excel import block, number

#: What was typed in one pass: ballot number → column key → value.
Typed = Mapping[int, Mapping[str, CellValue]]


@dataclass(frozen=True, slots=True)
class EntryReading:
    """What has been typed in an entry workbook: scale it was typed on, (group, pass) → rows."""

    scale: Decimal
    typed: Mapping[tuple[str, str], Typed] = field(repr=False)

    @property
    def given(self) -> bool:
        return any(self.typed.values())


#: Rows drawn at first; more are added while fewer than _SPARE are left.
_ROWS, _SPARE = 60, 20
_KEYS, _TITLE_ROW, _CHECK_ROW, _HEAD_ROW, _FIRST = 1, 2, 3, 4, 5
_NO, _MARK = 1, 2
_WIDTHS = {"no": 6.0, "mark": 10.0, "vote": 12.5, "own": 23.0, "gap": 1.5, "text": 13.0, "helper": 6.0}
#: Sixty rows, head and signature on two pages for ten sections.
_ROW_HEIGHT = 17.5
_TITLE = Look(TITLE, 18, align="center")
_CHECK = Look(HEI, 12, color=RED, fill=PALE)
_HEAD = Look(HEI, 11, color=WHITE, fill=NAVY, border=LINE, align="center")
_NUMBER = Look(FANG, 11, border=LINE, align="center")
_INPUT = Look(FANG, 11, fill=INPUT, border=INPUT_LINE, align="center", unlocked=True)
_TEXT = Look(FANG, 11, color=SOFT_INK, border=LINE, align="center")
_HELPER = Look(FANG, 9, color=SOFT_INK)
_NOTE = Look(FANG, 11, color=SOFT_INK)
_SIGN = Look(FANG, 12, valign="bottom")
#: Whoever typed a pass answers for it; the second pass is another person's.
_SIGNERS = "录入人（签字）：　　　　　　　　　　　　　　核对人（签字）：　　　　　　　　　　　　　　　　　　年　　月　　日"
_HEADS = {forms.MARK_KEY: "特别情况", forms.OWN_KEY: "填票科室\n（可不填）"}


def entry_book(scheme: m.Scheme, kept: EntryReading | None = None) -> bytes:
    """The entry workbook; with `kept` everything typed so far stands in it again."""
    kept = kept if kept is not None and kept.given else EntryReading(scale_of(scheme), {})
    groups = [group.name for group in scheme.rater_groups]
    groups += sorted({group for group, _ in kept.typed if kept.typed[group, _]} - set(groups))
    sheets = forms.pass_sheets(groups)
    pen = Pen()
    write_guide(pen, scheme)
    for group in groups:
        for own, other in (forms.PASSES, forms.PASSES[::-1]):
            _PassSheet(pen, scheme, kept, group, own, sheets[group, own], other, sheets[group, other]).write()
    # The scale is that on which the entries were typed: a policy changed since then must not re-interpret them.
    meta = forms.meta(scheme, forms.ENTRY_KIND, "、".join(groups), "", number(kept.scale))
    return pen.bytes(meta, (), scheme.password, forms.GUIDE_SHEET)


def _keys(scheme: m.Scheme, kept: EntryReading, group: str) -> tuple[str, ...]:
    """Columns of both passes of a group: sections of the scheme, then former ones that hold entries."""
    sections = [forms.section_key(section.name) for section in scheme.sections]
    known = {forms.MARK_KEY, forms.OWN_KEY, *sections}
    rows = [row for which in forms.PASSES for row in kept.typed.get((group, which), {}).values()]
    former = sorted({key for row in rows for key in row} - known)
    return (forms.MARK_KEY, *sections, *former, forms.OWN_KEY)


class _PassSheet:
    """One sheet: a group's first or second pass."""

    def __init__(self, pen: Pen, scheme: m.Scheme, kept: EntryReading, group: str, own: str, name: str, other: str, twin: str):
        self.pen, self.scheme, self.group, self.which, self.name = pen, scheme, group, own, name
        self.keys = _keys(scheme, kept, group)
        self.typed, self.typed_there = kept.typed.get((group, own), {}), kept.typed.get((group, other), {})
        self.slot = vote_slot(kept.scale)
        most = max((*self.typed, *self.typed_there, 0))
        # Both passes, all groups alike: a round number of rows with some to spare.
        self.count = max(_ROWS, -(-(most + _SPARE) // 20) * 20)
        self.last = _FIRST + self.count - 1
        self.twin = "'" + twin.replace("'", "''") + "'!"
        self.gap = _MARK + len(self.keys)
        self.text = self.gap + 1
        helpers = self.text + 1
        self.used, self.void, self.pair, self.compared = range(helpers, helpers + 4)
        self.flag = helpers + 4
        self.wrong, self.unlike, self.single = range(self.flag + len(self.keys), self.flag + len(self.keys) + 3)
        self.ws = pen.sheet(name, dict(self._widths()), landscape=True)

    def write(self) -> None:
        self._head()
        words = self._rules()
        found = [self._row(no, words) for no in range(1, self.count + 1)]
        self._totals(found)
        self._end()

    def _widths(self) -> Iterator[tuple[int, float]]:
        yield _NO, _WIDTHS["no"]
        yield _MARK, _WIDTHS["mark"]
        for col in range(_MARK + 1, self.gap - 1):
            yield col, _WIDTHS["vote"]
        yield self.gap - 1, _WIDTHS["own"]
        yield self.gap, _WIDTHS["gap"]
        yield self.text, _WIDTHS["text"]
        for col in range(self.text + 1, self.single + 1):
            yield col, _WIDTHS["helper"]

    def _head(self) -> None:
        pen, ws = self.pen, self.ws
        pen.put(ws, _KEYS, _NO, forms.sheet_id(self.group, self.which), _HELPER)
        for col, key in enumerate(self.keys, _MARK):
            pen.put(ws, _KEYS, col, key, _HELPER)
        ws.row_dimensions[_KEYS].hidden = True
        scale = number(self.slot.high)
        title = f"述职测评票录入：{self.group}　{self.which}（满分 {scale} 分）"
        pen.span(ws, _TITLE_ROW, _NO, self.text, title, _TITLE, 38)
        texts = [(forms.NUMBER_KEY, _WIDTHS["no"])]
        for key in self.keys:
            caption = _HEADS.get(key) or self._caption(key)
            texts.append((caption, _WIDTHS["vote"]))
        for col, (text, _) in enumerate(texts, _NO):
            pen.put(ws, _HEAD_ROW, col, text, _HEAD)
        pen.put(ws, _HEAD_ROW, self.text, "两遍核对", _HEAD)
        ws.row_dimensions[_HEAD_ROW].height = row_height([(text, width, _HEAD.size) for text, width in texts], 32)

    def _caption(self, key: str) -> str:
        name = forms.section_of(self.scheme, key) or key
        return name if self.scheme.section(name) else f"{name}\n（已不参评）"

    def _rules(self) -> str:
        """Drop-downs, ranges and red marks of the inputs; the range of the sections' names."""
        pen, ws = self.pen, self.ws
        words = pen.choices(ws, self._column(self.gap - 1), tuple(s.name for s in self.scheme.sections))
        pen.choices(ws, self._column(_MARK), (BLANK_BALLOT, VOID_BALLOT))
        votes = f"{address(_FIRST, _MARK + 1)}:{address(self.last, self.gap - 2)}"
        scale = number(self.slot.high)
        pen.numbers(ws, votes, scale, f"请填 0 至 {scale} 的数字；弃权的空着。")
        inputs = f"{address(_FIRST, _MARK)}:{address(self.last, self.gap - 1)}"
        pen.mark(ws, inputs, f"{address(_FIRST, self.flag)}>0", WRONG, RED)
        row = f"${column_letters(self.wrong)}{_FIRST}+${column_letters(self.unlike)}{_FIRST}"
        pen.mark(ws, self._column(self.text), f"{row}>0", "", RED)
        return words

    def _column(self, col: int) -> str:
        return f"{address(_FIRST, col)}:{address(self.last, col)}"

    def _row(self, no: int, words: str) -> checks.RowCheck:
        own = tuple(self.typed.get(no, {}).get(key) for key in self.keys)
        there = tuple(self.typed_there.get(no, {}).get(key) for key in self.keys)
        row = _FIRST + no - 1
        self.pen.put(self.ws, row, _NO, Decimal(no), _NUMBER)
        for col, value in enumerate(own, _MARK):
            self.pen.put(self.ws, row, col, value, _INPUT)
        texts = [(value, self.ws.column_dimensions[column_letters(col)].width, _INPUT.size) for col, value in enumerate(own, _MARK)]
        self.ws.row_dimensions[row].height = row_height([text for text in texts if isinstance(text[0], str)], _ROW_HEIGHT)
        found = checks.check_row(own, there, self.slot, tuple(s.name for s in self.scheme.sections))
        self._formulas(row, found, words)
        return found

    def _formulas(self, row: int, found: checks.RowCheck, words: str) -> None:
        """Helpers of one row. Inputs are read through blocks between locked rows, whole rows between locked cells."""
        used, void, pair, compared = (address(row, col) for col in (self.used, self.void, self.pair, self.compared))
        whole = f"${column_letters(_NO)}{row}:${column_letters(self.gap)}{row}"
        mark = self._input(_MARK)
        self._helper(row, self.used, checks.used_formula(whole), found.used)
        self._helper(row, self.void, checks.void_formula(mark), found.void)
        self._helper(row, self.pair, f"{used}*{self.twin}{used}", found.pair)
        self._helper(row, self.compared, checks.compared_formula(pair, void, self.twin + void), found.compared)
        for place, flag in enumerate(found.flags):
            value, there = self._input(_MARK + place), self._input(_MARK + place, self.twin)
            if place == 0:
                wrong = checks.mark_wrong(value, whole)
            elif place == len(found.flags) - 1:
                wrong = checks.own_wrong(value, words)
            else:
                wrong = checks.vote_wrong(value, self.slot)
            self._helper(row, self.flag + place, checks.flag_formula(value, there, wrong, compared), flag)
        flags = f"{address(row, self.flag)}:{address(row, self.wrong - 1)}"
        wrong, unlike = address(row, self.wrong), address(row, self.unlike)
        self._helper(row, self.wrong, f"COUNTIF({flags},{checks.WRONG})", found.wrong)
        self._helper(row, self.unlike, f"COUNTIF({flags},{checks.UNLIKE})", found.unlike)
        single = f"{used}+{self.twin}{used}-2*{pair}"
        self._helper(row, self.single, single, found.single)
        text = checks.text_formula(used, self.twin + used, compared, wrong, unlike)
        self.pen.formula(self.ws, row, self.text, text, found.text, _TEXT)

    def _input(self, col: int, sheet: str = "") -> str:
        inner = block(column_letters(col), 1, self.last + 1)
        return inner.replace("INDEX(", f"INDEX({sheet}", 1)

    def _helper(self, row: int, col: int, formula: str, value: int) -> None:
        self.pen.formula(self.ws, row, col, formula, value, _HELPER)

    def _totals(self, found: list[checks.RowCheck]) -> None:
        pen, ws = self.pen, self.ws
        names = {self.wrong: "wrong", self.unlike: "unlike", self.single: "single", self.pair: "pair"}
        for col, name in names.items():
            total = sum(getattr(row, name) for row in found)
            self._helper(_CHECK_ROW, col, f"SUM({self._column(col)})", total)
        totals = [address(_CHECK_ROW, col, True) for col in names]
        pen.span(ws, _CHECK_ROW, _NO, self.text, "", _CHECK, 26)
        pen.formula(ws, _CHECK_ROW, _NO, checks.line_formula(*totals), checks.check_line(found), _CHECK)
        wrong, unlike, single, pairs = totals
        good = f"AND({wrong}+{unlike}+{single}=0,{pairs}>0)"
        pen.mark(ws, address(_CHECK_ROW, _NO), good, GOOD, GREEN)

    def _end(self) -> None:
        ws = self.ws
        note = f"以上共 {self.count} 行。不够时重新生成录入表，会自动加行，已录的保留。"
        self.pen.span(ws, self.last + 1, _NO, self.text, note, _NOTE, 22)
        self.pen.span(ws, self.last + 2, _NO, self.text, _SIGNERS, _SIGN, 48)
        for col in range(self.text + 1, self.single + 1):
            ws.column_dimensions[column_letters(col)].hidden = True
        ws.freeze_panes = address(_FIRST, _MARK)
        # The last ballots, the note and the signature stay together.
        self.pen.pages(ws, self.last + 2, self.text, _HEAD_ROW, 4)
