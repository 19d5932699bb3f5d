"""决定.xlsx: every human decision a row, answered or still waiting for its answer.

Comes in: a scheme; the bytes of the workbook. Goes out: bytes, or the well-formed `Decision`s with problems. A row that
is not wholly clear decides nothing: it gives an error and is left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder import records as r
from workbook_builder.problems import Problem, has_errors, problem
from workbook_builder.records import Decision
from workbook_builder.registers import guide
from workbook_builder.registers.ledger import plain_amount
from workbook_builder.registers.offers import (
    SECTION_KINDS,
    WHOLE_YEAR_KINDS,
    object_choices,
    object_label,
    objects,
    section_choices,
)
from workbook_builder.registers.reading import Row, key_of, read_date, read_rows, read_section
from workbook_builder.registers.spec import DATE, DECISIONS, Choices, Column, Record, Register, marked
from workbook_builder.rules.excel import number
from workbook_builder.scheme.effects import same_reading
from workbook_builder.scheme.names import similar
from workbook_builder.validate.text import clean

#: Rows of these kinds may follow one another about the same matter: each is history.
HISTORY_KINDS = (r.SUBMIT, r.APPROVE, r.ADJUST, r.CORRECT)
SOURCE = "来源"
SOURCE_WORD = "程序"
_WORDS = {
    r.RELEASE: (r.RELEASED, r.NOT_RELEASED),
    r.TRANSFER: (r.AGREED, r.REFUSED),
    r.SUBMIT: (r.AGREED, r.REFUSED),
    r.APPROVE: (r.AGREED, r.REFUSED),
}


def decisions_register(scheme: m.Scheme) -> Register:
    """The register of one year's decisions."""
    columns = (
        Column("种类", 16, prompt="从下拉列表选。各种类怎么填见“说明”页。", choices=Choices("kp_kinds", r.KINDS), wanted=True),
        Column("科室", 16, prompt="这项决定关于哪个科室；口径变更、送审、审定空着。", choices=section_choices(scheme)),
        Column("对象", 32, prompt="先选种类和科室，再从下拉列表选；也可以只写编号。", choices=object_choices(scheme), free=True, wanted=True),
        Column("原为", 14, prompt="决定之前是什么。程序写好的不要改。", must=False),
        Column("改为", 14, prompt="决定成什么：分数、同意或不同意、采用或不采用、口径的读法、文件名。", wanted=True),
        Column("理由", 32, prompt="为什么这样决定。", wanted=True),
        Column("依据", 24, prompt="通知条款、文号、会议纪要等。", must=False),
        Column("决定日期", 13, DATE, "作出决定的日期，写成 2021-12-31 的样子。", wanted=True),
        Column("决定者（职务或机构）", 24, prompt="写职务或机构，不写姓名，如 考评工作领导小组。", wanted=True),
        Column("备注", 14, must=False),
        Column(SOURCE, 8, must=False, hidden=True),
    )
    title = f"{marked(scheme)}{scheme.unit}{scheme.year}年度考评决定"
    hint = "一项决定一行。程序写好的行，只要填黄色的格子；自己的决定接着往下写。怎么填见“说明”页。"
    lines = guide.decisions_guide(scheme)
    return Register(DECISIONS, "Decisions", title, hint, columns, lines, scheme.id, scheme.year, scheme.version)


def decisions_workbook(
    scheme: m.Scheme, decisions: Sequence[Decision] = (), from_program: frozenset[tuple[str, str, str]] = frozenset()
) -> bytes:
    """A new workbook holding `decisions`; rows whose keys are in `from_program` are the program's own until answered."""
    from workbook_builder.registers.book import new_book

    rows = [record(scheme, decision, decision.key in from_program) for decision in decisions]
    return new_book(decisions_register(scheme), rows)


def record(scheme: m.Scheme, decision: Decision, from_program: bool) -> Record:
    """The cells of one decision."""
    label = object_label(scheme, decision.kind, decision.object)
    written = {
        "种类": decision.kind,
        "科室": decision.section,
        "对象": label,
        "原为": decision.before,
        "改为": decision.after,
        "理由": decision.reason,
        "依据": decision.basis,
        "决定日期": decision.date,
        "决定者（职务或机构）": decision.role,
    }
    return {**written, SOURCE: source_mark(written)} if from_program else written


def source_mark(texts: Record) -> str:
    """程序, and prints of what the program wrote: whoever changes the row makes it their own."""
    asked = [texts.get(head) or "" for head in ("种类", "科室", "对象", "原为")]
    given = [texts.get(head) or "" for head in ("理由", "依据")]
    return " ".join([SOURCE_WORD, *(_print(part) for part in (asked, given))])


def _print(texts: list) -> str:
    return hashlib.sha256("\n".join(str(text).strip() for text in texts).encode()).hexdigest()[:8]


# --- reading -----------------------------------------------------------------------------------------------------------------


def read_decisions(scheme: m.Scheme, data: bytes, name: str) -> tuple[tuple[Decision, ...], list[Problem]]:
    """The well-formed decisions in the order of their rows, answered or not."""
    sheet, problems = read_rows(decisions_register(scheme), data, name)
    if sheet is None:
        return (), problems
    found = []
    for row in sheet.rows:
        decision = _decision(scheme, row, problems) if _content(row) else None
        if decision is not None:
            found.append((row, decision))
    return _without_contradictions(found, problems), problems


def _content(row: Row) -> bool:
    return any(head != SOURCE for head in row.cells)


def _decision(scheme: m.Scheme, row: Row, problems: list[Problem]) -> Decision | None:
    before = len(problems)
    kind = _kind(row, problems)
    section = read_section(row, "科室", scheme, problems)
    thing = ""
    if kind and len(problems) == before:
        thing = _object(scheme, kind, section, row, problems)
        _section_fits(kind, thing, row, problems)
    texts = {head: row.text(head, problems) for head in ("原为", "理由", "依据", "决定者（职务或机构）")}
    date = read_date(row, "决定日期", problems)
    after = ""
    if not row.blank("改为"):
        _whole(row, problems)
        if thing:
            after = _after(scheme, kind, thing, row, problems)
    # Hints about how something was read are no reason to leave the row out.
    if has_errors(problems[before:]):
        return None
    return Decision(
        kind, section.name if section else "", thing, texts["原为"], after, texts["理由"], texts["依据"], date,
        texts["决定者（职务或机构）"], row.where("改为", thing),
    )  # fmt: skip


def _kind(row: Row, problems: list[Problem]) -> str:
    if row.blank("种类"):
        problems.append(problem("REGISTER_BLANK", row.where("种类"), "种类"))
        return ""
    text = row.text("种类", problems)
    kind = next((kind for kind in r.KINDS if clean(kind) == clean(text)), "")
    if text and not kind:
        problems.append(problem("DECISION_KIND", row.where("种类"), text, hint=similar(text, r.KINDS)))
    return kind


def _section_fits(kind: str, thing: str, row: Row, problems: list[Problem]) -> None:
    if thing.startswith(r.REVIEW_BOOK):
        return  # a review book is its reviewer's, who need not be a section
    if kind in SECTION_KINDS and row.blank("科室"):
        problems.append(problem("REGISTER_BLANK", row.where("科室"), "科室"))
    elif kind in WHOLE_YEAR_KINDS and not row.blank("科室"):
        problems.append(problem("DECISION_SECTION_UNWANTED", row.where("科室"), row.text("科室", []), kind=kind))


def _object(scheme: m.Scheme, kind: str, section: m.Section | None, row: Row, problems: list[Problem]) -> str:
    if row.blank("对象"):
        problems.append(problem("REGISTER_BLANK", row.where("对象"), "对象"))
        return ""
    text = row.text("对象", problems)
    known = objects(scheme, kind, section)
    found = key_of(text, known)
    if text and not found:
        hint = similar(text.split()[0], known)
        problems.append(problem("DECISION_OBJECT", row.where("对象"), text, kind=kind, hint=hint))
    return found


def _whole(row: Row, problems: list[Problem]) -> None:
    """An answered row says why, when and by whom."""
    missing = (
        ("理由", "DECISION_NO_REASON"),
        ("决定日期", "DECISION_NO_DATE"),
        ("决定者（职务或机构）", "DECISION_NO_ROLE"),
    )
    problems.extend(problem(code, row.where(head)) for head, code in missing if row.blank(head))


def _after(scheme: m.Scheme, kind: str, thing: str, row: Row, problems: list[Problem]) -> str:
    text = row.text("改为", problems)
    if not text:
        return ""
    if kind in (r.ADJUST, r.CORRECT):
        return _points(scheme, thing, row, text, problems)
    if kind == r.POLICY_CHANGE:
        choices = next(policy.readings for policy in scheme.policies if policy.name == thing)
        found = next((reading for reading in choices if same_reading(reading, text)), "")
    elif kind in _WORDS:
        choices = _WORDS[kind]
        found = next((word for word in choices if clean(word) == clean(text)), "")
    else:
        return text
    if not found:
        problems.append(problem("DECISION_CHOICE", row.where("改为", thing), text, choices="、".join(choices)))
    return found


def _points(scheme: m.Scheme, thing: str, row: Row, text: str, problems: list[Problem]) -> str:
    """The points that an item, 特色工作 or 突破底线 is set to."""
    most = _most(scheme, thing)
    amount = plain_amount(row.cell("改为"))
    if amount is None or amount < 0 or (most is not None and amount > most):
        allowed = "不小于 0 的分数" if most is None else f"0 至 {number(most)} 之间的分数"
        problems.append(problem("DECISION_AMOUNT", row.where("改为", thing), text, allowed=allowed))
        return ""
    return number(amount)


def _most(scheme: m.Scheme, thing: str) -> Decimal | None:
    if thing == m.BOTTOM_LINE:
        return None
    special = scheme.special_awarded[1]
    if thing == m.SPECIAL:
        return special
    item = scheme.item_by_key[thing]
    return item.limit if item.limit is not None else special


# --- one matter decided twice -------------------------------------------------------------------------------------------------


def _without_contradictions(found: list[tuple[Row, Decision]], problems: list[Problem]) -> tuple[Decision, ...]:
    """All decisions, save those about one matter (the same 原为) that do not agree: of these none counts."""
    first: dict[tuple[str, ...], tuple[Row, Decision]] = {}
    wrong: set[tuple[str, ...]] = set()
    for row, decision in found:
        if not decision.answered or decision.kind in HISTORY_KINDS:
            continue
        matter = (*decision.key, decision.before)
        earlier_row, earlier = first.setdefault(matter, (row, decision))
        if earlier.after != decision.after:
            problems.append(_twice(decision, earlier_row, earlier))
            if matter not in wrong:
                problems.append(_twice(earlier, row, decision))
            wrong.add(matter)
    return tuple(d for _, d in found if not (d.answered and (*d.key, d.before) in wrong))


def _twice(decision: Decision, other_row: Row, other: Decision) -> Problem:
    return problem("DECISION_TWICE", decision.where, decision.after, row=other_row.number, other=other.after)
