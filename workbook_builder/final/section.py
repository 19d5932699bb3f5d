"""One section after review: every figure from the reviewed answers, joint assessors, transfers and decisions.

Comes in: its base, the reviews of it, decisions. Goes out: a `Final`. Final = reviewed; where the review is not done the
figure stays open between its least and most, whatever the section has reported (contract 6).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder import records as rec
from workbook_builder import results as r
from workbook_builder.basis import Base, Transfer
from workbook_builder.duties import reviewers, tasks
from workbook_builder.final.adjustments import adjustments
from workbook_builder.final.verdicts import Verdicts, figure_text, same_figure
from workbook_builder.layout.book import clause_of
from workbook_builder.problems import Problem, Where, problem
from workbook_builder.reviewing.score import ReviewedSection, reviewed
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl
from workbook_builder.rules.clauses import INFINITE, ZERO
from workbook_builder.rules.items import Figure, ItemScore, Rulebook, open_state, part_figure, sum_figure

Reviews = Mapping[tuple[str, str], rec.Review]
#: Least and most, both included; None: no most.
Band = tuple[Decimal, Decimal | None]
_REASONS = {sl.INVALID: r.REVIEW_WRONG, sl.MISSING: r.NOT_ANSWERED, sl.PENDING: r.WAITING_CITY}


@dataclass
class Work:
    """What finals of all sections share. `problems` collects what is found on the way."""

    rules: Rulebook
    bases: Mapping[str, Base]
    reviews: Reviews
    transfers: tuple[Transfer, ...]
    evaluations: Mapping[str, rec.Evaluation]
    verdicts: Verdicts
    problems: list[Problem]

    @property
    def scheme(self) -> m.Scheme:
        return self.rules.scheme


def finals(
    rules: Rulebook,
    bases: Mapping[str, Base],
    reviews: Reviews,
    transfers: tuple[Transfer, ...],
    evaluations: Mapping[str, rec.Evaluation],
    verdicts: Verdicts,
    own: Mapping[str, r.Assessment],
) -> tuple[dict[str, r.Final], list[Problem]]:
    """Every section of the scheme, in its order, and the problems of deciding."""
    work = Work(rules, bases, reviews, transfers, evaluations, verdicts, [])
    by_reviewer = tasks(rules.scheme)
    found = {s.name: _Section(work, s, by_reviewer, own[s.name]).final() for s in rules.scheme.sections}
    return found, work.problems


class _Section:
    """The figures of one section, worked out in the order of its parts."""

    def __init__(self, work: Work, section: m.Section, by_reviewer, own: r.Assessment) -> None:
        self.work, self.section, self.own = work, section, own
        self.base = work.bases[section.name]
        self.pending: list[r.Pending] = []
        self.decided: list[r.Adjustment] = []
        self.disagreed: dict[str, Problem] = {}
        self.scored: dict[str, ReviewedSection | None] = {}
        for reviewer, found in by_reviewer.items():
            task = next((task for task in found if task.section.name == section.name), None)
            if task is not None:
                review = work.reviews.get((reviewer, section.name))
                self.scored[reviewer] = reviewed(work.rules, task, self.base, review)

    def final(self) -> r.Final:
        items = {item.key: self._item(item) for part in sh.SHEET_PARTS for item in self._items(part)}
        special = self._special(items)
        incidents = tuple(self._incidents())
        items |= {item.key: self._bottom_item(item) for item in self._items(m.BOTTOM_LINE)}
        borne = tuple(_borne(self.work, t) for t in self.work.transfers if t.agreed and t.bearer == self.section.name)
        handed = tuple(_borne(self.work, t) for t in self.work.transfers if t.agreed and t.section == self.section.name)
        parts = self._parts(items, special[2], borne)
        parts[m.BOTTOM_LINE] = self._adjusted_part(parts[m.BOTTOM_LINE])
        self._transfers_open()
        self.work.problems += self.disagreed.values()
        evaluation = self.work.evaluations.get(self.section.name)
        if evaluation is None or evaluation.result is None:
            self._wait(m.EVALUATION, r.NOT_EVALUATED)
        changes = (*adjustments(self.work.rules, self.base, self._reviews(), borne, handed), *self.decided)
        return r.Final(
            section=self.section,
            items=items,
            special=special,
            parts=parts,
            evaluation=evaluation,
            total=self._total(parts, evaluation),
            incidents=incidents,
            borne=borne,
            handed_on=handed,
            adjustments=changes,
            pending=tuple(dict.fromkeys(self.pending)),
            reviews=tuple(self._reviews()),
            figures=self.base.figures,
        )

    def _items(self, part: str) -> tuple[m.Item, ...]:
        return self.work.scheme.section_items(self.section, part)

    def _reviews(self) -> list[rec.Review]:
        return [review for (_, name), review in self.work.reviews.items() if name == self.section.name]

    def _done(self, reviewer: str) -> bool:
        review = self.work.reviews.get((reviewer, self.section.name))
        return review is not None and review.done

    def _wait(self, item: str, reason: str) -> None:
        self.pending.append(r.Pending(self.section.name, item, reason))

    # --- items of the section's own sheet ---------------------------------------------------------------------------

    def _item(self, item: m.Item) -> r.ItemFigures:
        names = reviewers(self.work.scheme, self.section, item.part, item)
        figures = [self._reviewed_item(name, item) for name in names]
        said = [figure for figure in figures if figure is not None]
        known = self._agreed(said, item) if said else None
        review = known if len(said) == len(figures) else None
        own = self.own.score.section.items[item.key].figure if self.own.returned is not None else None
        start = self._unreviewed(item) if review is None or self._may_move(item) else review
        final, decision = self._decide(item.key, start, (ZERO, item.limit))
        return r.ItemFigures(item, own, review, final, names, decision)

    def _reviewed_item(self, reviewer: str, item: m.Item) -> Figure | None:
        """The item as `reviewer` left it, None before 核定完成; what keeps it open joins the pending."""
        scored = self.scored.get(reviewer)
        if scored is None or not self._done(reviewer):
            self._wait(item.part, r.NOT_REVIEWED)
            return None
        score = scored.items[item.key]
        if score.figure.value is None:
            for reason in sorted(self._why_open(reviewer, score)):
                self._wait(item.key, reason)
        return score.figure

    def _why_open(self, reviewer: str, score: ItemScore) -> set[str]:
        review = self.work.reviews[reviewer, self.section.name]
        reasons = set()
        for clause_id, points in score.clauses.items():
            if points.value is not None:
                continue
            if clause_id in review.reopened:
                reasons.add(r.TO_REVIEW_AGAIN)
            elif _any_of(clause_id, review.refused):
                reasons.add(r.REVIEW_WRONG)
            elif self.base.returned is not None and _any_of(clause_id, self.base.returned.refused):
                reasons.add(r.HAS_ERRORS)
            else:
                reasons.add(_REASONS[open_state(points)])
        return reasons

    def _agreed(self, figures: list[Figure], item: m.Item) -> Figure:
        """The one figure of one or more joint assessors; where they differ it is open, and they are told."""
        if all(figure == figures[0] for figure in figures):
            return figures[0]
        low, high = min(f.low for f in figures), max(f.high for f in figures)
        if all(figure.value is not None for figure in figures):
            self._wait(item.key, r.DISAGREED)
            shown = "、".join(figure_text(figure.value) for figure in figures)
            where = Where(field=f"{self.section.name}/{item.key}")
            told = problem("ASSESSORS_DISAGREE", where, shown, section=self.section.name, item=item.key)
            self.disagreed[item.key] = told
        return Figure(None, low, high)

    def _unreviewed(self, item: m.Item) -> Figure:
        """What an item may still become before it is reviewed."""
        low = ZERO if self.work.rules.floor else -INFINITE
        return Figure(None, low, INFINITE if item.limit is None else item.limit)

    # --- 特色工作 ---------------------------------------------------------------------------------------------------

    def _special(self, items: Mapping[str, r.ItemFigures]) -> tuple[Figure | None, Figure | None, Figure]:
        scheme = self.work.scheme
        part = scheme.part(m.SPECIAL)
        own = self.own.score.special if self.own.returned is not None else None
        if scheme.policy(m.P_SPECIAL_BASIS) == "附件2合计":
            mine = [items[item.key] for item in self._items(m.SPECIAL)]
            known = [figures.reviewed for figures in mine]
            review = part_figure(part, [f for f in known if f is not None]) if all(known) else None
            final = part_figure(part, [figures.final for figures in mine])
            return own, review, final
        reviewer = reviewers(scheme, self.section, m.SPECIAL)[0]
        scored = self.scored.get(reviewer)
        review = None
        if scored is not None and scored.special is not None and self._done(reviewer):
            review = scored.special
            if review.value is None:
                self._wait(m.SPECIAL, self._special_reason(reviewer, scored.states.get(sh.PROPOSED, "")))
        else:
            self._wait(m.SPECIAL, r.NOT_REVIEWED)
        start = review or Figure(None, ZERO, part.full if part.full is not None else scheme.special_awarded[1])
        effective = scored.effective if scored is not None else self.base.values
        final, _ = self._decide(m.SPECIAL, start, *special_bands(scheme, effective.get(sh.AWARD)))
        return own, review, final

    def _special_reason(self, reviewer: str, state: str) -> str:
        review = self.work.reviews[reviewer, self.section.name]
        if {sh.AWARD, sh.PROPOSED} & review.reopened:
            return r.TO_REVIEW_AGAIN
        if {sh.AWARD, sh.PROPOSED} & set(review.refused):
            return r.REVIEW_WRONG
        return _REASONS.get(state, r.NOT_ANSWERED)

    # --- 突破底线 ---------------------------------------------------------------------------------------------------

    def _incidents(self) -> Iterator[r.Incident]:
        for item in self._items(m.BOTTOM_LINE):
            for reviewer in reviewers(self.work.scheme, self.section, m.BOTTOM_LINE, item):
                review = self.work.reviews.get((reviewer, self.section.name))
                for clause in item.clauses:
                    yield _incident(clause, item, reviewer, review)

    def _bottom_item(self, item: m.Item) -> r.ItemFigures:
        """A positive deduction; open until every assessor has said 有 or 无 and they agree (open points 8 and 66)."""
        names = reviewers(self.work.scheme, self.section, m.BOTTOM_LINE, item)
        figures = [self._bottom_figure(name, item) for name in names]
        final = self._agreed(figures, item)
        return r.ItemFigures(item, None, final if final.value is not None else None, final, names)

    def _bottom_figure(self, reviewer: str, item: m.Item) -> Figure:
        scored = self.scored[reviewer]
        found = []
        for clause in item.clauses:
            verdict = scored.bottom.get(clause.id) if scored is not None else None
            if verdict is None:
                self._wait(item.key, r.NOT_REVIEWED)
                found.append(Figure(None, ZERO, INFINITE))
                continue
            if verdict.figure.value is None:
                self._wait(item.key, self._bottom_reason(reviewer, clause, verdict.present == rec.PRESENT))
            found.append(verdict.figure)
        return sum_figure(found, [])

    def _bottom_reason(self, reviewer: str, clause: m.Clause, present: bool) -> str:
        review = self.work.reviews.get((reviewer, self.section.name))
        if review is not None and _any_of(clause.id, review.refused):
            return r.REVIEW_WRONG
        return r.UNSETTLED if present else r.NOT_REVIEWED

    # --- parts and total ----------------------------------------------------------------------------------------------

    def _parts(
        self, items: Mapping[str, r.ItemFigures], special: Figure, borne: tuple[r.Borne, ...]
    ) -> dict[str, Figure]:
        scheme = self.work.scheme
        parts = {
            part.name: part_figure(part, [f.final for f in items.values() if f.item.part == part.name])
            for part in scheme.parts
        }
        parts[m.SPECIAL] = special
        waiting = [t for t in self.work.transfers if t.agreed is None and t.bearer == self.section.name]
        if borne or waiting:
            taken = sum((b.points for b in borne), ZERO)
            most = taken + sum((t.points for t in waiting), ZERO)
            figure = Figure(None if waiting else taken, taken, most)
            parts[m.BUSINESS] = self._floored(sum_figure([parts[m.BUSINESS]], [figure]))
        return parts

    def _floored(self, figure: Figure) -> Figure:
        """What is borne for others takes a part to 0 at most, as an item's own deductions do (open point 10)."""
        if not self.work.rules.floor:
            return figure
        value = None if figure.value is None else max(ZERO, figure.value)
        return Figure(value, max(ZERO, figure.low), max(ZERO, figure.high))

    def _adjusted_part(self, figure: Figure) -> Figure:
        return self._decide(m.BOTTOM_LINE, figure, (ZERO, None))[0]

    def _total(self, parts: Mapping[str, Figure], evaluation: rec.Evaluation | None) -> Figure:
        scheme = self.work.scheme
        minus = [parts[part.name] for part in scheme.parts if part.sign < 0]
        total = sum_figure([before_deductions(scheme, parts, evaluation)], minus)
        if scheme.policy(m.P_TOTAL_FLOOR) == "0":
            value = None if total.value is None else max(ZERO, total.value)
            total = Figure(value, max(ZERO, total.low), max(ZERO, total.high))
        return total

    # --- decisions ----------------------------------------------------------------------------------------------------

    def _decide(
        self, key: str, figure: Figure, *bands: Band
    ) -> tuple[Figure, rec.Decision | None]:
        """`figure` after the decisions about it, in the order of their rows; a stale row changes nothing.

        `bands`: what it may be set to.
        """
        last = None
        for decision in self.work.verdicts.answered(rec.ADJUST, rec.CORRECT):
            if decision.section != self.section.name or decision.object != key:
                continue
            if not same_figure(decision.before, figure.value):
                self.work.verdicts.stale(decision, figure_text(figure.value))
                continue
            after = Decimal(decision.after.strip().removesuffix("分"))
            if not any(_within(band, after) for band in bands):
                allowed = "或".join(map(_band_text, bands))
                found = problem("DECISION_OUT_OF_RANGE", decision.where, decision.after, allowed=allowed)
                self.work.verdicts.refuse(decision, found)
                continue
            self.work.verdicts.hold(decision)
            before = figure_text(figure.value)
            figure, last = Figure.known(after), decision
            self._settle(key)
            self.decided.append(
                r.Adjustment(
                    r.BY_DECISION, self.section.name, key, key, before, figure_text(after), decision.reason,
                    decision.role, f"{decision.kind}　{decision.basis}".strip("　"), (decision.where,),
                )
            )
        return figure, last

    def _may_move(self, item: m.Item) -> bool:
        """Whether part of its deductions may yet be borne elsewhere: agreed to, the clause is reviewed again."""
        clauses = {clause.id for clause in item.clauses}
        mine = (t for t in self.work.transfers if t.section == self.section.name and t.clause in clauses)
        return any(t.agreed is None for t in mine)

    def _settle(self, key: str) -> None:
        """What was open about `key`, or about the items of the part `key`, is decided now."""
        items = self.work.scheme.item_by_key
        settled = {p.item for p in self.pending if p.item == key or (p.item in items and items[p.item].part == key)}
        self.pending = [p for p in self.pending if p.item not in settled]
        for item in settled:
            self.disagreed.pop(item, None)

    def _transfers_open(self) -> None:
        for transfer in self.work.transfers:
            if transfer.agreed is None and self.section.name in (transfer.section, transfer.bearer):
                self._wait(transfer.clause.rpartition("/")[0], r.BEARER_OPEN)


def special_bands(scheme: m.Scheme, award: object) -> tuple[Band, ...]:
    """What the 特色工作 score may be: 0, or within the band that the city's word opens (notice 三（一）3)."""
    (awarded_low, awarded_high), (low, high) = scheme.special_awarded, scheme.special_other
    none: Band = (ZERO, ZERO)
    if award == m.YES:
        return none, (awarded_low, awarded_high)
    return none, (low, awarded_high if award == m.PENDING_CITY else high)


def _within(band: Band, value: Decimal) -> bool:
    low, high = band
    return low <= value and (high is None or value <= high)


def _band_text(band: Band) -> str:
    low, high = band
    if high is None:
        return f"不小于{low}"
    return str(low) if low == high else f"{low}–{high}"


def _any_of(clause_id: str, names: Iterable[str]) -> bool:
    """Whether one of the answer fields `names` is of the clause."""
    return any(clause_of(name) == clause_id for name in names)


def _incident(clause: m.Clause, item: m.Item, reviewer: str, review: rec.Review | None) -> r.Incident:
    said = None if review is None else review.values.get(clause.id)
    present = None if said is None else said == rec.PRESENT
    names = [f"{clause.id}@{k}" for k in range(1, clause.events + 1)]
    if review is None:
        return r.Incident(clause, item, reviewer, None, (), ())
    paid = [name for name in names if isinstance(review.values.get(name), Decimal)]
    amounts = tuple(review.values[name] for name in paid)
    facts = tuple(review.reasons.get(name, "") for name in paid)
    places = tuple(review.where(name) for name in paid)
    return r.Incident(clause, item, reviewer, present, amounts, facts, review.where(clause.id), places)


def _borne(work: Work, transfer: Transfer) -> r.Borne:
    decision = next(
        (
            d
            for d in work.verdicts.answered(rec.TRANSFER)
            if (d.section, d.object, d.before) == (transfer.section, transfer.clause, transfer.text)
        ),
        None,
    )
    document = "、".join(dict.fromkeys(f.document for f in transfer.figures if f.document))
    reason = decision.reason if decision is not None else ""
    clause = work.scheme.clause_by_id[transfer.clause]
    origins = (*(f.where for f in transfer.figures), *((decision.where,) if decision is not None else ()))
    return r.Borne(transfer.section, transfer.bearer, clause, transfer.points, document, reason, origins)


def before_deductions(scheme: m.Scheme, parts: Mapping[str, Figure], evaluation: rec.Evaluation | None) -> Figure:
    """What a section has earned, 突破底线 and the floor of the total not yet considered."""
    plus = [parts[part.name] for part in scheme.parts if part.sign > 0]
    weight = Decimal(scheme.policy(m.P_EVALUATION_WEIGHT))
    return sum_figure([*plus, _weighted(scheme, evaluation, weight)] if weight else plus, [])


def _weighted(scheme: m.Scheme, evaluation: rec.Evaluation | None, weight: Decimal) -> Figure:
    """述职测评 in the total, by the policy's weight of a mark out of 测评满分."""
    result = evaluation.result if evaluation is not None else None
    if result is None:
        return Figure(None, ZERO, Decimal(scheme.policy(m.P_EVALUATION_SCALE)) * weight)
    return Figure.known(result * weight)
