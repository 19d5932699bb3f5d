"""The nouns of the outcome: assessments of sections, standings, the whole result of a stage.

Comes in: nothing. Goes out: frozen dataclasses that score and rank fill and summarize lays out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.problems import Problem
from workbook_builder.returns import Received, SectionReturn
from workbook_builder.rules.items import Figure
from workbook_builder.rules.sheet import SheetScore

# --- stages (contract 4) -----------------------------------------------------------------------------

SELF_STAGE = "自评汇总"

# --- why something is pending -------------------------------------------------------------------------

NOT_RETURNED = "未报送"
NOT_ADOPTED = "收到未采用"
NOT_DECIDED = "待裁定采用哪份"
HAS_ERRORS = "填报有误"
NOT_ANSWERED = "未填齐"
WAITING_CITY = "待市局反馈"
NOT_REVIEWED = "未核定"


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


@dataclass(frozen=True, slots=True)
class Standing:
    """One row of the order.

    parts     part name → figure; 突破底线 a positive deduction, unknown before review
    total     rounded by policy; `settled` the sum of the items already known
    rank      名次 once no open figure can change it, else None; `best`..`worst` the ranks still possible
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


@dataclass(frozen=True, slots=True)
class Results:
    """Everything the summary shows at one stage. `missing` are section names that returned nothing."""

    scheme: m.Scheme
    batch: str
    stage: str
    standings: tuple[Standing, ...]
    assessments: Mapping[str, Assessment]
    pending: tuple[Pending, ...]
    received: tuple[Received, ...]
    missing: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def without_return(self) -> tuple[str, ...]:
        """Sections of which nothing could be adopted: those that returned nothing and those whose file was refused."""
        reasons = (NOT_RETURNED, NOT_ADOPTED)
        return tuple(name for name, assessment in self.assessments.items() if assessment.status in reasons)

    @property
    def provisional(self) -> bool:
        """Whether anything is still pending (contract 4)."""
        return bool(self.pending)
