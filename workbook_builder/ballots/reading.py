"""Everything in the folder 测评 → 述职测评: the room's one door for the pipeline.

Comes in: a scheme and (name relative to the working folder, bytes) of every file below 测评. Goes out: section →
`Evaluation`, problems, and whether anything was handed in.
"""

from __future__ import annotations

from collections.abc import Sequence

from workbook_builder import model as m
from workbook_builder.ballots.entry_reading import read_entry_book
from workbook_builder.ballots.figures import evaluate
from workbook_builder.ballots.file_reading import SortedFiles, count_files, entry_books, sort_files
from workbook_builder.ballots.votes import FOLDER, Votes
from workbook_builder.problems import Problem, Where, problem, sort_problems
from workbook_builder.records import Evaluation


def read_evaluations(
    scheme: m.Scheme, files: Sequence[tuple[str, bytes]]
) -> tuple[dict[str, Evaluation], list[Problem], bool]:
    """Evaluations by section, problems, and whether there are ballots at all. The order of the files never matters."""
    found = sort_files(files)
    votes, problems = count_files(scheme, found)
    typed, more = _typed(scheme, found)
    votes = votes.joined(typed)
    evaluations, remarks = evaluate(scheme, votes)
    return evaluations, list(sort_problems([*problems, *more, *remarks])), votes.given


def _typed(scheme: m.Scheme, found: SortedFiles) -> tuple[Votes, list[Problem]]:
    """The entry workbook. Untouched ones beside it count for nothing; of two different ones neither is believed."""
    read = [read_entry_book(scheme, data, name) for name, data in entry_books(found)]
    used = [(votes, problems) for votes, problems in read if votes.given or problems]
    if len(used) < 2:
        return used[0] if used else (Votes(), [])
    everyone = frozenset(group.name for group in scheme.rater_groups)
    return Votes({}, everyone), [problem("BALLOT_ENTRY_TWICE", Where(FOLDER), count=len(used))]
