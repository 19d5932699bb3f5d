"""review: 核定表 per reviewer, 审定表 for the leading group, 核对稿 per section.

Comes in: a working folder. Goes out: an `Outcome`. Books already filled in are extended: every entry is carried over.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from workbook_builder import pipeline
from workbook_builder.commands import advice
from workbook_builder.commands.mending import template_of
from workbook_builder.commands.outcome import Outcome
from workbook_builder.commands.placing import Placing, sha_of
from workbook_builder.commands.posting import plan_check_copies
from workbook_builder.commands.progress import reviewers
from workbook_builder.commands.registering import plan_decisions, plan_registers
from workbook_builder.commands.session import Session, in_folder
from workbook_builder.commands.watching import READING, Progress, counting
from workbook_builder.duties import tasks
from workbook_builder.excel.stable import as_saved_here
from workbook_builder.folder import Outputs
from workbook_builder.folder.paths import REVIEW_FOLDER
from workbook_builder.model import Scheme
from workbook_builder.problems import Where, problem, sort_problems
from workbook_builder.results import NOT_REVIEWED
from workbook_builder.rules.items import Rulebook

#: Problems of what stands in a review book where it cannot be read: a book written anew would be without it.
_LOST_WHEN_REWRITTEN = (
    "ANSWER_ASTRAY", "CELLS_MERGED", "COLUMNS_MOVED", "FORMULA_IN_TEXT", "KEY_TWICE", "REVIEW_SHEET_UNKNOWN",
    "RUBRIC_CHANGED", "SHEET_COPIED",
)  # fmt: skip
_MOST_NAMED = 5


def review(directory: str | Path = ".", progress: Progress | None = None) -> Outcome:
    """Write or extend the review workbooks in 3核定, and 核对稿 of every section that has been reviewed."""
    return in_folder("review", directory, lambda session, scheme, _: _review(session, scheme), progress)


def _review(session: Session, scheme: Scheme) -> Outcome:
    from workbook_builder.reviewing import review_books, review_file

    folder = session.folder
    prepared, year = pipeline.year(folder, session.source, counting(session.progress, READING))
    results = year.results
    placing = Placing(folder, Outputs(folder))
    plan_registers(placing, scheme)
    rules = Rulebook(scheme)
    session.progress(f"写 {len(tasks(scheme))} 本核定表", 0, 0)
    books = review_books(rules, prepared.bases, template_of(folder), prepared.reviews, scheme.mark)
    for reviewer in tasks(scheme):
        _plan_book(placing, prepared, reviewer, review_file(scheme, reviewer), books, results.reached.approved)
    plan_decisions(placing, scheme, year.needed)
    letters = plan_check_copies(placing, results, session.progress)
    outputs = () if placing.blocked else session.publish(placing.outputs, prepared.batch)
    rows = reviewers(scheme, prepared)
    told = advice.after_review(results, year.needed, advice.place_of(folder, prepared, results))
    unreviewed = {p.section for p in results.pending if p.reason == NOT_REVIEWED}
    return Outcome(
        "review",
        outputs=outputs,
        problems=sort_problems([*results.problems, *placing.problems]),
        received=results.received,
        data={
            "batch": prepared.batch,
            "stage": results.stage,
            "approved": results.reached.approved,
            "reviewers": [_with_file(row, outputs, scheme) for row in rows],
            "unreviewed": [s.name for s in scheme.sections if s.name in unreviewed],
            "check_copies": letters,
            "next": told if outputs or results.reached.approved else advice.unwritten("review"),
        },
    )


def _plan_book(
    placing: Placing, prepared: pipeline.Prepared, reviewer: str, file: str, books: Mapping[str, bytes], approved: bool
) -> None:
    """The reviewer's book in its place. Where another file is the one in use, or nobody can tell, nothing is touched.

    What an approved result rests on stays as it was approved, as long as it is approved.
    """
    name = f"{placing.folder.review.name}/{file}"
    old = placing.read(name)
    if approved and old is not None:
        return
    used = prepared.reviewed_files.get(reviewer, name)
    ours = old is None or as_saved_here(old) or (used == name and reviewer in prepared.reviewed_files)
    if reviewer in prepared.undecided or used != name or not ours:
        placing.problems.append(problem("REVIEW_BOOK_KEPT", Where(name), used))
    elif unread := [p for p in prepared.problems if p.where.file == name and p.code in _LOST_WHEN_REWRITTEN]:
        cells = "、".join(dict.fromkeys(f"{p.where.sheet} {p.where.cell}".strip() for p in unread[:_MOST_NAMED]))
        placing.problems.append(problem("REVIEW_ENTRIES_KEPT", Where(name), count=len(unread), cells=cells))
    elif not placing.blocked:
        placing.outputs.add(name, books[file], based_on=sha_of(old))


def _with_file(row: dict, outputs: tuple[str, ...], scheme: Scheme) -> dict:
    """A row of progress with the book that this run has written, where none was in use before."""
    from workbook_builder.reviewing import review_file

    written = f"{REVIEW_FOLDER}/{review_file(scheme, row['reviewer'])}"
    return {**row, "file": row["file"] or (written if written in outputs else None)}

