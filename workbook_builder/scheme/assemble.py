"""Records without errors → `Scheme`.

Comes in: checked tables with the policies in force applied. Goes out: the frozen scheme. Nothing is checked here.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from workbook_builder import model as m
from workbook_builder.scheme.checks.basics import basic
from workbook_builder.scheme.document import text_hash
from workbook_builder.scheme.effects import same_reading
from workbook_builder.scheme.rows import ClauseRow, ItemRow, PolicyRow, StepRow, Tables
from workbook_builder.scheme.sections import resolved, rubric_of, taking_part


def assemble(tables: Tables) -> m.Scheme:
    """The scheme these tables describe."""
    clauses = _clauses(tables)
    return m.Scheme(
        **_basics(tables),
        sections=tuple(
            m.Section(s.name, s.order or 0, s.aliases, rubric_of(s, tables), s.note) for s in taking_part(tables)
        ),
        parts=tuple(m.Part(p.name, p.full, -1 if p.sign == "减" else 1, p.basis) for p in tables.parts),
        items=tuple(_item(item, clauses[item.key], tables) for item in tables.items),
        policies=tuple(_policy(policy, tables) for policy in tables.policies),
        duties=tuple(m.Duty(d.part, d.section, d.filler, d.reviewer, d.basis) for d in tables.duties),
        materials=tuple(
            m.Material(r.name, r.section, bool(r.required), r.form, r.words, r.basis) for r in tables.materials
        ),
        form_fields=tuple(
            # A blank 必填 means it must be filled, as the printed form has it.
            m.FormField(f.name, f.limit, bool(f.overflow), f.required is not False, f.prompt)
            for f in tables.form
        ),
        grades=tuple(m.Grade(g.name, g.top, g.cutoff, bool(g.barred)) for g in tables.grades),
        rater_groups=tuple(m.RaterGroup(r.name, r.weight or Decimal(0)) for r in tables.raters),
        text_hash=text_hash(tables.document),
    )


def _basics(tables: Tables) -> dict[str, Any]:
    def of(key: str) -> Any:
        return basic(tables, key)

    return {
        "id": of("方案编号"),
        "year": of("年度"),
        "version": of("版本"),
        "unit": of("单位"),
        "title": of("标题"),
        "document_no": of("文号"),
        "period_start": of("周期起"),
        "period_end": of("周期止"),
        "form_title": of("申报表标题"),
        "form_copies": of("申报表份数"),
        "special_awarded": (of("特色获市局加分下限"), of("特色获市局加分上限")),
        "special_other": (of("特色未获加分下限"), of("特色未获加分上限")),
        "password": of("保护密码"),
        "deadline": of("报送截止"),
        "contact": of("联系方式"),
        "mark": of("页眉标记"),
    }


def _item(row: ItemRow, clauses: list[m.Clause], tables: Tables) -> m.Item:
    full = row.points if row.mode == "deduct" and row.points is not None else Decimal(0)
    return m.Item(
        key=row.key,
        part=row.part,
        # 业务 items belong to a section by its own name; elsewhere the notice's word is kept.
        owner=resolved(row.owner, tables) if row.part == m.BUSINESS else row.owner,
        no=row.no or 0,
        title=row.title,
        mode=row.mode,
        points=row.points,
        base=full if row.base is None else row.base,
        clauses=tuple(clauses),
        assessors=row.assessors,
        note=row.note,
    )


def _clauses(tables: Tables) -> dict[str, list[m.Clause]]:
    """Item key → its clauses, in the order of the file."""
    tiers, ranks, options = (_by_clause(rows) for rows in (tables.tiers, tables.ranks, tables.options))
    common = {"ranks_total": basic(tables, "名次总数"), "events": basic(tables, "视情事件行数")}
    clauses: dict[str, list[m.Clause]] = defaultdict(list)
    for row in tables.clauses:
        steps = {
            "tiers": tuple(m.Tier(t.op, t.threshold, t.reference, t.points) for t in tiers[row.id]),
            "ranks": tuple(m.RankBand(r.first, r.last, r.points) for r in sorted(ranks[row.id], key=lambda r: r.first)),
            "options": tuple(m.Option(o.label, o.points) for o in options[row.id]),
        }
        clauses[row.item].append(_clause(row, **steps, **common))
    return clauses


def _by_clause(rows: tuple[StepRow, ...]) -> dict[str, list[Any]]:
    steps: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        steps[row.clause].append(row)
    return steps


def _clause(row: ClauseRow, **more: Any) -> m.Clause:
    same = ("id", "item", "direction", "kind", "lead", "heading", "remark", "points", "low", "high", "unit", "cap")
    same += ("base", "metric", "metric_unit", "depends_on", "branch", "exclusion", "pool", "expected_max", "reading")
    return m.Clause(
        **{name: getattr(row, name) for name in same},
        no=row.no or 0,
        text=row.words,
        factor=Decimal(2) if row.factor is None else row.factor,
        several=bool(row.several),
        best_only=bool(row.best_only),
        allow_na=bool(row.allow_na),
        allow_pending=bool(row.allow_pending),
        **more,
    )


def _policy(row: PolicyRow, tables: Tables) -> m.Policy:
    known = m.CODE_POLICIES.get(row.name, ())

    def spelled(text: str) -> str:
        return next((reading for reading in known if same_reading(reading, text)), text)

    return m.Policy(
        name=row.name,
        value=spelled(row.value),
        others=tuple(spelled(other) for other in row.others),
        basis=row.basis,
        note=row.note,
        open_point=row.open_point,
        scores=bool(row.scores),
        effects=tuple(
            m.Effect(spelled(e.value), e.target, e.attribute, e.setting) for e in tables.effects if e.policy == row.name
        ),
    )
