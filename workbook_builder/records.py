"""The nouns of what comes beside the returns: 台账, 市局反馈, 决定, 核定, 述职测评.

Comes in: nothing. Goes out: frozen dataclasses that the registers, the review books and the ballots are read into and
that scoring, letters and summary speak of. Every record remembers its cell.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from workbook_builder.problems import Where
from workbook_builder.rules import bottom
from workbook_builder.rules.slots import SlotValue

# --- 决定: kinds of human decisions (contract 3) -----------------------------------------------------

ADOPT = "采用哪份"
RELEASE = "旧版放行"
TRANSFER = "转由某科室承担"
RULING = "裁定"
ADJUST = "调整"
CORRECT = "复核更正"
POLICY_CHANGE = "口径变更"
SUBMIT = "送审"
APPROVE = "审定"
KINDS = (ADOPT, RELEASE, TRANSFER, RULING, ADJUST, CORRECT, POLICY_CHANGE, SUBMIT, APPROVE)

#: What 改为 says where a decision is a yes or a no.
AGREED, REFUSED = "同意", "不同意"
#: What 改为 says of an answer given on an older form.
RELEASED, NOT_RELEASED = "采用", "不采用"
#: Objects of decisions that are no clause, item or policy.
SECTION_BOOK, REVIEW_BOOK, WHOLE_YEAR, EXCELLENT = "考评表", "核定表", "本年度考评", "优秀等次"
NOBODY = "无"


@dataclass(frozen=True, slots=True)
class Decision:
    """One row of 决定.xlsx. `after` is "" while it still waits for an answer.

    section  whom it is about, "" for the whole year
    object   考评表, an item key, a clause id, a policy, 本年度考评 …, by kind
    before   what it starts from, as the program wrote or a person typed it; `after` what is decided
    date     as the person typed it; role the deciding role, never a name
    """

    kind: str
    section: str
    object: str
    before: str = ""
    after: str = ""
    reason: str = ""
    basis: str = ""
    date: datetime.date | None = None
    role: str = ""
    where: Where = field(default_factory=Where)

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.kind, self.section, self.object)

    @property
    def answered(self) -> bool:
        return self.after != ""


# --- 台账, 市局反馈 -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One event of 日常检查台账. `section` and `clause` are "" until somebody assigns them.

    amount  how often or how much, in the unit of the clause; None if it was left blank
    """

    where: Where
    date: datetime.date | None
    section: str
    clause: str
    amount: Decimal | None
    facts: str
    evidence: str = ""
    recorder: str = ""


@dataclass(frozen=True, slots=True)
class CityFigure:
    """One figure of 市局反馈: the answer to `clause` (or to 特色工作#市局加分) as the city sees it.

    section    on whose sheet the clause stands; `bearer` who bears the deduction (the same section unless told)
    value      in the clause's own unit: a count, 是/否, a rank, a metric, a label, converted points
    reference  全市平均值 and the like, where the clause compares with one; `reference_where` its cell
    document   文号 or other source
    """

    where: Where
    section: str
    clause: str
    value: SlotValue
    reference: SlotValue = None
    document: str = ""
    bearer: str = ""
    note: str = ""
    reference_where: Where = field(default_factory=Where, compare=False)

    @property
    def transferred(self) -> bool:
        return bool(self.bearer) and self.bearer != self.section


# --- 核定 ---------------------------------------------------------------------------------------------

PRESENT, ABSENT = bottom.PRESENT, bottom.ABSENT


@dataclass(frozen=True, slots=True)
class Review:
    """What one reviewer decided about one section, from one review workbook.

    done       核定完成 says 是: a blank 核定 then means "as reported"
    confirmed  核定确认 says 是: blank deduct clauses did not happen, though the section has not confirmed it
    values     answer field (without #核定) → reviewed answer; 底线 clauses → 有/无, their `@k` → points of one event
    reasons    answer field → 核定说明 (of 底线 events: date and facts)
    refused    answer field → what stands there and is not accepted; such a clause stays open
    reopened   clause ids (and 特色工作 fields) whose basis changed since the reviewer saw it: to be reviewed again
    places     field → A1 address of its 核定 cell; `sheets` field → sheet
    """

    reviewer: str
    section: str
    file: str
    done: bool
    confirmed: bool
    values: Mapping[str, SlotValue]
    reasons: Mapping[str, str]
    refused: Mapping[str, str]
    reopened: frozenset[str]
    places: Mapping[str, str]
    sheets: Mapping[str, str]

    def where(self, name: str) -> Where:
        return Where(self.file, self.sheets.get(name, ""), self.places.get(name, ""), name)


# --- 述职测评 -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GroupFigure:
    """One rater group's view of one section. `mean` is rounded by policy; None if nobody in the group voted.

    spread  how far the highest vote lies above the lowest; neither of the two is shown, each is a single ballot's
    small   so few votes (policy) that spread and counts would reveal a ballot: `votes`, `spread` are then None
    """

    group: str
    mean: Decimal | None
    votes: int | None
    spread: Decimal | None
    small: bool = False


@dataclass(frozen=True, slots=True)
class Evaluation:
    """述职测评 of one section: the groups' means weighted 60/40, None while a group has no vote."""

    section: str
    groups: tuple[GroupFigure, ...]
    result: Decimal | None
