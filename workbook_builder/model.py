"""The nouns of the product, frozen: what is appraised, by which clauses, under which policies.

Comes in: nothing. Goes out: the dataclasses every later module speaks of. They hold values only; a
`Scheme` is always complete and consistent, because `workbook_builder.scheme` refuses to make any other.

Chinese vocabulary (方案, 科室, 部分, 考评项, 评分细则, 口径 …) stands in contract order; all points are
`Decimal`, all percentages are in points (95 means 95 %).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

# --- parts -------------------------------------------------------------------------------------

BUSINESS, TEAM, SPECIAL, BOTTOM_LINE = "业务工作", "队伍建设", "特色工作", "突破底线"
PARTS = (BUSINESS, TEAM, SPECIAL, BOTTOM_LINE)
#: First segment of the ids of each part (`业务/办公室/1/3`).
PART_CODES = {BUSINESS: "业务", TEAM: "队伍", SPECIAL: "特色", BOTTOM_LINE: "底线"}
EVALUATION = "述职测评"
TOTAL = "总分"
EVERY_SECTION = "全部科室"

# --- kinds of clauses (contract 6) ---------------------------------------------------------------

PER_OCCURRENCE = "per_occurrence"
ONE_OFF = "one_off"
DISCRETIONARY = "discretionary"
DISCRETIONARY_EACH = "discretionary_each"
TIERS = "tiers"
RANK = "rank"
OPTIONS = "options"
ZERO_ITEM = "zero_item"
CONVERTED = "converted"
DISCRETIONARY_MAX = "discretionary_max"
DOUBLING = "doubling"

#: Kind → the word the clerk chooses in 方案.xlsx.
KIND_LABELS = {
    PER_OCCURRENCE: "按次计",
    ONE_OFF: "一次性",
    DISCRETIONARY: "视情一次",
    DISCRETIONARY_EACH: "视情每次",
    TIERS: "分档",
    RANK: "名次",
    OPTIONS: "选项",
    ZERO_ITEM: "本项不得分",
    CONVERTED: "折算",
    DISCRETIONARY_MAX: "视情限额",
    DOUBLING: "加倍",
}
DEDUCT, ADD = "deduct", "add"
DIRECTION_LABELS = {DEDUCT: "扣分", ADD: "得分"}
MODE_LABELS = {"deduct": "扣分制", "add": "得分制", "mixed": "得扣并用", "converted": "折算"}
#: Comparison of a tier → its words; 低于/高于 exclude the bound, 不高于/达到 include it (open point 30).
TIER_LABELS = {"<": "低于", "<=": "不高于", ">": "高于", ">=": "达到"}

# --- answers that are words (contract 6) -----------------------------------------------------------

YES, NO = "是", "否"
NOT_APPLICABLE = "不适用"
NOT_APPLICABLE_WORDS = (NOT_APPLICABLE, "无此类事项")
UNRANKED = "未排名"
PENDING_CITY = "待市局反馈"
#: What people write for "did not happen" where a number is asked.
NONE_WORDS = ("无", "没有", NO)
#: The choice "none of these" of a drop-down of options.
NO_OPTION = "无"

# --- names of the policies the code itself reads -----------------------------------------------------

P_DIGITS = "小数位数"
P_ROUNDING = "舍入"
P_STEP = "视情步长"
P_ITEM_FLOOR = "单项下限"
P_TOTAL_FLOOR = "总分下限"
P_RANK_BASIS = "名次依据"
P_EVALUATION_WEIGHT = "述职测评权重"
P_EVALUATION_SCALE = "测评满分"
P_OWN_VOTE = "测评本人票"
P_PROMOTION = "优秀递补"
P_SPECIAL_BASIS = "特色工作计分"
P_UNRANKED_DEDUCT = "未排名的扣分"
P_CITY = "市局扣分与自报不一致"
P_SMALL_GROUP = "测评细节最少票数"
P_NOTICE = "通报内容"
P_FEEDBACK = "反馈内容"
#: Not read by code: 参评条件 of the sections name it. Here so that it has one spelling.
P_JOINT = "联合科室"
CODE_POLICIES = {
    P_DIGITS: ("2", "1", "3", "4"),
    P_ROUNDING: ("四舍五入", "四舍六入五成双", "截尾"),
    P_STEP: ("0.1", "0.5", "不限"),
    P_ITEM_FLOOR: ("扣完为止", "可为负"),
    P_TOTAL_FLOOR: ("不设", "0"),
    P_RANK_BASIS: ("扣除突破底线后", "扣除突破底线前"),
    P_EVALUATION_WEIGHT: ("0", "0.1"),
    P_EVALUATION_SCALE: ("100", "10"),
    P_OWN_VOTE: ("不计入", "计入"),
    P_PROMOTION: ("不递补", "递补"),
    P_SPECIAL_BASIS: ("区间内核定", "附件2合计"),
    P_UNRANKED_DEDUCT: ("不扣分", "按末名扣分"),
    P_CITY: ("以市局为准", "以科室自报为准"),
    P_SMALL_GROUP: ("3", "5"),
    P_NOTICE: ("只列等次", "等次和名次", "等次、名次和总分"),
    P_FEEDBACK: ("只列等次", "等次、名次和本科室得分"),
}
#: Policies of the code that say what is shown, and change no figure.
SHOWING_POLICIES = (P_SMALL_GROUP, P_NOTICE, P_FEEDBACK)


@dataclass(frozen=True, slots=True)
class Tier:
    """One step of a 分档 clause. `threshold` is None where the bound is a `reference` figure typed in later."""

    op: str
    threshold: Decimal | None
    reference: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class RankBand:
    """Ranks `first`..`last` (both included) earn or cost `points`."""

    first: int
    last: int
    points: Decimal


@dataclass(frozen=True, slots=True)
class Option:
    label: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Clause:
    """评分细则: the atom that is counted, quoted verbatim from the notice.

    id            `业务/办公室/1/3`, stable over renumbering
    text          the scoring sentence, verbatim; `lead` a requirement sentence printed before it, `heading` the
                  sub-heading it stands under, `remark` what the notice prints around it (definitions, sources)
    points        per event (按次计), once (一次性); None elsewhere
    low, high     bounds of a 视情 amount
    cap           本条封顶: most that this clause alone may take or give
    base          a box of its own inside the item: the clause earns max(0, base − deductions)
    ranks_total   how many are ranked (16 districts)
    factor        加倍: how many times the base points one doubled event costs in all
    several       选项: a count per label instead of one choice; `best_only`: then only the best label counts
    branch        分档: the 或-branch that alone earns the highest tier (field `…#选项`)
    exclusion     一次性: the condition under which nothing is earned (field `…#排除`)
    pool          clauses of one item that share this word: only the heaviest of them counts
    expected_max  more events than this are possible only if the notice is read otherwise: flagged
    events        视情每次: how many rows for events the sheet offers
    """

    id: str
    item: str
    no: int
    text: str
    direction: str
    kind: str
    lead: str = ""
    heading: str = ""
    remark: str = ""
    points: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    cap: Decimal | None = None
    base: Decimal | None = None
    metric: str = ""
    metric_unit: str = ""
    tiers: tuple[Tier, ...] = ()
    ranks: tuple[RankBand, ...] = ()
    ranks_total: int = 16
    options: tuple[Option, ...] = ()
    depends_on: str = ""
    factor: Decimal = Decimal(2)
    several: bool = False
    best_only: bool = False
    branch: str = ""
    exclusion: str = ""
    pool: str = ""
    allow_na: bool = False
    allow_pending: bool = False
    expected_max: int | None = None
    events: int = 3
    reading: str = ""

    @property
    def reference(self) -> str:
        """Name of the reference figure a 分档 clause compares with (全市平均值), or ""."""
        return next((t.reference for t in self.tiers if t.reference), "")

    @property
    def is_percent(self) -> bool:
        return self.metric_unit == "%"


@dataclass(frozen=True, slots=True)
class Item:
    """考评项: numbered, with 分值. `limit` is the most it can give (None: no limit of its own), `base` where it starts."""

    key: str
    part: str
    owner: str
    no: int
    title: str
    mode: str
    points: Decimal | None
    base: Decimal
    clauses: tuple[Clause, ...]
    assessors: tuple[str, ...] = ()
    note: str = ""

    @property
    def limit(self) -> Decimal | None:
        return self.points


@dataclass(frozen=True, slots=True)
class Section:
    """科室: who is appraised. `rubric` names the section whose 业务 items it answers (itself, save for split joint ones)."""

    name: str
    order: int
    aliases: tuple[str, ...] = ()
    rubric: str = ""
    note: str = ""

    def answers_to(self, name: str) -> bool:
        """Whether `name`, as the notice prints it, is this section. Whole names only, never substrings (open point 13)."""
        return name == self.name or name in self.aliases


@dataclass(frozen=True, slots=True)
class Part:
    """部分: `full` is its ceiling (None: none, as for 突破底线), `sign` +1 or −1 in the total."""

    name: str
    full: Decimal | None
    sign: int
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a value of a policy changes: attribute `name` of clause or item `target` becomes `setting`."""

    value: str
    target: str
    name: str
    setting: str


@dataclass(frozen=True, slots=True)
class Policy:
    """口径: something the notice leaves open, with the value in force and the other readings."""

    name: str
    value: str
    others: tuple[str, ...]
    basis: str
    note: str = ""
    open_point: str = ""
    scores: bool = True
    effects: tuple[Effect, ...] = ()

    @property
    def readings(self) -> tuple[str, ...]:
        return (self.value, *self.others)


@dataclass(frozen=True, slots=True)
class Duty:
    """谁填谁核: for a part (and one section or all), who fills in and who reviews."""

    part: str
    section: str
    filler: str
    reviewer: str
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Material:
    """应交材料: what a section hands in beside its sheet. `words` are the words a file name of it contains."""

    name: str
    section: str
    required: bool
    form: str
    words: tuple[str, ...] = ()
    basis: str = ""


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of the annex-4 form; `limit` in characters without white space, None where none is printed."""

    name: str
    limit: int | None = None
    overflow: bool = False
    required: bool = True
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Grade:
    """等次: by `top` ranks, by `cutoff` points, or neither (then 未定). `barred`: 突破底线 deductions exclude from it."""

    name: str
    top: int | None = None
    cutoff: Decimal | None = None
    barred: bool = False


@dataclass(frozen=True, slots=True)
class RaterGroup:
    name: str
    weight: Decimal
    key: str = ""


@dataclass(frozen=True)
class Scheme:
    """方案: everything that is appraised in one year, complete and consistent.

    `items` holds every item of every part in the notice's order. Policies with effects have been applied.
    `mark` (试填, 演示数据) goes to the head of every page. `text_hash` is the SHA-256 of the scheme's canonical text. `extra` keeps what others work out of the scheme once
    (its rulebook); it is no part of it and never compared.
    """

    id: str
    year: int
    version: str
    unit: str
    title: str
    document_no: str
    period_start: datetime.date
    period_end: datetime.date
    sections: tuple[Section, ...]
    parts: tuple[Part, ...]
    items: tuple[Item, ...]
    policies: tuple[Policy, ...]
    duties: tuple[Duty, ...] = ()
    materials: tuple[Material, ...] = ()
    form_title: str = ""
    form_fields: tuple[FormField, ...] = ()
    form_copies: int = 2
    grades: tuple[Grade, ...] = ()
    rater_groups: tuple[RaterGroup, ...] = ()
    special_awarded: tuple[Decimal, Decimal] = (Decimal(5), Decimal(10))
    special_other: tuple[Decimal, Decimal] = (Decimal(1), Decimal(5))
    password: str = ""
    text_hash: str = ""
    deadline: str = ""
    contact: str = ""
    mark: str = ""
    extra: dict = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def item_by_key(self) -> dict[str, Item]:
        return {item.key: item for item in self.items}

    @cached_property
    def clause_by_id(self) -> dict[str, Clause]:
        return {clause.id: clause for item in self.items for clause in item.clauses}

    @cached_property
    def policy_values(self) -> dict[str, str]:
        return {policy.name: policy.value for policy in self.policies}

    def policy(self, name: str) -> str:
        """Value in force of the policy `name`; KeyError is a bug, since the scheme's door checks they exist."""
        return self.policy_values[name]

    def part(self, name: str) -> Part:
        return next(part for part in self.parts if part.name == name)

    def section(self, name: str) -> Section | None:
        """The section called `name` or one of its aliases."""
        return next((s for s in self.sections if s.answers_to(name)), None)

    def section_items(self, section: Section, part: str) -> tuple[Item, ...]:
        """The items of `part` that stand on the sheet of `section`, aliases resolved (open point B)."""
        if part == BUSINESS:
            return tuple(i for i in self.items if i.part == part and i.owner == section.rubric)
        return tuple(
            i for i in self.items if i.part == part and (i.owner == EVERY_SECTION or section.answers_to(i.owner))
        )
