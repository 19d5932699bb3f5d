"""The live comparison of the two passes: every rule once in Python and once in Excel, side by side.

Comes in: the inputs of one row in this pass and in the other. Goes out: helper values of that row, the words beside it and
the line at the top of the sheet, as they are now and as formulas. For the clerk's eyes only: what is typed is read and
judged afresh when the workbook comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from workbook_builder.ballots.votes import ABSTAINED, BLANK_BALLOT, VOID_BALLOT
from workbook_builder.layout.plan import CellValue
from workbook_builder.rules import slots as sl
from workbook_builder.rules.excel import number, quoted
from workbook_builder.rules.slots import Slot

#: Values of a flag: fine, unlike the other pass, not acceptable.
FINE, UNLIKE, WRONG = 0, 1, 2
UNTOUCHED = "尚未录入"


@dataclass(frozen=True, slots=True)
class RowCheck:
    """One row of one pass. `used`, `void`: of this pass; `pair`: both passes used it; `compared`: and it is not void."""

    used: int
    void: int
    pair: int
    compared: int
    flags: tuple[int, ...]
    own_side: bool

    @property
    def wrong(self) -> int:
        return self.flags.count(WRONG)

    @property
    def unlike(self) -> int:
        return self.flags.count(UNLIKE)

    @property
    def single(self) -> int:
        return int(self.own_side and not self.pair)

    @property
    def text(self) -> str:
        if not self.own_side:
            return ""
        if self.wrong:
            return "有误"
        if not self.pair:
            return "等另一遍" if self.used else "这一遍未录"
        if not self.compared:
            return "作废"
        return f"{self.unlike} 处不一致" if self.unlike else "一致"


def check_row(
    own: Sequence[CellValue], other: Sequence[CellValue], slot: Slot, sections: Sequence[str]
) -> RowCheck:
    """Inputs in the order 特别情况, votes, 填票科室."""
    used, used_there = (int(any(v is not None for v in row)) for row in (own, other))
    void, void_there = (int(row[0] == VOID_BALLOT) for row in (own, other))
    pair = used * used_there
    compared = pair * (1 - void * void_there)
    filled = sum(v is not None for v in own)
    flags = []
    for place, (value, there) in enumerate(zip(own, other, strict=True)):
        if place == 0:
            wrong = value not in (None, BLANK_BALLOT, VOID_BALLOT) or (value == BLANK_BALLOT and filled > 1)
        elif place == len(own) - 1:
            wrong = value is not None and value not in sections
        else:
            wrong = not _acceptable(slot, value)
        unlike = bool(compared) and _text(value) != _text(there)
        flags.append(WRONG if wrong else UNLIKE if unlike else FINE)
    return RowCheck(used, void, pair, compared, tuple(flags), bool(used or used_there))


def _acceptable(slot: Slot, value: CellValue) -> bool:
    if isinstance(value, Decimal):
        return sl.state(slot, value, True) == sl.FILLED
    return value is None or value == ABSTAINED


def _text(value: CellValue) -> str:
    if value is None:
        return ""
    return number(value) if isinstance(value, Decimal) else str(value).casefold()


def check_line(rows: Sequence[RowCheck]) -> str:
    """The line at the top of a sheet."""
    wrong, unlike, single, pairs = (
        sum(getattr(row, name) for row in rows) for name in ("wrong", "unlike", "single", "pair")
    )
    if wrong + unlike + single + pairs == 0:
        return UNTOUCHED
    if wrong + unlike + single == 0:
        return f"两遍一致，共 {pairs} 张"
    texts = ((wrong, "这一遍有 {} 格有误　"), (unlike, "有 {} 处不一致　"), (single, "还有 {} 张只录了一遍　"))
    return "".join(text.format(count) for count, text in texts if count)


# --- the same in Excel ---------------------------------------------------------------------------------------------


def used_formula(row: str) -> str:
    """`row` begins at the number of the ballot, which always stands there."""
    return f"IF(COUNTA({row})>1,1,0)"


def void_formula(mark: str) -> str:
    return f"IF(ISERROR({mark}),0,IF({mark}={quoted(VOID_BALLOT)},1,0))"


def compared_formula(pair: str, void: str, void_there: str) -> str:
    return f"{pair}*(1-{void}*{void_there})"


def mark_wrong(value: str, row: str) -> str:
    """Whether 特别情况 is not acceptable."""
    known = f'AND({value}<>"",{value}<>{quoted(BLANK_BALLOT)},{value}<>{quoted(VOID_BALLOT)})'
    return f"OR({known},AND({value}={quoted(BLANK_BALLOT)},COUNTA({row})>2))"


def vote_wrong(value: str, slot: Slot) -> str:
    """Whether a vote is not acceptable."""
    fits = sl.number_formula(slot, value)
    return f'IF(ISNUMBER({value}),NOT({fits}),AND({value}<>"",{value}<>{quoted(ABSTAINED)}))'


def own_wrong(value: str, words: str) -> str:
    """Whether 填票科室 is not acceptable."""
    return f'AND({value}<>"",COUNTIF({words},{value})=0)'


def flag_formula(value: str, there: str, wrong: str, compared: str) -> str:
    unlike = f'IF(ISERROR({there}),{UNLIKE},IF({value}&""={there}&"",{FINE},{UNLIKE}))'
    return f"IF(ISERROR({value}),{WRONG},IF({wrong},{WRONG},IF({compared}=1,{unlike},{FINE})))"


def text_formula(used: str, used_there: str, compared: str, wrong: str, unlike: str) -> str:
    both = f'IF({compared}=0,"作废",IF({unlike}>0,{unlike}&" 处不一致","一致"))'
    single = f'IF({used}=1,"等另一遍","这一遍未录")'
    told = f'IF({wrong}>0,"有误",IF({used}+{used_there}=1,{single},{both}))'
    return f'IF({used}+{used_there}=0,"",{told})'


def line_formula(wrong: str, unlike: str, single: str, pairs: str) -> str:
    texts = (
        f'IF({wrong}>0,"这一遍有 "&{wrong}&" 格有误　","")'
        f'&IF({unlike}>0,"有 "&{unlike}&" 处不一致　","")'
        f'&IF({single}>0,"还有 "&{single}&" 张只录了一遍　","")'
    )
    good = f'IF({wrong}+{unlike}+{single}=0,"两遍一致，共 "&{pairs}&" 张",{texts})'
    return f"IF({wrong}+{unlike}+{single}+{pairs}=0,{quoted(UNTOUCHED)},{good})"
