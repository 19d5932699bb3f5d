"""One raw sheet → a `SectionReturn`: answers interpreted, fields reconciled, figures compared.

Comes in: a `RawSheet`, the rulebook and the section's form. Goes out: a `SectionReturn` with every problem of it.
`CHECKS` are small generators over one context; all of them run, whatever the others find.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.collecting.forms import SectionForm
from workbook_builder.intake import Cell
from workbook_builder.layout.book import clause_of, policies_print
from workbook_builder.layout.figures import sheet_figures
from workbook_builder.layout.form import AWARDED, characters, review_name
from workbook_builder.layout.words import allowed
from workbook_builder.problems import Problem, problem, sort_problems
from workbook_builder.returns import RawSheet, SectionReturn
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl
from workbook_builder.rules import special
from workbook_builder.rules.items import Rulebook
from workbook_builder.rules.slots import Slot, SlotValue
from workbook_builder.validate.values import Reading, is_blank, read_value, shown

_CONFIRM_SLOT = Slot("", sl.CHOICE, choices=(m.YES,))


@dataclass
class Context:
    """Everything a check may look at. `readings` answer field → Reading; `entries` what is accepted."""

    rules: Rulebook
    form: SectionForm
    raw: RawSheet
    readings: dict[str, Reading] = field(default_factory=dict)
    entries: dict[str, SlotValue] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    outdated: set[str] = field(default_factory=set)
    released: frozenset[str] = frozenset()

    @property
    def scored(self) -> dict[str, SlotValue]:
        """Entries for scoring: what was refused stands there as something no rule accepts."""
        return {**self.entries, **dict.fromkeys(self.refused, sl.NOT_ACCEPTED)}

    def where(self, name: str):
        return self.raw.where(name)


def validate_sheet(
    rules: Rulebook, form: SectionForm, raw: RawSheet, sha256: str, released: frozenset[str] = frozenset()
) -> SectionReturn:
    """Read every field of `raw`, check it against the scheme, recompute its figures.

    `released`: ids of clauses whose answers count although the clause has changed since the form was issued.
    """
    context = Context(rules, form, raw, released=released)
    problems = list(_form_version(context))
    problems += _read(context)
    for check in CHECKS:
        problems += check(context)
    return SectionReturn(
        section=raw.section,
        file=raw.file,
        sha256=sha256,
        sheet=raw.sheet,
        entries=context.entries,
        places={name: place for name, place in raw.places.items() if name in raw.cells},
        problems=sort_problems(problems),
        refused=context.refused,
        round_no=raw.round_no,
        parent=raw.parent,
        checksum=str(raw.totals[sh.CHECKSUM].value or "") if sh.CHECKSUM in raw.totals else "",
        sheets=raw.sheets,
    )


# --- which form was it filled on ------------------------------------------------------------------------------


def _form_version(context: Context) -> Iterator[Problem]:
    """An older form is read where its clauses are unchanged; only changed clauses go back (contract 5)."""
    raw, form = context.raw, context.form
    current = raw.fingerprint == form.fingerprint
    if not current:
        yield problem("OLD_FORM", raw.where(""), raw.fingerprint)
    changed: dict[str, list[str]] = {}
    for name in form.slots:
        print_now = form.prints[clause_of(name)]
        if raw.prints.get(name, print_now if current else None) != print_now and name in raw.cells:
            changed.setdefault(clause_of(name), []).append(name)
    for clause, names in changed.items():
        released = clause in context.released
        context.outdated.update(() if released else names)
        # A blank has not been asked what is asked now; where a clause has several cells, one word is enough.
        for name in [n for n in names if not is_blank(raw.cells[n])] or names[:1]:
            code = "CLAUSE_RELEASED" if released else "CLAUSE_CHANGED"
            yield problem(code, context.where(name), shown(raw.cells[name]) or "空白")
    for name in sorted(set(raw.prints) - set(form.inputs)) if not current else ():
        yield problem("FIELD_UNKNOWN", raw.where(name), name)


# --- reading --------------------------------------------------------------------------------------------------


def _read(context: Context) -> list[Problem]:
    problems: list[Problem] = []
    context.refused.update((name, "") for name in context.raw.broken if _slot_of(context, name)[0] is not None)
    for name, cell in context.raw.cells.items():
        slot, clause = _slot_of(context, name)
        if slot is None:
            problems += _read_text(context, name, cell)
            continue
        reading = read_value(slot, cell, context.where(name), clause)
        context.readings[name] = reading
        if name in context.outdated:
            context.refused[name] = shown(cell)
            continue
        # What the city has yet to say of a declared work holds up no score; the sheet's own cell tells of that.
        problems += (p for p in reading.problems if p.code != "PENDING_CITY" or name not in context.form.annex_slots)
        if reading.refused:
            context.refused[name] = shown(cell)
        elif reading.value is not None:
            context.entries[name] = reading.value
    return problems


def _slot_of(context: Context, name: str) -> tuple[Slot | None, m.Clause | None]:
    if name in context.form.slots:
        clause, slot = context.form.slots[name]
        return slot, clause
    fixed = {
        **context.form.annex_slots,
        sh.CONFIRM: _CONFIRM_SLOT,
        sh.AWARD: special.AWARD_SLOT,
        sh.PROPOSED: special.score_slot(context.rules.scheme),
    }
    return fixed.get(name), None


def _read_text(context: Context, name: str, cell: Cell) -> Iterator[Problem]:
    """Notes, form fields and free texts: kept as they stand."""
    if is_blank(cell):
        return
    if cell.formula is not None or cell.kind == "e":
        yield problem("FORMULA_IN_TEXT", context.where(name), shown(cell))
        return
    value = cell.value
    if isinstance(value, bool):
        value = str(value)
    if isinstance(value, Decimal):
        # A date or a percentage is noted as it is shown; its serial number or fraction would tell nobody anything.
        value = shown(cell) if cell.kind == "d" or cell.percent else f"{value:f}"
    context.entries[name] = value


# --- checks ---------------------------------------------------------------------------------------------------


def check_confirmation(context: Context) -> Iterator[Problem]:
    """Blank deduct clauses count as "did not happen" only once the section has confirmed (contract 6)."""
    if sh.confirmed(context.entries) or sh.CONFIRM in context.refused:
        return
    if sh.CONFIRM in context.raw.cells:
        yield problem("NOT_CONFIRMED", context.where(sh.CONFIRM))


def check_missing(context: Context) -> Iterator[Problem]:
    """Answers that may not stay blank."""
    score = sh.score_sheet(context.rules, context.form.section, context.scored)
    for item in score.section.items.values():
        for clause_id, points in item.clauses.items():
            yield from _missing(context, clause_id, points.states)
    if score.special_state == sl.MISSING and sh.PROPOSED not in context.refused and sh.PROPOSED in context.raw.cells:
        yield problem("MISSING_ANSWER", context.where(sh.PROPOSED), allowed="填特色工作自评分，没有申报填0")
    if score.special_state == sl.INVALID and sh.PROPOSED in context.entries and sh.AWARD not in context.refused:
        yield problem("SPECIAL_OUT_OF_BAND", context.where(sh.PROPOSED), context.entries[sh.PROPOSED], **_bands(context))


def _bands(context: Context) -> dict[str, object]:
    (awarded_low, awarded_high), (low, high) = special.bands(context.rules.scheme)
    return {"awarded": f"{awarded_low}–{awarded_high}", "other": f"{low}–{high}"}


def _missing(context: Context, clause_id: str, states) -> Iterator[Problem]:
    confirmed = sh.confirmed(context.entries)
    group = [s for s in states if s.startswith("@")]
    for suffix, state in states.items():
        name = clause_id + suffix
        if state != sl.MISSING or name in context.refused or name in context.raw.broken or name in context.outdated:
            continue
        if suffix == "" and group:
            blank = [s for s in group if states[s] == sl.EMPTY and clause_id + s not in context.refused]
            if not blank:
                continue
            name = clause_id + blank[0]
        slot = context.form.slots[name][1] if name in context.form.slots else None
        if slot is None or name not in context.raw.cells:
            continue
        clause = context.form.slots[name][0]
        waits = slot.blank == sl.NOT_HAPPENED or (
            clause.kind == m.DISCRETIONARY_EACH and clause.direction == m.DEDUCT
        )
        if waits and not confirmed:
            continue  # one problem at the confirmation cell says it for all of them
        yield problem("MISSING_ANSWER", context.where(name), allowed=allowed(slot))


def check_consistency(context: Context) -> Iterator[Problem]:
    """What the slots of one clause say together."""
    for item in sh.sheet_items(context.rules.scheme, context.form.section):
        for clause in item.clauses:
            if clause.kind == m.DOUBLING:
                yield from _doubling(context, clause)
            if clause.kind == m.DISCRETIONARY_EACH:
                yield from _events(context, clause)
            if clause.expected_max is not None:
                yield from _above_expected(context, clause)
            if clause.reference:
                yield from _zero_reference(context, clause)


def _doubling(context: Context, clause: m.Clause) -> Iterator[Problem]:
    doubled = sl.number_of(context.entries.get(clause.id))
    base = sl.number_of(context.entries.get(clause.depends_on))
    if doubled > base and clause.depends_on not in context.refused:
        yield problem("DOUBLING_EXCEEDS", context.where(clause.id), doubled, base=base)


def _events(context: Context, clause: m.Clause) -> Iterator[Problem]:
    names = [f"{clause.id}@{k}" for k in range(1, clause.events + 1)]
    amounts = {name: context.entries[name] for name in names if name in context.entries}
    if sl.says_yes(context.entries.get(clause.id + sl.MORE)):
        yield problem("MORE_EVENTS", context.where(clause.id + sl.MORE), m.YES, count=clause.events)
    for name, amount in amounts.items():
        if sl.number_of(amount) and not context.entries.get(name + sh.NOTE_SUFFIX):
            yield problem("NOTE_MISSING", context.where(name + sh.NOTE_SUFFIX))


def _above_expected(context: Context, clause: m.Clause) -> Iterator[Problem]:
    count = sl.number_of(context.entries.get(clause.id))
    if count > clause.expected_max:
        yield problem("COUNT_ABOVE_EXPECTED", context.where(clause.id), count, most=clause.expected_max)


def _zero_reference(context: Context, clause: m.Clause) -> Iterator[Problem]:
    name = clause.id + sl.REFERENCE
    if context.entries.get(name) == 0 and isinstance(context.entries.get(clause.id), Decimal):
        yield problem("REFERENCE_ZERO", context.where(name), "0", reference=clause.reference)


def check_links(context: Context) -> Iterator[Problem]:
    """An exclusion answered 否 while a special-work clause of the same sheet says it applies (open point 38)."""
    for name, (clause, slot) in context.form.slots.items():
        if slot.suffix != sl.EXCLUSION or context.entries.get(name) != m.NO:
            continue
        for other_name, (other, other_slot) in context.form.slots.items():
            label = context.entries.get(other_name)
            named = other_slot.type == sl.CHOICE and isinstance(label, str) and label != m.NO_OPTION
            if named and other.id != clause.id and _same_fact(clause, label):
                yield problem("EXCLUSION_CONTRADICTED", context.where(name), m.NO, other=label)


def _same_fact(clause: m.Clause, label: str) -> bool:
    """Whether the name that the exclusion quotes stands in `label`."""
    quoted = clause.exclusion[clause.exclusion.find("“") + 1 : clause.exclusion.find("”")]
    return bool(quoted) and quoted in label


def check_special(context: Context) -> Iterator[Problem]:
    """A proposed special-work score without a declared work, or a work without a score (notice 四（二）)."""
    proposed = context.entries.get(sh.PROPOSED)
    declared = [n for n, fields in context.form.annex.items() if any(context.entries.get(f) for f in fields)]
    if isinstance(proposed, Decimal) and proposed > 0 and not declared:
        yield problem("SPECIAL_WITHOUT_FORM", context.where(sh.PROPOSED), proposed)
    if proposed == 0 and declared:
        yield problem("FORM_WITHOUT_SCORE", context.where(sh.PROPOSED), "0")
    for number in declared:
        for form_field in context.rules.scheme.form_fields:
            name = f"申报/{number}#{form_field.name}"
            text = context.entries.get(name)
            if form_field.required and name in context.raw.cells and not text:
                yield problem("FORM_FIELD_BLANK", context.where(name), caption=form_field.name)
            if form_field.limit and isinstance(text, str) and characters(text) > form_field.limit:
                yield problem("FORM_TOO_LONG", context.where(name), characters(text), limit=form_field.limit)
    yield from _award_contradicted(context, declared)


def _award_contradicted(context: Context, declared: list[int]) -> Iterator[Problem]:
    """The sheet and the declared works say different things of the city's award."""
    says = context.entries.get(sh.AWARD)
    names = [name for number in declared if (name := review_name(number, AWARDED)) in context.raw.cells]
    awarded = [name for name in names if context.entries.get(name) == m.YES]
    asked = sh.AWARD in context.raw.cells and sh.AWARD not in context.refused
    if asked and says in (None, m.NO):
        for name in awarded:
            yield problem("FORM_AWARD_WITHOUT_SHEET", context.where(name), m.YES, sheet_says=says or "空白")
    open_words = (name in context.refused or context.entries.get(name) == m.PENDING_CITY for name in names)
    if says == m.YES and names and not awarded and not any(open_words):
        yield problem("SHEET_AWARD_WITHOUT_FORM", context.where(sh.AWARD), m.YES)


def check_figures(context: Context) -> Iterator[Problem]:
    """What the sheet shows must be what its own answers give; a cached figure is never used (contract 8)."""
    cached = {name: cell for name, cell in context.raw.totals.items() if cell.value not in (None, "")}
    if not cached:
        yield problem("NOT_CALCULATED", context.raw.where(""))
        return
    seen = {name: reading.raw for name, reading in context.readings.items()}
    score = sh.score_sheet(context.rules, context.form.section, seen)
    expected = sheet_figures(score, seen, context.form.coded)
    wrong = [name for name, cell in cached.items() if name in expected and not _same(cell.value, expected[name])]
    if wrong and _issued_otherwise(context):
        # Nobody has touched a formula: one word at the total, or at what else differs, says it for all of them.
        last = sh.SELF_TOTAL if sh.SELF_TOTAL in wrong else wrong[0]
        yield _differs("FIGURE_BY_OLD_POLICY", context, last, expected)
        return
    if wrong and _as_issued(context, cached):
        yield problem("NOT_CALCULATED", context.raw.where(""))
        return
    yield from (_differs("FIGURE_DIFFERS", context, name, expected) for name in wrong)


def _as_issued(context: Context, cached: Mapping[str, Cell]) -> bool:
    """Whether the sheet shows throughout what a blank form shows: a program that does not calculate has saved it."""
    score = sh.score_sheet(context.rules, context.form.section, {})
    blank = sheet_figures(score, {}, context.form.coded)
    return all(_same(cell.value, blank[name]) for name, cell in cached.items() if name in blank)


def _issued_otherwise(context: Context) -> bool:
    """Whether the scheme's policies or clauses have changed since the form was issued."""
    return context.raw.policies != policies_print(context.rules.scheme) or (
        context.raw.fingerprint != context.form.fingerprint
    )


def _differs(code: str, context: Context, name: str, expected: Mapping[str, object]) -> Problem:
    figure = expected[name]
    return problem(
        code,
        context.where(name),
        context.raw.totals[name].value,
        expected=f"{sh.tidy(figure):f}" if isinstance(figure, Decimal) else figure,
    )


def _same(cached: object, expected: object) -> bool:
    if isinstance(cached, Decimal) and isinstance(expected, Decimal):
        return abs(cached - expected) < Decimal("0.00001")
    return str(cached) == str(expected)


CHECKS = (
    check_confirmation,
    check_missing,
    check_consistency,
    check_links,
    check_special,
    check_figures,
)

