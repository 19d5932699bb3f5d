"""The result at the terminal: who stands where, what keeps it open, what has moved.

Comes in: the data of an outcome. Goes out: rich renderables; nothing is printed here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from rich.text import Text

from workbook_builder.cli.pieces import ASIDE, STRONG, Columns, fitting, paragraph, sentence, table
from workbook_builder.commands.advice import joined
from workbook_builder.model import BOTTOM_LINE, EVALUATION
from workbook_builder.results import SELF_STAGE, UNAPPROVED

_SELF = ("业务工作", "队伍建设", "特色工作")
_FINAL = (*_SELF, "突破底线")
_SHORT = {"业务工作": "业务", "队伍建设": "队伍", "特色工作": "特色", "突破底线": "底线", EVALUATION: "测评"}
_TOTAL, _RANK, _GRADE, _GAP = "总分", "名次", "等次", "差距"
_BOOK = "4汇总/汇总表.xlsx"
#: Lines of what moved, and rows of one kind of decisions; the rest is in the workbooks.
MOST_MOVED, MOST_ROWS = 6, 3
_WHOLE_YEAR = "全年"


def standings(data: Mapping, width: int) -> Iterator[object]:
    """The table of the stage that was reached, and what is said about it."""
    final = data.get("stage") not in (None, "", SELF_STAGE)
    rows = list(data["standings"])
    variants = _variants(data, rows, final)
    yield Text()
    yield paragraph(_result_line(data) if final else _self_line(data), width, style=STRONG)
    yield from table(width, *variants)
    yield from _notes(data, rows, variants[0], fitting(width, *variants), width)
    yield from _changes(data.get("changes") or (), width)
    yield from _causes(data.get("causes") or (), bool(data.get("changes")), width)
    if final:
        yield from pending(data.get("pending") or (), width)
    yield from waiting(data.get("waiting") or (), width)
    yield from moved(data.get("moved") or (), width)


def _self_line(data: Mapping) -> str:
    return f"{data.get('stage', '')}：自评排序（供核对）　{UNAPPROVED}" + ("，尚有未定事项" if data.get("provisional") else "")


def _result_line(data: Mapping) -> str:
    state = "已审定" if data.get("approved") else UNAPPROVED
    open_ = "，尚有未定事项" if data.get("provisional") else ""
    code = f"　结果码 {data['code']}" if data.get("code") else ""
    return f"{data['stage']}：考评结果　{state}{open_}{code}"


def _variants(data: Mapping, rows: Sequence[Mapping], final: bool) -> list[Columns]:
    """The table with everything, and what is left of it in narrower windows."""
    parts = _parts(data, final)
    gaps = _gaps(rows) if final and data.get("ranked_by_total", True) else []
    heads = (_RANK, "科室", *parts, _TOTAL, *([_GRADE] if final else []), *([_GAP] if gaps else []))
    figures = [_column([row.get(part) for row in rows]) for part in parts]
    totals = [_total(row, known) for row, known in zip(rows, _column([row.get(_TOTAL) for row in rows]), strict=True)]
    more = [*([[str(row.get(_GRADE) or "-") for row in rows]] if final else []), *([gaps] if gaps else [])]
    shown = [
        (_rank(row), str(row.get("section", "")), *rest)
        for row, *rest in zip(rows, *figures, totals, *more, strict=True)
    ]
    right = (*range(2, len(parts) + 3), *([len(heads) - 1] if gaps else []))
    full = Columns(heads, shown, right)
    short = Columns(tuple(_SHORT.get(head, head) for head in heads), shown, right)
    last, middle = len(heads) - 1, tuple(range(2, len(parts) + 2))
    if not gaps:
        return [full, short, short.without(*middle)]
    return [full, short, full.without(last), short.without(last), short.without(*middle), short.without(*middle, last)]


def _parts(data: Mapping, final: bool) -> tuple[str, ...]:
    """What the total is made of; 述职测评 where a policy counts it."""
    return (*_FINAL, EVALUATION) if final and data.get("evaluation_weight") else _FINAL if final else _SELF


def _gaps(rows: Sequence[Mapping]) -> list[str]:
    """How far each section is before the next, "-" where a section whose total is open may yet come between."""
    open_ = [row for row in rows if row.get(_TOTAL) is None]
    found: list[object] = []
    for row, following in zip(rows, [*rows[1:], {}], strict=True):
        mine, other = row.get(_TOTAL), following.get(_TOTAL)
        known = mine is not None and other is not None and not any(_may_fall_between(x, mine, other) for x in open_)
        found.append(_difference(mine, other) if known else None)
    return _column(found) if any(gap is not None for gap in found) else []


def _may_fall_between(row: Mapping, upper: float, lower: float) -> bool:
    low, high = row.get("最低"), row.get("最高")
    return (low is None or low < upper) and (high is None or high > lower)


def _difference(upper: object, lower: object) -> float:
    return float(Decimal(str(upper)) - Decimal(str(lower)))


def _notes(data: Mapping, rows: Sequence[Mapping], full: Columns, shown: Columns, width: int) -> Iterator[object]:
    """How to read the table, and what of the `full` one the window has no room for."""
    told = []
    if any("~" in cell for row in shown.rows for cell in (row[0], row[list(shown.heads).index(_TOTAL)])):
        told.append("“~”两边是还可能的最低和最高")
    if any(row.get(_TOTAL) is None for row in rows):
        told.append("“-”是还没有定的数")
    if BOTTOM_LINE in full.heads and any(row.get(BOTTOM_LINE) for row in rows):
        told.append("突破底线是扣分，总分中已经扣除")
    if EVALUATION in full.heads:
        told.append(f"述职测评按 {data['evaluation_weight']} 计入总分")
    if _GAP in shown.heads:
        told.append("差距是总分比下一名高多少")
    if told:
        yield paragraph(sentence("；".join(told)), width, style=ASIDE)
    left_out = [head for head in full.heads if head not in shown.heads and _SHORT.get(head) not in shown.heads]
    if left_out:
        yield paragraph(f"窗口窄，没有列出{'、'.join(left_out)}，见 {_BOOK}。", width, style=ASIDE)


def _rank(row: Mapping) -> str:
    if row.get(_RANK) is not None:
        return str(row[_RANK])
    best, worst = row.get("名次最好"), row.get("名次最差")
    return "-" if best is None or worst is None else f"{best}~{worst}"


def _total(row: Mapping, known: str) -> str:
    if row.get(_TOTAL) is not None:
        return known
    low, high = row.get("最低"), row.get("最高")
    if low is None:
        return "-" if high is None else f"至多{_number(high)}"
    return f"{_number(low)}~{_number(high)}"


def _column(values: list[object]) -> list[str]:
    """Figures of one column with the same number of decimals."""
    shown = [_number(value) for value in values]
    places = max((len(text.partition(".")[2]) for text in shown), default=0)
    return [f"{Decimal(text):.{places}f}" if text != "-" else text for text in shown]


def _known(value: object) -> str:
    return "待定" if value is None else _number(value)


def _number(value: object) -> str:
    if value is None:
        return "-"
    return f"{Decimal(str(value)).normalize():f}" if isinstance(value, float) else str(value)


def _changes(rows: Sequence[Mapping], width: int) -> Iterator[object]:
    """What moved against the last run; totals first, since with a new stage every rank and grade moves."""
    if not rows:
        return
    ordered = sorted(rows, key=lambda row: row["before"] is None or row["figure"] != _TOTAL)
    texts = [f"{c['section']}{c['figure']} {_known(c['before'])}→{_known(c['now'])}" for c in ordered[:MOST_MOVED]]
    more = f"；……共 {len(rows)} 处" if len(rows) > MOST_MOVED else ""
    yield paragraph(sentence("；".join(texts) + more), width, "与上次相比：", lead_style=STRONG)


def _causes(rows: Sequence[Mapping], moved_: bool, width: int) -> Iterator[object]:
    """Which inputs changed since the last run: cause beside effect."""
    if not rows:
        return
    texts = [f"{c['kind']}{c['change']} {c['text']}" for c in rows[:MOST_MOVED]]
    more = f"；……共 {len(rows)} 处" if len(rows) > MOST_MOVED else ""
    lead = "这次改动的材料：" if moved_ else "与上次相比，得分、名次、等次没有变；改动的材料："
    yield paragraph(sentence("；".join(texts) + more), width, lead, lead_style=STRONG)


# --- what keeps it open, what moved ---------------------------------------------------------------------------------


def pending(rows: Sequence[Mapping], width: int) -> Iterator[object]:
    """Reasons with the number of sections that each concerns."""
    if not rows:
        return
    concerned = Counter(reason for _, reason in dict.fromkeys((row["section"], row["reason"]) for row in rows))
    text = "、".join(f"{reason} {number} 个科室" for reason, number in concerned.items())
    yield paragraph(sentence(text), width, "未定事项：", lead_style=STRONG)


def waiting(rows: Sequence[Sequence[str]], width: int) -> Iterator[object]:
    """The rows of 决定.xlsx that wait for an answer, by kind."""
    if not rows:
        return
    yield paragraph(f"决定.xlsx 有 {len(rows)} 行等待答复：", width, style=STRONG)
    by_kind: dict[str, list[str]] = {}
    for kind, section, thing in rows:
        by_kind.setdefault(kind, []).append(f"{section or _WHOLE_YEAR} {thing}")
    for kind, objects in by_kind.items():
        more = f"……共 {len(objects)} 行" if len(objects) > MOST_ROWS else ""
        yield paragraph("；".join(objects[:MOST_ROWS]) + more, width, f"  {kind}：")


def moved(rows: Sequence[Mapping], width: int) -> Iterator[object]:
    """What differs from the approved result: ranks and totals before the rest."""
    if not rows:
        return
    leading = (_TOTAL, _RANK, _GRADE)
    ordered = sorted(rows, key=lambda row: row["figure"] not in leading)
    sections = tuple(dict.fromkeys(row["section"] for row in rows))
    yield paragraph(f"与审定的结果相比变动 {len(rows)} 处，涉及{joined(sections)}：", width, style=STRONG)
    for row in ordered[:MOST_MOVED]:
        yield paragraph(f"{row['section']} {row['figure']} {_known(row['before'])} → {_known(row['now'])}", width, "  ")
    if len(rows) > MOST_MOVED:
        yield paragraph(f"……另有 {len(rows) - MOST_MOVED} 处，见 汇总表.xlsx 的“更正对照”。", width, "  ")
