"""Who takes part, and what a printed name means.

Comes in: tables of records. Goes out: the sections that take part under the policies in force, and names resolved
to them. Whole names only, never parts of names.
"""

from __future__ import annotations

import re

from workbook_builder.model import BUSINESS, EVERY_SECTION
from workbook_builder.scheme.effects import same_reading
from workbook_builder.scheme.rows import ItemRow, SectionRow, Tables

_CONDITION = re.compile(r"([^=＝]+)[=＝]([^=＝]+)")


def parse_condition(text: str) -> tuple[str, str] | None:
    """口径=取值 as (policy, value); None if it is something else."""
    match = _CONDITION.fullmatch(text)
    return (match[1].strip(), match[2].strip()) if match else None


def takes_part(section: SectionRow, tables: Tables) -> bool:
    """Whether the section's condition holds; one about a policy the scheme does not have always does."""
    condition = parse_condition(section.condition) if section.condition else None
    if condition is None or condition[0] not in tables.policy_values:
        return True
    return same_reading(tables.policy_values[condition[0]], condition[1])


def taking_part(tables: Tables) -> tuple[SectionRow, ...]:
    return tuple(section for section in tables.sections if takes_part(section, tables))


def exclusive(one: SectionRow, other: SectionRow) -> bool:
    """Whether the two can never take part in the same year, because they want different values of one policy."""
    first, second = parse_condition(one.condition), parse_condition(other.condition)
    return first is not None and second is not None and first[0] == second[0] and not same_reading(first[1], second[1])


def all_names(tables: Tables) -> list[str]:
    """Every name and alias of every section, taking part or not."""
    return [name for section in tables.sections for name in (section.name, *section.aliases) if name]


def resolved(name: str, tables: Tables) -> str:
    """The section that `name` is an alias of, those that take part first; `name` itself if it is none."""
    if any(section.name == name for section in tables.sections):
        return name
    for section in (*taking_part(tables), *tables.sections):
        if name in section.aliases:
            return section.name
    return name


def rubric_of(section: SectionRow, tables: Tables) -> str:
    """The section whose 业务 items this one answers."""
    return resolved(section.rubric, tables) if section.rubric else section.name


def answers(section: SectionRow, item: ItemRow, tables: Tables) -> bool:
    """Whether the item stands on the section's sheet; the same rule as `Scheme.section_items`."""
    if item.part == BUSINESS:
        return resolved(item.owner, tables) == rubric_of(section, tables)
    return item.owner in (EVERY_SECTION, section.name, *section.aliases)
