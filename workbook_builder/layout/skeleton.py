"""The rows of a section's sheet, top to bottom, and its columns: positions before anything is computed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from workbook_builder import model as m
from workbook_builder.layout.plan import APART, JOINED, NEAR, Face
from workbook_builder.rules import sheet as sh
from workbook_builder.rules.items import Rulebook
from workbook_builder.rules.slots import Slot

KEY, NUMBER, TEXT, COUNTING, FULL, ANSWER, UNIT, POINTS, ITEM_SCORE, STATE, REMARK, CODE = range(1, 13)
LAST_VISIBLE = REMARK
PROTO_SHEET = "科室表"
SHEET_KEY = "@科室"
#: Columns of the line of progress that say how far each part is, and the last of them whether all is confirmed.
PROGRESS = (COUNTING, FULL, POINTS, REMARK)
#: Where it stands: forms issued before had words there.
PROGRESS_CELLS = frozenset(("@状态", col) for col in PROGRESS)
_FIGURES = (ANSWER, POINTS, ITEM_SCORE, STATE, REMARK)
#: A row without an input of its own must not look as if it had one.
FACE = Face(
    hidden=(KEY, CODE),
    last=LAST_VISIBLE,
    sample=ANSWER,
    locked={(proto, col): COUNTING for proto in ("细则", "分行", "自评") for col in (ANSWER, REMARK)},
    samples={"副标题": (REMARK,), "状态": (TEXT, *PROGRESS), "文字": (ANSWER,), "校验": (ANSWER,)}
    | {proto: _FIGURES for proto in ("部分", "考评项", "细则", "分行", "自评")}
    | {proto: (ITEM_SCORE,) for proto in ("小计", "总分")},
)
#: Stands in the hidden last column of the heading row; if it is elsewhere, columns were inserted or deleted.
CODE_KEY = "@校验列"
#: Rows for what the notice prints around clauses: a sub-heading (once for its clauses), a lead, a remark.
HEADING_KEY, LEAD_KEY, REMARK_KEY = "@小标题", "@引导", "@附注"
#: Texts a section writes beside its answers: field name → caption (contract 5).
FREE_TEXTS = {"建议": "对考评工作的意见建议", "填表人": "填表人", "电话": "联系电话"}


@dataclass(frozen=True, slots=True)
class Spec:
    """What a row is for, before anything is computed."""

    proto: str
    key: str
    item: m.Item | None = None
    clause: m.Clause | None = None
    slot: Slot | None = None
    part: str = ""


def skeleton(rules: Rulebook, section: m.Section) -> tuple[Spec, ...]:
    """The rows of the sheet, top to bottom."""
    return tuple(_skeleton(rules, section))


def _skeleton(rules: Rulebook, section: m.Section) -> Iterator[Spec]:
    yield Spec("标题", f"{SHEET_KEY}/{section.name}")
    yield Spec("副标题", "@副标题")
    yield Spec("状态", "@状态")
    yield Spec("表头", "@表头")
    for part in sh.SHEET_PARTS:
        yield Spec("部分", f"@部分/{part}", part=part)
        for item in rules.scheme.section_items(section, part):
            yield from item_specs(rules, item, part)
        yield Spec("小计", f"{part}#小计", part=part)
    if rules.scheme.policy(m.P_SPECIAL_BASIS) != "附件2合计":
        yield Spec("自评", sh.AWARD, part=m.SPECIAL)
        yield Spec("自评", sh.PROPOSED, part=m.SPECIAL)
    yield Spec("总分", sh.SELF_TOTAL)
    yield Spec("自评", sh.CONFIRM)
    for name in FREE_TEXTS:
        yield Spec("文字", name)
    yield Spec("校验", sh.CHECKSUM)
    yield Spec("签字", "@签字")
    yield Spec("表尾", "@表尾")


def item_specs(rules: Rulebook, item: m.Item, part: str) -> Iterator[Spec]:
    """An item's own row, then its clauses with what the notice prints around them."""
    yield Spec("考评项", item.key, item=item, part=part)
    heading = ""
    for clause in item.clauses:
        if clause.heading and clause.heading != heading:
            yield Spec("引导", f"{HEADING_KEY}/{clause.id}", item, clause)
        heading = clause.heading
        yield from _clause_specs(rules, item, clause, part)


def _clause_specs(rules: Rulebook, item: m.Item, clause: m.Clause, part: str) -> Iterator[Spec]:
    slots = rules.slots[clause.id]
    main = next((slot for slot in slots if slot.suffix == ""), None)
    if clause.lead:
        yield Spec("引导", f"{LEAD_KEY}/{clause.id}", item, clause)
    yield Spec("细则", clause.id, item, clause, main, part)
    for slot in slots:
        if slot.suffix:
            yield Spec("分行", clause.id + slot.suffix, item, clause, slot, part)
    if clause.remark:
        yield Spec("引导", f"{REMARK_KEY}/{clause.id}", item, clause)


def bonds(specs: tuple[Spec, ...]) -> dict[str, int]:
    """Key → how a row hangs on the one above: a heading never ends a page, and from the last total on all is one block."""
    last = max(number for number, spec in enumerate(specs) if spec.proto == "小计")
    return rubric_bonds(specs) | {spec.key: JOINED for spec in specs[last:]}


def rubric_bonds(specs: tuple[Spec, ...]) -> dict[str, int]:
    """The same of parts, items and clauses alone."""
    found = {spec.key: APART if spec.proto in ("部分", "考评项") else NEAR for spec in specs}
    for above, spec in pairwise(specs):
        leads = above.proto in ("部分", "考评项") or above.key.startswith((HEADING_KEY, LEAD_KEY))
        if leads or spec.proto in ("分行", "小计") or spec.key.startswith(REMARK_KEY):
            found[spec.key] = JOINED
    return found
