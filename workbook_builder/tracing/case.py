"""Everything a walk may need: results, what they were made from, and the files to look into.

Comes in: results and what was gathered. Goes out: a `Case`, which answers questions; nothing is scored by rules of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from workbook_builder import model as m
from workbook_builder import records as rec
from workbook_builder import results as r
from workbook_builder.basis import Base, Transfer, transfers
from workbook_builder.duties import Task, leading_group, reviewers, tasks
from workbook_builder.gathering import Prepared
from workbook_builder.problems import Where
from workbook_builder.reviewing import reviewed
from workbook_builder.reviewing.score import ReviewedSection
from workbook_builder.rules.items import Rulebook
from workbook_builder.summary.facts import Facts
from workbook_builder.tracing.library import Library
from workbook_builder.tracing.steps import Source, Step

_SCHEME_FILE = "方案.xlsx"
#: Who has to do something about what is open.
_SECTION, _CITY, _MEETING, _DECIDERS = "科室", "市局（数据登记在 市局反馈.xlsx）", "测评组织者", "决定（在 决定.xlsx 答复）"
_WHOM = {
    r.NOT_RETURNED: _SECTION,
    r.NOT_ADOPTED: _SECTION,
    r.HAS_ERRORS: _SECTION,
    r.NOT_ANSWERED: _SECTION,
    r.WAITING_CITY: _CITY,
    r.NOT_EVALUATED: _MEETING,
    r.NOT_DECIDED: _DECIDERS,
    r.BEARER_OPEN: _DECIDERS,
    r.TIED: _DECIDERS,
}


class Case:
    """One year's results with their sources."""

    def __init__(
        self,
        results: r.Results,
        library: Library,
        bases: Mapping[str, Base] | None = None,
        reviews: Mapping[tuple[str, str], rec.Review] | None = None,
        moved: tuple[Transfer, ...] = (),
    ) -> None:
        self.results, self.scheme, self.library = results, results.scheme, library
        self.rules, self.facts = Rulebook(results.scheme), Facts(results)
        self.bases, self.reviews, self.moved = bases or {}, reviews or {}, moved
        self.tasks = tasks(results.scheme)
        self._scored: dict[tuple[str, str], ReviewedSection | None] = {}

    @classmethod
    def of(cls, results: r.Results, prepared: Prepared, library: Library) -> Case:
        moved = transfers(Rulebook(results.scheme), prepared.beside)
        return cls(results, library, prepared.bases, prepared.reviews, moved)

    # --- who reviewed what ------------------------------------------------------------------------------------------

    def review(self, reviewer: str, section: str) -> rec.Review | None:
        return self.reviews.get((reviewer, section))

    def done(self, reviewer: str, section: str) -> bool:
        review = self.review(reviewer, section)
        return review is not None and review.done

    def scored(self, reviewer: str, section: str) -> ReviewedSection | None:
        """The figures of a section as the reviewer has left them, by the rules of the final score."""
        key = (reviewer, section)
        if key not in self._scored:
            task = next((t for t in self.tasks.get(reviewer, ()) if t.section.name == section), None)
            self._scored[key] = self._review(task, reviewer) if task is not None else None
        return self._scored[key]

    def _review(self, task: Task, reviewer: str) -> ReviewedSection | None:
        base = self.bases.get(task.section.name)
        return None if base is None else reviewed(self.rules, task, base, self.review(reviewer, task.section.name))

    # --- places -----------------------------------------------------------------------------------------------------

    def returned_source(self, section: str, field: str) -> Source | None:
        """The cell of the adopted return that answers `field`."""
        returned = self.results.assessments[section].returned
        return None if returned is None else self.library.source(returned.where(field), returned.sha256)

    def source(self, where: Where) -> Source | None:
        return self.library.source(where)

    # --- decisions, policies ------------------------------------------------------------------------------------------

    def decided(self, section: str, thing: str, *kinds: str) -> tuple[r.Applied, ...]:
        """Decisions about one thing that have taken effect, in the order of their rows."""
        found = self.facts.in_force(*kinds)
        return tuple(x for x in found if (x.decision.section, x.decision.object) == (section, thing))

    def about(self, section: str, thing: str, *kinds: str) -> tuple[r.Applied, ...]:
        """Decisions about one thing that wait or had no effect: they explain why nothing has changed."""
        known = [x for x in self.results.decisions if x.decision.kind in kinds and x.state != r.IN_FORCE]
        return tuple(x for x in known if (x.decision.section, x.decision.object) == (section, thing))

    def decision_step(self, applied: r.Applied, **more: object) -> Step:
        """A row of 决定 as it stands: from, to, why, who."""
        decision = applied.decision
        told = [f"{decision.before or '（空）'}→{decision.after or '（待答复）'}", applied.state, applied.note]
        told += [f"理由：{decision.reason}" if decision.reason else "", f"依据：{decision.basis}" if decision.basis else ""]
        told += [f"决定者：{decision.role}" if decision.role else "", decision.date.isoformat() if decision.date else ""]
        facts = {"value": decision.after or None, "how": "；".join(filter(None, told)), **more}
        return Step(name=decision.kind, label=f"决定·{decision.kind}", source=self.source(decision.where), **facts)

    def policy_steps(self, *names: str) -> tuple[Step, ...]:
        """The readings in force, and where each was laid down."""
        return tuple(self._policy(policy) for name in names for policy in self.scheme.policies if policy.name == name)

    def _policy(self, policy: m.Policy) -> Step:
        changes = [x for x in self.facts.in_force(rec.POLICY_CHANGE) if x.decision.object == policy.name]
        if changes and changes[-1].decision.after == policy.value:
            return Step(policy.name, policy.value, f"口径·{policy.name}", policy.basis, self.source(changes[-1].decision.where))
        return Step(policy.name, policy.value, f"口径·{policy.name}", policy.basis, self.library.policy(_SCHEME_FILE, policy.name))

    def policies_of(self, *targets: str) -> tuple[str, ...]:
        """Policies of which some reading changes an attribute of these items or clauses."""
        return tuple(p.name for p in self.scheme.policies if any(effect.target in targets for effect in p.effects))

    # --- what is open ---------------------------------------------------------------------------------------------------

    def open_steps(self, section: str, *things: str, factor: object = None) -> tuple[Step, ...]:
        """Why a figure is unknown and from whom something is missing; `things`: keys and part names it hangs on."""
        found = self.facts.results.pending
        mine = [p for p in found if p.section in (section, m.EVERY_SECTION) and p.item in things]
        steps = dict.fromkeys((p.item, p.reason) for p in mine)
        return tuple(
            Step("尚缺", None, "尚缺", self._missing(section, item, reason), factor=factor) for item, reason in steps
        )

    def _missing(self, section: str, item: str, reason: str) -> str:
        place = self.facts.place(item)
        return f"{place + '　' if place else ''}{reason}；等{self._whom(section, item, reason)}"

    def _whom(self, section: str, item: str, reason: str) -> str:
        if reason in _WHOM:
            return section if _WHOM[reason] == _SECTION else _WHOM[reason]
        known = self.scheme.item_by_key.get(item)
        who = self.scheme.section(section)
        if who is None:
            return leading_group(self.scheme)
        if known is not None:
            names = reviewers(self.scheme, who, known.part, known)
        elif item in m.PARTS:
            mine = self.scheme.section_items(who, item)
            names = dict.fromkeys(n for i in mine for n in reviewers(self.scheme, who, item, i))
        else:
            names = (leading_group(self.scheme),)
        return "、".join(names)
