"""collect and summarize: everything in the folder → what goes back to the sections, and 4汇总 of the stage reached.

Comes in: a working folder. Goes out: an `Outcome`. What stands in 4汇总 is ours and is replaced as a whole; nothing of it
depends on the clock or on what happened in earlier runs.
"""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from workbook_builder import pipeline
from workbook_builder.commands import advice, comparing
from workbook_builder.commands.altering import keep_altered
from workbook_builder.commands.mending import plan_mending
from workbook_builder.commands.outcome import Outcome
from workbook_builder.commands.placing import Placing
from workbook_builder.commands.posting import plan_letters, plan_printed
from workbook_builder.commands.registering import plan_decisions
from workbook_builder.commands.session import Session, in_folder
from workbook_builder.commands.watching import READING, Progress, counting
from workbook_builder.folder import Folder, History, Outputs, remember_summary
from workbook_builder.inputs import DECISIONS, FILE_KINDS, input_file
from workbook_builder.model import P_EVALUATION_WEIGHT, Scheme
from workbook_builder.problems import sort_problems
from workbook_builder.results import Results

#: Keys of 结果.json that the JSON object of summarize repeats; the rest stands in the file.
_REPEATED = ("batch", "stage", "approved", "code", "provisional", "pending", "standings", "moved", "missing")
_IN_USE = "（如关闭正在用 Excel、WPS 打开的表）"


def collect(directory: str | Path = ".", progress: Progress | None = None) -> Outcome:
    """Read everything that came: problems, receipts, who is missing. Writes 问题清单, 退回修改 and 催办文字."""
    return in_folder("collect", directory, lambda session, scheme, _: _collect(session, scheme), progress)


def summarize(directory: str | Path = ".", progress: Progress | None = None) -> Outcome:
    """Everything so far: 汇总表 and its 汇总首页, 结果.json, 问题清单, and the letters of the stage reached."""
    return in_folder("summarize", directory, lambda session, scheme, _: _summarize(session, scheme), progress)


def problem_title(scheme: Scheme) -> str:
    return f"{scheme.unit}{scheme.title}问题清单"


def _collect(session: Session, scheme: Scheme) -> Outcome:
    folder = session.folder
    prepared, year = pipeline.year(folder, session.source, counting(session.progress, READING))
    collected, problems = prepared.collected, year.results.problems
    placing = Placing(folder, Outputs(folder))
    placing.outputs.add(folder.relative(folder.problem_list), _problem_list(scheme, prepared, year.results))
    back = plan_mending(placing, prepared, year.results, session.progress)
    plan_decisions(placing, scheme, year.needed)
    outputs = _publish(session, placing, prepared.batch)
    place = advice.place_of(folder, prepared, year.results)
    told = advice.after_collect(collected, year.results, year.needed, place, back)
    return Outcome(
        "collect",
        outputs=outputs,
        problems=sort_problems([*problems, *placing.problems]),
        received=collected.received,
        data={
            "batch": prepared.batch,
            "returned": [section.name for section in scheme.sections if section.name in collected.adopted.returns],
            "undecided": sorted(collected.adopted.undecided),
            "missing": [s.name for s in scheme.sections if s.name in {*collected.missing, *collected.refused}],
            "refused": list(collected.refused),
            "sent_back": back,
            "next": told if outputs else advice.unwritten("collect", _IN_USE),
        },
    )


def _publish(session: Session, placing: Placing, batch: str) -> tuple[str, ...]:
    """Everything planned, unless a file that must not be overwritten blindly could not be read."""
    return () if placing.blocked else session.publish(placing.outputs, batch)


def _summarize(session: Session, scheme: Scheme) -> Outcome:
    from workbook_builder.stages import figures, snapshot_bytes
    from workbook_builder.summary.result import json_number

    folder = session.folder
    prepared, year = pipeline.year(folder, session.source, counting(session.progress, READING))
    placing = Placing(folder, Outputs(folder))
    results = _as_it_will_lie(folder, year.results, plan_decisions(placing, scheme, year.needed))
    files = {**outcome_files(session, prepared, results), folder.problem_list: _problem_list(scheme, prepared, results)}
    text = files[folder.result]
    if year.reached.newly_approved:
        data = snapshot_bytes(results.reached, figures(results.finals, results.standings))
        files[folder.approved_result(year.reached.number)] = data
    keep_altered(placing, files[folder.summary_book])
    for path, data in files.items():
        placing.outputs.add(folder.relative(path), data)
    plan_mending(placing, prepared, results, session.progress)
    plan_printed(placing, results)
    plan_letters(placing, results, session.progress)
    outputs = _publish(session, placing, results.batch)
    shown = {key: value for key, value in json.loads(text).items() if key in _REPEATED}
    changes, causes = [], []
    if outputs:
        session.remarks += remember_summary(folder, files[folder.summary_book])
        changes, causes = _remember(session, prepared, results, shown["standings"])
    told = advice.after_summarize(results, year.needed, advice.place_of(folder, prepared, results, written=True))
    return Outcome(
        "summarize",
        outputs=outputs,
        problems=sort_problems([*results.problems, *placing.problems]),
        received=results.received,
        data={
            **shown,
            "refused": list(prepared.collected.refused),
            "waiting": [list(decision.key) for decision in year.needed],
            "changes": changes,
            "causes": causes,
            "evaluation_weight": json_number(Decimal(scheme.policy(P_EVALUATION_WEIGHT))),
            "ranked_by_total": all(standing.basis is None for standing in results.standings),
            "next": told if outputs else advice.unwritten("summarize", _IN_USE),
        },
    )


def _as_it_will_lie(folder: Folder, results: Results, decisions: bytes | None) -> Results:
    """`results` telling of 决定.xlsx as this very run leaves it, so that its SHA-256 is that of the file in the folder."""
    if decisions is None:
        return results
    name = folder.relative(folder.decisions)
    others = [x for x in results.inputs if x.file != name]
    found = sorted([*others, input_file(DECISIONS, name, decisions)], key=lambda x: FILE_KINDS.index(x.kind))
    return replace(results, inputs=tuple(found))


def outcome_files(session: Session, prepared: pipeline.Prepared, results: Results) -> dict[Path, bytes]:
    """汇总表 and 结果.json of these results: the same bytes whenever they are made."""
    from workbook_builder.summary import result_json, summary_workbook

    readings = _other_readings(session, prepared, results)
    session.progress("写汇总表", 0, 0)
    return {
        session.folder.summary_book: summary_workbook(results, readings, results.scheme.mark),
        session.folder.result: result_json(results),
    }


def _problem_list(scheme: Scheme, prepared: pipeline.Prepared, results: Results) -> bytes:
    from workbook_builder.returning import differences
    from workbook_builder.rules.items import Rulebook
    from workbook_builder.summary import problem_workbook

    conflicts = prepared.collected.adopted.conflicts
    rules = Rulebook(scheme) if conflicts else None
    versions = {}
    for section, returns in conflicts.items():
        rows = differences(rules, returns)
        versions[section] = (tuple(x.file for x in returns), tuple((d.caption, d.values, d.cells) for d in rows))
    return problem_workbook(results.problems, problem_title(scheme), results=results, versions=versions)


def _other_readings(session: Session, prepared: pipeline.Prepared, results: Results):
    """What the other readings of the policies would change this year: the same returns scored once for each."""
    from workbook_builder.scheme.readings import with_reading
    from workbook_builder.summary import other_readings

    source = session.source
    name = session.folder.relative(session.folder.scheme)

    others = [(p.name, value) for p in source.scheme.policies if p.scores for value in p.others]

    def rescore(policy: str, value: str):
        session.progress("试算其他口径", others.index((policy, value)) + 1, len(others))
        other = with_reading(source.document, name, policy, value)
        if other is None or other.sections != source.scheme.sections:
            return None
        return pipeline.summarize(other, prepared).results.standings

    return other_readings(results, rescore)


def _remember(
    session: Session, prepared: pipeline.Prepared, results: Results, standings: list[dict]
) -> tuple[list[dict[str, object]], list[dict[str, str]]]:
    """What moved against the last batch of other inputs, and which inputs changed; the present one joins the history."""
    history = History(session.folder)
    before, problems = history.last_different(results.batch)
    states = {name: assessment.status for name, assessment in results.assessments.items()}
    inputs = comparing.inputs_of(results.scheme, prepared)
    entry = {"stage": results.stage, "standings": standings, "states": states, "inputs": inputs}
    session.remarks += {*problems, *history.append(results.batch, entry)}
    changes = comparing.moved(before, standings) + comparing.lost(before, states)
    return changes, comparing.causes(before, inputs)
