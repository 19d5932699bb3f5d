"""Checks of clauses: what each kind needs, what it cannot use, and what it leans on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from workbook_builder import model as m
from workbook_builder.problems import Problem
from workbook_builder.scheme import tables as t
from workbook_builder.scheme.names import similar
from workbook_builder.scheme.rows import ClauseRow, Tables, shown


@dataclass(frozen=True, slots=True)
class Shape:
    """Columns a kind must have, and those it may have among the columns that only some kinds use."""

    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()


_BOXED = ("本条封顶", "本条基础分")
SHAPES: dict[str, Shape] = {
    m.PER_OCCURRENCE: Shape(("分值", "单位"), _BOXED),
    m.ONE_OFF: Shape(("分值",), (*_BOXED, "排除条件")),
    m.DISCRETIONARY: Shape(("下限", "上限"), _BOXED),
    m.DISCRETIONARY_EACH: Shape(("下限", "上限"), _BOXED),
    m.TIERS: Shape(("指标",), (*_BOXED, "或者条件")),
    m.RANK: Shape((), _BOXED),
    m.OPTIONS: Shape((), (*_BOXED, "可多项", "只计最好")),
    m.ZERO_ITEM: Shape(),
    m.CONVERTED: Shape((), ("本条封顶",)),
    m.DISCRETIONARY_MAX: Shape(("本条封顶",)),
    m.DOUBLING: Shape(("依赖细则",), ("倍数",)),
}
#: Columns that mean something only for some kinds. 单位, 指标 and the like describe and may stand anywhere.
_PARTICULAR = (
    "分值",
    "下限",
    "上限",
    "本条封顶",
    "本条基础分",
    "依赖细则",
    "倍数",
    "可多项",
    "只计最好",
    "或者条件",
    "排除条件",
)
_NUMBERS = {"分值": "points", "下限": "low", "上限": "high", "本条封顶": "cap", "本条基础分": "base"}
_OTHERS = {
    "依赖细则": "depends_on",
    "倍数": "factor",
    "可多项": "several",
    "只计最好": "best_only",
    "或者条件": "branch",
    "排除条件": "exclusion",
    "单位": "unit",
    "指标": "metric",
}
_FIELDS = _NUMBERS | _OTHERS


def attributes(tables: Tables) -> Iterator[Problem]:
    """Each kind has what it needs and nothing that would silently do nothing."""
    for clause in tables.clauses:
        if clause.kind not in SHAPES:
            continue
        shape = SHAPES[clause.kind]
        kind = m.KIND_LABELS[clause.kind]
        for column in shape.needs:
            if _value(clause, column) in (None, "") and column not in clause.bad:
                yield clause.problem("SCHEME_ATTRIBUTE_MISSING", column, kind=kind)
        for column in _PARTICULAR:
            # 否 in a yes/no column says the same as a blank.
            if column not in (*shape.needs, *shape.may) and _value(clause, column) not in (None, "", False):
                yield clause.problem("SCHEME_ATTRIBUTE_UNUSED", column, kind=kind)


def _value(clause: ClauseRow, column: str) -> object:
    return getattr(clause, _FIELDS[column])


def amounts(tables: Tables) -> Iterator[Problem]:
    """Points are positive, bounds in order, counts at least one."""
    for clause in tables.clauses:
        for column, name in _NUMBERS.items():
            number = getattr(clause, name)
            if number is not None and number <= 0:
                yield clause.problem("SCHEME_NOT_POSITIVE", column, shown(number), low=0)
        if clause.low is not None and clause.high is not None and 0 < clause.high < clause.low:
            yield clause.problem("SCHEME_BOUNDS", "下限", high=shown(clause.high))
        if clause.factor is not None and clause.factor <= 1:
            yield clause.problem("SCHEME_NOT_POSITIVE", "倍数", shown(clause.factor), low=1)
        if clause.expected_max is not None and clause.expected_max < 1:
            yield clause.problem("SCHEME_NOT_POSITIVE", "最多次数", low=0)
        if clause.best_only and not clause.several and clause.kind == m.OPTIONS:
            yield clause.problem("SCHEME_BEST_ONLY", "只计最好")


def doubling(tables: Tables) -> Iterator[Problem]:
    """A doubling clause leans on a 按次计 clause of its own item that stands before it."""
    counted = [clause.id for clause in tables.clauses if clause.kind == m.PER_OCCURRENCE]
    order = {id(clause): place for place, clause in enumerate(tables.clauses)}
    for clause in tables.clauses:
        if clause.kind != m.DOUBLING or not clause.depends_on:
            continue
        base = tables.clause_by_id.get(clause.depends_on)
        reason = hint = ""
        if base is None:
            if not tables.has(*t.CLAUSES):
                continue
            reason, hint = "不存在", similar(clause.depends_on, counted)
        elif base.item != clause.item:
            reason = "在另一个考评项中"
        elif base.kind and base.kind != m.PER_OCCURRENCE:
            reason = f"的类型是“{m.KIND_LABELS[base.kind]}”"
        elif order[id(base)] >= order[id(clause)]:
            reason = "排在它后面"
        if reason:
            yield clause.problem("SCHEME_DOUBLING_BASE", "依赖细则", reason=reason, hint=hint)


def pools(tables: Tables) -> Iterator[Problem]:
    members = Counter((clause.item, clause.pool) for clause in tables.clauses if clause.pool)
    for clause in tables.clauses:
        if clause.pool and members[clause.item, clause.pool] == 1:
            yield clause.problem("SCHEME_POOL_SINGLE", "取高组", clause.pool)


def steps(tables: Tables) -> Iterator[Problem]:
    """分档, 名次 and 选项 clauses have rows in their tables, and those rows have such a clause."""
    for kind, name, table in (
        (m.TIERS, "tiers", t.TIERS),
        (m.RANK, "ranks", t.RANKS),
        (m.OPTIONS, "options", t.OPTIONS),
    ):
        if not tables.has(table):
            continue
        rows = getattr(tables, name)
        named = {row.clause for row in rows}
        label = m.KIND_LABELS[kind]
        for clause in tables.clauses:
            if clause.kind == kind and clause.id and clause.id not in named:
                yield clause.problem("SCHEME_STEPS_MISSING", "类型", clause.id, kind=label, wanted=table.name)
        wanted = [clause.id for clause in tables.clauses if clause.kind == kind]
        for row in rows:
            clause = tables.clause_by_id.get(row.clause)
            if clause is None:
                if row.clause and tables.has(*t.CLAUSES):
                    yield row.problem("SCHEME_CLAUSE_UNKNOWN", "细则编号", hint=similar(row.clause, wanted))
            elif clause.kind and clause.kind != kind:
                facts = {"kind": m.KIND_LABELS[clause.kind], "wanted": label}
                yield row.problem("SCHEME_CLAUSE_KIND", "细则编号", **facts)
