"""The workbooks that people fill in row by row: created once, afterwards extended, never overwritten.

Comes in: a `Placing` (what stands there, and what is planned) and the scheme. Goes out: planned files, problems.
"""

from __future__ import annotations

from collections.abc import Sequence

from workbook_builder import records as rec
from workbook_builder.commands.placing import Placing, sha_of
from workbook_builder.model import Scheme


def plan_registers(placing: Placing, scheme: Scheme) -> None:
    """决定, 台账, 市局反馈 and 测评录入表: new where there is none, with the scheme's present lists where there is one."""
    from workbook_builder.ballots import entry_book, renewed_entries
    from workbook_builder.registers import city_workbook, ledger_workbook, refreshed_city, refreshed_ledger

    folder = placing.folder
    for path, new, refreshed in (
        (folder.ledger, ledger_workbook, refreshed_ledger),
        (folder.city_feedback, city_workbook, refreshed_city),
    ):
        name = folder.relative(path)
        old = placing.read(name)
        data = new(scheme) if old is None else refreshed(scheme, old, name)
        if data is not None and not placing.blocked:
            placing.outputs.add(name, data, based_on=sha_of(old))
    if placing.read(folder.relative(folder.decisions)) is None:
        plan_decisions(placing, scheme, ())
    entry = folder.relative(folder.ballot_entry)
    old = placing.read(entry)
    data, problems = (entry_book(scheme), []) if old is None else renewed_entries(scheme, old, entry)
    placing.problems += problems
    if data is not None and not placing.blocked:
        placing.outputs.add(entry, data, based_on=sha_of(old))


def plan_decisions(placing: Placing, scheme: Scheme, needed: Sequence[rec.Decision]) -> bytes | None:
    """决定.xlsx with the rows that now wait for an answer; what a person has entered stays as it is. None: it stays."""
    from workbook_builder.registers import extend_decisions

    name = placing.folder.relative(placing.folder.decisions)
    old = placing.read(name)
    if placing.blocked:
        return None
    data, problems = extend_decisions(scheme, old, name, needed)
    placing.problems += problems
    if data is not None:
        placing.outputs.add(name, data, based_on=sha_of(old))
    return data
