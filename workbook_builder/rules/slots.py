"""Slots: the single cells a clause is answered in, what each may hold, and what its state is.

Comes in: a clause and the policies. Goes out: its `Slot`s; for a value the state in Python (`state`), and the
same rule as an Excel expression (`state_formula`). The two stand side by side and are proven equal.

A slot value is `Decimal` (a number), `str` (a word) or None (blank). Suffixes follow contract 5: "" the answer,
"@1" … events or counts per label, "#参照" the reference figure, "#选项" the 或-branch, "#排除" the exclusion,
"#还有更多" whether a full block of events does not suffice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.rules.excel import any_of, number, quoted

# --- states of a slot, as the sheet shows them ---------------------------------------------------

FILLED = "已填"
NOT_HAPPENED = "未发生"
MISSING = "待填"
INVALID = "有误"
PENDING = "待市局"
#: A wrong entry in one row of a group (events, counts per label); the clause's own row then says 有误, so that
#: counting 有误 counts clauses.
GROUP_INVALID = "请改"
EMPTY = ""
#: States in which a clause has no points yet.
OPEN_STATES = (MISSING, INVALID, PENDING)

# --- types ----------------------------------------------------------------------------------------

COUNT, YESNO, AMOUNT, NUMBER, METRIC, RANKING, CHOICE = (
    "count",
    "yesno",
    "amount",
    "number",
    "metric",
    "ranking",
    "choice",
)
NUMERIC_TYPES = (COUNT, AMOUNT, NUMBER, METRIC, RANKING)

#: More events than this in one year are a slip of the keyboard (a year, a phone number), not a count.
MOST_EVENTS = 9999
MOST_METRIC = 9_999_999
MORE = "#还有更多"
REFERENCE = "#参照"
BRANCH = "#选项"
EXCLUSION = "#排除"

SlotValue = Decimal | str | None
#: Stands in for an entry that was not accepted: no rule takes it, so whatever depends on it stays open.
NOT_ACCEPTED = "#未采用"


@dataclass(frozen=True, slots=True)
class Slot:
    """One input of a clause.

    type      how it is read; numeric types hold `low`..`high` (both included), multiples of `step`, whole or not
    zero      0 (and 无, 没有, 否) is legal though it may lie outside low..high: "did not happen"
    choices   words that are ordinary answers; `words` the legal exceptions (不适用, 待市局反馈, 未排名)
    blank     state of a blank cell: MISSING, EMPTY, or NOT_HAPPENED (only once the section has confirmed)
    label     what a sub-row says; "" on the row of the clause itself
    doubt     a number above 0 and up to 1 is not accepted: 0.95 may mean 95 % or 0.95 %
    """

    suffix: str
    type: str
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(MOST_EVENTS)
    step: Decimal | None = None
    zero: bool = False
    choices: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    blank: str = MISSING
    label: str = ""
    unit: str = ""
    doubt: bool = False

    @property
    def invalid(self) -> str:
        """The state this slot takes when its value is not legal."""
        grouped = self.suffix.startswith("@") or self.suffix == MORE
        return GROUP_INVALID if grouped else INVALID


def slots(
    clause: m.Clause, step: Decimal | None, item_limit: Decimal | None, doubt_fractions: bool = True
) -> tuple[Slot, ...]:
    """The inputs of `clause` in the order of their rows.

    `step` is the policy 视情步长 (None: any), `item_limit` the 分值 of its item, the ceiling of a 折算 clause;
    `doubt_fractions`: see `Slot.doubt`.
    """
    blank = NOT_HAPPENED if _blank_means_none(clause) else MISSING
    words = _words(clause)
    unit = clause.unit
    if clause.kind in (m.PER_OCCURRENCE, m.DOUBLING):
        return (Slot("", COUNT, step=Decimal(1), zero=True, words=words, blank=blank, unit=unit),)
    if clause.kind in (m.ONE_OFF, m.ZERO_ITEM):
        main = Slot("", YESNO, choices=(m.YES, m.NO), words=words, blank=blank)
        if not clause.exclusion:
            return (main,)
        return (main, Slot(EXCLUSION, YESNO, choices=(m.YES, m.NO), label=clause.exclusion))
    if clause.kind == m.DISCRETIONARY:
        return (_amount(clause, "", step, words, blank),)
    if clause.kind == m.DISCRETIONARY_EACH:
        return _event_slots(clause, step)
    if clause.kind in (m.CONVERTED, m.DISCRETIONARY_MAX):
        ceiling = clause.cap if clause.cap is not None else item_limit
        if ceiling is None:
            raise ValueError(f"{clause.id}: a {clause.kind} clause needs a ceiling")
        return (Slot("", NUMBER, high=ceiling, words=words, unit="分"),)
    if clause.kind == m.TIERS:
        return _tier_slots(clause, words, doubt_fractions)
    if clause.kind == m.RANK:
        top = Decimal(clause.ranks_total)
        return (Slot("", RANKING, low=Decimal(1), high=top, step=Decimal(1), words=(m.UNRANKED, *words), unit="名"),)
    if clause.kind == m.OPTIONS:
        return _option_slots(clause, words)
    raise ValueError(f"unknown kind {clause.kind!r} of {clause.id}")


def _blank_means_none(clause: m.Clause) -> bool:
    """Contract 6: a confirmed blank means "did not happen" on deduct clauses other than ranks, tiers and options."""
    asked = (m.TIERS, m.RANK, m.OPTIONS, m.CONVERTED, m.DISCRETIONARY_MAX)
    return clause.direction == m.DEDUCT and clause.kind not in asked


def _words(clause: m.Clause) -> tuple[str, ...]:
    na = m.NOT_APPLICABLE_WORDS if clause.allow_na else ()
    pending = (m.PENDING_CITY,) if clause.allow_pending else ()
    return (*na, *pending)


def _amount(clause: m.Clause, suffix: str, step: Decimal | None, words: tuple[str, ...], blank: str) -> Slot:
    if clause.low is None or clause.high is None:
        raise ValueError(f"{clause.id}: a {clause.kind} clause needs low and high")
    return Slot(suffix, AMOUNT, clause.low, clause.high, step, True, words=words, blank=blank, unit="分")


def _event_slots(clause: m.Clause, step: Decimal | None) -> tuple[Slot, ...]:
    unit = clause.unit or "次"
    events = tuple(
        replace(_amount(clause, f"@{k}", step, (), EMPTY), label=f"第{k}{unit}（右侧写明日期、事实）")
        for k in range(1, clause.events + 1)
    )
    more = Slot(MORE, YESNO, choices=(m.YES, m.NO), blank=EMPTY, label=f"超过{clause.events}{unit}、上面写不下？")
    return (*events, more)


def _tier_slots(clause: m.Clause, words: tuple[str, ...], doubt_fractions: bool) -> tuple[Slot, ...]:
    ceiling = Decimal(100) if clause.is_percent else Decimal(MOST_METRIC)
    whole = Decimal(1) if clause.metric_unit == "次" else None
    bounds = [tier.threshold for tier in clause.tiers]
    doubt = doubt_fractions and clause.is_percent and all(bound is not None and bound > 1 for bound in bounds)
    main = Slot("", METRIC, high=ceiling, step=whole, words=words, unit=clause.metric_unit, doubt=doubt)
    if clause.reference:
        pending = tuple(w for w in words if w == m.PENDING_CITY)
        reference = Slot(
            REFERENCE, METRIC, high=ceiling, words=pending, label=clause.reference, unit=clause.metric_unit
        )
        return (main, reference)
    if clause.branch:
        return (main, Slot(BRANCH, YESNO, choices=(m.YES, m.NO), label=f"或者：{clause.branch}"))
    return (main,)


def _option_slots(clause: m.Clause, words: tuple[str, ...]) -> tuple[Slot, ...]:
    if not clause.several:
        labels = tuple(option.label for option in clause.options)
        return (Slot("", CHOICE, choices=(*labels, m.NO_OPTION), words=words),)
    return tuple(
        Slot(f"@{k}", COUNT, Decimal(0), step=Decimal(1), zero=True, words=words, blank=EMPTY, label=option.label, unit=clause.unit or "个")
        for k, option in enumerate(clause.options, 1)
    )


# --- state, in Python and in Excel -----------------------------------------------------------------


def state(slot: Slot, value: SlotValue, confirmed: bool) -> str:
    """The state of `slot` holding `value`; `confirmed`: the section has confirmed that blanks did not happen."""
    if value is None:
        return MISSING if slot.blank == NOT_HAPPENED and not confirmed else slot.blank
    if value == m.PENDING_CITY and m.PENDING_CITY in slot.words:
        return PENDING
    if isinstance(value, str):
        return FILLED if value in _legal_words(slot) else slot.invalid
    return FILLED if _number_fits(slot, value) else slot.invalid


def _legal_words(slot: Slot) -> tuple[str, ...]:
    none = m.NONE_WORDS if slot.zero else ("无", "没有") if slot.type == YESNO else ()
    return (*slot.choices, *none, *slot.words)


def _number_fits(slot: Slot, number: Decimal) -> bool:
    if slot.type in (YESNO, CHOICE):
        return slot.type == YESNO and number == 0
    if slot.zero and number == 0:
        return True
    if not slot.low <= number <= slot.high or (slot.doubt and 0 < number <= 1):
        return False
    if slot.step is None:
        return number == round(number, 4)
    return number % slot.step == 0


def all_words(slot: Slot) -> tuple[str, ...]:
    """Every word that may legally stand in the slot."""
    return _legal_words(slot)


def number_of(value: SlotValue) -> Decimal:
    """A numeric slot value as a number; words that mean "none", 不适用 and blank are 0."""
    return value if isinstance(value, Decimal) else Decimal(0)


def says_yes(value: SlotValue) -> bool:
    return value == m.YES


def state_formula(slot: Slot, v: str, confirmed: str) -> str:
    """`state` as an Excel expression over the expression `v` of the input and `confirmed` of the confirmation."""
    blank = quoted(slot.blank)
    if slot.blank == NOT_HAPPENED:
        blank = f"IF({confirmed},{quoted(NOT_HAPPENED)},{quoted(MISSING)})"
    words = [w for w in _legal_words(slot) if w != m.PENDING_CITY]
    otherwise = quoted(slot.invalid)
    if words:
        otherwise = f"IF({any_of(v, words)},{quoted(FILLED)},{otherwise})"
    if m.PENDING_CITY in slot.words:
        otherwise = f"IF({v}={quoted(m.PENDING_CITY)},{quoted(PENDING)},{otherwise})"
    fits = number_formula(slot, v)
    if fits:
        otherwise = f"IF(ISNUMBER({v}),IF({fits},{quoted(FILLED)},{quoted(slot.invalid)}),{otherwise})"
    return f"IF(ISERROR({v}),{quoted(slot.invalid)},IF({v}=\"\",{blank},{otherwise}))"


def number_formula(slot: Slot, v: str) -> str:
    """Whether the number `v` fits the slot, as an Excel condition; "" where no number does."""
    if slot.type == CHOICE:
        return ""
    if slot.type == YESNO:
        return f"{v}=0"
    conditions = [f"{v}>={number(slot.low)}", f"{v}<={number(slot.high)}"]
    if slot.step is None:
        conditions.append(f"{v}=ROUND({v},4)")
    elif slot.step == 1:
        conditions.append(f"{v}=INT({v})")
    else:
        # A tenth is no binary fraction: the multiple is compared after rounding away the noise of division.
        conditions.append(f"ABS({v}/{number(slot.step)}-ROUND({v}/{number(slot.step)},0))<0.000001")
    if slot.doubt:
        conditions.append(f"OR({v}=0,{v}>1)")
    fits = f"AND({','.join(conditions)})"
    return f"OR({v}=0,{fits})" if slot.zero and slot.low > 0 else fits
