"""The whole story in one place: a working folder → what was gathered in it → results of the stage it has reached.

Comes in: a `Folder` and a scheme. Goes out: values and problems; nothing is printed here. Start reading at `year`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from workbook_builder import model as m
from workbook_builder import records as rec
from workbook_builder import results as r
from workbook_builder.ballots import read_evaluations
from workbook_builder.basis import Transfer, bases, transfers
from workbook_builder.duties import tasks
from workbook_builder.final import Verdicts, finals
from workbook_builder.folder import Folder
from workbook_builder.folder.paths import REVIEW_FOLDER
from workbook_builder.gathering import (
    OF_BALLOTS,
    Collected,
    Opened,
    Prepared,
    collect,
    files_text,
    opened,
    prepare,
    reviewer_of,
    still_about,
)
from workbook_builder.inputs import APPROVED, REVIEWS, read_inputs
from workbook_builder.layout.book import clause_of
from workbook_builder.problems import ERROR, sort_problems
from workbook_builder.rank import Tie, self_standings
from workbook_builder.reading import Progress, Reader, read_files
from workbook_builder.reviewing import complete
from workbook_builder.rules.items import Rulebook
from workbook_builder.rulings import ruled_standings
from workbook_builder.score import assess
from workbook_builder.stages import Reached, reach

__all__ = [
    "Collected",
    "Opened",
    "Prepared",
    "Progress",
    "Reader",
    "Year",
    "collect",
    "opened",
    "prepare",
    "read_files",
    "summarize",
    "year",
]


@dataclass(frozen=True, slots=True)
class Year:
    """The outcome of a stage: results, the rows of 决定 that wait for an answer, and whether to archive an approval."""

    results: r.Results
    reached: Reached
    needed: tuple[rec.Decision, ...]


# --- results -----------------------------------------------------------------------------------------------------


def year(
    folder: Folder, source: Opened, progress: Progress | None = None, workers: int | None = None
) -> tuple[Prepared, Year]:
    """Everything of a working folder, up to the stage it has reached."""
    prepared = gathered(folder, source, progress, workers)
    return prepared, summarize(source.scheme, prepared)


def gathered(
    folder: Folder, source: Opened, progress: Progress | None = None, workers: int | None = None
) -> Prepared:
    """Everything of a working folder, read."""
    scheme = source.scheme
    collected = collect(folder, scheme, progress, workers, source.decisions)
    inputs = read_inputs(folder, scheme, source.decisions)
    stale = source.stale or {}
    problems, files = (*source.problems, *inputs.problems), (*source.files, *inputs.files)
    return prepare(scheme, collected, replace(inputs, stale=stale, problems=problems, files=files))


def summarize(scheme: m.Scheme, prepared: Prepared) -> Year:
    """The results under `scheme`, which may read a policy otherwise than the one in force."""
    rules = Rulebook(scheme)
    collected, inputs = prepared.collected, prepared.inputs
    own = {
        assessment.section.name: _not_adopted(assessment) if assessment.section.name in collected.refused else assessment
        for assessment in assess(rules, collected.adopted.returns, collected.adopted.undecided)
    }
    verdicts = Verdicts(inputs.decisions)
    found = bases(rules, collected.adopted.returns, prepared.beside)
    moved = transfers(rules, prepared.beside)
    evaluations = _evaluations(scheme, prepared)
    after, problems = finals(rules, found, prepared.reviews, moved, evaluations, verdicts, own)
    _settle(verdicts, prepared, moved)
    reviewing = any(
        complete(task, prepared.reviews.get((reviewer, task.section.name)))
        for reviewer, mine in tasks(scheme).items()
        for task in mine
    )
    standings, tie = ruled_standings(scheme, after, verdicts)
    pending = (*_pending(after, own, standings, tie), *_unread(prepared))
    reached = reach(after, standings, pending, reviewing, verdicts, inputs.snapshots)
    final = reached.stage.name != r.SELF_STAGE
    needed = tuple(_needed(prepared, moved, tie if final else None, reached))
    results = r.Results(
        scheme=scheme,
        batch=prepared.batch,
        standings=standings if final else self_standings(scheme, tuple(own.values())),
        assessments=own,
        pending=pending if final else (*_own_pending(own), *_unread(prepared)),
        received=collected.received,
        missing=collected.missing,
        problems=sort_problems(
            [*collected.problems, *prepared.problems, *problems, *verdicts.problems, *verdicts.idle()]
        ),
        reached=reached.stage,
        finals=after if final else {},
        decisions=(*verdicts.applied(), *_waiting(inputs.decisions, needed)),
        ledger=inputs.ledger,
        moved=reached.moved,
        inputs=tuple(_behind(prepared, reached.stage, final)),
    )
    return Year(results, reached, needed)


def _behind(prepared: Prepared, stage: r.Stage, final: bool) -> Iterator[r.InputFile]:
    """The files beside the returns that the figures rest on: review books once reviews count, and only those adopted.

    An approved result is what another one is compared with; its own it does not rest on.
    """
    adopted = {review.file for review in prepared.reviews.values()} if final else set()
    earlier = {snapshot.file for snapshot in prepared.inputs.snapshots if snapshot.code != stage.code}
    counted = {REVIEWS: adopted, APPROVED: earlier}
    yield from (x for x in prepared.inputs.files if x.kind not in counted or x.file in counted[x.kind])


def _evaluations(scheme: m.Scheme, prepared: Prepared) -> Mapping[str, rec.Evaluation]:
    if prepared.policies == tuple(scheme.policy(name) for name in OF_BALLOTS):
        return prepared.evaluations
    return read_evaluations(scheme, prepared.inputs.ballots)[0]


def _not_adopted(assessment: r.Assessment) -> r.Assessment:
    """Of a section that has sent something, only nothing that can be used."""
    pending = (replace(p, reason=r.NOT_ADOPTED) if p.reason == r.NOT_RETURNED else p for p in assessment.pending)
    return replace(assessment, status=r.NOT_ADOPTED, pending=tuple(pending))


def _own_pending(own: Mapping[str, r.Assessment]) -> Iterator[r.Pending]:
    return (p for assessment in own.values() for p in assessment.pending)


def _unread(prepared: Prepared) -> tuple[r.Pending, ...]:
    """A register with errors lacks something that may change any figure: nothing is settled before it is mended.

    Errors of a review workbook keep their own clauses open.
    """
    review = f"{REVIEW_FOLDER}/"
    wrong = [p.where.file for p in prepared.problems if p.severity == ERROR and not p.where.file.startswith(review)]
    return tuple(r.Pending(m.EVERY_SECTION, file, r.INPUT_ERRORS) for file in dict.fromkeys(wrong))


def _pending(
    after: Mapping[str, r.Final],
    own: Mapping[str, r.Assessment],
    standings: tuple[r.Standing, ...],
    tie: Tie | None,
) -> tuple[r.Pending, ...]:
    """What keeps the result open. A return that is missing or refused no longer matters where review has settled all."""
    found = [p for final in after.values() for p in final.pending]
    open_ = {s.section.name for s in standings if s.total.value is None}
    for name, assessment in own.items():
        if name in open_ and assessment.returned is None:
            found += [p for p in assessment.pending if p.reason != r.NOT_REVIEWED]
    if tie is not None:
        found += [r.Pending(name, r.GRADE, r.TIED) for name in tie.sections]
    return tuple(found)


# --- 决定 --------------------------------------------------------------------------------------------------------


def _settle(verdicts: Verdicts, prepared: Prepared, moved: tuple[Transfer, ...]) -> None:
    """What became of the decisions that were applied while reading."""
    conflicts = prepared.collected.adopted.conflicts
    texts = {(t.section, t.clause, t.text) for t in moved}
    for decision in verdicts.answered(rec.ADOPT, rec.RELEASE, rec.TRANSFER, rec.POLICY_CHANGE):
        if decision.kind == rec.TRANSFER:
            if (decision.section, decision.object, decision.before) in texts:
                verdicts.hold(decision)
            else:
                now = "、".join(text for section, clause, text in texts if (section, clause) == (decision.section, decision.object))
                verdicts.stale(decision, now)
        elif decision.kind == rec.ADOPT:
            now = prepared.differing.get(reviewer_of(decision), "")
            if not reviewer_of(decision):
                now = files_text(x.file for x in conflicts.get(decision.section, ()))
            if still_about(decision, now):
                verdicts.hold(decision)
            else:
                verdicts.stale(decision, now)
        elif decision in prepared.inputs.stale:
            verdicts.refuse(decision, prepared.inputs.stale[decision])
        else:
            verdicts.hold(decision)


def _waiting(present: Iterable[rec.Decision], needed: Iterable[rec.Decision]) -> Iterator[r.Applied]:
    """Rows that wait for an answer and do not stand in 决定.xlsx yet; this very run writes them there."""
    known = {(*decision.key, decision.before) for decision in present}
    yield from (r.Applied(d, r.WAITING) for d in needed if (*d.key, d.before) not in known)


def _needed(
    prepared: Prepared, moved: tuple[Transfer, ...], tie: Tie | None, reached: Reached
) -> Iterator[rec.Decision]:
    """The rows of 决定 that wait for an answer."""
    adopted = prepared.collected.adopted
    for section in sorted(adopted.undecided):
        yield rec.Decision(rec.ADOPT, section, rec.SECTION_BOOK, before=files_text(x.file for x in adopted.conflicts[section]))
    for reviewer in sorted(prepared.undecided):
        yield rec.Decision(rec.ADOPT, "", f"{rec.REVIEW_BOOK}-{reviewer}", before=prepared.differing[reviewer])
    for found in prepared.collected.problems:
        if found.code == "CLAUSE_CHANGED":
            section = next((n for n, x in adopted.returns.items() if x.file == found.where.file and x.sheet == found.where.sheet), "")
            clause = clause_of(found.where.field)
            if section:
                yield rec.Decision(rec.RELEASE, section, clause, before=found.value)
    for transfer in moved:
        if transfer.agreed is None:
            yield rec.Decision(rec.TRANSFER, transfer.section, transfer.clause, before=transfer.text)
    if tie is not None:
        yield rec.Decision(rec.RULING, "", rec.EXCELLENT, before=tie.text)
    yield from reached.needed
