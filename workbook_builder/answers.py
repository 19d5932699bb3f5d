"""The Python face of scoring: answers as plain values in, points per item and part out (contract 7).

`answers` maps clause id → answer: numbers, bool for 是/否, a list of amounts for 视情每次, a label or a list of labels
for 选项, `{"value", "reference"}`, `{"metric", "option"}`, `{"achieved", "excluded"}`, or one of the words 不适用,
未排名, 待市局反馈. An id that is absent did not happen or was not earned; an id present with None was asked and left
blank. Scoring itself is that of the pipeline; this module only translates.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from workbook_builder import model as m
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl
from workbook_builder.rules.clauses import ZERO
from workbook_builder.rules.items import Figure, Rulebook, sum_figure
from workbook_builder.rules.slots import Slot, SlotValue


class AnswerError(ValueError):
    """Some answers cannot be scored. `clauses` maps every offending clause id → what is wrong with its answer."""

    def __init__(self, clauses: Mapping[str, str]):
        self.clauses = dict(clauses)
        super().__init__("；".join(f"{clause}：{why}" for clause, why in self.clauses.items()))


def score_answers(scheme: m.Scheme, section: str, answers: Mapping[str, object]) -> dict[str, Decimal | None]:
    """Points of `section`: item key, part name and "总分" → Decimal, None where unknown.

    业务 items are those of the section's rubric; 队伍, 特色 and 底线 items are scored for whichever section is asked.
    特色工作 is the sum of the annex-2 points (at most 10), 突破底线 a positive deduction. Raises AnswerError naming every
    offending clause id, ValueError for an unknown section.
    """
    found = scheme.section(section)
    if found is None:
        raise ValueError(f"方案中没有科室“{section}”")
    rules = rulebook(scheme)
    items = tuple(i for i in scheme.items if i.part != m.BUSINESS or i.owner == found.rubric)
    values = _translate(rules, items, answers)
    absent = frozenset(c.id for i in items for c in i.clauses if c.id not in answers and not _needed(c))
    scored = rules.score_section(found, items, values, confirmed=True, absent=absent)
    result = {key: _value(item.figure) for key, item in scored.items.items()}
    result |= {name: _value(figure) for name, figure in scored.parts.items()}
    plus = [scored.parts[p.name] for p in scheme.parts if p.sign > 0]
    minus = [scored.parts[p.name] for p in scheme.parts if p.sign < 0]
    result[m.TOTAL] = _value(sum_figure(plus, minus))
    return result


def rulebook(scheme: m.Scheme) -> Rulebook:
    """The rules of `scheme`, worked out once per scheme."""
    rules = scheme.extra.get("rulebook")
    if rules is None:
        rules = scheme.extra["rulebook"] = Rulebook(scheme, doubt_fractions=False)
    return rules


def _value(figure: Figure) -> Decimal | None:
    return None if figure.value is None else sh.tidy(figure.value)


# --- translation --------------------------------------------------------------------------------------------


def _translate(rules: Rulebook, items: tuple[m.Item, ...], answers: Mapping[str, object]) -> dict:
    clauses = {clause.id: (clause, item) for item in items for clause in item.clauses}
    wrong = {clause_id: "本科室没有这条细则" for clause_id in answers if clause_id not in clauses}
    values: dict[str, dict[str, SlotValue]] = {}
    for clause_id, (clause, _item) in clauses.items():
        try:
            values[clause_id] = _slot_values(rules, clause, answers)
        except _BadAnswer as error:
            wrong[clause_id] = str(error)
    for clause_id, (clause, _item) in clauses.items():
        if clause_id not in wrong and clause.kind == m.DOUBLING:
            base = values.get(clause.depends_on, {}).get("")
            if sl.number_of(values[clause_id].get("")) > sl.number_of(base):
                wrong[clause_id] = f"加倍的次数多于{clause.depends_on}的次数"
    if wrong:
        raise AnswerError(wrong)
    return values


class _BadAnswer(Exception):
    """An answer that does not fit its clause; the text says why."""


def _slot_values(rules: Rulebook, clause: m.Clause, answers: Mapping[str, object]) -> dict[str, SlotValue]:
    answer = answers.get(clause.id)
    if answer is None:
        return {}
    slots = {slot.suffix: slot for slot in rules.slots[clause.id]}
    if clause.kind == m.DISCRETIONARY_EACH:
        return _events(slots["@1"], answer)
    if clause.kind == m.OPTIONS:
        return _options(clause, slots, answer)
    if clause.reference:
        return _pair(slots, answer, {"value": "", "reference": sl.REFERENCE})
    if clause.branch:
        return _pair(slots, answer, {"metric": "", "option": sl.BRANCH}, {sl.BRANCH: m.NO})
    if clause.exclusion:
        return _pair(slots, answer, {"achieved": "", "excluded": sl.EXCLUSION}, {sl.EXCLUSION: m.NO})
    return _given({"": _scalar(slots[""], answer)})


def _needed(clause: m.Clause) -> bool:
    """Whether an absent answer cannot be taken for "nothing": 折算 anywhere, 名次 and 分档 on a deduct clause."""
    return clause.kind == m.CONVERTED or (clause.direction == m.DEDUCT and clause.kind in (m.RANK, m.TIERS))


def _given(values: dict[str, SlotValue]) -> dict[str, SlotValue]:
    return {suffix: value for suffix, value in values.items() if value is not None}


def _pair(
    slots: Mapping[str, Slot],
    answer: object,
    names: Mapping[str, str],
    defaults: Mapping[str, SlotValue] | None = None,
) -> dict[str, SlotValue]:
    if not isinstance(answer, Mapping):
        answer = {next(iter(names)): answer}
    unknown = set(answer) - set(names)
    if unknown:
        raise _BadAnswer(f"不认识的字段 {'、'.join(map(str, sorted(unknown, key=str)))}")
    values = dict(defaults or {})
    for name, suffix in names.items():
        if name in answer:
            values[suffix] = None if answer[name] is None else _scalar(slots[suffix], answer[name])
    return _given(values)


def _events(slot: Slot, answer: object) -> dict[str, SlotValue]:
    if not isinstance(answer, list | tuple):
        plain = ZERO if answer is False else _plain(answer)
        if plain == 0 or plain in m.NONE_WORDS:
            return {"@1": ZERO}
        raise _BadAnswer("应为各次分数的列表")
    amounts = [_scalar(slot, amount) for amount in answer]
    if any(sl.number_of(amount) == 0 for amount in amounts):
        raise _BadAnswer("每次的分数应在规定范围内")
    return {f"@{k}": amount for k, amount in enumerate(amounts, 1)} or {"@1": ZERO}


def _options(clause: m.Clause, slots: Mapping[str, Slot], answer: object) -> dict[str, SlotValue]:
    if not clause.several:
        if isinstance(answer, list | tuple) and len(answer) <= 1:
            answer = answer[0] if answer else m.NO_OPTION
        return {"": _scalar(slots[""], m.NO_OPTION if answer is False else answer)}
    if answer in (m.PENDING_CITY, *m.NOT_APPLICABLE_WORDS):
        return {suffix: _scalar(slot, answer) for suffix, slot in slots.items()}
    if answer is False or answer in (*m.NONE_WORDS,):
        answer = []
    labels = [answer] if isinstance(answer, str) else answer
    if not isinstance(labels, list | tuple):
        raise _BadAnswer("应为选项或选项的列表")
    known = [option.label for option in clause.options]
    unknown = [label for label in labels if label not in known]
    if unknown:
        raise _BadAnswer(f"没有选项“{unknown[0]}”")
    return {f"@{k}": Decimal(labels.count(label)) for k, label in enumerate(known, 1)}


def _scalar(slot: Slot, answer: object) -> SlotValue:
    """One plain value as a slot value; _BadAnswer unless the slot takes it."""
    value = _plain(answer)
    if isinstance(answer, bool):
        # False is 否, which in a number means "did not happen" or nothing at all: no rate is 0 % because of it.
        value = m.YES if answer else m.NO
        if slot.type != sl.YESNO and (answer or not slot.zero):
            raise _BadAnswer("这里不是是否项")
    if slot.type in sl.NUMERIC_TYPES and value in m.NONE_WORDS and slot.zero:
        value = ZERO
    state = sl.state(slot, value, confirmed=True)
    if state not in (sl.FILLED, sl.PENDING):
        raise _BadAnswer(f"不能是 {answer!r}")
    return value


def _plain(answer: object) -> SlotValue:
    if isinstance(answer, bool | str):
        return answer if isinstance(answer, str) else None
    if isinstance(answer, Decimal):
        number = answer
    elif isinstance(answer, int | float):
        number = Decimal(repr(answer))
    else:
        raise _BadAnswer(f"不能是 {answer!r}")
    try:
        finite = number.is_finite()
    except InvalidOperation:
        finite = False
    if not finite:
        raise _BadAnswer(f"不能是 {answer!r}")
    return number


# --- the other components -------------------------------------------------------------------------------------


def special_score(
    scheme: m.Scheme, declared: bool, recognised: bool | None, proposed: object | None
) -> Decimal | None:
    """特色工作 (notice 三（一）3): 0 if nothing is declared; 5–10 if recognised and awarded by the city, else 1–5.

    None while the city's word or the proposal is missing. Raises AnswerError for a proposal outside its band.
    """
    number = None if proposed is None else _special_number(proposed)
    if not declared:
        if number:
            raise AnswerError({m.SPECIAL: "没有申报特色工作，不能有得分"})
        return ZERO
    if recognised is None or number is None:
        return None
    low, high = scheme.special_awarded if recognised else scheme.special_other
    if not low <= number <= high:
        raise AnswerError({m.SPECIAL: f"应在{low}至{high}分之间，现为 {proposed}"})
    return sh.tidy(number)


def _special_number(proposed: object) -> Decimal:
    try:
        number = _plain(proposed)
    except _BadAnswer as error:
        raise AnswerError({m.SPECIAL: str(error)}) from None
    if not isinstance(number, Decimal):
        raise AnswerError({m.SPECIAL: f"不能是 {proposed!r}"})
    return number


