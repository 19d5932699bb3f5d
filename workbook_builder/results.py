"""The nouns of the outcome: assessments of sections, standings, the whole result of a stage.

Comes in: nothing. Goes out: frozen dataclasses that score and rank fill and summarize lays out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.problems import Problem, Where
from workbook_builder.records import CityFigure, Decision, Evaluation, LedgerEntry, Review
from workbook_builder.returns import Received, SectionReturn
from workbook_builder.rules.items import Figure
from workbook_builder.rules.sheet import SheetScore

# --- stages (contract 4) -----------------------------------------------------------------------------

SELF_STAGE, REVIEW_STAGE, SUBMITTED, APPROVED, CORRECTED = "自评汇总", "核定稿", "送审稿", "审定稿", "更正稿"
UNAPPROVED = "未审定"

# --- why something is pending -------------------------------------------------------------------------

NOT_RETURNED = "未报送"
NOT_ADOPTED = "收到未采用"
NOT_DECIDED = "待裁定采用哪份"
HAS_ERRORS = "填报有误"
NOT_ANSWERED = "未填齐"
WAITING_CITY = "待市局反馈"
NOT_REVIEWED = "未核定"
REVIEW_WRONG = "核定有误"
TO_REVIEW_AGAIN = "待重新核定"
DISAGREED = "考评科室意见不一"
UNSETTLED = "已登记未定扣分"
NOT_EVALUATED = "未测评"
TIED = "名次并列待裁定"
BEARER_OPEN = "待决定由谁承担"
INPUT_ERRORS = "有错误未改"
#: In the place of an item: the grade as such.
GRADE = "等次"


@dataclass(frozen=True, slots=True)
class Pending:
    """Something of a section that is not final: the item (key, part name or "") and the reason."""

    section: str
    item: str
    reason: str

    def to_json(self) -> dict[str, str]:
        return {"section": self.section, "item": self.item, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Assessment:
    """One section's self-assessment: what was adopted and what it scores. `returned` is None if nothing was."""

    section: m.Section
    returned: SectionReturn | None
    score: SheetScore
    status: str
    pending: tuple[Pending, ...]


# --- after review ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """The three figures of an item (open point 74): own, reviewed, final; None while there is none yet.

    reviewers who reviewed it; `decision` the row of 决定 that set the final figure, if one did
    """

    item: m.Item
    own: Figure | None
    reviewed: Figure | None
    final: Figure
    reviewers: tuple[str, ...]
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """突破底线 of one clause as one reviewer confirmed it. `present` is None while nobody has said 有 or 无.

    where  the cell of 有 or 无; `places` the cells of the amounts
    """

    clause: m.Clause
    item: m.Item
    reviewer: str
    present: bool | None
    amounts: tuple[Decimal, ...]
    facts: tuple[str, ...]
    where: Where = field(default_factory=Where)
    places: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True)
class Borne:
    """A deduction that a section bears for the clause of another, or has handed on (`points` > 0).

    origins  the cells of the city's figures and of the decision
    """

    section: str
    bearer: str
    clause: m.Clause
    points: Decimal
    document: str
    reason: str
    origins: tuple[Where, ...] = ()


#: Kinds of adjustments.
BY_REVIEW, BY_CITY, BY_DECISION, BY_TRANSFER = "核定", "市局反馈", "决定", "转承"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Something that was changed on the way from self-assessment to the final figure: who, what, from, to, why.

    kind     核定 (an answer), 市局反馈, 决定 (a figure), 转承; `role` a role or body, never a name
    origins  the cells it comes from: that of the reviewer (and the rows of the ledger beside it), the city's, the decision's
    """

    kind: str
    section: str
    item: str
    field: str
    before: str
    after: str
    reason: str
    role: str
    basis: str = ""
    origins: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True)
class Final:
    """One section after review. Figures are open wherever the review, the city or a decision still lacks.

    items    of every part, 突破底线 included (there `own` is None); `special` the three figures of the 特色工作 score
    parts    final figure per part (业务工作 less what it bears for others), 突破底线 a positive deduction
    total    not yet rounded
    reviews  what reviewers left about it; `figures` clause id → what the city says, counted or not: they know their cells
    """

    section: m.Section
    items: Mapping[str, ItemFigures]
    special: tuple[Figure | None, Figure | None, Figure]
    parts: Mapping[str, Figure]
    evaluation: Evaluation | None
    total: Figure
    incidents: tuple[Incident, ...]
    borne: tuple[Borne, ...]
    handed_on: tuple[Borne, ...]
    adjustments: tuple[Adjustment, ...]
    pending: tuple[Pending, ...]
    reviews: tuple[Review, ...] = ()
    figures: Mapping[str, tuple[CityFigure, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file beside the returns that figures rest on, as it was read; `size` in bytes. Ballots are never among them."""

    kind: str
    file: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Applied:
    """A decision and what became of it: `state` 已生效, 待答复, 未生效; `note` says why."""

    decision: Decision
    state: str
    note: str = ""


IN_FORCE, WAITING, WITHOUT_EFFECT = "已生效", "待答复", "未生效"


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure that differs from the approved result; None is unknown."""

    section: str
    figure: str
    before: Decimal | int | str | None
    now: Decimal | int | str | None


@dataclass(frozen=True, slots=True)
class Stage:
    """稿次: its name, whether approved, the decision that made it so, and the code of the figures it stands for."""

    name: str
    approved: bool = False
    decision: Decision | None = None
    code: str = ""

    @property
    def label(self) -> str:
        """审定稿, or 核定稿（未审定）."""
        return self.name if self.approved else f"{self.name}（{UNAPPROVED}）"


@dataclass(frozen=True, slots=True)
class Standing:
    """One row of the order.

    parts     part name → figure; 突破底线 a positive deduction, unknown before review
    total     rounded by policy; `settled` the sum of the items already known
    rank      名次 once no open figure can change it, else None; `best`..`worst` the ranks still possible
    basis     what ranks where that is not the total (policy 名次依据)
    grade     等次, "" before it may be given
    """

    section: m.Section
    parts: Mapping[str, Figure]
    evaluation: Figure | None
    total: Figure
    settled: Decimal
    rank: int | None
    best: int
    worst: int
    grade: str = ""
    basis: Figure | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """Everything the summary shows at one stage. `missing` are section names that returned nothing.

    finals  section → its figures after review, empty at 自评汇总; `moved` against the approved result, at 更正稿
    inputs  the files beside the returns that the figures rest on
    """

    scheme: m.Scheme
    batch: str
    standings: tuple[Standing, ...]
    assessments: Mapping[str, Assessment]
    pending: tuple[Pending, ...]
    received: tuple[Received, ...]
    missing: tuple[str, ...]
    problems: tuple[Problem, ...]
    reached: Stage = Stage(SELF_STAGE)
    finals: Mapping[str, Final] = field(default_factory=dict)
    decisions: tuple[Applied, ...] = ()
    ledger: tuple[LedgerEntry, ...] = ()
    moved: tuple[Moved, ...] = ()
    inputs: tuple[InputFile, ...] = ()

    @property
    def stage(self) -> str:
        return self.reached.name

    @property
    def is_final(self) -> bool:
        """Whether reviewed figures stand in the place of self figures."""
        return self.reached.name != SELF_STAGE

    @property
    def without_return(self) -> tuple[str, ...]:
        """Sections of which nothing could be adopted: those that returned nothing and those whose file was refused."""
        reasons = (NOT_RETURNED, NOT_ADOPTED)
        return tuple(name for name, assessment in self.assessments.items() if assessment.status in reasons)

    @property
    def provisional(self) -> bool:
        """Whether anything is still pending (contract 4)."""
        return bool(self.pending)
