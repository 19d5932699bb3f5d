"""口径 in force → the attributes of clauses and items they change.

Comes in: tables of records. Goes out: the same tables with the effects of the policies' values applied, which is
what the checks judge and the scheme is made of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from pydantic_core import PydanticCustomError

from workbook_builder.scheme.fields import folded, parse_number, parse_yes
from workbook_builder.scheme.rows import EffectRow, Record, Tables

_Parser = Callable[[str], Any]

#: Word in 口径影响.属性 → field of the record and how its setting is read; a blank setting clears the field.
ITEM_ATTRIBUTES: dict[str, tuple[str, _Parser]] = {
    "基础分": ("base", parse_number),
    "分值": ("points", parse_number),
}
CLAUSE_ATTRIBUTES: dict[str, tuple[str, _Parser]] = {
    "基础分": ("base", parse_number),
    "本条封顶": ("cap", parse_number),
    "分值": ("points", parse_number),
    "倍数": ("factor", parse_number),
    "只计最好": ("best_only", parse_yes),
    "取高组": ("pool", str),
}


def same_reading(one: str, other: str) -> bool:
    """Whether two texts name the same reading of a policy: 0.10 is 0.1, ２ is 2."""
    return reading_key(one) == reading_key(other)


def reading_key(text: str) -> str:
    """A reading in one spelling."""
    try:
        number = parse_number(text)
    except PydanticCustomError:
        return folded(text)
    return format(number.normalize() + 0, "f")


def effects_in_force(tables: Tables) -> Iterator[EffectRow]:
    values = tables.policy_values
    for effect in tables.effects:
        if effect.policy in values and same_reading(values[effect.policy], effect.value):
            yield effect


def apply_effects(tables: Tables) -> Tables:
    """The tables with every effect in force applied; settings that do not fit change nothing here."""
    changes: dict[str, dict[str, Any]] = {}
    for effect in effects_in_force(tables):
        known = _attributes(tables, effect.target)
        if effect.attribute in known:
            name, parse = known[effect.attribute]
            try:
                changes.setdefault(effect.target, {})[name] = parse(effect.setting) if effect.setting else _blank(name)
            except PydanticCustomError:
                continue
    return replace(
        tables,
        items=tuple(_changed(item, changes.get(item.key)) for item in tables.items),
        clauses=tuple(_changed(clause, changes.get(clause.id)) for clause in tables.clauses),
    )


def _attributes(tables: Tables, target: str) -> dict[str, tuple[str, _Parser]]:
    if target in tables.clause_by_id:
        return CLAUSE_ATTRIBUTES
    return ITEM_ATTRIBUTES if target in tables.item_by_key else {}


def _blank(name: str) -> Any:
    return "" if name == "pool" else None


def _changed(record: Any, changes: dict[str, Any] | None) -> Record:
    return record.model_copy(update=changes) if changes else record
