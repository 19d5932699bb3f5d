"""Checks of 口径 and 口径影响: every policy the program reads is there, and every effect can take effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pydantic_core import PydanticCustomError

from workbook_builder.model import CODE_POLICIES
from workbook_builder.problems import Problem, problem
from workbook_builder.scheme import tables as t
from workbook_builder.scheme.effects import (
    CLAUSE_ATTRIBUTES,
    ITEM_ATTRIBUTES,
    effects_in_force,
    reading_key,
    same_reading,
)
from workbook_builder.scheme.names import similar
from workbook_builder.scheme.rows import EffectRow, PolicyRow, Tables


def code_policies(tables: Tables) -> Iterator[Problem]:
    """The policies the program itself reads exist, with readings it knows."""
    if not tables.has(t.POLICIES):
        return
    named = tables.policy_by_name
    strange = [name for name in named if name not in CODE_POLICIES]
    for name, readings in CODE_POLICIES.items():
        shown = "、".join(readings)
        if name not in named:
            facts = {"name": name, "readings": shown, "hint": similar(name, strange)}
            yield problem("SCHEME_POLICY_MISSING", tables.where(t.POLICIES), "", **facts)
            continue
        policy = named[name]
        columns = [("取值", policy.value), *(("其他读法", other) for other in policy.others)]
        for column, text in columns:
            if text and not any(same_reading(text, reading) for reading in readings):
                yield policy.problem(
                    "SCHEME_POLICY_VALUE", column, text, name=name, readings=shown, hint=similar(text, readings)
                )


def readings(tables: Tables) -> Iterator[Problem]:
    """A value changed by hand leaves its old reading to be written back among the others."""
    for policy in tables.policies:
        count = Counter(reading_key(reading) for reading in policy.readings)
        if policy.value and max(count.values()) > 1:
            facts = {"name": policy.name, "others": _others(policy)}
            yield policy.problem("SCHEME_POLICY_REPEATED", "其他读法", policy.value, **facts)


def _others(policy: PolicyRow) -> str:
    """What 其他读法 should be: everything known to be possible, save the value in force."""
    known = CODE_POLICIES.get(policy.name, tuple(dict.fromkeys(policy.others)))
    others = [reading for reading in known if not same_reading(reading, policy.value)]
    return "；".join(others) if policy.name in CODE_POLICIES else "；".join([*others, "原来的取值"])


def effects(tables: Tables) -> Iterator[Problem]:
    policies = tables.policy_by_name
    for effect in tables.effects:
        if effect.policy and tables.has(t.POLICIES):
            yield from _effect_value(effect, policies)
        if effect.target and tables.has(t.ITEMS, *t.CLAUSES):
            yield from _effect_target(effect, tables)


def _effect_value(effect: EffectRow, policies: dict[str, PolicyRow]) -> Iterator[Problem]:
    policy = policies.get(effect.policy)
    if policy is None:
        yield effect.problem("SCHEME_EFFECT_POLICY", "口径", hint=similar(effect.policy, policies))
    elif effect.value and not any(same_reading(effect.value, reading) for reading in policy.readings):
        facts = {"name": policy.name, "readings": "、".join(policy.readings)}
        yield effect.problem("SCHEME_EFFECT_VALUE", "取值", **facts)


def _effect_target(effect: EffectRow, tables: Tables) -> Iterator[Problem]:
    if effect.target in tables.clause_by_id:
        known, name = CLAUSE_ATTRIBUTES, "评分细则"
    elif effect.target in tables.item_by_key:
        known, name = ITEM_ATTRIBUTES, "考评项"
    else:
        hint = similar(effect.target, [*tables.clause_by_id, *tables.item_by_key])
        yield effect.problem("SCHEME_EFFECT_TARGET", "对象", hint=hint)
        return
    if effect.attribute and effect.attribute not in known:
        yield effect.problem("SCHEME_EFFECT_ATTRIBUTE", "属性", target=name, choices="、".join(known))
    elif effect.attribute and effect.setting:
        try:
            known[effect.attribute][1](effect.setting)
        except PydanticCustomError as error:
            yield effect.problem(error.type, "设为", **dict(error.context or {}))


def effects_clash(tables: Tables) -> Iterator[Problem]:
    """Two policies in force do not pull the same attribute two ways."""
    first: dict[tuple[str, str], EffectRow] = {}
    for effect in effects_in_force(tables):
        key = (effect.target, effect.attribute)
        before = first.setdefault(key, effect)
        if before.policy != effect.policy and all(key):
            yield effect.problem("SCHEME_EFFECT_CLASH", "对象", first=before.policy, second=effect.policy)
