"""The rows and columns of review sheets: positions before anything is computed.

Comes in: a `Subject` and the declared works. Goes out: `Spec`s top to bottom, and the columns of both kinds of sheets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from workbook_builder import model as m
from workbook_builder.layout.plan import JOINED, Face
from workbook_builder.layout.skeleton import Spec, item_specs, rubric_bonds
from workbook_builder.rules import sheet as sh
from workbook_builder.rules.items import Rulebook
from workbook_builder.rules.review import CONFIRM, DONE, Subject

PROTO_SHEET, BOTTOM_PROTO, GUIDE_SHEET = "核定表", "底线表", "核定说明"
REVIEW_SUFFIX, REASON_SUFFIX = "#核定", "#核定说明"
READY = "可交回"

# --- the sheet of one section ------------------------------------------------------------------------------------

(KEY, NUMBER, TEXT, COUNTING, OWN, OWN_NOTE, OWN_POINTS, LEDGER, CITY, DECIDED, REASON, POINTS, CHANGE, STATE) = range(1, 15)
BASE, EFFECTIVE, SEAL, AGAIN, RULE_STATE, ITEM_SCORE, CHECK = range(15, 22)
SHEET_KEY = "@核定"
#: Stands in the hidden last column of the heading row; if it is elsewhere, columns were inserted or deleted.
COLUMN_MARK = "@核定列"
HEADING = "@表头"
WORK_KEY = "@申报"
#: Characters of a declared text in one row; the rest goes on in a row below, for a row has a greatest height.
_CHUNK, _CHUNK_LINES = 900, 18
_ANSWERED = ("细则", "分行", "特色")
FACE = Face(
    hidden=(KEY, *range(BASE, CHECK + 1)),
    last=STATE,
    sample=DECIDED,
    locked={(proto, col): COUNTING for proto in (*_ANSWERED, "核定") for col in (DECIDED, REASON)},
    samples={proto: tuple(range(OWN, STATE + 1)) for proto in (*_ANSWERED, "考评项", "小计")}
    | {"状态": (TEXT,), "核定": (DECIDED, STATE)},
)


@dataclass(frozen=True, slots=True)
class Work:
    """One filled field of a declared special work, to be read by whoever decides."""

    number: int
    caption: str
    text: str


def review_specs(rules: Rulebook, subject: Subject, works: tuple[Work, ...]) -> tuple[Spec, ...]:
    """The rows of a section's review sheet, top to bottom."""
    return tuple(_specs(rules, subject, works))


def bonds(specs: tuple[Spec, ...]) -> dict[str, int]:
    """Key → how a row hangs on the one above: the signature never stands without what is signed."""
    ends = {
        spec.key: JOINED
        for above, spec in pairwise(specs)
        if spec.proto in ("核定", "签字", "表尾") or spec.proto == above.proto == "特色"
    }
    return rubric_bonds(specs) | ends


def whole_parts(scheme: m.Scheme, subject: Subject) -> tuple[str, ...]:
    """Parts of which every item of the section stands in this sheet."""
    mine = {item.key for item in subject.items}
    found = []
    for part in sh.SHEET_PARTS:
        keys = {item.key for item in scheme.section_items(subject.section, part)}
        if keys and keys <= mine:
            found.append(part)
    return tuple(found)


def _specs(rules: Rulebook, subject: Subject, works: tuple[Work, ...]) -> Iterator[Spec]:
    yield Spec("标题", f"{SHEET_KEY}/{subject.section.name}")
    yield Spec("副标题", "@副标题")
    yield Spec("状态", "@状态")
    yield Spec("表头", HEADING)
    whole = whole_parts(rules.scheme, subject)
    for part in sh.SHEET_PARTS:
        items = [item for item in subject.items if item.part == part]
        if items:
            yield Spec("部分", f"@部分/{part}", part=part)
        for item in items:
            yield from item_specs(rules, item, part)
        if part in whole:
            yield Spec("小计", f"{part}#小计", part=part)
    if subject.special:
        yield from (Spec("申报", key) for key, _ in work_rows(works))
        yield Spec("特色", sh.AWARD, part=m.SPECIAL)
        yield Spec("特色", sh.PROPOSED, part=m.SPECIAL)
    yield Spec("核定", CONFIRM)
    yield Spec("核定", DONE)
    yield Spec("签字", "@签字")
    yield Spec("表尾", "@表尾")


def work_rows(works: tuple[Work, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    """(key, texts) of the rows that show declared works, long texts over several rows."""
    if not works:
        yield f"{WORK_KEY}/无", {"栏目": "特色工作申报", "内容": "（没有申报）"}
    for place, work in enumerate(works, 1):
        for piece, text in enumerate(_pieces(work.text), 1):
            caption = f"申报{work.number}　{work.caption}" + ("" if piece == 1 else "（续）")
            yield f"{WORK_KEY}/{place}/{piece}", {"栏目": caption, "内容": text}


def _pieces(text: str) -> Iterator[str]:
    lines: list[str] = []
    size = 0
    for line in text.split("\n"):
        for start in range(0, max(1, len(line)), _CHUNK):
            part = line[start : start + _CHUNK]
            if lines and (size + len(part) > _CHUNK or len(lines) >= _CHUNK_LINES):
                yield "\n".join(lines)
                lines, size = [], 0
            lines.append(part)
            size += len(part)
    yield "\n".join(lines)


# --- 突破底线 ------------------------------------------------------------------------------------------------------

BOTTOM_NAME = m.BOTTOM_LINE
BOTTOM_KEY = f"{SHEET_KEY}/{m.BOTTOM_LINE}"
BOTTOM_SECTION, PRESENT, FIRST_AMOUNT = 2, 3, 4


@dataclass(frozen=True, slots=True)
class BottomColumns:
    """Columns of the sheet 突破底线, by how many events it has room for."""

    events: int

    def amount(self, k: int) -> int:
        return FIRST_AMOUNT + 2 * (k - 1)

    def facts(self, k: int) -> int:
        return self.amount(k) + 1

    @property
    def more(self) -> int:
        return FIRST_AMOUNT + 2 * self.events

    @property
    def beside(self) -> int:
        return self.more + 1

    @property
    def points(self) -> int:
        return self.more + 2

    @property
    def state(self) -> int:
        return self.more + 3

    @property
    def mark(self) -> int:
        return self.more + 4

    @property
    def face(self) -> Face:
        columns = (1, 2, 3, *(4, 5) * self.events, 6, 7, 8, 9, 10)
        inputs = (PRESENT, *range(FIRST_AMOUNT, self.more + 1))
        locked = {("科室", col): self.beside for col in inputs}
        samples = {"科室": tuple(range(PRESENT, self.state + 1)), "状态": (BOTTOM_SECTION,)}
        return Face((1, self.mark), self.state, PRESENT, locked, samples, columns)


def bottom_key(section: str, clause_id: str) -> str:
    return f"{section}|{clause_id}"
