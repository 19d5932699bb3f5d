"""collect and summarize: 2回收 → problems and receipts, and 4汇总 of the stage reached.

Comes in: a working folder. Goes out: an `Outcome`. What stands in 4汇总 is ours and is replaced as a whole; nothing of it
depends on the clock or on what happened in earlier runs.
"""

from __future__ import annotations

import json
from pathlib import Path

from workbook_builder import pipeline
from workbook_builder.commands import advice
from workbook_builder.commands.outcome import Outcome
from workbook_builder.commands.session import Session, in_folder, read_scheme_file
from workbook_builder.folder import History
from workbook_builder.model import Scheme
from workbook_builder.results import NOT_ADOPTED, NOT_RETURNED, Results

#: Keys of 结果.json that the JSON object of summarize repeats; the rest stands in the file.
_REPEATED = ("batch", "stage", "provisional", "pending", "standings", "missing")


def collect(directory: str | Path = ".", progress: pipeline.Progress | None = None) -> Outcome:
    """Read everything in 2回收: problems, receipts, who is missing. Writes 问题清单.xlsx."""
    return in_folder("collect", directory, lambda session, scheme, _: _collect(session, scheme, progress))


def summarize(directory: str | Path = ".", progress: pipeline.Progress | None = None) -> Outcome:
    """Everything so far: 汇总表.xlsx, 结果.json and 问题清单.xlsx."""
    return in_folder("summarize", directory, lambda session, scheme, _: _summarize(session, scheme, progress))


def problem_title(scheme: Scheme) -> str:
    return f"{scheme.unit}{scheme.title}问题清单"


def _collect(session: Session, scheme: Scheme, progress: pipeline.Progress | None) -> Outcome:
    from workbook_builder.summary import problem_workbook

    folder = session.folder
    collected = pipeline.collect(folder, scheme, progress)
    listing = problem_workbook(collected.problems, problem_title(scheme), scheme=scheme)
    outputs = session.publish([(folder.relative(folder.problem_list), listing)], collected.batch)
    return Outcome(
        "collect",
        outputs=outputs,
        problems=collected.problems,
        received=collected.received,
        data={
            "batch": collected.batch,
            "returned": [section.name for section in scheme.sections if section.name in collected.adopted.returns],
            "undecided": sorted(collected.adopted.undecided),
            "missing": [s.name for s in scheme.sections if s.name in {*collected.missing, *collected.refused}],
            "refused": list(collected.refused),
            "next": advice.after_collect(collected),
        },
    )


def _summarize(session: Session, scheme: Scheme, progress: pipeline.Progress | None) -> Outcome:
    from workbook_builder.summary import problem_workbook, result_json, summary_workbook

    folder = session.folder
    collected = pipeline.collect(folder, scheme, progress)
    results = pipeline.summarize(scheme, collected)
    text = result_json(results)
    files = {
        folder.summary_book: summary_workbook(results, _other_readings(session, scheme, collected, results)),
        folder.result: text,
        folder.problem_list: problem_workbook(results.problems, problem_title(scheme), results=results),
    }
    outputs = session.publish([(folder.relative(path), data) for path, data in files.items()], results.batch)
    shown = {key: value for key, value in json.loads(text).items() if key in _REPEATED}
    changes = _remember(session, results, shown["standings"]) if outputs else []
    return Outcome(
        "summarize",
        outputs=outputs,
        problems=results.problems,
        received=results.received,
        data={**shown, "refused": list(collected.refused), "changes": changes, "next": advice.after_summarize(results, bool(outputs))},
    )


def _other_readings(session: Session, scheme: Scheme, collected: pipeline.Collected, results: Results):
    """What the other readings of the policies would change this year: the same returns scored once for each."""
    from workbook_builder.scheme.readings import with_reading
    from workbook_builder.summary import other_readings

    name = session.folder.relative(session.folder.scheme)
    _, _, document = read_scheme_file(session.folder.scheme, name)

    def rescore(policy: str, value: str):
        other = with_reading(document, name, policy, value)
        if other is None or other.sections != scheme.sections:
            return None
        return pipeline.summarize(other, collected).standings

    return other_readings(results, rescore)


def _remember(session: Session, results: Results, standings: list[dict]) -> list[dict[str, object]]:
    """What moved against the last batch of other inputs; the present one joins the history."""
    history = History(session.folder)
    before, problems = history.last_different(results.batch)
    states = {name: assessment.status for name, assessment in results.assessments.items()}
    entry = {"stage": results.stage, "standings": standings, "states": states}
    session.remarks += {*problems, *history.append(results.batch, entry)}
    return _moved(before, standings) + _lost(before, states)


def _moved(before: dict | None, standings: list[dict]) -> list[dict[str, object]]:
    old = {row.get("section"): row for row in (before or {}).get("standings", ()) if isinstance(row, dict)}
    return [
        {"section": row["section"], "figure": figure, "before": old[row["section"]].get(figure), "now": row.get(figure)}
        for row in standings
        if row["section"] in old
        for figure in ("总分", "名次")
        if old[row["section"]].get(figure) != row.get(figure)
    ]


def _lost(before: dict | None, states: dict[str, str]) -> list[dict[str, object]]:
    """Sections whose return is there no longer: their total may have been open before, too."""
    old = (before or {}).get("states")
    old = old if isinstance(old, dict) else {}
    return [
        {"section": name, "figure": "填报情况", "before": old[name], "now": now}
        for name, now in states.items()
        if now in (NOT_RETURNED, NOT_ADOPTED) and old.get(name, now) != now
    ]
