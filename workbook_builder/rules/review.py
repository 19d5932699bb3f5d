"""What a reviewer's sheet makes of an answer: the basis, the 核定 laid over it, and what still keeps a clause open.

Comes in: the basis of a section (its answers under the city's figures) and the inputs of a review. Goes out: a
`ReviewScore`, and the same rules as Excel expressions. A changed figure needs a reason; without one it does not count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl
from workbook_builder.rules import special
from workbook_builder.rules.clauses import OPEN_TEXT
from workbook_builder.rules.excel import any_of, number, quoted
from workbook_builder.rules.items import Figure, ItemScore, Rulebook
from workbook_builder.rules.slots import NOT_ACCEPTED, Slot, SlotValue

TO_REVIEW, AGAIN, NO_REASON = "待核", "待重核", "缺理由"
#: What the check of a 核定 says when it counts.
USABLE = "可用"
AGAIN_FLAG = "重核"
CONFIRM, DONE = "核定确认", "核定完成"
FINISHED = "已完成"
READY_TEXT = "可以交回"
CHOOSE_DONE = "请在表末选“核定完成”"
#: States that say something is wrong, and states that wait for the reviewer.
WRONG = (sl.INVALID, NO_REASON)
WAITING = (TO_REVIEW, AGAIN, sl.MISSING)
CONFIRM_SLOT = Slot("", sl.CHOICE, choices=(m.YES,), blank=sl.EMPTY)
DONE_SLOT = Slot("", sl.CHOICE, choices=(m.YES, m.NO), blank=sl.EMPTY)
#: Begins and ends what the program keeps of a decision that has to be made again.
KEPT, KEPT_END = "【原核定", "】"
_BLANKS = (" ", "\u3000")


@dataclass(frozen=True, slots=True)
class Inputs:
    """What stands in the inputs of a review sheet: answer field → 核定 (核定确认 and 核定完成 too), field → 核定说明.

    again   clause ids and 特色工作 fields that are flagged 重核
    """

    values: Mapping[str, SlotValue] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    again: frozenset[str] = frozenset()

    @property
    def done(self) -> bool:
        return self.values.get(DONE) == m.YES

    @property
    def confirmed(self) -> bool:
        return self.values.get(CONFIRM) == m.YES


@dataclass(frozen=True, slots=True)
class Subject:
    """What is reviewed: items of a section, whether its special-work score too, and from which basis."""

    section: m.Section
    items: tuple[m.Item, ...]
    special: bool
    base: sh.Entries
    confirmed: bool

    @property
    def stems(self) -> tuple[str, ...]:
        """Clause ids in order, then the 特色工作 fields."""
        declared = (sh.AWARD, sh.PROPOSED) if self.special else ()
        return (*(clause.id for item in self.items for clause in item.clauses), *declared)


@dataclass(frozen=True, slots=True)
class ReviewScore:
    """Figures and states of one review sheet.

    effective  field → the answer that counts; NOT_ACCEPTED where nothing does
    checks     field → what its 核定 is worth; `states` field → what its row shows
    special    the reviewed special-work score, None if it is not reviewed here
    """

    items: Mapping[str, ItemScore]
    parts: Mapping[str, Figure]
    effective: Mapping[str, SlotValue]
    checks: Mapping[str, str]
    states: Mapping[str, str]
    special: Figure | None
    special_states: Mapping[str, str]
    done: bool

    @property
    def wrong(self) -> int:
        return sum(state in WRONG for state in self.states.values())

    @property
    def waiting(self) -> int:
        return sum(state in WAITING for state in self.states.values())

    @property
    def ready_text(self) -> str:
        if self.wrong:
            return f"有{self.wrong}处有误或缺理由"
        if self.waiting:
            return f"还有{self.waiting}处待核"
        return READY_TEXT if self.done else CHOOSE_DONE


def ready_formula(states: str, done: str) -> str:
    """`ReviewScore.ready_text` over the column of states."""
    wrong = "+".join(f"COUNTIF({states},{quoted(s)})" for s in WRONG)
    waiting = "+".join(f"COUNTIF({states},{quoted(s)})" for s in WAITING)
    rest = f"IF({done},{quoted(READY_TEXT)},{quoted(CHOOSE_DONE)})"
    rest = f'IF({waiting}>0,"还有"&({waiting})&"处待核",{rest})'
    return f'IF({wrong}>0,"有"&({wrong})&"处有误或缺理由",{rest})'


# --- one input ------------------------------------------------------------------------------------------------


def blank_reason(text: str | None) -> bool:
    """Whether nothing is said: blank, or only the decision that stood before, kept by the program."""
    for blank in _BLANKS:
        text = (text or "").replace(blank, "")
    return not text or (text.startswith(KEPT) and text.endswith(KEPT_END))


def kept(value: SlotValue, reason: str | None) -> str:
    """A decision that no longer counts, preserved in its reason."""
    shown = number(value) if isinstance(value, Decimal) else str(value)
    return f"{KEPT} {shown}：{reason}{KEPT_END}" if reason else f"{KEPT} {shown}{KEPT_END}"


def blank_reason_formula(k: str) -> str:
    text = k
    for blank in _BLANKS:
        text = f'SUBSTITUTE({text},{quoted(blank)},"")'
    old = f"AND(LEFT({text},{len(KEPT)})={quoted(KEPT)},RIGHT({text},1)={quoted(KEPT_END)})"
    return f"IF(ISERROR({k}),TRUE,OR(LEN({text})=0,{old}))"


def _blank_is_none(slot: Slot) -> bool:
    event = slot.type == sl.AMOUNT and slot.suffix.startswith("@")
    return slot.blank == sl.NOT_HAPPENED or event or slot.suffix == sl.MORE


def _knows_none(slot: Slot) -> bool:
    return slot.zero or slot.type == sl.YESNO


def _says_none(slot: Slot, value: SlotValue) -> bool:
    if value is None:
        return _blank_is_none(slot)
    return value == 0 if isinstance(value, Decimal) else value in m.NONE_WORDS


def same(slot: Slot, base: SlotValue, value: SlotValue) -> bool:
    """Whether the 核定 `value` changes nothing: numbers as numbers, all words for "did not happen" as one."""
    if _knows_none(slot) and _says_none(slot, base) and _says_none(slot, value):
        return True
    return base is not None and base == value


def _same_formula(slot: Slot, b: str, v: str) -> str:
    equal = f'IF({b}="",FALSE,{b}={v})'
    if not _knows_none(slot):
        return equal
    words = m.NONE_WORDS
    none_b = f'IF({b}="",{"TRUE" if _blank_is_none(slot) else "FALSE"},IF(ISNUMBER({b}),{b}=0,{any_of(b, words)}))'
    none_v = f"IF(ISNUMBER({v}),{v}=0,{any_of(v, words)})"
    return f"IF(AND({none_b},{none_v}),TRUE,{equal})"


def check(slot: Slot, base: SlotValue, value: SlotValue, reason: str | None, again: bool) -> str:
    """What a 核定 is worth. `again`: the clause is flagged and waits for this very input."""
    if value is None:
        return AGAIN if again else sl.EMPTY
    if sl.state(slot, value, True) not in (sl.FILLED, sl.PENDING):
        return slot.invalid
    return NO_REASON if blank_reason(reason) and not same(slot, base, value) else USABLE


def check_formula(slot: Slot, b: str, v: str, k: str, again: str) -> str:
    """`check` in Excel; `b` the cell of the basis, `v` and `k` the inputs, `again` a condition."""
    bad, usable = quoted(slot.invalid), quoted(USABLE)
    reason = f"IF({blank_reason_formula(k)},IF({_same_formula(slot, b, v)},{usable},{quoted(NO_REASON)}),{usable})"
    legal = quoted(f"|{sl.FILLED}|{sl.PENDING}|")
    fits = f'ISNUMBER(FIND("|"&{sl.state_formula(slot, v, "TRUE")}&"|",{legal}))'
    blank = f'IF({again},{quoted(AGAIN)},"")' if again else '""'
    return f'IF(ISERROR({v}),{bad},IF({v}="",{blank},IF({fits},{reason},{bad})))'


def effective(base: SlotValue, value: SlotValue, checked: str, waits: bool) -> SlotValue:
    """The answer that counts. `waits`: its clause is to be reviewed again, so that nothing of it counts."""
    if waits:
        return NOT_ACCEPTED
    if checked == USABLE:
        return value
    return base if checked == sl.EMPTY else NOT_ACCEPTED


def effective_formula(b: str, v: str, checked: str, waits: str) -> str:
    """`effective` in Excel."""
    refused = quoted(NOT_ACCEPTED)
    rest = f'IF({checked}="",IF({b}="","",{b}),{refused})'
    return f"IF({waits},{refused},IF({checked}={quoted(USABLE)},{v},{rest}))"


def row_state(checked: str, rule_state: str, done: bool, waits: bool, main: bool) -> str:
    """What a row with an input shows: the rule's own state, unless the review keeps it open."""
    if checked == USABLE:
        return rule_state
    if checked != sl.EMPTY:
        return checked
    if main:
        return rule_state if done else TO_REVIEW
    return rule_state if done and not waits else sl.EMPTY


def row_state_formula(checked: str, rule_state: str, done: str, waits: str, main: bool) -> str:
    """`row_state` in Excel."""
    blank = f"IF({done},{rule_state},{quoted(TO_REVIEW)})"
    if not main:
        blank = f'IF({waits},"",IF({done},{rule_state},""))'
    return f'IF({checked}={quoted(USABLE)},{rule_state},IF({checked}="",{blank},{checked}))'


def group_state(checks: list[str], rule_state: str, done: bool, waits: bool) -> str:
    """What the row of a clause shows that is answered in the rows below it."""
    if waits:
        return sl.EMPTY
    if NO_REASON in checks:
        return OPEN_TEXT
    touched = done or any(checked != sl.EMPTY for checked in checks)
    return rule_state if touched else TO_REVIEW


def group_state_formula(checks: str, rule_state: str, done: str, waits: str) -> str:
    """`group_state` in Excel over the range of checks."""
    seen = "+".join(f"COUNTIF({checks},{quoted(s)})" for s in (USABLE, sl.INVALID, sl.GROUP_INVALID))
    touched = f"IF({done},{rule_state},IF({seen}>0,{rule_state},{quoted(TO_REVIEW)}))"
    no_reason = f"COUNTIF({checks},{quoted(NO_REASON)})>0"
    return f'IF({waits},"",IF({no_reason},{quoted(OPEN_TEXT)},{touched}))'


def word_state(slot: Slot, value: SlotValue) -> str:
    """State of the rows 核定确认 and 核定完成."""
    if value is None or value == m.NO and m.NO in slot.choices:
        return sl.EMPTY
    return FINISHED if value == m.YES else sl.INVALID


def word_state_formula(slot: Slot, v: str) -> str:
    no = f'IF({v}={quoted(m.NO)},"",{quoted(sl.INVALID)})' if m.NO in slot.choices else quoted(sl.INVALID)
    rest = f'IF({v}="","",IF({v}={quoted(m.YES)},{quoted(FINISHED)},{no}))'
    return f"IF(ISERROR({v}),{quoted(sl.INVALID)},{rest})"


# --- the whole sheet ------------------------------------------------------------------------------------------


def first_field(rules: Rulebook, stem: str) -> str:
    """The input that answers a clause first: it must be filled before a flagged clause counts again."""
    return stem + rules.slots[stem][0].suffix if stem in rules.slots else stem


def stem_slots(rules: Rulebook, stem: str) -> tuple[Slot, ...]:
    """The inputs of a clause, or of a 特色工作 field."""
    if stem == sh.AWARD:
        return (special.AWARD_SLOT,)
    return (special.score_slot(rules.scheme),) if stem == sh.PROPOSED else rules.slots[stem]


def score_review(rules: Rulebook, subject: Subject, inputs: Inputs) -> ReviewScore:
    """Every figure and state of the review of `subject` with `inputs`."""
    checks: dict[str, str] = {}
    counts: dict[str, SlotValue] = {}
    waits = {stem: stem in inputs.again and inputs.values.get(first_field(rules, stem)) is None for stem in subject.stems}
    for stem in subject.stems:
        for slot in stem_slots(rules, stem):
            name = stem + slot.suffix
            base, value = subject.base.get(name), inputs.values.get(name)
            first = waits[stem] and name == first_field(rules, stem)
            checks[name] = check(slot, base, value, inputs.reasons.get(name), first)
            counts[name] = effective(base, value, checks[name], waits[stem])
    confirmed = subject.confirmed or inputs.confirmed
    scored = rules.score_section(subject.section, subject.items, sh.nested(rules, subject.items, counts), confirmed)
    figure, special_states = _special(rules, subject, counts)
    states = _states(rules, scored.items, checks, inputs.done, waits)
    for name, state in special_states.items():
        states[name] = row_state(checks[name], state, inputs.done, waits[name], True)
    states[CONFIRM] = word_state(CONFIRM_SLOT, inputs.values.get(CONFIRM))
    states[DONE] = word_state(DONE_SLOT, inputs.values.get(DONE))
    return ReviewScore(scored.items, scored.parts, counts, checks, states, figure, special_states, inputs.done)


def _special(rules: Rulebook, subject: Subject, counts: sh.Entries) -> tuple[Figure | None, dict[str, str]]:
    if not subject.special:
        return None, {}
    award, proposed = counts.get(sh.AWARD), counts.get(sh.PROPOSED)
    state = special.special_state(rules.scheme, award, proposed)
    states = {sh.AWARD: sl.state(special.AWARD_SLOT, award, True), sh.PROPOSED: state}
    return special.special_figure(rules.scheme, state, award, proposed), states


def _states(rules: Rulebook, items: Mapping[str, ItemScore], checks, done: bool, waits) -> dict[str, str]:
    states: dict[str, str] = {}
    for item in items.values():
        for clause_id, points in item.clauses.items():
            slots = rules.slots[clause_id]
            for slot in slots:
                name, main = clause_id + slot.suffix, slot.suffix == ""
                states[name] = row_state(checks[name], points.states[slot.suffix], done, waits[clause_id], main)
            if clause_id not in states:
                below = [checks[clause_id + slot.suffix] for slot in slots]
                states[clause_id] = group_state(below, points.states[""], done, waits[clause_id])
    return states
