"""What a sheet says about a clause: how it counts in plain words, prompts and error texts of its inputs."""

from __future__ import annotations

from workbook_builder import model as m
from workbook_builder.layout.plan import Validation
from workbook_builder.rules import slots as sl
from workbook_builder.rules.excel import number, quoted
from workbook_builder.rules.slots import Slot, number_formula

_MOST_PROMPT = 255
_MOST_TITLE = 32
_MOST_ERROR = 225
_MOST_CONDITION = 255


def how_it_counts(clause: m.Clause) -> str:
    """每次扣1分 / 视情扣1–2分 / 低于90%扣2分、低于70%扣4分 …, with the clause's own cap."""
    verb = "扣" if clause.direction == m.DEDUCT else "得"
    text = _counts(clause, verb)
    if clause.base is not None:
        return f"满分{number(clause.base)}分，{text}，扣完为止"
    if clause.cap is not None and clause.kind not in (m.DISCRETIONARY_MAX, m.CONVERTED):
        text += f"，本条最多{verb}{number(clause.cap)}分"
    if clause.exclusion:
        text += f"；{clause.exclusion}的不得分"
    if clause.pool:
        text += "；与相关细则只计最重一条"
    return text


def _counts(clause: m.Clause, verb: str) -> str:
    unit = clause.unit or "次"
    if clause.kind == m.PER_OCCURRENCE:
        return f"每{unit}{verb}{number(clause.points)}分"
    if clause.kind == m.ONE_OFF:
        return f"是则{verb}{number(clause.points)}分（一次性）"
    if clause.kind == m.DISCRETIONARY:
        return f"视情{verb}{number(clause.low)}–{number(clause.high)}分（一次性）"
    if clause.kind == m.DISCRETIONARY_EACH:
        return f"每{unit}视情{verb}{number(clause.low)}–{number(clause.high)}分"
    if clause.kind == m.ZERO_ITEM:
        return "是则本项不得分"
    if clause.kind == m.CONVERTED:
        return "按折算结果填写得分"
    if clause.kind == m.DISCRETIONARY_MAX:
        return f"视情得0–{number(clause.cap)}分"
    if clause.kind == m.DOUBLING:
        return f"其中加倍的{unit}数，每{unit}共按{number(clause.factor)}倍{verb}分"
    if clause.kind == m.TIERS:
        return _tiers(clause, verb)
    if clause.kind == m.RANK:
        return _ranks(clause, verb)
    joined = "、".join(f"{o.label}{verb}{number(o.points)}分" for o in clause.options)
    if not clause.several:
        return joined + "（取一）"
    return joined + ("（只计最好一项）" if clause.best_only else "（按个数累计）")


def _tiers(clause: m.Clause, verb: str) -> str:
    unit = clause.metric_unit
    steps = "、".join(
        f"{m.TIER_LABELS[t.op]}{t.reference or number(t.threshold) + unit}{verb}{number(t.points)}分"
        for t in clause.tiers
    )
    text = f"{clause.metric}{steps}" + ("（取一档）" if len(clause.tiers) > 1 else "")
    if clause.branch:
        best = max(t.points for t in clause.tiers)
        text += f"；或：{clause.branch}，{verb}{number(best)}分"
    return text


def _ranks(clause: m.Clause, verb: str) -> str:
    parts = []
    for band in clause.ranks:
        span = f"第{band.first}名" if band.first == band.last else f"第{band.first}–{band.last}名"
        parts.append(f"{span}{verb}{number(band.points)}分" if band.points else f"{span}不{verb}分")
    return "、".join(parts)


def item_title(item: m.Item) -> str:
    """The item's title; where the notice prints none, that it prints none (open point 45), or its number in annex 2."""
    if item.title:
        return item.title
    return f"附件2第{item.no}项" if item.part == m.SPECIAL else "（原文缺标题）"


def item_mode(item: m.Item) -> str:
    """Where an item starts and which way it counts."""
    if item.part == m.SPECIAL:
        return "加分，作核定依据"
    return {
        "deduct": "从分值起扣，扣完为止",
        "add": "从0分起得，得满为止",
        "mixed": "得分与扣分并用",
        "converted": "按折算得分",
    }[item.mode]


# --- prompts ------------------------------------------------------------------------------------------


def validation(slot: Slot, v: str) -> Validation:
    """What Excel accepts in the input of `slot`, read through the block expression `v`, and what it says."""
    title = _clip(_title(slot), _MOST_TITLE)
    allowed = _allowed(slot)
    prompt = _clip(allowed, _MOST_PROMPT)
    error = _clip(f"这里{allowed}", _MOST_ERROR)
    if slot.type in (sl.YESNO, sl.CHOICE):
        return Validation("list", title, prompt, error, choices=(*slot.choices, *slot.words))
    if not slot.words and not slot.doubt:
        kind = "whole" if slot.step == 1 else "decimal"
        low = min(slot.low, 0) if slot.zero else slot.low
        if kind == "whole" or not slot.zero or slot.low == 0:
            return Validation(kind, title, prompt, error, low=low, high=slot.high)
    return Validation("custom", title, prompt, error, condition=_condition(slot, v))


def _condition(slot: Slot, v: str) -> str:
    """What a validation asks of `v`. Where the whole rule is too long for Excel, the step is left to the sheet's state."""
    words = "|".join(slot.words)
    word = f'ISNUMBER(FIND("|"&{v}&"|",{quoted(f"|{words}|")}))' if words else "FALSE"
    loose = f"AND({v}>={number(slot.low)},{v}<={number(slot.high)})"
    rules = (number_formula(slot, v), f"OR({v}=0,{loose})" if slot.zero and slot.low > 0 else loose)
    conditions = [f"IF(ISNUMBER({v}),{rule},{word})" for rule in rules]
    return next((text for text in conditions if len(text) <= _MOST_CONDITION), conditions[-1])


def _title(slot: Slot) -> str:
    return {
        sl.COUNT: "填次数（个数）",
        sl.YESNO: "选“是”或“否”",
        sl.AMOUNT: "填分数",
        sl.NUMBER: "填得分",
        sl.METRIC: "填数据",
        sl.RANKING: "填名次",
        sl.CHOICE: "选一项",
    }[slot.type]


def _allowed(slot: Slot) -> str:
    """What may be entered, in one sentence: used in the prompt, the error box and problem texts."""
    low, high = number(slot.low), number(slot.high)
    if slot.type == sl.YESNO:
        text = "选“是”或“否”"
    elif slot.type == sl.CHOICE:
        text = "从下拉列表选一项"
    elif slot.type == sl.COUNT:
        text = f"填整数（{slot.unit}），没有填0" if slot.unit else "填整数，没有填0"
    elif slot.type == sl.AMOUNT:
        step = f"，最小单位{number(slot.step)}" if slot.step else ""
        text = f"填{low}至{high}之间的分数{step}，没有填0"
    elif slot.type == sl.RANKING:
        text = f"填名次，{low}至{high}的整数"
    elif slot.unit == "%":
        text = "填百分数的数字，例如95表示95%，不要填0.95"
    elif slot.type == sl.METRIC:
        text = "填数字" + (f"（{slot.unit}）" if slot.unit else "")
    else:
        text = f"填{low}至{high}之间的得分"
    words = [w for w in slot.words if w != "无此类事项"]
    if words:
        text += "；也可填" + "、".join(f"“{w}”" for w in words)
    return text


def allowed(slot: Slot) -> str:
    """Public form of the sentence: what this input accepts."""
    return _allowed(slot)


def _clip(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
