"""稿次: how far the year has come, and what has moved against the approved result (contract 4).

Comes in: standings, finals, decisions and the snapshots of approved results. Goes out: a `Stage`, what moved, and the
rows of 决定 that the program needs answered. 审定 is an act of people: only a row of 决定 makes it (notice 四（四）).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder import records as rec
from workbook_builder import results as r
from workbook_builder.final import Verdicts
from workbook_builder.problems import problem
from workbook_builder.rank import UNDECIDED
from workbook_builder.rules.sheet import tidy

_CODE_LENGTH = 8
_TOTAL, _RANK, _GRADE = "总分", "名次", "等次"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An approved result as it was archived: its code and section → figure name → value as JSON has it."""

    code: str
    figures: Mapping[str, Mapping[str, object]]
    file: str = ""


@dataclass(frozen=True, slots=True)
class Reached:
    """The stage, what moved, and whether its figures are to be archived as newly approved."""

    stage: r.Stage
    moved: tuple[r.Moved, ...] = ()
    newly_approved: bool = False
    number: int = 0
    needed: tuple[rec.Decision, ...] = field(default=())


def figures(finals: Mapping[str, r.Final], standings: Iterable[r.Standing]) -> dict[str, dict[str, object]]:
    """Section → every figure that an approval covers: items, parts, 述职测评, total, rank, grade."""
    by_name = {standing.section.name: standing for standing in standings}
    return {name: _figures(final, by_name[name]) for name, final in finals.items()}


def _figures(final: r.Final, standing: r.Standing) -> dict[str, object]:
    found: dict[str, object] = {key: plain(item.final.value) for key, item in final.items.items()}
    found |= {name: plain(figure.value) for name, figure in final.parts.items()}
    found[m.EVALUATION] = plain(final.evaluation.result if final.evaluation is not None else None)
    found[_TOTAL] = plain(standing.total.value)
    found[_RANK] = standing.rank
    found[_GRADE] = standing.grade or None
    return found


def plain(value: Decimal | None) -> str | None:
    """A figure as the archive holds it: exact decimal text."""
    return None if value is None else format(tidy(value), "f")


def code_of(found: Mapping[str, Mapping[str, object]]) -> str:
    """结果码: stands for all figures of a result; any change of one gives another code."""
    text = json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:_CODE_LENGTH].upper()


def reach(
    finals: Mapping[str, r.Final],
    standings: tuple[r.Standing, ...],
    pending: tuple[r.Pending, ...],
    reviewing: bool,
    verdicts: Verdicts,
    snapshots: tuple[Snapshot, ...],
) -> Reached:
    """The stage these figures have reached. `reviewing`: some review is complete."""
    found = figures(finals, standings)
    code = code_of(found)
    settled = all(s.total.value is not None and s.rank is not None and s.grade != UNDECIDED for s in standings)
    archived = {snapshot.code: snapshot for snapshot in snapshots}
    approvals = _approvals(verdicts, code, archived)
    submitted = _submitted(verdicts, code, archived)
    if approvals and approvals[-1].before == code and _allowed(verdicts, approvals[-1], settled, pending):
        number = len(approvals) - 1
        name = r.APPROVED if number == 0 else f"{r.CORRECTED}{number}"
        stage = r.Stage(name, True, approvals[-1], code)
        earlier = archived.get(approvals[-2].before) if number else None
        return Reached(stage, moved(earlier, found), code not in archived, number)
    history = [a for a in approvals if a.before in archived]
    if history:
        stage = r.Stage(f"{r.CORRECTED}{len(history)}", False, None, code)
        needed = (_row(rec.APPROVE, code),) if settled else ()
        return Reached(stage, moved(archived[history[-1].before], found), needed=needed)
    if submitted is not None and _allowed(verdicts, submitted, settled, pending):
        return Reached(r.Stage(r.SUBMITTED, False, submitted, code), needed=(_row(rec.APPROVE, code),))
    if not reviewing:
        return Reached(r.Stage(r.SELF_STAGE, code=code))
    needed = (_row(rec.SUBMIT, code),) if settled else ()
    return Reached(r.Stage(r.REVIEW_STAGE, code=code), needed=needed)


def _row(kind: str, code: str) -> rec.Decision:
    return rec.Decision(kind, "", rec.WHOLE_YEAR, before=code)


def _approvals(verdicts: Verdicts, code: str, archived: Mapping[str, Snapshot]) -> list[rec.Decision]:
    """审定 rows that were agreed to, in the order of the sheet; one for figures that exist nowhere is stale.

    Rows that follow one another about the same figures are one approval, however often it was written down.
    """
    found: list[rec.Decision] = []
    last = [d for d in verdicts.answered(rec.APPROVE) if d.after == rec.AGREED]
    for decision in verdicts.answered(rec.APPROVE):
        if decision.after != rec.AGREED:
            verdicts.hold(decision, rec.REFUSED)
        elif decision.before in archived or decision.before == code == last[-1].before:
            verdicts.hold(decision)
            if not found or found[-1].before != decision.before:
                found.append(decision)
        elif decision is last[-1]:
            verdicts.supersede(decision, code)
        else:
            verdicts.refuse(decision, problem("APPROVED_LOST", decision.where, decision.before))
    return found


def _submitted(verdicts: Verdicts, code: str, archived: Mapping[str, Snapshot]) -> rec.Decision | None:
    found = None
    for decision in verdicts.answered(rec.SUBMIT):
        if decision.after != rec.AGREED:
            verdicts.hold(decision, rec.REFUSED)
        elif decision.before == code:
            verdicts.hold(decision)
            found = decision
        elif archived:
            verdicts.hold(decision, "已审定")
        else:
            verdicts.supersede(decision, code)
    return found


def _allowed(
    verdicts: Verdicts,
    decision: rec.Decision,
    settled: bool,
    pending: tuple[r.Pending, ...],
) -> bool:
    """Whether figures may be submitted or approved: every total and rank known. What else is open is said."""
    if not settled:
        verdicts.refuse(decision, problem("DECISION_TOO_EARLY", decision.where, decision.before, kind=decision.kind))
        return False
    if pending:
        reasons = "、".join(dict.fromkeys(p.reason for p in pending))
        facts = {"kind": decision.kind, "count": len(pending), "reasons": reasons}
        verdicts.problems.append(problem("DECISION_WHILE_PENDING", decision.where, decision.before, **facts))
    return True


def moved(before: Snapshot | None, found: Mapping[str, Mapping[str, object]]) -> tuple[r.Moved, ...]:
    """Every figure, rank and grade that differs from an approved result."""
    if before is None:
        return ()
    names = [*found, *(name for name in before.figures if name not in found)]
    return tuple(
        r.Moved(section, name, old.get(name), new.get(name))
        for section in names
        for old, new in [(before.figures.get(section, {}), found.get(section, {}))]
        for name in [*new, *(n for n in old if n not in new)]
        if old.get(name) != new.get(name)
    )


# --- what is archived of an approved result ----------------------------------------------------------------------


def snapshot_bytes(stage: r.Stage, found: Mapping[str, Mapping[str, object]]) -> bytes:
    """The file that remembers an approved result."""
    document = {"format": 1, "stage": stage.name, "code": stage.code, "figures": found}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def read_snapshot(data: bytes, file: str) -> Snapshot | None:
    """A `Snapshot`, None unless the file is whole: its code must be that of its figures."""
    try:
        document = json.loads(data.decode("utf-8"))
        figures_ = document["figures"]
        code = code_of(figures_)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if document.get("format") != 1 or document.get("code") != code:
        return None
    return Snapshot(code, figures_, file)
