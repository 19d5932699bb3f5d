"""content.xml of an .ods → sheets with sparse cells.

Repeats are the danger and the charm of the format: the million empty rows below a table are one element. A row is
collected once; only its valued cells are multiplied, within the limits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from xml.parsers import expat

from workbook_builder.intake.arrays import mark_filled
from workbook_builder.intake.formats import to_decimal
from workbook_builder.intake.limits import LIMITS
from workbook_builder.intake.markup import feed
from workbook_builder.intake.model import BOOL, DATE, EMPTY, ERROR, NUMBER, TEXT, Cell, Refusal, Sheet
from workbook_builder.intake.ods_styles import NS, OdsStyles
from workbook_builder.intake.refs import a1, column_letters
from workbook_builder.intake.runs import Look

_TABLE = NS + "table:1.0 "
_OFFICE = NS + "office:1.0 "
_TEXT = NS + "text:1.0 "
_STYLE_NAME = _TABLE + "style-name"
_DEFAULT_STYLE = _TABLE + "default-cell-style-name"
_CALC_TYPE = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"

_P, _SPAN = _TEXT + "p", _TEXT + "span"
_MATRIX = _TABLE + "number-matrix-"
#: Elements inside a cell whose text is the cell's; everything else (notes, drawings, ruby guides) is passed over.
_TRANSPARENT = frozenset(_TEXT + name for name in ("p", "span", "a", "ruby", "ruby-base", "s", "tab", "line-break"))
_CELLS = frozenset([_TABLE + "table-cell", _TABLE + "covered-table-cell"])
_FORMULA_PREFIX = re.compile(r"^(?:[A-Za-z][\w.-]*:)?=?")
_BLANKS = re.compile(r"[ \t\r\n]+")
#: Programs that know no error type store the error as the text it shows.
_ERRORS = frozenset(
    ["#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!"],
)
_ERROR_CODE = re.compile(r"(?:Err|错误|錯誤)[:：]\s*\d{3}")


class ContentReader:
    """Reads one content.xml; `sheets`, `external_links` and `comments` hold what was found."""

    def __init__(self, styles: OdsStyles) -> None:
        """`styles`: those of styles.xml; the ones of content.xml are added to them."""
        self.sheets: list[Sheet] = []
        self.external_links = False
        self.comments = False
        self._styles = styles
        self._room = LIMITS.cells
        self._tables = 0
        self._table: dict[str, str] = {}
        self._cells: dict[tuple[int, int], Cell] = {}
        self._merged: list[str] = []
        self._struck: set[tuple[int, int]] = set()
        #: Ranges that one formula fills.
        self._filled: list[str] = []
        self._linked = False
        self._defaults: list[str] = []
        self._row, self._row_repeat, self._row_style, self._column = 1, 1, "", 1
        self._row_cells: list[tuple[int, Cell]] = []
        self._row_struck: list[int] = []
        #: Whether any style strikes out; all styles come before the first table.
        self._strikes = False
        self._cell: dict[str, str] | None = None
        #: Blanks that the current cell has asked for.
        self._spaces = 0
        self._skip = 0
        self._paragraphs: list[list[str]] = []
        #: Of every open span, what its style makes of the text.
        self._looks: list[Look | None] = []
        self._starts = {
            **styles.starts,
            _TABLE + "table": self._table_starts,
            _TABLE + "table-column": self._column_found,
            _TABLE + "table-row": self._row_starts,
            _TABLE + "table-cell": self._cell_starts,
            _TABLE + "covered-table-cell": self._cell_starts,
            _TABLE + "table-source": self._source_found,
            _TABLE + "dde-link": self._link_starts,
        }
        self._ends = {
            _TABLE + "table": self._table_ends,
            _TABLE + "dde-link": self._link_ends,
            _TABLE + "table-row": self._row_ends,
            _TABLE + "table-cell": self._cell_ends,
            _TABLE + "covered-table-cell": self._cell_ends,
        }

    def read(self, chunks: Iterable[bytes], part: str) -> None:
        """Read the part through to its end. Raises Refusal."""
        parser = self._parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        try:
            feed(parser, chunks, part)
        finally:
            parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None
            self._parser = None

    # --- dispatch ---------------------------------------------------------------------------------------------

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._cell is not None:
            self._start_inside(name, attributes)
        elif (handle := self._starts.get(name)) is not None:
            handle(attributes)

    def _end(self, name: str) -> None:
        if self._cell is not None and name not in _CELLS or self._skip:
            self._end_inside(name)
        elif (handle := self._ends.get(name)) is not None:
            handle()

    def _start_inside(self, name: str, attributes: dict[str, str]) -> None:
        """An element within a cell: text is gathered from paragraphs of the cell itself."""
        if self._skip or name not in _TRANSPARENT:
            self._skip += 1
            self.comments = self.comments or name == _OFFICE + "annotation"
        elif name == _P:
            self._paragraphs.append([])
            self._looks.clear()
        elif name == _SPAN:
            outer = self._looks[-1] if self._looks else None
            self._looks.append(self._styles.looks.get(attributes.get(_TEXT + "style-name", ""), outer))
        elif self._paragraphs:
            self._add_white(name, attributes)
        self._parser.CharacterDataHandler = None if self._skip or not self._paragraphs else self._characters

    def _add_white(self, name: str, attributes: dict[str, str]) -> None:
        text = self._paragraphs[-1]
        if name == _TEXT + "s":
            count = attributes.get(_TEXT + "c", "1")
            # A few bytes may ask for a million blanks, and may ask again and again.
            wanted = min(_count(count), LIMITS.text + 1)
            self._spaces += wanted
            if self._spaces > LIMITS.text:
                self._refuse_text("")
            text.append(" " * wanted)
        elif name == _TEXT + "tab":
            text.append("\t")
        elif name == _TEXT + "line-break":
            text.append("\n")

    def _end_inside(self, name: str) -> None:
        if self._skip:
            self._skip -= 1
        elif name == _SPAN and self._looks:
            self._looks.pop()
        inside = not self._skip and self._paragraphs and name != _P
        self._parser.CharacterDataHandler = self._characters if inside else None

    def _characters(self, text: str) -> None:
        # Runs of blanks count as one; a program that means more of them writes text:s.
        text = _BLANKS.sub(" ", text)
        look = self._looks[-1] if self._looks else None
        self._paragraphs[-1].append(look(text) if look else text)

    # --- tables -----------------------------------------------------------------------------------------------

    def _table_starts(self, attributes: dict[str, str]) -> None:
        self._tables += 1
        if self._tables > 1:
            return
        if len(self.sheets) >= LIMITS.sheets:
            raise Refusal("TOO_MANY_CELLS", limit=LIMITS.cells)
        self._table = attributes
        self._cells, self._merged, self._filled, self._defaults, self._struck = {}, [], [], [], set()
        self._strikes = self._styles.strikes
        self._linked = False
        self._row = 1

    def _column_found(self, attributes: dict[str, str]) -> None:
        """Columns give a style to the cells that name none."""
        repeat = _count(attributes.get(_TABLE + "number-columns-repeated", "1"))
        room = LIMITS.max_col - len(self._defaults)
        if self._tables == 1 and room > 0:
            self._defaults += [attributes.get(_DEFAULT_STYLE, "")] * min(repeat, room)

    def _link_starts(self, attributes: dict[str, str]) -> None:
        # The table inside is a copy of foreign data: counted as a nested one, it is passed over.
        self.external_links = True
        self._tables += 1

    def _link_ends(self) -> None:
        self._tables -= 1

    def _source_found(self, attributes: dict[str, str]) -> None:
        # LibreOffice keeps a copy of each referred workbook as a table of its own; it is no sheet of this book.
        self.external_links = True
        self._linked = self._linked or self._table.get(_TABLE + "name", "").startswith("'file:")

    def _table_ends(self) -> None:
        self._tables -= 1
        if self._tables or self._linked:
            return
        attributes = self._table
        read = len(self._cells)
        mark_filled(self._cells, self._filled, self._room)
        self._room -= len(self._cells) - read
        hidden = attributes.get(_STYLE_NAME, "") in self._styles.hidden_tables
        hidden = hidden or attributes.get(_TABLE + "display") == "false"
        protected = attributes.get(_TABLE + "protected") == "true"
        self.sheets.append(
            Sheet(
                name=attributes.get(_TABLE + "name", ""),
                state="hidden" if hidden else "visible",
                cells=self._cells,
                protected=protected,
                merged=tuple(self._merged),
                struck=frozenset(self._struck),
            )
        )

    # --- rows and cells ---------------------------------------------------------------------------------------

    def _row_starts(self, attributes: dict[str, str]) -> None:
        if self._tables != 1:
            return
        self._row_repeat = _count(attributes.get(_TABLE + "number-rows-repeated", "1"))
        self._row_style = attributes.get(_DEFAULT_STYLE, "")
        self._column = 1
        self._row_cells = []
        self._row_struck = []

    def _row_ends(self) -> None:
        if self._tables != 1:
            return
        row, repeat = self._row, self._row_repeat
        self._row += repeat
        if not self._row_cells:
            return
        if row + repeat - 1 > LIMITS.max_row:
            self._refuse_extent(row + repeat - 1, self._row_cells[0][0])
        self._room -= repeat * len(self._row_cells)
        if self._room < 0:
            raise Refusal("TOO_MANY_CELLS", sheet=self._name(), limit=LIMITS.cells)
        for place in range(row, row + repeat):
            for column, cell in self._row_cells:
                self._cells[place, column] = cell
            if self._row_struck:
                self._struck.update((place, column) for column in self._row_struck)

    def _cell_starts(self, attributes: dict[str, str]) -> None:
        if self._tables == 1:
            self._cell = attributes
            self._paragraphs = []
            self._spaces = 0

    def _cell_ends(self) -> None:
        attributes, self._cell = self._cell, None
        if attributes is None:
            return
        column = self._column
        repeat = _count(attributes.get(_TABLE + "number-columns-repeated", "1"))
        self._column += repeat
        if _TABLE + "number-columns-spanned" in attributes:
            self._note_merged(attributes, column)
        cell = self._made(attributes, column)
        if cell is None:
            return
        if column + repeat - 1 > LIMITS.max_col:
            self._refuse_extent(self._row, column + repeat - 1)
        places = range(column, column + repeat)
        self._row_cells.extend((place, cell) for place in places)
        if self._strikes and self._styles.is_struck(self._style_at(attributes, column)):
            self._row_struck.extend(places)

    def _note_merged(self, attributes: dict[str, str], column: int) -> None:
        wide = _count(attributes.get(_TABLE + "number-columns-spanned", "1"))
        high = _count(attributes.get(_TABLE + "number-rows-spanned", "1"))
        if wide > 1 or high > 1:
            row = self._row
            self._merged.append(f"{a1(row, column)}:{a1(row + high - 1, column + wide - 1)}")
        if len(self._merged) > LIMITS.merged:
            raise Refusal("TOO_MANY_CELLS", sheet=self._name(), limit=LIMITS.cells)

    def _note_filled(self, attributes: dict[str, str], column: int) -> None:
        wide = _count(attributes.get(_MATRIX + "columns-spanned", "1"))
        high = _count(attributes.get(_MATRIX + "rows-spanned", "1"))
        if wide > 1 or high > 1:
            self._filled.append(f"{a1(self._row, column)}:{a1(self._row + high - 1, column + wide - 1)}")

    def _made(self, attributes: dict[str, str], column: int) -> Cell | None:
        formula = attributes.get(_TABLE + "formula")
        if formula is not None:
            formula = _FORMULA_PREFIX.sub("", formula)
            self._note_filled(attributes, column)
            self.external_links = self.external_links or "'file:" in formula
        text = "\n".join("".join(pieces) for pieces in self._paragraphs)
        if max(map(len, (text, formula or "", attributes.get(_OFFICE + "string-value", "")))) > LIMITS.text:
            self._refuse_text(text)
        try:
            value, kind, percent = _typed(attributes, text)
        except ValueError as error:
            where = a1(self._row, column)
            raise Refusal("CELL_UNREADABLE", text, sheet=self._name(), cell=where) from error
        if kind == NUMBER and not percent:
            percent = self._styles.is_percent(self._style_at(attributes, column))
        elif kind == TEXT and formula is not None and (text in _ERRORS or _ERROR_CODE.fullmatch(text)):
            kind = ERROR
        if value is None or (value == "" and formula is None):
            return None if formula is None else Cell(None, EMPTY, formula)
        return Cell(value, kind, formula, percent)

    def _style_at(self, attributes: dict[str, str], column: int) -> str:
        default = self._defaults[column - 1] if column <= len(self._defaults) else ""
        return attributes.get(_STYLE_NAME) or self._row_style or default

    def _refuse_text(self, text: str) -> None:
        where = a1(self._row, self._column)
        raise Refusal("CELL_TEXT_TOO_LONG", text[:20], sheet=self._name(), cell=where, limit=LIMITS.text)

    def _name(self) -> str:
        return self._table.get(_TABLE + "name", "")

    def _refuse_extent(self, row: int, column: int) -> None:
        raise Refusal(
            "TOO_LARGE_EXTENT",
            sheet=self._name(),
            cell=a1(row, column),
            rows=LIMITS.max_row,
            columns=column_letters(LIMITS.max_col),
        )


def _count(text: str) -> int:
    """A repeat or span; ODF counts are positive, anything else is read as 1."""
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def _typed(attributes: dict[str, str], text: str) -> tuple[str | Decimal | bool | None, str, bool]:
    """(value, kind, percent) by the stated type of a cell; `text` is what it shows. ValueError if they disagree."""
    if attributes.get(_CALC_TYPE) == "error":
        return text or "#N/A", ERROR, False
    kind = attributes.get(_OFFICE + "value-type")
    if kind in ("float", "percentage", "currency"):
        return to_decimal(attributes.get(_OFFICE + "value", "").strip()), NUMBER, kind == "percentage"
    if kind == "date" or kind == "time":
        return attributes.get(f"{_OFFICE}{kind}-value") or text, DATE, False
    if kind == "boolean":
        stated = attributes.get(_OFFICE + "boolean-value", "").strip().lower()
        if stated not in ("true", "false"):
            raise ValueError(f"boolean {stated!r}")
        return stated == "true", BOOL, False
    if kind is None and not text:
        return None, EMPTY, False
    return text or attributes.get(_OFFICE + "string-value", ""), TEXT, False
