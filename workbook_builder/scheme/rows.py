"""Rows of texts → typed records, each remembering its cell.

Comes in: a document. Goes out: `Tables`, a record per row, and a problem per cell that cannot be read. A record
whose cells are partly unreadable is kept without them (`bad` names the columns), so that the checks after this
still see everything else and one run lists every problem.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workbook_builder import model as m
from workbook_builder.problems import Problem, Where, problem
from workbook_builder.scheme import tables as t
from workbook_builder.scheme.document import Document, Row
from workbook_builder.scheme.fields import (
    Bound,
    Integer,
    Names,
    Number,
    Weight,
    Yes,
    choice_field,
    swap,
)

PartName = choice_field({name: name for name in m.PARTS})
Direction = choice_field(swap(m.DIRECTION_LABELS))
Kind = choice_field(swap(m.KIND_LABELS))
Mode = choice_field(swap(m.MODE_LABELS))
Operator = choice_field(swap(m.TIER_LABELS))
Sign = choice_field({"加": "加", "减": "减"})
Attribute = choice_field({word: word for word in t.EFFECTS.column("属性").choices})
MetricUnit = choice_field({word: word for word in t.CLAUSES[0].column("指标单位").choices})
MaterialForm = choice_field({word: word for word in t.MATERIALS.column("形式").choices})


class Record(BaseModel):
    """A row with meaning. Every column may be blank here; `tables` says which must not be, `bad` which could not be read."""

    model_config = ConfigDict(frozen=True, extra="ignore", arbitrary_types_allowed=True, populate_by_name=False)

    file: str = ""
    table: t.Table
    source: Row
    bad: frozenset[str] = frozenset()

    def where(self, column: str) -> Where:
        return Where(self.file, self.table.name, self.source.cell(self.table, column))

    def text(self, column: str) -> str:
        """The text of `column` as typed."""
        return self.source.values.get(column, "")

    def problem(self, code: str, column: str, value: object = None, **facts: object) -> Problem:
        """A problem at this row's cell of `column`."""
        shown = self.text(column) if value is None else value
        return problem(code, self.where(column), shown, column=column, **facts)


class BasicRow(Record):
    key: str = Field("", alias="项目")
    content: str = Field("", alias="内容")
    note: str = Field("", alias="说明")


class SectionRow(Record):
    order: Integer = Field(None, alias="序号")
    name: str = Field("", alias="科室")
    aliases: Names = Field((), alias="别名")
    rubric: str = Field("", alias="业务标准")
    condition: str = Field("", alias="参评条件")
    note: str = Field("", alias="说明")


class PartRow(Record):
    name: PartName = Field("", alias="部分")
    full: Number = Field(None, alias="满分")
    sign: Sign = Field("", alias="计入总分")
    basis: str = Field("", alias="依据")


class ItemRow(Record):
    key: str = Field("", alias="考评项编号")
    part: PartName = Field("", alias="部分")
    owner: str = Field("", alias="责任科室")
    no: Integer = Field(None, alias="序号")
    title: str = Field("", alias="考评内容")
    points: Number = Field(None, alias="分值")
    mode: Mode = Field("", alias="计分方式")
    base: Number = Field(None, alias="基础分")
    assessors: Names = Field((), alias="考评科室")
    note: str = Field("", alias="说明")


class ClauseRow(Record):
    id: str = Field("", alias="细则编号")
    item: str = Field("", alias="考评项编号")
    no: Integer = Field(None, alias="条号")
    lead: str = Field("", alias="引导语")
    words: str = Field("", alias="细则原文")
    heading: str = Field("", alias="小标题")
    remark: str = Field("", alias="附注")
    direction: Direction = Field("", alias="方向")
    kind: Kind = Field("", alias="类型")
    points: Number = Field(None, alias="分值")
    low: Number = Field(None, alias="下限")
    high: Number = Field(None, alias="上限")
    unit: str = Field("", alias="单位")
    cap: Number = Field(None, alias="本条封顶")
    base: Number = Field(None, alias="本条基础分")
    metric: str = Field("", alias="指标")
    metric_unit: MetricUnit = Field("", alias="指标单位")
    depends_on: str = Field("", alias="依赖细则")
    factor: Number = Field(None, alias="倍数")
    several: Yes = Field(None, alias="可多项")
    best_only: Yes = Field(None, alias="只计最好")
    branch: str = Field("", alias="或者条件")
    exclusion: str = Field("", alias="排除条件")
    pool: str = Field("", alias="取高组")
    allow_na: Yes = Field(None, alias="可不适用")
    allow_pending: Yes = Field(None, alias="待市局")
    expected_max: Integer = Field(None, alias="最多次数")
    reading: str = Field("", alias="读法说明")


class StepRow(Record):
    """A row that belongs to a clause: of 档次, 名次 or 选项."""

    clause: str = Field("", alias="细则编号")
    points: Number = Field(None, alias="分值")


class TierRow(StepRow):
    op: Operator = Field("", alias="比较")
    threshold: Bound = Field(None, alias="界限")
    reference: str = Field("", alias="参照")


class RankRow(StepRow):
    first: Integer = Field(None, alias="起")
    last: Integer = Field(None, alias="止")


class OptionRow(StepRow):
    label: str = Field("", alias="选项")


class PolicyRow(Record):
    name: str = Field("", alias="口径")
    value: str = Field("", alias="取值")
    others: Names = Field((), alias="其他读法")
    scores: Yes = Field(None, alias="影响分数")
    basis: str = Field("", alias="依据")
    note: str = Field("", alias="说明")
    open_point: str = Field("", alias="疑点")

    @property
    def readings(self) -> tuple[str, ...]:
        return (self.value, *self.others)


class EffectRow(Record):
    policy: str = Field("", alias="口径")
    value: str = Field("", alias="取值")
    target: str = Field("", alias="对象")
    attribute: Attribute = Field("", alias="属性")
    setting: str = Field("", alias="设为")


class DutyRow(Record):
    part: PartName = Field("", alias="部分")
    section: str = Field("", alias="科室")
    filler: str = Field("", alias="填报")
    reviewer: str = Field("", alias="核定")
    basis: str = Field("", alias="依据")


class MaterialRow(Record):
    name: str = Field("", alias="材料")
    section: str = Field("", alias="科室")
    required: Yes = Field(None, alias="必交")
    form: MaterialForm = Field("", alias="形式")
    words: Names = Field((), alias="文件名词语")
    basis: str = Field("", alias="依据")


class FormRow(Record):
    name: str = Field("", alias="栏目")
    limit: Integer = Field(None, alias="字数上限")
    overflow: Yes = Field(None, alias="可附页")
    required: Yes = Field(None, alias="必填")
    prompt: str = Field("", alias="提示")


class GradeRow(Record):
    name: str = Field("", alias="等次")
    top: Integer = Field(None, alias="前几名")
    cutoff: Number = Field(None, alias="最低分")
    barred: Yes = Field(None, alias="底线扣分不得评")


class RaterRow(Record):
    name: str = Field("", alias="测评组")
    weight: Weight = Field(None, alias="权重")


R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Tables:
    """All records of a scheme, and how they stand in the file. `clauses` are those of the four clause tables together."""

    file: str
    document: Document
    basics: tuple[BasicRow, ...]
    sections: tuple[SectionRow, ...]
    parts: tuple[PartRow, ...]
    items: tuple[ItemRow, ...]
    clauses: tuple[ClauseRow, ...]
    tiers: tuple[TierRow, ...]
    ranks: tuple[RankRow, ...]
    options: tuple[OptionRow, ...]
    policies: tuple[PolicyRow, ...]
    effects: tuple[EffectRow, ...]
    duties: tuple[DutyRow, ...]
    materials: tuple[MaterialRow, ...]
    form: tuple[FormRow, ...]
    grades: tuple[GradeRow, ...]
    raters: tuple[RaterRow, ...]

    MODELS: ClassVar[dict[str, tuple[type[Record], tuple[t.Table, ...]]]] = {
        "basics": (BasicRow, (t.BASICS,)),
        "sections": (SectionRow, (t.SECTIONS,)),
        "parts": (PartRow, (t.PARTS,)),
        "items": (ItemRow, (t.ITEMS,)),
        "clauses": (ClauseRow, t.CLAUSES),
        "tiers": (TierRow, (t.TIERS,)),
        "ranks": (RankRow, (t.RANKS,)),
        "options": (OptionRow, (t.OPTIONS,)),
        "policies": (PolicyRow, (t.POLICIES,)),
        "effects": (EffectRow, (t.EFFECTS,)),
        "duties": (DutyRow, (t.DUTIES,)),
        "materials": (MaterialRow, (t.MATERIALS,)),
        "form": (FormRow, (t.FORM,)),
        "grades": (GradeRow, (t.GRADES,)),
        "raters": (RaterRow, (t.RATERS,)),
    }

    def where(self, table: t.Table) -> Where:
        return Where(self.file, table.name)

    @cached_property
    def policy_values(self) -> dict[str, str]:
        return {name: policy.value for name, policy in self.policy_by_name.items()}

    @cached_property
    def policy_by_name(self) -> dict[str, PolicyRow]:
        return {policy.name: policy for policy in reversed(self.policies) if policy.name}

    @cached_property
    def item_by_key(self) -> dict[str, ItemRow]:
        return {item.key: item for item in reversed(self.items) if item.key}

    @cached_property
    def clause_by_id(self) -> dict[str, ClauseRow]:
        return {clause.id: clause for clause in reversed(self.clauses) if clause.id}

    @cached_property
    def part_full(self) -> dict[str, Decimal | None]:
        return {part.name: part.full for part in reversed(self.parts)}

    @cached_property
    def basic_values(self) -> dict[str, BasicRow]:
        return {basic.key: basic for basic in reversed(self.basics)}

    def has(self, *tables: t.Table) -> bool:
        """Whether these tables are there with every column; if not, what points into them cannot be judged."""
        return all(table.name in self._whole for table in tables)

    @cached_property
    def _whole(self) -> frozenset[str]:
        return frozenset(
            table.name
            for table in t.TABLES
            if table.name in self.document
            and not any(row.lacks(column.name) for row in self.document[table.name][:1] for column in table.columns)
        )


def read_tables(document: Document, file: str) -> tuple[Tables, list[Problem]]:
    """Every row of the document as a record, and every cell that could not be read."""
    problems: list[Problem] = []
    records: dict[str, Any] = {}
    for name, (kind, tables) in Tables.MODELS.items():
        found = []
        for table in tables:
            for row in document.get(table.name, ()):
                record, more = _read_row(kind, table, row, file)
                found.append(record)
                problems += more
        records[name] = tuple(found)
    return Tables(file=file, document=document, **records), problems


def _read_row(kind: type[R], table: t.Table, row: Row, file: str) -> tuple[R, list[Problem]]:
    frame = {"file": file, "table": table, "source": row}
    blank = [c.name for c in table.columns if c.required and c.name not in row.values]
    lacking = [c.name for c in table.columns if row.lacks(c.name)]
    where = Where(file, table.name)
    problems = [
        problem("SCHEME_REQUIRED", where.at(cell=row.cell(table, name)), "", column=name)
        for name in blank
        if name not in lacking
    ]
    try:
        return kind.model_validate({**row.values, **frame, "bad": frozenset(blank + lacking)}), problems
    except ValidationError as error:
        unread = {str(detail["loc"][0]): detail for detail in error.errors(include_url=False)}
    problems += _unread_problems(unread, table, row, where)
    values = {name: text for name, text in row.values.items() if name not in unread}
    return kind.model_validate({**values, **frame, "bad": frozenset([*blank, *lacking, *unread])}), problems


def _unread_problems(unread: dict[str, Any], table: t.Table, row: Row, where: Where) -> Iterator[Problem]:
    for name, detail in unread.items():
        facts = dict(detail.get("ctx", {}))
        yield problem(detail["type"], where.at(cell=row.cell(table, name)), row.values[name], column=name, **facts)


def shown(number: Decimal | None) -> str:
    """A number as messages print it."""
    return "空" if number is None else format(number.normalize() + 0, "f")
