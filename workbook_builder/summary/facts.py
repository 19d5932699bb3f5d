"""What the pages say about results: counts, whose problem a problem is, what still waits, which materials came.

Comes in: `Results`. Goes out: plain values and Chinese texts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property

from workbook_builder import model as m
from workbook_builder import results as r
from workbook_builder import returns as ret
from workbook_builder.collecting.attachments import applies_to, section_of
from workbook_builder.problems import ERROR, SEVERITY_LABELS, WARNING, Problem
from workbook_builder.rules.items import Figure, Rulebook
from workbook_builder.summary.answers import declared_works

UNAPPROVED = "未审定"
#: In the place of a section's name: problems that could not be put down to one section.
NOBODY, NOBODY_TEXT = "", "未能归到科室"
COMPLETE = "完整"
DUE, GOT, IN_FORM, NOT_DUE = "缺", "收到", "表内已填", "—"
_FORM_SHEET = re.compile(r"申报\d+-(.+)")
_SEVERITIES = {severity: place for place, severity in enumerate(SEVERITY_LABELS)}


class Facts:
    """Results and everything the pages ask of them, worked out once."""

    def __init__(self, results: r.Results) -> None:
        self.results, self.scheme = results, results.scheme
        self.rules = Rulebook(results.scheme)
        self.locate = Locator(results.scheme, results)

    @property
    def label(self) -> str:
        """自评汇总（未审定）."""
        return f"{self.results.stage}（{UNAPPROVED}）"

    def known(self, section: str, figure: Figure) -> Figure:
        """`figure`, but nothing of a section that has returned nothing is known."""
        if self.results.assessments[section].returned is not None:
            return figure
        return Figure(None, figure.low, figure.high)

    # --- counts -----------------------------------------------------------------------------------------------

    @cached_property
    def by_section(self) -> dict[str, tuple[Problem, ...]]:
        """Section → its problems, in their one order; those of files that are no section's under NOBODY."""
        found: dict[str, list[Problem]] = {section.name: [] for section in self.scheme.sections} | {NOBODY: []}
        for problem in self.results.problems:
            found[self.locate.section(problem)].append(problem)
        return {section: tuple(problems) for section, problems in found.items()}

    def counted(self, section: str) -> Counter[str]:
        """Problems by severity, of a section or of NOBODY. That nothing was returned is told by the status."""
        return Counter(p.severity for p in self.by_section[section] if p.code != "SECTION_NOT_RETURNED")

    def summary(self) -> str:
        """How far the collection has come, in one line."""
        everyone = self.results.assessments.values()
        returned = [a for a in everyone if a.returned is not None]
        complete = sum(a.status == COMPLETE for a in returned)
        undecided = sum(a.status == r.NOT_DECIDED for a in everyone)
        refused = sum(a.status == r.NOT_ADOPTED for a in everyone)
        wrong = sum(bool(self.counted(a.section.name)[ERROR]) for a in returned)
        facts = [f"参评科室 {len(everyone)} 个", f"已报送 {len(returned)}", f"其中填报完整 {complete}"]
        facts += [f"有错误待改 {wrong}", f"未报送 {len(self.results.missing)}"]
        if refused:
            facts.append(f"{r.NOT_ADOPTED} {refused}")
        if undecided:
            facts.append(f"待裁定采用哪份 {undecided}")
        return "　".join([f"批次号 {self.results.batch}", *facts])

    # --- what waits ---------------------------------------------------------------------------------------------

    def waiting(self) -> Iterator[tuple[str, str]]:
        """(section, what of it is still open), in the scheme's order; what waits for every section comes apart."""
        for name, assessment in self.results.assessments.items():
            texts: dict[str, list[str]] = {}
            for pending in assessment.pending:
                if pending.reason != r.NOT_REVIEWED:
                    texts.setdefault(pending.reason, []).append(self._place(pending.item))
            if texts:
                yield name, "；".join("、".join(filter(None, places)) + reason for reason, places in texts.items())

    def _place(self, key: str) -> str:
        item = self.scheme.item_by_key.get(key)
        return f"{item.part}第{item.no}项" if item else key

    # --- materials ----------------------------------------------------------------------------------------------

    def material(self, section: m.Section, material: m.Material) -> str:
        """收到, 表内已填, 待裁定, 未采用, 缺 or —."""
        if not applies_to(material, section):
            return NOT_DUE
        assessment = self.results.assessments[section.name]
        if material.form == "考评表":
            if assessment.returned is not None:
                return GOT
            return {r.NOT_DECIDED: "待裁定", r.NOT_ADOPTED: "未采用"}.get(assessment.status, DUE)
        mine = (section.name, material.name, ret.ATTACHMENT)
        if any((x.section, x.material, x.outcome) == mine for x in self.results.received):
            return GOT
        if "申报表" in material.name and any(declared_works(self.scheme, assessment)):
            return IN_FORM
        return DUE if material.required else NOT_DUE


class Locator:
    """Whose problem a problem is, from its place; results know more places than the scheme alone."""

    def __init__(self, scheme: m.Scheme | None, results: r.Results | None = None) -> None:
        self.scheme = scheme
        self.sheets: dict[tuple[str, str], str] = {}
        self.files: Mapping[str, str] = {}
        if results is not None:
            self.files = {x.file: x.section for x in results.received}
            for name, assessment in results.assessments.items():
                if assessment.returned is not None:
                    self.sheets[assessment.returned.file, assessment.returned.sheet] = name

    def section(self, problem: Problem) -> str:
        """Name of the section; "" if the problem is nobody's or several sections'."""
        where = problem.where
        if self.scheme is None:
            return ""
        if not where.file:
            return next((s.name for s in self.scheme.sections if _under(where.field, s.name)), "")
        if found := self.sheets.get((where.file, where.sheet)):
            return found
        form = _FORM_SHEET.fullmatch(where.sheet)
        named = (form[1] if form else where.sheet, self.files.get(where.file, ""), section_of(self.scheme, where.file))
        sections = (self.scheme.section(name) for name in named if name)
        return next((section.name for section in sections if section), "")


def _under(field: str, section: str) -> bool:
    return field == section or field.startswith(f"{section}/")


def by_weight(problems: tuple[Problem, ...]) -> list[Problem]:
    """错误 first, then 提醒, then 提示; each in the order of places."""
    return sorted(problems, key=lambda p: (_SEVERITIES[p.severity], p.sort_key()))


def count_text(counted: Counter[str]) -> str:
    """错误/提醒 as one short text."""
    return f"{counted[ERROR]}/{counted[WARNING]}" if counted[ERROR] or counted[WARNING] else "0"
