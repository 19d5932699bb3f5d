"""One worksheet part of an .xlsx → sparse cells.

This is the inner loop of the whole collection, so the reader does as little as it can for each event: expat calls
Python for the end of an element only while a text is open, a styled empty cell costs one call, and equal
plain cells share one Cell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal
from functools import partial
from itertools import repeat

from workbook_builder.intake.arrays import mark_filled
from workbook_builder.intake.formats import to_decimal, unescape
from workbook_builder.intake.limits import LIMITS
from workbook_builder.intake.markup import XmlReader
from workbook_builder.intake.model import BOOL, DATE, EMPTY, ERROR, NO_CELL, NUMBER, TEXT, Cell, Refusal
from workbook_builder.intake.refs import a1, column_letters, parse_a1
from workbook_builder.intake.runs import Look, look_of

_TRUE = ("1", "true", "on")
_OWN_TEXT = ("str", "inlineStr")
#: Types of formulas that fill the whole of their range.
_FILLING = ("array", "dataTable")
_BOOLS = ("0", "1", "true", "false")

_NO_FLAGS = (False, False)

#: Entries that one of the memories below may hold; they are pure functions' results, so forgetting is harmless.
_MEMORY = 65_536

#: A Cell from a tuple of all its fields, without the keyword handling of calling the class: half the time.
_new_cell = partial(tuple.__new__, Cell)

#: Days between the two date systems; dates are handed on in the 1900 system.
_DAYS_1904 = 1462


class _Decimals(dict):
    """Stored text → number, None for a blank one; remembered, since scores and counts are few and recur."""

    def __missing__(self, text: str) -> Decimal | None:
        bare = text.strip()
        number = to_decimal(bare) if bare else None
        if len(self) >= _MEMORY:
            self.clear()
        self[text] = number
        return number


class _Places(dict):
    """A1 text → (row, column), remembered: the sheets of one collection use the same few thousand addresses."""

    def __missing__(self, ref: str) -> tuple[int, int]:
        try:
            row, col = parse_a1(ref)
        except ValueError as error:
            raise Refusal("CELL_UNREADABLE", ref) from error
        if row > LIMITS.max_row or col > LIMITS.max_col:
            raise Refusal(
                "TOO_LARGE_EXTENT", cell=a1(row, col), rows=LIMITS.max_row, columns=column_letters(LIMITS.max_col)
            )
        if len(self) >= _MEMORY:
            self.clear()
        self[ref] = row, col
        return row, col


_PLACES = _Places()
_DECIMALS = _Decimals()


class CellMaker:
    """Turns stored texts into cells; one for a book, so that sheets share strings, styles and cells.

    `shared`: stored index → cell of that shared string. `plain`: (type, style, stored text) → cell without formula.
    `struck`: numbers of the styles that strike a cell out.
    """

    def __init__(
        self, strings: list[str], styles: list[tuple[bool, bool]], date1904: bool, struck: Collection[str] = ()
    ) -> None:
        cells = map(_new_cell, zip(strings, repeat(TEXT), repeat(None), repeat(False)))
        self.shared: dict[str, Cell] = dict(zip(map(str, range(len(strings))), cells, strict=True))
        self.shared.update((str(index), NO_CELL) for index, text in enumerate(strings) if not text)
        self.plain: dict[tuple[str | None, str | None, str], Cell] = {}
        self._styles: dict[str | None, tuple[bool, bool]] = {str(index): flags for index, flags in enumerate(styles)}
        self._styles[None] = styles[0] if styles else _NO_FLAGS
        self._date1904 = date1904
        #: Attributes `s` of cells that are struck out; a cell without one has the first style.
        self.struck: set[str | None] = {*struck, None} if "0" in struck else set(struck)

    def make(self, kind: str | None, style: str | None, text: str, formula: str | None) -> Cell:
        """The cell; of kind "" if it holds no value. ValueError if the text does not fit the type."""
        if kind is None or kind == "n":
            value, shown, percent = self._number(text, style)
        elif kind == "str" or kind == "inlineStr":
            value, shown, percent = unescape(text), TEXT, False
        else:
            value, shown, percent = _other(kind, text.strip(), self.shared)
        if value is None or (value == "" and formula is None):
            cell = NO_CELL if formula is None else Cell(None, EMPTY, formula)
        else:
            cell = _new_cell((value, shown, formula, percent))
        if formula is None:
            if len(self.plain) >= _MEMORY:
                self.plain.clear()
            self.plain[kind, style, text] = cell
        return cell

    def _number(self, text: str, style: str | None) -> tuple[Decimal | None, str, bool]:
        # A style the file does not define: Excel would repair the book, a plain number is the careful reading.
        percent, date = self._styles.get(style, _NO_FLAGS)
        value = _DECIMALS[text]
        if not date or value is None:
            return value, NUMBER, percent
        return value + _DAYS_1904 if self._date1904 else value, DATE, False


def _other(kind: str, text: str, shared: dict[str, Cell]) -> tuple[str | bool | None, str, bool]:
    """(value, kind, percent) of a stored text that is neither a number nor text of its own."""
    if kind == "e":
        return text or "#N/A", ERROR, False
    if kind not in ("s", "b", "d"):
        raise ValueError(f"cell type {kind!r}")
    if not text:
        return None, EMPTY, False
    if kind == "d":
        return text, DATE, False
    if kind == "b":
        if text.lower() not in _BOOLS:
            raise ValueError(f"boolean {text!r}")
        return text.lower() in _TRUE, BOOL, False
    if text not in shared:
        raise Refusal("SHARED_STRING_MISSING", text)
    return shared[text].value, TEXT, False


class SheetReader(XmlReader):
    """xl/worksheets/sheetN.xml: fills `cells`, `protected`, `merged`, `struck`.

    A cell is finished when the next cell or row begins. Blanks between elements may by then have been added to
    its text; numbers, indices and formulas do not mind, real text does, so only for that the end is watched.
    """

    root = "worksheet"

    def __init__(self, maker: CellMaker, room: int) -> None:
        """`room`: how many more cells the book may hold."""
        super().__init__()
        self.cells: dict[tuple[int, int], Cell] = {}
        self.protected = False
        self.merged: list[str] = []
        self.struck: list[tuple[int, int]] = []
        self._maker = maker
        if maker.struck:
            # Hardly any book has such a style: none of the others pays for looking at it.
            self._store = self._store_struck
        self._plain = maker.plain
        self._shared = maker.shared
        self._room = room
        self._pieces: list[str] = []
        self._attributes: dict[str, str] = {"r": "0"}
        self._formula: str | None = None
        #: What the current cell has begun to say: "" nothing yet, "f" a formula, "v" a value.
        self._open = ""
        self._phonetic = False
        self._look: Look | None = None
        #: Ranges that one formula fills.
        self._filled: list[str] = []

    def begin(self, attributes: dict[str, str]) -> None:
        self._end = self.handler(self._text_ends)
        self.parser.CharacterDataHandler = self._pieces.append

    def read(self, chunks: Iterable[bytes], part: str) -> None:
        super().read(self._counted(chunks), part)

    def _counted(self, chunks: Iterable[bytes]) -> Iterable[bytes]:
        """The chunks, with the counts looked at between them: a chunk holds a few thousand cells at most."""
        for chunk in chunks:
            yield chunk
            if len(self.cells) > self._room:
                raise Refusal("TOO_MANY_CELLS", limit=LIMITS.cells)
            if len(self._pieces) > LIMITS.cells:
                raise Refusal("XML_TOKEN_TOO_LONG", self._part, part=self._part)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            if self._open:
                self._store()
            if "r" not in attributes:
                self._place(attributes)
            self._attributes = attributes
        elif name == "v":
            if self._open:
                self._value_follows()
            self._open = "v"
            self._pieces.clear()
            if self._attributes.get("t") in _OWN_TEXT:
                self.parser.EndElementHandler = self._end
        elif name == "row":
            if self._open:
                self._store()
            if "r" not in attributes:
                attributes["r"] = str(self._position()[0] + 1)
            self._attributes = attributes
        elif name == "f":
            self._formula_starts(attributes)
        elif name == "t":
            self._inline_starts()
        else:
            self._start_rare(name, attributes)

    def _start_rare(self, name: str, attributes: dict[str, str]) -> None:
        """The parts of inline text, and the few facts outside the grid."""
        if self._open and self._attributes.get("t") != "inlineStr":
            # The last cell must not take in the texts of page headers and validations that follow the grid.
            self._store()
        if name == "is" or name == "rPh":
            # By the standard the runs of text come first, so nothing of this text follows a phonetic run.
            self._phonetic = name == "rPh"
            self._look = None
        elif name == "r":
            self._look = None
        elif name == "strike" or name == "vertAlign":
            self._look = look_of(name, attributes) or self._look
        elif name == "mergeCell":
            self.merged.append(attributes.get("ref", ""))
            if len(self.merged) > LIMITS.merged:
                raise Refusal("TOO_MANY_CELLS", limit=LIMITS.cells)
        elif name == "sheetProtection":
            self.protected = attributes.get("sheet", "0") in _TRUE

    def _position(self) -> tuple[int, int]:
        """(row, column) of the cell or row read last; column 0 before the first cell of a row."""
        last = self._attributes.get("r", "0")
        if last.isascii() and last.isdigit() and len(last) < 8:
            return int(last), 0
        try:
            return parse_a1(last)
        except ValueError as error:
            raise Refusal("CELL_UNREADABLE", last) from error

    def _place(self, attributes: dict[str, str]) -> None:
        """Give a cell without an address the one after the last."""
        row, col = self._position()
        attributes["r"] = a1(max(row, 1), col + 1)

    def _take(self) -> str:
        text = "".join(self._pieces)
        self._pieces.clear()
        return text

    def _formula_starts(self, attributes: dict[str, str]) -> None:
        self._open = "f"
        self._pieces.clear()
        if attributes.get("t") in _FILLING:
            self._filled.append(attributes.get("ref", ""))

    def _value_follows(self) -> None:
        """A value follows something: after a formula that is now complete, after inline text it is idle."""
        if self._open == "v" and self._attributes.get("t") != "inlineStr":
            raise Refusal("CELL_TWICE", cell=self._attributes["r"])
        self._formula_ends()

    def _formula_ends(self) -> None:
        if self._open == "f":
            self._formula = self._take().strip()

    def _inline_starts(self) -> None:
        """A `t` element: inline text, joined over its runs until the next cell begins."""
        if self._phonetic or self._attributes.get("t") != "inlineStr":
            return
        if self._open != "v":
            self._formula_ends()
            self._pieces.clear()
            self._open = "v"
        self.parser.CharacterDataHandler = self._looked if self._look else self._pieces.append
        self.parser.EndElementHandler = self._end

    def _looked(self, text: str) -> None:
        self._pieces.append(self._look(text) if self._look else text)

    def _text_ends(self, name: str) -> None:
        """The text is complete: what follows inside this cell is layout of the XML."""
        self.parser.EndElementHandler = self.parser.CharacterDataHandler = None

    def _store(self) -> None:
        """Put the current cell, whose text is known now, into `cells`."""
        if self._open == "f":
            self._formula_ends()
        pieces, attributes, formula = self._pieces, self._attributes, self._formula
        kind = attributes.get("t")
        text = pieces[0] if len(pieces) == 1 else "".join(pieces)
        self._open = ""
        pieces.clear()
        # Equal cells are one Cell: strings by their index, the rest by type, style and stored text.
        if formula is not None:
            self._formula = cell = None
        elif kind == "s":
            cell = self._shared.get(text)
        else:
            cell = self._plain.get((kind, attributes.get("s"), text))
        if cell is None:
            cell = self._make(kind, text, formula)
        if cell is not NO_CELL:
            ref = attributes["r"]
            if self.cells.setdefault(_PLACES[ref], cell) is not cell:
                raise Refusal("CELL_TWICE", cell=ref)
        if kind in _OWN_TEXT:
            self.parser.CharacterDataHandler = pieces.append

    def _store_struck(self) -> None:
        attributes = self._attributes
        SheetReader._store(self)
        place = _PLACES[attributes["r"]]
        if attributes.get("s") in self._maker.struck and place in self.cells:
            self.struck.append(place)

    def _make(self, kind: str | None, text: str, formula: str | None) -> Cell:
        attributes = self._attributes
        if len(text) > LIMITS.text or len(formula or "") > LIMITS.text:
            raise Refusal("CELL_TEXT_TOO_LONG", text[:20], cell=attributes["r"], limit=LIMITS.text)
        try:
            return self._maker.make(kind, attributes.get("s"), text, formula)
        except ValueError as error:
            raise Refusal("CELL_UNREADABLE", text, cell=attributes["r"]) from error

    def finish(self) -> None:
        if self._open:
            self._store()
        mark_filled(self.cells, self._filled, self._room - len(self.cells))
        if len(self.cells) > self._room:
            raise Refusal("TOO_MANY_CELLS", limit=LIMITS.cells)
