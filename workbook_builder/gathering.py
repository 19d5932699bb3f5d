"""A working folder → everything in it, read: returns, what lies beside them, the scheme as decisions have left it.

Comes in: a `Folder` and its scheme. Goes out: `Opened`, `Collected`, `Prepared`. Nothing is scored for good here.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder import records as rec
from workbook_builder import returns as ret
from workbook_builder.ballots import read_evaluations
from workbook_builder.basis import Base, Beside, bases, transferable, uncounted
from workbook_builder.collecting.adopt import Adopted, adopt
from workbook_builder.collecting.attachments import applies_to, missing_evidence, settle_forms
from workbook_builder.collecting.claims import claimed_twice
from workbook_builder.folder import Folder, batch_number, list_returns
from workbook_builder.inputs import File, Inputs, decisions_of, digest_of
from workbook_builder.layout.book import clause_of
from workbook_builder.problems import ERROR, Problem, Where, problem, sort_problems
from workbook_builder.reading import Progress, Released, read_files
from workbook_builder.registers import below_ledger
from workbook_builder.results import InputFile
from workbook_builder.returns import Received
from workbook_builder.reviewing import adopt_reviews, read_review_file, touched
from workbook_builder.rules.items import Rulebook
from workbook_builder.scheme.readings import changed

#: Policies that change what a ballot counts for: only under another reading of these are ballots read again.
OF_BALLOTS = (m.P_EVALUATION_SCALE, m.P_OWN_VOTE, m.P_SMALL_GROUP, m.P_DIGITS, m.P_ROUNDING)


@dataclass(frozen=True, slots=True)
class Opened:
    """The scheme in force: 方案.xlsx with every 口径变更 of 决定 applied.

    stale  changes that could not be; `files` the two, as they were read
    """

    scheme: m.Scheme
    document: Mapping
    decisions: tuple[rec.Decision, ...] = ()
    stale: Mapping[rec.Decision, Problem] | None = None
    problems: tuple[Problem, ...] = ()
    files: tuple[InputFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Collected:
    """What 2回收 holds: the adopted return of each section, a receipt of every file, every problem.

    Sections without a return are `refused` (a file of theirs came but could not be adopted) or `missing`.
    """

    adopted: Adopted
    received: tuple[Received, ...]
    missing: tuple[str, ...]
    refused: tuple[str, ...]
    problems: tuple[Problem, ...]
    batch: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """Returns and everything beside them, read under the scheme in force.

    reviews    (reviewer, section) → the review adopted; `undecided` reviewers of whom two different books lie there
    evaluations of the ballots, under `policies` (the readings that ballots depend on)
    batch      批次号 of all of it
    differing  reviewer → their books that differ, whether or not one of them was chosen
    """

    collected: Collected
    inputs: Inputs
    beside: Beside
    bases: Mapping[str, Base]
    reviews: Mapping[tuple[str, str], rec.Review]
    reviewed_files: Mapping[str, str]
    undecided: frozenset[str]
    evaluations: Mapping[str, rec.Evaluation]
    policies: tuple[str, ...]
    problems: tuple[Problem, ...]
    batch: str
    differing: Mapping[str, str] = field(default_factory=dict)


# --- 方案 and 决定 ----------------------------------------------------------------------------------------------


def opened(folder: Folder, scheme: m.Scheme, document: Mapping, seen: Iterable[InputFile] = ()) -> Opened:
    """Read 决定.xlsx and apply its changes of policies, in the order of the rows. `seen`: 方案.xlsx itself."""
    files = list(seen)
    decisions, problems = decisions_of(folder, scheme, files)
    stale: dict[rec.Decision, Problem] = {}
    name = folder.relative(folder.scheme)
    for decision in decisions:
        if decision.kind != rec.POLICY_CHANGE or not decision.answered:
            continue
        now = scheme.policy(decision.object)
        if decision.before and decision.before != now:
            stale[decision] = problem("DECISION_STALE", decision.where, decision.before, kind=decision.kind, now=now)
            continue
        other = changed(document, name, decision.object, decision.after)
        if other is None:
            stale[decision] = problem("POLICY_REFUSED", decision.where, decision.after)
            continue
        scheme, document = other
    return Opened(scheme, document, decisions, stale, tuple(problems), tuple(files))


# --- 2回收 -------------------------------------------------------------------------------------------------------


def collect(
    folder: Folder,
    scheme: m.Scheme,
    progress: Progress | None = None,
    workers: int | None = None,
    decisions: tuple[rec.Decision, ...] = (),
) -> Collected:
    """2回收 → returns, receipts and problems. Every file found has a receipt."""
    listing = list_returns(folder.returned, folder.root)
    readings = read_files(scheme, listing.files, progress, workers, _released(decisions))
    ignored = [Received(name, "", "", ret.IGNORED) for name, _ in listing.ignored]
    chosen = adopt(readings, _chosen(decisions, adopt(readings).conflicts))
    received = tuple(sorted([*chosen.received, *ignored], key=lambda receipt: receipt.file))
    without = [s.name for s in scheme.sections if s.name not in chosen.returns and s.name not in chosen.undecided]
    tried = {receipt.section for receipt in received if receipt.outcome == ret.REFUSED}
    refused = tuple(name for name in without if name in tried)
    missing = tuple(name for name in without if name not in tried)
    problems = [
        *listing.problems,
        *(problem("FILE_IGNORED", Where(name)) for name, _ in listing.ignored),
        *(p for reading in readings for p in reading.problems if p not in chosen.settled),
        *chosen.problems,
        *(problem("SECTION_NOT_RETURNED", Where(field=name), section=name) for name in missing),
        *_materials(scheme, chosen, received),
        *(p for returned in chosen.returns.values() for p in missing_evidence(returned, received)),
        *claimed_twice(scheme, chosen.returns),
    ]
    batch = batch_number(
        [("scheme", scheme.text_hash), *((f"return/{receipt.file}", receipt.sha256) for receipt in received)]
    )
    return Collected(chosen, received, missing, refused, sort_problems(settle_forms(problems, received)), batch)


def _released(decisions: Iterable[rec.Decision]) -> Released:
    found: dict[str, set[str]] = {}
    for decision in decisions:
        if decision.kind == rec.RELEASE and decision.after == rec.RELEASED:
            found.setdefault(decision.section, set()).add(decision.object)
    return {section: frozenset(clauses) for section, clauses in found.items()}


def files_text(files: Iterable[str]) -> str:
    """The 原为 of 采用哪份: every file that lies there."""
    return "；".join(sorted(set(files)))


def still_about(decision: rec.Decision, files: str) -> bool:
    """Whether a choice was made between the very `files` (as in 原为) that differ now; where none differ, it holds."""
    return not files or decision.before in ("", files)


def _chosen(
    decisions: Iterable[rec.Decision], conflicts: Mapping[str, tuple[ret.SectionReturn, ...]]
) -> dict[str, str]:
    """Section → file, of 采用哪份 about its sheet; a choice made before yet another return came is none."""
    rows = [d for d in decisions if d.kind == rec.ADOPT and d.object == rec.SECTION_BOOK and d.answered]
    now = {section: files_text(x.file for x in found) for section, found in conflicts.items()}
    return {d.section: d.after for d in rows if still_about(d, now.get(d.section, ""))}


def _materials(scheme: m.Scheme, chosen: Adopted, received: tuple[Received, ...]) -> list[Problem]:
    """Required attachments that a section which has returned its sheet has not handed in (notice 四（二）)."""
    have = {(receipt.section, receipt.material) for receipt in received if receipt.outcome == ret.ATTACHMENT}
    return [
        problem("MATERIAL_MISSING", Where(field=f"{section.name}/{material.name}"), material.name, section=section.name)
        for section in scheme.sections
        for material in scheme.materials
        if section.name in chosen.returns
        and material.required
        and material.form == "附件"
        and applies_to(material, section)
        and (section.name, material.name) not in have
    ]


# --- what lies beside --------------------------------------------------------------------------------------------


def prepare(scheme: m.Scheme, collected: Collected, inputs: Inputs) -> Prepared:
    """Read the reviews against what was returned, the ballots, and see who bears what."""
    rules = Rulebook(scheme)
    problems = [*inputs.problems, *unsuitable(scheme, inputs.city), *_uncounted(rules, inputs.city)]
    beside = Beside(inputs.ledger, inputs.city, _decided(inputs.decisions))
    found = bases(rules, collected.adopted.returns, beside)
    problems += _against_the_ledger(rules, found, inputs.ledger)
    problems += _against_the_city(scheme, found)
    reviews, undecided, differing, wrong = _reviews(rules, found, inputs)
    problems += wrong
    evaluations, wrong, voted = read_evaluations(scheme, inputs.ballots)
    problems += wrong
    cast = inputs.ballots if voted or wrong else ()
    return Prepared(
        collected=collected,
        inputs=inputs,
        beside=beside,
        bases=found,
        reviews=reviews,
        reviewed_files={review.reviewer: review.file for review in reviews.values()},
        undecided=frozenset(undecided),
        evaluations=evaluations,
        policies=tuple(scheme.policy(name) for name in OF_BALLOTS),
        problems=tuple(problems),
        batch=_batch(collected, inputs, reviews, cast, problems),
        differing=differing,
    )


def _reviews(
    rules: Rulebook, found: Mapping[str, Base], inputs: Inputs
) -> tuple[dict[tuple[str, str], rec.Review], set[str], dict[str, str], list[Problem]]:
    """The reviews adopted, undecided reviewers, books that differ, problems. Of a book for which another stands nothing need be mended."""
    readings, of_file = [], {}
    problems: list[Problem] = []
    for name, data in inputs.reviews:
        reviews, wrong = read_review_file(rules, found, data, name)
        if reviews:
            readings.append((name, digest_of(data), reviews))
            of_file[name] = reviews[0].reviewer, wrong
        else:
            problems += wrong
    differing = _differing(rules.scheme, readings)
    chosen = _chosen_reviews(inputs.decisions, differing)
    adopted, wrong, undecided = adopt_reviews(rules.scheme, readings, chosen)
    standing = {review.file for review in adopted.values()}
    for name, (reviewer, mine) in of_file.items():
        problems += mine if name in standing or reviewer in undecided else ()
    return adopted, undecided, differing, [*problems, *wrong]


def _decided(decisions: Iterable[rec.Decision]) -> dict[tuple[str, str, str], bool]:
    rows = (d for d in decisions if d.kind == rec.TRANSFER and d.answered)
    return {(d.section, d.object, d.before): d.after == rec.AGREED for d in rows}


def reviewer_of(decision: rec.Decision) -> str:
    """Whose review book 采用哪份 is about, "" if it is a section's sheet."""
    prefix = f"{rec.REVIEW_BOOK}-"
    return decision.object.removeprefix(prefix) if decision.object.startswith(prefix) else ""


def _differing(scheme: m.Scheme, readings: list[tuple[str, str, tuple[rec.Review, ...]]]) -> dict[str, str]:
    """Reviewer → the books that differ, as 原为 of 采用哪份; nobody of whom at most one counts."""
    undecided = adopt_reviews(scheme, readings)[2]
    return {name: files_text(file for file, _, found in readings if found[0].reviewer == name) for name in undecided}


def _chosen_reviews(decisions: Iterable[rec.Decision], differing: Mapping[str, str]) -> dict[str, str]:
    rows = (d for d in decisions if d.kind == rec.ADOPT and d.answered and reviewer_of(d))
    return {reviewer_of(d): d.after for d in rows if still_about(d, differing.get(reviewer_of(d), ""))}


def unsuitable(scheme: m.Scheme, city: Iterable[rec.CityFigure]) -> Iterator[Problem]:
    """Figures laid on another section although nothing of their clause can be borne elsewhere."""
    for figure in city:
        if figure.transferred and not transferable(scheme, figure):
            yield problem("TRANSFER_UNSUITABLE", figure.where, figure.bearer, clause=figure.clause)


def _uncounted(rules: Rulebook, city: Iterable[rec.CityFigure]) -> Iterator[Problem]:
    for figure in uncounted(rules, city):
        yield problem("TRANSFER_UNCOUNTED", figure.where, figure.bearer, clause=figure.clause)


def _against_the_ledger(
    rules: Rulebook, found: Mapping[str, Base], ledger: tuple[rec.LedgerEntry, ...]
) -> Iterator[Problem]:
    for base in found.values():
        if base.returned is not None and base.ledger:
            # An answer that was refused is no lower figure: nobody knows what it means yet.
            unread = {clause_of(name) for name in base.returned.refused}
            mine = [entry for entry in ledger if entry.section == base.section.name and entry.clause not in unread]
            yield from below_ledger(rules, base.section, base.returned.entries, mine, _where(base.returned))


def _against_the_city(scheme: m.Scheme, found: Mapping[str, Base]) -> Iterator[Problem]:
    """Where the section and the city say different things, both are told (contract 6)."""
    for base in found.values():
        for clause, figures in base.figures.items():
            own = base.own.get(clause)
            shown = {_shown(f.value) for f in figures}
            if base.returned is None or own in (None, m.PENDING_CITY) or len(figures) > 1 or shown == {_shown(own)}:
                continue
            facts = {"section": base.section.name, "own": _shown(own), "rule": scheme.policy(m.P_CITY)}
            yield problem("CITY_AND_SELF_DIFFER", figures[0].where, shown.pop(), **facts)


def _shown(value: object) -> str:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def _where(returned: ret.SectionReturn):
    return lambda name: Where(returned.file, returned.sheet, returned.places.get(name, ""), name)


def _batch(
    collected: Collected,
    inputs: Inputs,
    reviews: Mapping[tuple[str, str], rec.Review],
    cast: tuple[File, ...],
    problems: Iterable[Problem],
) -> str:
    """By content: a register that the program has extended, a book it has renewed, a blank form are no new input.

    What was refused counts too, since it leaves something open.
    """
    answered = [d for d in inputs.decisions if d.answered]
    parts: list[tuple[str, bytes | str]] = [("returns", collected.batch)]
    parts += [(f"decision/{n}", canonical(d)) for n, d in enumerate(answered)]
    parts += [(f"ledger/{n}", canonical(entry)) for n, entry in enumerate(inputs.ledger)]
    parts += [(f"city/{n}", canonical(figure)) for n, figure in enumerate(inputs.city)]
    said = {key: review for key, review in reviews.items() if touched(review)}
    parts += [(f"review/{reviewer}/{section}", canonical(review)) for (reviewer, section), review in said.items()]
    parts += [(f"ballot/{n}", data) for n, (_, data) in enumerate(sorted(cast))]
    refused = sorted({(p.code, p.where.file, p.where.field, str(p.value)) for p in problems if p.severity == ERROR})
    parts += [(f"error/{n}", json.dumps(found, ensure_ascii=False)) for n, found in enumerate(refused)]
    return collected.batch if len(parts) == 1 else batch_number(parts)


#: Where something stands is no part of what it says.
_PLACES = ("where", "reference_where", "file", "places", "sheets")


def canonical(record: object) -> str:
    """What a record says, wherever it stands."""
    named = {f.name: getattr(record, f.name) for f in fields(record) if f.name not in _PLACES}
    return json.dumps(_plain(named), ensure_ascii=False, sort_keys=True)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(map(str, value))
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal | datetime.date):
        return str(value)
    return _plain(asdict(value)) if is_dataclass(value) else value
