"""The styles of an .ods, as far as they bear on meaning: hidden tables, percentage formats, struck-out text.

LibreOffice states a percentage as the type of the cell, except where the format has conditions; Gnumeric states it
in the format alone. So the formats are followed: cell style → parents → data style → conditions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from xml.parsers import expat

from workbook_builder.intake.limits import LIMITS
from workbook_builder.intake.markup import feed
from workbook_builder.intake.model import Refusal
from workbook_builder.intake.runs import Look, lowered, raised, struck

NS = "urn:oasis:names:tc:opendocument:xmlns:"
_STYLE = NS + "style:1.0 "
_TABLE = NS + "table:1.0 "
_NUMBER = NS + "datastyle:1.0 "
_NAME = _STYLE + "name"
#: How text is struck out; a program may state only one of the two.
_LINE, _LINE_TYPE = _STYLE + "text-line-through-style", _STYLE + "text-line-through-type"
#: A text position other than none, which is 0%: a word or the share of the height it is moved by.
_POSITION = re.compile(r"\s*(?:super|(?P<down>sub|-(?=[0-9.]*[1-9]))|\+?(?=[0-9.]*[1-9]))", re.ASCII)
#: Longest chain of parent styles followed; a loop ends there.
_MAX_PARENTS = 20


class OdsStyles:
    """Collects styles from styles.xml and content.xml; the later definition of a name wins."""

    def __init__(self) -> None:
        self.hidden_tables: set[str] = set()
        #: Style of a run of text → what it makes of it.
        self.looks: dict[str, Look] = {}
        self._table_name = ""
        self._data_name = ""
        self._text_name = ""
        self._cell_name = ""
        self._seen = 0
        self._percent_formats: set[str] = set()
        self._conditions: dict[str, list[str]] = {}
        #: Cell style → (its data style, its parent), each "" if not given.
        self._cells: dict[str, tuple[str, str]] = {}
        self._known: dict[str, bool] = {}
        #: Cell style → whether it strikes out, of those that say.
        self._struck: dict[str, bool] = {}
        self.starts: dict[str, Callable[[dict[str, str]], None]] = {
            _STYLE + "style": self._style,
            _STYLE + "table-properties": self._table,
            _STYLE + "text-properties": self._text,
            _STYLE + "map": self._condition,
            _NUMBER + "percentage-style": self._percentage,
            _NUMBER + "number-style": self._number,
        }

    def read(self, chunks: Iterable[bytes], part: str) -> None:
        """Take in styles.xml. Raises Refusal."""
        starts = self.starts

        def start(name: str, attributes: dict[str, str]) -> None:
            handle = starts.get(name)
            if handle is not None:
                handle(attributes)

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = start
        feed(parser, chunks, part)

    def is_percent(self, style: str) -> bool:
        """Whether numbers in cells of that style are shown as percentages. Ask only when all styles are read."""
        known = self._known.get(style)
        if known is None:
            known = self._known[style] = self._follow(style)
        return known

    def _follow(self, style: str) -> bool:
        for _ in range(_MAX_PARENTS):
            data, parent = self._cells.get(style, ("", ""))
            if data:
                formats = {data, *self._conditions.get(data, ())}
                return not formats.isdisjoint(self._percent_formats)
            style = parent
        return False

    def is_struck(self, style: str) -> bool:
        """Whether cells of that style are struck out as a whole."""
        for _ in range(_MAX_PARENTS if self.strikes else 0):
            if style in self._struck:
                return self._struck[style]
            style = self._cells.get(style, ("", ""))[1]
        return False

    @property
    def strikes(self) -> bool:
        """Whether any style of cells does; hardly any book has one."""
        return True in self._struck.values()

    def _style(self, attributes: dict[str, str]) -> None:
        self._one_more()
        name, family = attributes.get(_NAME, ""), attributes.get(_STYLE + "family", "")
        self._table_name = name if family == "table" else ""
        self._text_name = name if family == "text" else ""
        self._cell_name = name if family == "table-cell" else ""
        self._data_name = ""
        if family == "table-cell":
            data, parent = (
                attributes.get(_STYLE + "data-style-name", ""),
                attributes.get(_STYLE + "parent-style-name", ""),
            )
            self._cells[name] = data, parent
            self._struck.pop(name, None)

    def _table(self, attributes: dict[str, str]) -> None:
        if self._table_name and attributes.get(_TABLE + "display") == "false":
            self.hidden_tables.add(self._table_name)

    def _text(self, attributes: dict[str, str]) -> None:
        line = attributes.get(_LINE) or attributes.get(_LINE_TYPE)
        if self._cell_name and line:
            self._struck[self._cell_name] = line != "none"
        if not self._text_name:
            return
        position = _POSITION.match(attributes.get(_STYLE + "text-position", ""))
        if (line or "none") != "none":
            self.looks[self._text_name] = struck
        elif position:
            self.looks[self._text_name] = lowered if position["down"] else raised

    def _percentage(self, attributes: dict[str, str]) -> None:
        self._number(attributes)
        self._percent_formats.add(self._data_name)

    def _one_more(self) -> None:
        self._seen += 1
        if self._seen > LIMITS.styles:
            raise Refusal("TOO_MANY_STYLES", limit=LIMITS.styles)

    def _number(self, attributes: dict[str, str]) -> None:
        self._one_more()
        self._data_name = attributes.get(_NAME, "")
        self._percent_formats.discard(self._data_name)
        self._conditions.pop(self._data_name, None)

    def _condition(self, attributes: dict[str, str]) -> None:
        self._one_more()
        if self._data_name:
            target = attributes.get(_STYLE + "apply-style-name", "")
            self._conditions.setdefault(self._data_name, []).append(target)
