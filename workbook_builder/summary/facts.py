"""What the pages say about results: counts, whose problem a problem is, what still waits, which materials came.

Comes in: `Results`. Goes out: plain values and Chinese texts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import cached_property
from string import ascii_uppercase

from workbook_builder import model as m
from workbook_builder import results as r
from workbook_builder import returns as ret
from workbook_builder.collecting.attachments import applies_to, section_of
from workbook_builder.layout.book import clause_of
from workbook_builder.problems import ERROR, SEVERITY_LABELS, WARNING, Problem, Where
from workbook_builder.rank import round_by_policy
from workbook_builder.records import Decision
from workbook_builder.rules.clauses import OPEN_TEXT
from workbook_builder.rules.items import Figure, Rulebook
from workbook_builder.summary.answers import declared_works

#: In the place of a section's name: problems that could not be put down to one section.
NOBODY, NOBODY_TEXT = "", "未能归到科室"
COMPLETE = "完整"
#: 状态 of a section after review of which nothing is open.
SETTLED, SETTLED_APPROVED = "已核定", "已审定"
DUE, GOT, IN_FORM, NOT_DUE = "缺", "收到", "表内已填", "—"
#: Registers, review books and ballots.
_OURS = ("决定", "台账", "市局反馈", "方案", "3核定/", "测评/", "5归档/")
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
        """自评汇总（未审定）, 审定稿."""
        return self.results.reached.label

    def known(self, section: str, figure: Figure) -> Figure:
        """`figure`, but before review nothing of a section that has returned nothing is known."""
        if self.results.is_final or self.results.assessments[section].returned is not None:
            return figure
        return Figure(None, figure.low, figure.high)

    # --- figures after review ---------------------------------------------------------------------------------

    @cached_property
    def order(self) -> dict[str, int]:
        """Section → its place in the scheme."""
        return {section.name: place for place, section in enumerate(self.scheme.sections)}

    @cached_property
    def standing_of(self) -> dict[str, r.Standing]:
        return {standing.section.name: standing for standing in self.results.standings}

    def self_total(self, section: str) -> Decimal | None:
        """自评总分, rounded by policy; None while it is open or nothing was returned."""
        assessment = self.results.assessments[section]
        value = assessment.score.total.value if assessment.returned is not None else None
        return None if value is None else round_by_policy(self.scheme, value)

    def self_total_shown(self, section: str) -> Decimal | str:
        """The same as a cell shows it; a dash where nothing was returned."""
        if self.results.assessments[section].returned is None:
            return NOT_DUE
        total = self.self_total(section)
        return OPEN_TEXT if total is None else total

    @property
    def corrected(self) -> bool:
        """Whether this is a 更正稿, which is compared with the approved result."""
        return self.results.stage.startswith(r.CORRECTED)

    @property
    def settled(self) -> bool:
        """Whether every total is known."""
        return all(standing.total.value is not None for standing in self.results.standings)

    def place(self, key: str) -> str:
        """业务工作第3项 of an item's key or of the id of one of its clauses; anything else as it stands."""
        if item := self.scheme.item_by_key.get(key):
            return f"{item.part}第{item.no}项"
        clause = self.scheme.clause_by_id.get(clause_of(key))
        return f"{self.place(clause.item)}细则{clause.no}" if clause else key

    def state(self, section: str) -> str:
        """状态 of a section after review: why it is still open, or that it is settled."""
        reasons = dict.fromkeys(p.reason for p in self.results.pending if p.section == section)
        settled = SETTLED_APPROVED if self.results.reached.approved else SETTLED
        return "、".join([*(reasons or (settled,)), *self._barred(section)])

    def _barred(self, section: str) -> Iterator[str]:
        """Why a section among the first has not the best grade (notice 四（五）)."""
        standing = next(s for s in self.results.standings if s.section.name == section)
        top = next((grade for grade in self.scheme.grades if grade.top), None)
        deduction = standing.parts[m.BOTTOM_LINE].value
        if top is not None and top.barred and deduction and standing.rank is not None and standing.rank <= top.top:
            yield f"有突破底线扣分，不评{top.name}"

    def decisions_of(self, section: str) -> tuple[r.Applied, ...]:
        return tuple(applied for applied in self.results.decisions if applied.decision.section == section)

    def in_force(self, *kinds: str) -> tuple[r.Applied, ...]:
        """Decisions of these kinds that have taken effect, in the order of their rows."""
        found = (x for x in self.results.decisions if x.state == r.IN_FORCE)
        return tuple(x for x in found if x.decision.kind in kinds)

    def asked(self) -> tuple[r.Applied, ...]:
        """Rows of 决定 that wait for an answer."""
        return tuple(x for x in self.results.decisions if x.state == r.WAITING)

    def object_of(self, decision: Decision) -> str:
        """What a decision is about, with the section it concerns."""
        about = self.place(decision.object)
        return "·".join(text for text in (decision.section, about) if text)

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
        """How far the work has come, in one line."""
        return self._final_summary() if self.results.is_final else self._self_summary()

    def _final_summary(self) -> str:
        standings, code = self.results.standings, self.results.reached.code
        known = sum(standing.total.value is not None for standing in standings)
        facts = [f"批次号 {self.results.batch}"]
        facts += [f"结果码 {code}"] if code else []
        facts += [f"参评科室 {len(standings)} 个", f"总分已定 {known}"]
        facts += [f"总分未定 {len(standings) - known}"] if known < len(standings) else []
        facts += [f"{r.NOT_RETURNED} {len(self.results.missing)}"] if self.results.missing else []
        return "　".join(facts)

    def _self_summary(self) -> str:
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
                    texts.setdefault(pending.reason, []).append(self.place(pending.item))
            if texts:
                yield name, "；".join("、".join(filter(None, places)) + reason for reason, places in texts.items())

    def outstanding(self) -> list[str]:
        """What is still open after review has begun, sections with the same words together, in the scheme's order."""
        found: dict[tuple[str, str], list[str]] = {}
        for pending in self.results.pending:
            found.setdefault((pending.section, pending.reason), []).append(pending.item)
        phrases: dict[str, list[str]] = {}
        for (section, reason), keys in sorted(found.items(), key=lambda entry: self.order.get(entry[0][0], -1)):
            phrases.setdefault(self._places(keys) + reason, []).append(section)
        everyone = len(self.scheme.sections)
        return [f"{'全部科室' if len(names) == everyone else '、'.join(names)}：{text}。" for text, names in phrases.items()]

    def _places(self, keys: list[str]) -> str:
        """Items of one part together: 业务工作第1、3项、述职测评."""
        numbers: dict[str, list[str]] = {}
        for key in keys:
            item = self.scheme.item_by_key.get(key)
            numbers.setdefault(item.part if item else key, []).extend([str(item.no)] if item else [])
        texts = (part + (f"第{'、'.join(nos)}项" if nos else "") for part, nos in numbers.items())
        return "、".join(filter(None, texts))

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
        self.rows: dict[tuple[str, str, str], str] = {}
        if results is not None:
            self.files = {x.file: x.section for x in results.received}
            rows = [*(x.decision for x in results.decisions), *results.ledger]
            self.rows = {_row(row.where): row.section for row in rows if row.where.cell and row.section}
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
        if found := self.sheets.get((where.file, where.sheet)) or self.rows.get(_row(where)):
            return found
        form = _FORM_SHEET.fullmatch(where.sheet)
        named = [form[1] if form else where.sheet, self.files.get(where.file, "")]
        if _is_returned(where.file):
            named.append(section_of(self.scheme, where.file))
        sections = (self.scheme.section(name) for name in named if name)
        return next((section.name for section in sections if section), "") or self._by_field(where.field)

    def _by_field(self, field: str) -> str:
        """The section whose own item or clause `field` is, or that it names first."""
        key = clause_of(field)
        clause = self.scheme.clause_by_id.get(key)
        item = self.scheme.item_by_key.get(clause.item if clause else key)
        if item is not None:
            owner = self.scheme.section(item.owner) if item.part != m.BOTTOM_LINE else None
            return owner.name if owner else ""
        return next((s.name for s in self.scheme.sections if _under(field, s.name)), "")


def _row(where: Where) -> tuple[str, str, str]:
    """File, sheet and row number: a problem may lie in another cell of the same row."""
    return where.file, where.sheet, where.cell.lstrip(ascii_uppercase)


def _is_returned(file: str) -> bool:
    """Whether a section has sent the file: the name of a register or a review book says whose work it is, not whom it concerns."""
    return not file.startswith(_OURS)


def _under(field: str, section: str) -> bool:
    return field == section or field.startswith(f"{section}/")


def by_weight(problems: tuple[Problem, ...]) -> list[Problem]:
    """错误 first, then 提醒, then 提示; each in the order of places."""
    return sorted(problems, key=lambda p: (_SEVERITIES[p.severity], p.sort_key()))


def count_text(counted: Counter[str]) -> str:
    """错误/提醒 as one short text."""
    return f"{counted[ERROR]}/{counted[WARNING]}" if counted[ERROR] or counted[WARNING] else "0"


def plain_figure(value: Decimal | int | str | None) -> Decimal | str | None:
    """A figure as the archive holds it (numbers as texts) → number, word, or None."""
    if value is None or isinstance(value, Decimal):
        return value
    try:
        return Decimal(value)
    except InvalidOperation:
        return str(value)
