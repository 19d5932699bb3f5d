"""Checks of parts and items: all there, adding up, each with clauses that fit it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.problems import Problem, problem
from workbook_builder.scheme import tables as t
from workbook_builder.scheme.rows import ItemRow, Tables, shown
from workbook_builder.scheme.sections import answers, resolved, rubric_of, taking_part

_DIRECTIONS = {"deduct": (m.DEDUCT,), "add": (m.ADD,), "mixed": (m.DEDUCT, m.ADD), "converted": (m.ADD,)}


def parts(tables: Tables) -> Iterator[Problem]:
    if not tables.has(t.PARTS):
        return
    for part in m.PARTS:
        if part not in tables.part_full:
            yield problem("SCHEME_PART_MISSING", tables.where(t.PARTS), "", part=part)
    for row in tables.parts:
        if row.full is not None and row.full < 0:
            yield row.problem("SCHEME_NOT_POSITIVE", "满分", low="或等于0")


def item_points(tables: Tables) -> Iterator[Problem]:
    for item in tables.items:
        if item.part in (m.BUSINESS, m.TEAM) and item.points is None:
            yield item.problem("SCHEME_POINTS_MISSING", "分值", part=item.part)
        if item.points is not None and item.points <= 0:
            yield item.problem("SCHEME_NOT_POSITIVE", "分值", low=0)
        if item.base is not None and item.base < 0:
            yield item.problem("SCHEME_NOT_POSITIVE", "基础分", low="或等于0")
        if item.base is not None and item.points is not None and item.base > item.points:
            yield item.problem("SCHEME_RANGE", "基础分", low=0, high=shown(item.points))


def sums(tables: Tables) -> Iterator[Problem]:
    """业务 items of each section, and 队伍 items, add up to the part's full points (通知三（一）)."""
    if not tables.has(t.PARTS, t.SECTIONS, t.ITEMS):
        return
    for part, owner, items in _groups(tables):
        full = tables.part_full.get(part)
        if full is None or not items or any(item.points is None for item in items):
            continue
        found = sum((item.points for item in items if item.points is not None), Decimal(0))
        if found != full:
            facts = {"part": part, "owner": owner, "found": shown(found), "full": shown(full), "count": len(items)}
            yield items[0].problem("SCHEME_SUM", "分值", **facts)


def _groups(tables: Tables) -> Iterator[tuple[str, str, tuple[ItemRow, ...]]]:
    business = [item for item in tables.items if item.part == m.BUSINESS and item.owner]
    owners = dict.fromkeys(resolved(item.owner, tables) for item in business)
    for owner in owners:
        yield m.BUSINESS, f"“{owner}”", tuple(i for i in business if resolved(i.owner, tables) == owner)
    team = [item for item in tables.items if item.part == m.TEAM]
    groups: dict[tuple[str, ...], str] = {}
    for section in taking_part(tables):
        mine = tuple(item.key for item in team if answers(section, item, tables))
        groups.setdefault(mine, f"“{section.name}”")
    for keys, owner in groups.items():
        name = m.EVERY_SECTION if len(groups) == 1 else owner
        yield m.TEAM, name, tuple(item for item in team if item.key in keys)


def every_section_has_items(tables: Tables) -> Iterator[Problem]:
    if not tables.has(t.SECTIONS, t.ITEMS):
        return
    owners = {resolved(item.owner, tables) for item in tables.items if item.part == m.BUSINESS}
    for section in taking_part(tables):
        if section.name and rubric_of(section, tables) not in owners:
            yield section.problem("SCHEME_SECTION_EMPTY", "业务标准" if section.rubric else "科室", section.name)


def every_item_is_used(tables: Tables) -> Iterator[Problem]:
    if not tables.has(t.SECTIONS, t.POLICIES):
        return
    sections = taking_part(tables)
    known = {name for section in tables.sections for name in (section.name, *section.aliases)} | {m.EVERY_SECTION}
    for item in tables.items:
        # An owner nobody knows is an error of its own.
        if item.owner in known and not any(answers(section, item, tables) for section in sections):
            yield item.problem("SCHEME_ITEM_UNUSED", "责任科室", item.key)


def every_item_has_clauses(tables: Tables) -> Iterator[Problem]:
    wanted = {table.part: table for table in t.CLAUSES}
    used = {clause.item for clause in tables.clauses}
    for item in tables.items:
        if item.key and item.part and item.key not in used and tables.has(wanted[item.part]):
            yield item.problem("SCHEME_ITEM_EMPTY", "考评项编号", wanted=wanted[item.part].name)


def directions(tables: Tables) -> Iterator[Problem]:
    for clause in tables.clauses:
        item = tables.item_by_key.get(clause.item)
        if item is None or not item.mode or not clause.direction:
            continue
        if clause.direction not in _DIRECTIONS[item.mode]:
            yield clause.problem("SCHEME_DIRECTION", "方向", mode=m.MODE_LABELS[item.mode])


def caps(tables: Tables) -> Iterator[Problem]:
    for clause in tables.clauses:
        item = tables.item_by_key.get(clause.item)
        if item is not None and item.points is not None and clause.cap is not None and clause.cap > item.points:
            yield clause.problem("SCHEME_CAP_ABOVE_ITEM", "本条封顶", shown(clause.cap), points=shown(item.points))
