"""status: where the year stands. Reads only; nothing is written, not even a lock.

Comes in: a working folder. Goes out: an `Outcome` whose data says per section what is in and what is missing.
"""

from __future__ import annotations

from pathlib import Path

from workbook_builder import pipeline
from workbook_builder.commands import advice
from workbook_builder.commands.outcome import Outcome, misuse
from workbook_builder.commands.session import find, open_scheme
from workbook_builder.commands.watching import READING, Progress, counting, untold
from workbook_builder.duties import Task, tasks
from workbook_builder.folder import Folder
from workbook_builder.model import Scheme
from workbook_builder.problems import ERROR, WARNING, sort_problems
from workbook_builder.returns import ATTACHMENT
from workbook_builder.reviewing import complete, reviewed
from workbook_builder.rules.items import Rulebook
from workbook_builder.summary.facts import NOBODY, Facts

#: What 1下发 and 4汇总 may be.
ABSENT, CURRENT, OUTDATED = "没有", "最新", "已过时"


def status(directory: str | Path = ".", progress: Progress | None = None) -> Outcome:
    """Per section: returned, complete, problems, materials; what is issued and summed up; the next step."""
    folder, missing = find(directory)
    if folder is None:
        return misuse("status", missing)
    source, problems = open_scheme(folder)
    if source is None:
        advised = "打开 方案.xlsx 改正上面列出的错误，再运行 kaoping check"
        return misuse("status", *problems, folder=folder, next=advised)
    scheme = source.scheme
    prepared, year = pipeline.year(folder, source, counting(progress or untold, READING))
    collected, results = prepared.collected, year.results
    facts = Facts(results)
    issued, summary = issued_state(folder, scheme), _summary(folder, results.batch)
    return Outcome(
        "status",
        problems=sort_problems(results.problems),
        received=results.received,
        folder=folder,
        data={
            "year": scheme.year,
            "title": f"{scheme.unit}{scheme.title}",
            "deadline": scheme.deadline,
            "issued": issued,
            "stage": results.reached.name if results.received or results.is_final else "",
            "approved": results.reached.approved,
            "summary": summary,
            "interrupted": folder.journal.exists(),
            "batch": results.batch,
            "sections": [_section(name, facts) for name in results.assessments],
            "unplaced": _counts(NOBODY, facts),
            "missing": list(results.without_return),
            "reviewers": reviewers(scheme, prepared),
            "ballots": any(found.result is not None for found in prepared.evaluations.values()),
            "waiting": [list(decision.key) for decision in year.needed],
            "archived": results.reached.approved and folder.archived_sums(results.reached.name).is_file(),
            "next": _next(year, issued, advice.place_of(folder, prepared, results), collected),
        },
    )


def _section(name: str, facts: Facts) -> dict[str, object]:
    results = facts.results
    assessment = results.assessments[name]
    return {
        "section": name,
        "returned": assessment.returned is not None,
        "complete": assessment.status == "完整",
        "status": assessment.status,
        "file": assessment.returned.file if assessment.returned is not None else None,
        **_counts(name, facts),
        "attachments": sum(receipt.outcome == ATTACHMENT and receipt.section == name for receipt in results.received),
        "materials_missing": [p.value for p in facts.by_section[name] if p.code == "MATERIAL_MISSING"],
    }


def _counts(name: str, facts: Facts) -> dict[str, int]:
    """The same numbers as in 汇总表.xlsx."""
    counted = facts.counted(name)
    return {"errors": counted[ERROR], "warnings": counted[WARNING]}


def issued_state(folder: Folder, scheme: Scheme) -> str:
    """Whether 1下发 holds the forms of the scheme as it is now."""
    from workbook_builder.collecting.manifest import read_manifest
    from workbook_builder.intake import read_book
    from workbook_builder.layout.book import section_print
    try:
        book, _ = read_book(folder.issued_book.read_bytes(), folder.issued_book.name)
    except OSError:
        return ABSENT
    manifest = None if book is None else read_manifest(book)
    if manifest is None:
        return ABSENT
    rules = Rulebook(scheme)
    prints = {section.name: section_print(rules, section) for section in scheme.sections}
    known = {name: manifest.get("@fingerprint", name) for name in manifest.sections}
    return CURRENT if known == prints else OUTDATED


def _summary(folder: Folder, batch: str) -> str:
    """Whether 4汇总 was made from the returns as they are now."""
    found = advice.summarized(folder)
    return ABSENT if not found else CURRENT if found.get("batch") == batch else OUTDATED


def reviewers(scheme: Scheme, prepared: pipeline.Prepared) -> list[dict[str, object]]:
    """Per reviewer: whose sections, which are done, and the book in use (None: there is none yet)."""
    rules = Rulebook(scheme)
    return [
        {
            "reviewer": reviewer,
            "sections": [task.section.name for task in found],
            "done": [task.section.name for task in found if _done(rules, prepared, reviewer, task)],
            "file": prepared.reviewed_files.get(reviewer),
        }
        for reviewer, found in tasks(scheme).items()
    ]


def _done(rules: Rulebook, prepared: pipeline.Prepared, reviewer: str, task: Task) -> bool:
    """A section is done once everything is said and nothing of it is open or wrong."""
    review = prepared.reviews.get((reviewer, task.section.name))
    if not complete(task, review):
        return False
    found = reviewed(rules, task, prepared.bases[task.section.name], review)
    return not (found.wrong or found.waiting) and all(x.figure.value is not None for x in found.bottom.values())


def _next(year: pipeline.Year, issued: str, place: advice.Place, collected: pipeline.Collected) -> str:
    if not collected.received and not year.results.is_final:
        if issued == ABSENT:
            return "核对方案（kaoping check），再运行 kaoping build 生成下发表"
        if issued == OUTDATED:
            return "方案改过了，运行 kaoping build 重新生成下发表"
        return "把 1下发/分科室 里的表发给各科室；收回的放进 2回收，再运行 kaoping collect"
    if not place.current:
        return "运行 kaoping summarize 生成汇总"
    return advice.after_collect(collected, year.results, year.needed, place)
