"""The letters as values: 核对稿, 通报, 反馈, and 汇总首页 for those who print.

Comes in: nothing. Goes out: frozen dataclasses of finished texts that the caller fills from results. A figure that the
disclosure policy withholds is None here, so that no template can print it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CHECK_COPY, NOTICE, FEEDBACK, OUTCOME = "核对稿", "通报", "反馈", "汇总首页"
KINDS = (CHECK_COPY, NOTICE, FEEDBACK, OUTCOME)
#: Every column that 汇总首页 may have; which of them it has depends on stage and policies.
OUTCOME_COLUMNS = (
    "名次", "科室", "等次", "总分", "名次依据", "与下一名差距", "等次线", "业务工作", "队伍建设", "特色工作", "突破底线",
    "述职测评", "已定部分", "可能最低", "可能最高", "问题数", "状态",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What every letter says about itself.

    unit     issuing body; `name` what is assessed, such as 机关科室工作考评; `office` the section that handles it
    contact  whom to ask, "" if nothing is to be printed
    stage    稿次; `unapproved` puts 未审定 and the stage on every page
    mark     such as 演示数据, on every page; "" for none
    """

    unit: str
    year: str
    name: str
    stage: str
    unapproved: bool
    office: str
    contact: str = ""
    mark: str = ""
    batch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """One item of the section's own sheet; figures are texts as they are to be printed."""

    number: str
    title: str
    points: str
    reported: str
    reviewed: str
    difference: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFigure:
    """One part of the score with the items it sums up; 特色工作 and 突破底线 have none."""

    name: str
    points: str
    reported: str
    reviewed: str
    difference: str = ""
    reason: str = ""
    rows: tuple[CheckRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A clause that was decided otherwise than reported. `reviewer` is a role, never a person."""

    item: str
    clause: str
    reported: str
    reviewed: str
    reason: str
    reviewer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCopy(Letter):
    """核对稿: one section's own figures and reasons before the meeting; no rank, no other section.

    bottom_lines, special, notes  finished lines; `reply_by` a date as printed, "" leaves a gap to be filled by hand
    """

    section: str
    parts: tuple[PartFigure, ...]
    reported_total: str
    total: str
    difference: str = ""
    adjustments: tuple[Change, ...] = ()
    bottom_lines: tuple[str, ...] = ()
    special: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    reply_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeGroup:
    """The sections of one grade, in the order to be printed."""

    grade: str
    sections: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """One section in the table. A column whose figures are all None is not printed."""

    section: str
    rank: str | None = None
    grade: str | None = None
    total: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(Letter):
    """通报: the approved result for everybody.

    addressees  主送; `process` one paragraph's sentences, each with its 。
    document    name of the notice it rests on, "" if only its number, `document_no`, is known
    groups      grades given; `undecided` sections without a grade and `undecided_reason` why
    rows        what the policy lets be shown beside the grades; empty for grades alone
    corrections what moved against the approved result, `corrected` names that result
    """

    addressees: str
    document: str
    document_no: str
    period_from: str
    period_to: str
    process: str
    groups: tuple[GradeGroup, ...]
    undecided: tuple[str, ...] = ()
    undecided_reason: str = ""
    rows: tuple[NoticeRow, ...] = ()
    corrected: str = ""
    corrections: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartScore:
    """The section's own score of one part."""

    name: str
    points: str
    score: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback(Letter):
    """反馈: one section's own approved result. `rank`, `total` and `parts` only as far as the policy goes.

    grade    "" while no grade is given; `grade_reason` why
    remarks  finished lines for this section; `answer` what became of its suggestions
    """

    section: str
    document_no: str
    grade: str
    grade_reason: str = ""
    rank: str | None = None
    among: str | None = None
    total: str | None = None
    parts: tuple[PartScore, ...] = ()
    remarks: tuple[str, ...] = ()
    answer: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """One line beside the table; `urgent` if leaders must act on it or must not overlook it."""

    text: str
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRow:
    """One section: its texts by column, the columns that are open or tell a deduction, whether it has the best grade."""

    texts: Mapping[str, str]
    open: frozenset[str] = frozenset()
    deducted: frozenset[str] = frozenset()
    best: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomePage(Letter):
    """汇总首页: the order of the sections on one page, at any stage.

    title     what is assessed, with the body; `label` the stage with 未审定 where it is so
    facts     approval, how far the work has come; `heading` what the table is
    heads     column → its head, of the columns that this stage has, all of OUTCOME_COLUMNS
    decided_heading  "" where no decision bears on the result
    size      per cent of the template's type sizes and line heights, so that everything stays on one page
    """

    title: str
    label: str
    facts: tuple[OutcomeLine, ...]
    heading: str
    heads: Mapping[str, str]
    rows: tuple[OutcomeRow, ...]
    waiting_heading: str
    waiting: tuple[OutcomeLine, ...]
    decided_heading: str = ""
    decided: tuple[OutcomeLine, ...] = ()
    notes: tuple[str, ...] = ()
    size: int = 100
