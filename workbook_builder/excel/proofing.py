"""What a restyled template would make hard to read or to fill in: every finding with sheet, cell and remedy.

Comes in: a `Template` that can be used. Goes out: warnings; nothing here keeps a workbook from being built.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workbook_builder.excel import measure, sizes
from workbook_builder.excel.ink import contrast, drawn
from workbook_builder.excel.template import (
    FORM_SHEET,
    REVIEW_ROWS,
    REVIEW_SHEET,
    ROWS,
    SECTION_SHEET,
    STATE_KEY,
    Proto,
    Template,
)
from workbook_builder.intake.refs import column_letters
from workbook_builder.layout import form, review_rows, skeleton
from workbook_builder.layout.plan import address
from workbook_builder.problems import Problem, Where, problem
from workbook_builder.rules import sheet as sh
from workbook_builder.rules import slots as sl

#: Contrast of text and ground (WCAG, for large text); points of a row per point of its font.
_LEAST_CONTRAST, _ROOM = 3.0, 1.15
#: Characters that a clause must have room for in one row.
_CLAUSE = 200
_WORDS = "汉汉汉汉汉汉"
_SCORE = "-10.5"
#: (sheet, prototype row) → column → what it must show without being cut.
_SHOWN: dict[tuple[str, str], dict[int, str]] = {
    (SECTION_SHEET, "考评项"): {skeleton.FULL: "100", skeleton.ITEM_SCORE: _SCORE},
    (SECTION_SHEET, "细则"): {
        skeleton.TEXT: _WORDS,
        skeleton.COUNTING: _WORDS,
        skeleton.ANSWER: _SCORE,
        skeleton.POINTS: _SCORE,
        skeleton.STATE: sl.NOT_HAPPENED,
        skeleton.REMARK: _WORDS,
    },
    (FORM_SHEET, "长文"): {form.CAPTION: _WORDS, form.ANSWER: _WORDS},
    (REVIEW_SHEET, "细则"): {
        review_rows.TEXT: _WORDS,
        review_rows.DECIDED: _SCORE,
        review_rows.POINTS: _SCORE,
        review_rows.STATE: sl.NOT_HAPPENED,
    },
}
#: (sheet, prototype row) → its inputs, and the column of a locked cell they must not look like.
_INPUTS: dict[tuple[str, str], tuple[tuple[int, ...], int]] = {
    (SECTION_SHEET, "细则"): ((skeleton.ANSWER, skeleton.REMARK), skeleton.COUNTING),
    (SECTION_SHEET, "分行"): ((skeleton.ANSWER, skeleton.REMARK), skeleton.COUNTING),
    (SECTION_SHEET, "自评"): ((skeleton.ANSWER,), skeleton.COUNTING),
    (FORM_SHEET, "短文"): ((form.ANSWER,), form.CAPTION),
    (FORM_SHEET, "长文"): ((form.ANSWER,), form.CAPTION),
    (REVIEW_SHEET, "细则"): ((review_rows.DECIDED, review_rows.REASON), review_rows.COUNTING),
}
_FACES = {SECTION_SHEET: skeleton.FACE, FORM_SHEET: form.FACE, REVIEW_SHEET: review_rows.FACE}
_STATES = {
    SECTION_SHEET: (sl.INVALID, sl.GROUP_INVALID, sl.MISSING, sl.PENDING, sl.FILLED, sl.NOT_HAPPENED, sh.READY_TEXT)
}
#: Where samples of states stand on the sheet that has no face of its own.
_BOTTOM_SAMPLE = 3


@dataclass(frozen=True, slots=True)
class _Page:
    """A sheet of the template with what judging it takes."""

    ws: object
    rows: dict[str, Proto]
    widths: dict[int, float]
    pixels: float
    where: Where

    def spot(self, row: int, col: int) -> Where:
        return self.where.at(cell=address(row, col))

    def room(self, proto: Proto, col: int) -> float:
        """Units of width of a prototype's cell with what is merged into it, without its indentation."""
        span = next(((a, b) for a, b in proto.merges if a <= col <= b), (col, col))
        wide = sum(self.widths.get(c, sizes.WIDTH) for c in range(span[0], span[1] + 1))
        return wide - sizes.type_of(self.ws.cell(proto.row, col))[2]


def proof(template: Template, name: str) -> list[Problem]:
    """Every warning about `template`, a file called `name`."""
    found: list[Problem] = []
    pixels = sizes.unit_pixels(template.book)
    for sheet, expected in (ROWS | REVIEW_ROWS).items():
        if sheet not in template.rows:
            continue
        ws = template.book[sheet]
        page = _Page(ws, template.rows[sheet], sizes.widths(ws), pixels, Where(name, sheet))
        found += _hidden(page, sheet, expected)
        found += _narrow(page, sheet)
        found += _states(page, sheet)
        for key in expected:
            found += _row(page, sheet, key)
    return found


def _hidden(page: _Page, sheet: str, expected) -> Iterator[Problem]:
    face = _FACES.get(sheet)
    shut = _shut_columns(page.ws)
    if face is not None:
        for col in range(2, face.last + 1):
            if col in shut and col not in face.hidden:
                yield problem("TEMPLATE_COLUMN_HIDDEN", page.spot(1, col), column_letters(col))
    for key in expected:
        proto = page.rows[key]
        if page.ws.row_dimensions[proto.row].hidden:
            yield problem("TEMPLATE_ROW_HIDDEN", page.spot(proto.row, 1), key, row=key)


def _shut_columns(ws) -> set[int]:
    shut: set[int] = set()
    for dimension in ws.column_dimensions.values():
        if dimension.hidden or dimension.width == 0:
            shut |= set(range(dimension.min, dimension.max + 1))
    return shut


def _narrow(page: _Page, sheet: str) -> Iterator[Problem]:
    shut = _shut_columns(page.ws)
    for (where, key), shown in _SHOWN.items():
        if where != sheet:
            continue
        proto = page.rows[key]
        for col, text in shown.items():
            size = sizes.type_of(page.ws.cell(proto.row, col))[0]
            needed = measure.least_width(text, size, page.pixels)
            if page.room(proto, col) < needed and col not in shut:
                width = f"{page.widths.get(col, sizes.WIDTH):.4g}"
                yield problem("TEMPLATE_COLUMN_NARROW", page.spot(proto.row, col), width, wanted=needed)


def _states(page: _Page, sheet: str) -> Iterator[Problem]:
    for state in _STATES.get(sheet, ()):
        if STATE_KEY + state not in page.rows:
            yield problem("TEMPLATE_STATE_MISSING", page.where, STATE_KEY + state)
    col = _FACES[sheet].sample if sheet in _FACES else _BOTTOM_SAMPLE
    for key, proto in page.rows.items():
        if key.startswith(STATE_KEY):
            yield from _faint(page, proto, key, col)


def _row(page: _Page, sheet: str, key: str) -> Iterator[Problem]:
    proto = page.rows[key]
    for col in sorted(proto.texts):
        yield from _faint(page, proto, key, col)
    biggest = max((sizes.type_of(page.ws.cell(proto.row, col))[0] for col in proto.texts), default=0.0)
    if proto.height is not None and proto.height < biggest * _ROOM:
        facts = {"row": key, "what": f"{biggest:g}", "wanted": f"{biggest * _ROOM:.0f}"}
        yield problem("TEMPLATE_ROW_LOW", page.spot(proto.row, 1), f"{proto.height:g}", **facts)
    yield from _long(page, proto, key)
    yield from _plain_inputs(page, sheet, proto, key)


def _faint(page: _Page, proto: Proto, key: str, col: int) -> Iterator[Problem]:
    ink, ground = drawn(page.ws.cell(proto.row, col))
    if ink is None or ground is None:
        return
    found = contrast(ink, ground)
    if found < _LEAST_CONTRAST:
        yield problem(
            "TEMPLATE_FAINT", page.spot(proto.row, col), f"{found:.1f}", row=key, wanted=f"{_LEAST_CONTRAST:g}"
        )


def _long(page: _Page, proto: Proto, key: str) -> Iterator[Problem]:
    if key != "细则":
        return
    for col, text in sorted(proto.texts.items()):
        size, wraps, inset = sizes.type_of(page.ws.cell(proto.row, col))
        if "细则" not in text or "{{" not in text or not wraps:
            continue
        lines = measure.lines("汉" * _CLAUSE, page.room(proto, col), size, page.pixels)
        if lines > measure.most_lines(size):
            yield problem("TEMPLATE_TEXT_LONG", page.spot(proto.row, col), _CLAUSE, row=key)


def _plain_inputs(page: _Page, sheet: str, proto: Proto, key: str) -> Iterator[Problem]:
    inputs, beside = _INPUTS.get((sheet, key), ((), 0))
    for col in inputs:
        cell, locked = page.ws.cell(proto.row, col), page.ws.cell(proto.row, beside)
        same_ground = drawn(cell)[1] == drawn(locked)[1]
        if same_ground and (not _framed(cell) or cell.border == locked.border):
            yield problem("TEMPLATE_INPUT_HIDDEN", page.spot(proto.row, col), key, row=key)


def _framed(cell) -> bool:
    return any(side is not None and side.style for side in (cell.border.left, cell.border.top, cell.border.bottom))
