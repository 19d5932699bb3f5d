"""What of a return its section has to mend: errors, and questions that only it can answer.

Comes in: a return and the problems found. Goes out: those problems that go back to the section. A question is asked
once: what still stands after a round is the section's answer, and only errors go back again.
"""

from __future__ import annotations

from collections.abc import Iterable

from workbook_builder import model as m
from workbook_builder.problems import ERROR, INFO, Problem, sort_problems
from workbook_builder.returns import SectionReturn

#: Mended by the re-issued workbook itself.
_CURED = {
    "SHEET_RENAMED",
    "SHEET_HIDDEN",
    "FORM_SHEET_MISSING",
    "FORMULA_OVERWRITTEN",
    "FORMULAS_GONE",
    "FIGURE_DIFFERS",
    "FIELD_UNKNOWN",
}
#: For those who review or decide, not for the section.
_FOR_OTHERS = {"NOT_APPLICABLE", "UNRANKED", "CONFLICTING_RETURNS"}


def to_mend(scheme: m.Scheme, returned: SectionReturn, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those of `problems` that `returned` goes back for, in the order of their places; () if it need not go back."""
    found = sort_problems(p for p in problems if _is_for_section(scheme, returned, p))
    if returned.round_no and not any(p.severity == ERROR for p in found):
        return ()
    return found


def _is_for_section(scheme: m.Scheme, returned: SectionReturn, found: Problem) -> bool:
    if found.severity == INFO or found.code in _CURED | _FOR_OTHERS or found.where.file != returned.file:
        return False
    sheet = found.where.sheet
    if sheet == returned.sheet or sheet in returned.sheets.values():
        return True
    # What is wrong with the file, or with a sheet that is nobody's, goes to everyone whose sheet the file holds.
    nobodys = not any(sheet == s.name or sheet.endswith(f"-{s.name}") for s in scheme.sections)
    return found.severity == ERROR and nobodys
