"""The result at the terminal: who stands where, what keeps it open, what has moved.

Comes in: the data of an outcome. Goes out: rich renderables; nothing is printed here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from rich.text import Text

from workbook_builder.cli.pieces import Columns, paragraph, sentence, table
from workbook_builder.commands.advice import joined
from workbook_builder.results import SELF_STAGE, UNAPPROVED

_SELF = ("业务工作", "队伍建设", "特色工作")
_FINAL = (*_SELF, "突破底线")
_SHORT = {"业务工作": "业务", "队伍建设": "队伍", "特色工作": "特色", "突破底线": "底线"}
_TOTAL, _RANK, _GRADE = "总分", "名次", "等次"
#: Lines of what moved, and rows of one kind of decisions; the rest is in the workbooks.
MOST_MOVED, MOST_ROWS = 6, 3
_WHOLE_YEAR = "全年"


def standings(data: Mapping, width: int) -> Iterator[object]:
    """The table of the stage that was reached, and what is said about it."""
    final = data.get("stage") not in (None, "", SELF_STAGE)
    yield Text()
    yield paragraph(_result_line(data) if final else _self_line(data), width, style="bold")
    rows = list(data["standings"])
    yield _table(rows, final, width)
    if any(row.get(_TOTAL) is None for row in rows):
        yield paragraph("“–”两边是还可能的最低和最高；“-”是还没有定的数。", width, style="dim")
    if final and any(row.get("突破底线") for row in rows):
        yield paragraph("突破底线是扣分，总分中已经扣除。", width, style="dim")
    yield from _changes(data.get("changes") or (), width)
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


def _table(rows: Sequence[Mapping], final: bool, width: int) -> object:
    parts = _FINAL if final else _SELF
    heads = (_RANK, "科室", *parts, _TOTAL, *([_GRADE] if final else []))
    figures = [_column([row.get(part) for row in rows]) for part in parts]
    totals = [_total(row, known) for row, known in zip(rows, _column([row.get(_TOTAL) for row in rows]), strict=True)]
    grades = [[str(row.get(_GRADE) or "-") for row in rows]] if final else []
    shown = [
        (_rank(row), str(row.get("section", "")), *rest)
        for row, *rest in zip(rows, *figures, totals, *grades, strict=True)
    ]
    styles = ["" if row.get(_TOTAL) is not None else "dim" for row in rows]
    full = Columns(heads, shown, tuple(range(2, len(parts) + 3)), styles)
    short = Columns(tuple(_SHORT.get(head, head) for head in heads), shown, full.right, styles)
    return table(width, full, short, short.without(*range(2, len(parts) + 2)))


def _rank(row: Mapping) -> str:
    if row.get(_RANK) is not None:
        return str(row[_RANK])
    best, worst = row.get("名次最好"), row.get("名次最差")
    return "-" if best is None or worst is None else f"{best}–{worst}"


def _total(row: Mapping, known: str) -> str:
    if row.get(_TOTAL) is not None:
        return known
    low, high = row.get("最低"), row.get("最高")
    if low is None:
        return "-" if high is None else f"至多{_number(high)}"
    return f"{_number(low)}–{_number(high)}"


def _column(values: list[object]) -> list[str]:
    """Figures of one column with the same number of decimals."""
    shown = [_number(value) for value in values]
    places = max((len(text.partition(".")[2]) for text in shown), default=0)
    return [f"{float(text):.{places}f}" if text != "-" else text for text in shown]


def _known(value: object) -> str:
    return "待定" if value is None else _number(value)


def _number(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _changes(rows: Sequence[Mapping], width: int) -> Iterator[object]:
    """What moved against the last run; totals first, since with a new stage every rank and grade moves."""
    if not rows:
        return
    ordered = sorted(rows, key=lambda row: row["before"] is None or row["figure"] != _TOTAL)
    texts = [f"{c['section']}{c['figure']} {_known(c['before'])}→{_known(c['now'])}" for c in ordered[:MOST_MOVED]]
    more = f"；……共 {len(rows)} 处" if len(rows) > MOST_MOVED else ""
    yield paragraph(sentence("；".join(texts) + more), width, "与上次相比：")


# --- what keeps it open, what moved ---------------------------------------------------------------------------------


def pending(rows: Sequence[Mapping], width: int) -> Iterator[object]:
    """Reasons with the number of sections that each concerns."""
    if not rows:
        return
    concerned = Counter(reason for _, reason in dict.fromkeys((row["section"], row["reason"]) for row in rows))
    text = "、".join(f"{reason} {number} 个科室" for reason, number in concerned.items())
    yield paragraph(sentence(text), width, "未定事项：", style="yellow")


def waiting(rows: Sequence[Sequence[str]], width: int) -> Iterator[object]:
    """The rows of 决定.xlsx that wait for an answer, by kind."""
    if not rows:
        return
    yield paragraph(f"决定.xlsx 有 {len(rows)} 行等待答复：", width, style="bold")
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
    yield paragraph(f"与审定的结果相比变动 {len(rows)} 处，涉及{joined(sections)}：", width, style="bold")
    for row in ordered[:MOST_MOVED]:
        yield paragraph(f"{row['section']} {row['figure']} {_known(row['before'])} → {_known(row['now'])}", width, "  ")
    if len(rows) > MOST_MOVED:
        yield paragraph(f"……另有 {len(rows) - MOST_MOVED} 处，见 汇总表.xlsx 的“更正对照”。", width, "  ")
