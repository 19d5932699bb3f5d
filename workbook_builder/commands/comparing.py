"""与上次相比: what moved since the last batch of other inputs, and which inputs changed meanwhile — effect beside cause.

Comes in: what was read now and the entry that history keeps of the last batch. Goes out: JSON values. Of ballots nothing is kept
but how many files there are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from workbook_builder import model as m
from workbook_builder.gathering import Prepared, canonical
from workbook_builder.problems import Where
from workbook_builder.records import Decision
from workbook_builder.results import NOT_ADOPTED, NOT_RETURNED
from workbook_builder.reviewing import touched

ADDED, GONE, CHANGED, RENAMED = "新增", "不再有", "有改动", "改名"
SCHEME, RETURNS, DECISIONS, LEDGER, CITY, REVIEWS, BALLOTS = "方案", "收回的文件", "决定", "台账", "市局反馈", "核定", "测评"
#: Told whenever they differ; the others only where they were known before, since a new stage makes all of them known.
_LEADING = (m.TOTAL, "名次", "等次")
_BESIDE = (*m.PARTS, m.EVALUATION)
Row = Mapping[str, str]


# --- causes --------------------------------------------------------------------------------------------------------------


def inputs_of(scheme: m.Scheme, prepared: Prepared) -> list[dict[str, str]]:
    """Every input with a print of what it says: `key` is what it is about, `text` how people are told."""
    inputs = prepared.inputs
    rows = [_row(SCHEME, "方案.xlsx", "方案.xlsx", scheme.text_hash)]
    rows += [_row(RETURNS, x.file, x.file, x.sha256) for x in prepared.collected.received if x.sha256]
    rows += [_row(DECISIONS, "|".join(d.key), _decision(d), _print(d)) for d in inputs.decisions if d.answered]
    rows += [_row(LEDGER, _place(x.where), f"{_place(x.where)}（{x.section or '未定科室'}）", _print(x)) for x in inputs.ledger]
    rows += [
        _row(CITY, f"{x.section}|{x.clause}|{x.bearer}", f"{_place(x.where)}（{x.section}　{x.clause}）", _print(x))
        for x in inputs.city
    ]
    rows += [
        _row(REVIEWS, f"{reviewer}|{section}", f"{review.file}（{section}）", _print(replace(review, reopened=frozenset())))
        # That a clause must be reviewed again follows from other inputs.
        for (reviewer, section), review in prepared.reviews.items()
        if touched(review)
    ]
    count = len(inputs.ballots)
    return [*rows, _row(BALLOTS, BALLOTS, f"文件 {count} 个", str(count))] if count else rows


def _row(kind: str, key: str, text: str, mark: str) -> dict[str, str]:
    return {"kind": kind, "key": key, "text": text, "print": mark}


def _print(record: object) -> str:
    return hashlib.sha256(canonical(record).encode("utf-8", "surrogatepass")).hexdigest()


def _decision(decision: Decision) -> str:
    about = "·".join(text for text in (decision.kind, decision.section, decision.object) if text)
    return f"{_place(decision.where)}（{about}：{decision.before or '（空）'}→{decision.after}）"


def _place(where: Where) -> str:
    """A place in signs that every Chinese console knows."""
    return "，".join(part for part in (where.file, where.sheet, where.cell) if part)


def causes(before: Mapping | None, now: list[dict[str, str]]) -> list[dict[str, str]]:
    """Which inputs are new, gone, changed or renamed; none where the last batch kept no list of them."""
    old = (before or {}).get("inputs")
    if not isinstance(old, list):
        return []
    gone, came = _without_twins([row for row in old if _whole(row)], now)
    return list(_told(gone, came))


def _whole(row: object) -> bool:
    return isinstance(row, dict) and all(isinstance(row.get(name), str) for name in ("kind", "key", "text", "print"))


def _without_twins(old: list[dict], now: list[dict]) -> tuple[list[dict], list[dict]]:
    """Rows without those that say the same; a row of a register may have moved, a file may not have another name."""

    def same(row: Row) -> tuple[str, str, str]:
        return (row["kind"], row["print"], row["key"] if row["kind"] == RETURNS else "")

    left = list(now)
    gone = []
    for row in old:
        twin = next((other for other in left if same(other) == same(row)), None)
        if twin is None:
            gone.append(row)
        else:
            left.remove(twin)
    return gone, left


def _told(gone: list[dict], came: list[dict]) -> Iterator[dict[str, str]]:
    came = list(came)
    for row in gone:
        mine = [other for other in came if other["kind"] == row["kind"]]
        changed = next((other for other in mine if other["key"] == row["key"]), None)
        renamed = next((other for other in mine if other["print"] == row["print"]), None)
        if changed is not None:
            came.remove(changed)
            yield _cause(row["kind"], CHANGED, changed["text"])
        elif renamed is not None:
            came.remove(renamed)
            yield _cause(row["kind"], RENAMED, f"{row['text']}→{renamed['text']}")
        else:
            yield _cause(row["kind"], GONE, row["text"])
    yield from (_cause(row["kind"], ADDED, row["text"]) for row in came)


def _cause(kind: str, change: str, text: str) -> dict[str, str]:
    return {"kind": kind, "change": change, "text": text}


# --- effects -------------------------------------------------------------------------------------------------------------


def moved(before: Mapping | None, standings: Iterable[Mapping]) -> list[dict[str, object]]:
    """Totals, ranks and grades that differ, and parts that were known before."""
    rows = (before or {}).get("standings")
    old = {row.get("section"): row for row in rows if isinstance(row, dict)} if isinstance(rows, list) else {}
    return [
        {"section": row["section"], "figure": figure, "before": was.get(figure), "now": row.get(figure)}
        for row in standings
        if (was := old.get(row["section"])) is not None
        for figure in (*_LEADING, *_BESIDE)
        if was.get(figure) != row.get(figure) and (figure in _LEADING or was.get(figure) is not None)
    ]


def lost(before: Mapping | None, states: Mapping[str, str]) -> list[dict[str, object]]:
    """Sections whose return is there no longer: their total may have been open before, too."""
    old = (before or {}).get("states")
    old = old if isinstance(old, dict) else {}
    return [
        {"section": name, "figure": "填报情况", "before": old[name], "now": now}
        for name, now in states.items()
        if now in (NOT_RETURNED, NOT_ADOPTED) and old.get(name, now) != now
    ]
