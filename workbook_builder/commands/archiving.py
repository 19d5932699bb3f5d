"""archive: the approved result, and everything it rests on, into 5归档 with checksums.

Comes in: a working folder whose result is approved. Goes out: an `Outcome`. What is archived is never changed again;
ballots are not archived, since no copy of a single ballot may be made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from workbook_builder import pipeline
from workbook_builder.commands import advice
from workbook_builder.commands.outcome import Outcome, misuse
from workbook_builder.commands.placing import Placing
from workbook_builder.commands.session import Session, in_folder
from workbook_builder.commands.tally import outcome_files
from workbook_builder.commands.watching import READING, Progress, counting, each
from workbook_builder.folder import Folder, Outputs, list_returns, remembered_summary
from workbook_builder.folder.paths import CHECKSUMS
from workbook_builder.inputs import digest_of
from workbook_builder.problems import Problem, Where, has_errors, problem

_ROOT_FILES = ("方案.xlsx", "决定.xlsx", "台账*.xlsx", "市局反馈*.xlsx", "*模板.docx", "考评表模板.xlsx")
#: Of 4汇总: what went out on the way is no part of the approved set.
_PASSING = ("退回修改/", "核对稿/", "催办文字.txt")


def archive(directory: str | Path = ".", progress: Progress | None = None) -> Outcome:
    """Copy the approved set into 5归档/<稿次> with a list of SHA-256 sums; check what is archived already."""
    return in_folder("archive", directory, lambda session, scheme, _: _archive(session), progress)


def _archive(session: Session) -> Outcome:
    folder = session.folder
    prepared, year = pipeline.year(folder, session.source, counting(session.progress, READING))
    reached = year.results.reached
    if not reached.approved:
        told = advice.after_collect(prepared.collected, year.results, year.needed, advice.place_of(folder, prepared, year.results))
        return misuse("archive", problem("NOT_APPROVED", Where(), reached.label), next=told)
    if advice.summarized(folder).get("batch") != prepared.batch:
        return misuse("archive", problem("SUMMARY_OLD", Where(folder.relative(folder.result))))
    edited = list(_edited(folder, outcome_files(session, prepared, year.results)))
    if edited:
        return misuse("archive", *edited)
    placing = Placing(folder, Outputs(folder))
    names = list(_names(folder))
    files = {name: data for name in each(session.progress, "存入 5归档", names) if (data := placing.read(name)) is not None}
    files[CHECKSUMS] = _checksums(files)
    place = _place(folder, reached.name, prepared.batch, files)
    problems = list(_damaged(folder))
    for name, data in files.items():
        placing.outputs.add(f"{folder.archive.name}/{place}/{name}", data)
    blocked = placing.blocked or has_errors(problems)
    outputs = () if blocked else session.publish(placing.outputs, prepared.batch)
    return Outcome(
        "archive",
        outputs=outputs,
        problems=(*problems, *placing.problems),
        data={
            "batch": prepared.batch,
            "stage": reached.name,
            "code": reached.code,
            "place": f"{folder.archive.name}/{place}",
            "files": len(files),
            "next": _next(place, bool(outputs)),
        },
    )


def _next(place: str, written: bool) -> str:
    if not written:
        return advice.unwritten("archive")
    return f"把 5归档/{place} 整个复制到档案介质；以后有更正，在 决定.xlsx 写明，再运行 kaoping summarize"


def _edited(folder: Folder, files: Mapping[Path, bytes]) -> Iterator[Problem]:
    """Figures of 4汇总 that are not as the program made them. Letters may be worded in Word before they go out."""
    for path, data in files.items():
        found = path.read_bytes() if path.is_file() else None
        if found != data:
            # As it was written: then a file that it quotes with its SHA-256 has been saved anew since.
            untouched = path == folder.summary_book and found is not None and found == remembered_summary(folder)
            yield problem("SUMMARY_OLD" if untouched else "SUMMARY_EDITED", Where(folder.relative(path)))


def _names(folder: Folder) -> Iterator[str]:
    """Everything the approved result consists of and rests on, relative to the folder."""
    for pattern in _ROOT_FILES:
        yield from (folder.relative(path) for path in sorted(folder.root.glob(pattern)) if path.is_file())
    for place in (folder.issued, folder.returned, folder.review, folder.summary):
        listing = list_returns(place, folder.root)
        passing = tuple(f"{folder.summary.name}/{name}" for name in _PASSING)
        yield from (name for name, _ in listing.files if not name.startswith(passing))


def _checksums(files: dict[str, bytes]) -> bytes:
    """Lines as sha256sum writes and checks them."""
    lines = [f"{digest_of(data)}  {name}\n" for name, data in sorted(files.items())]
    return "".join(lines).encode("utf-8")


def _place(folder: Folder, stage: str, batch: str, files: dict[str, bytes]) -> str:
    """The folder of this stage; another where one of other content stands there."""
    if not _other(folder.archive / stage / CHECKSUMS, files):
        return stage
    place = f"{stage}（批次{batch}）"
    number = 1
    while _other(folder.archive / place / CHECKSUMS, files):
        number += 1
        place = f"{stage}（批次{batch}，第{number}次）"
    return place


def _other(listing: Path, files: dict[str, bytes]) -> bool:
    """Whether something else was archived there: nothing archived is ever overwritten."""
    return listing.exists() and listing.read_bytes() != files[CHECKSUMS]


def _damaged(folder: Folder) -> Iterator[Problem]:
    """Archived files that are no longer what the list of checksums says."""
    for listing in sorted(folder.archive.glob(f"*/{CHECKSUMS}")):
        for line in listing.read_text(encoding="utf-8").splitlines():
            expected, _, name = line.partition("  ")
            path = listing.parent / name
            try:
                found = digest_of(path.read_bytes())
            except OSError:
                found = ""
            if name and found != expected:
                yield problem("ARCHIVED_DIFFERS", Where(folder.relative(path)))
