"""The small parts of an .xlsx: relationships, workbook, styles, shared strings."""

from __future__ import annotations

import posixpath
from typing import NamedTuple
from urllib.parse import unquote

from workbook_builder.intake.formats import format_flags, unescape
from workbook_builder.intake.limits import LIMITS
from workbook_builder.intake.markup import XmlReader
from workbook_builder.intake.model import Refusal
from workbook_builder.intake.package import Package
from workbook_builder.intake.runs import Look, look_of, struck

_STATES = {"hidden": "hidden", "veryHidden": "veryHidden"}


class Relation(NamedTuple):
    """One relationship: last word of its type, part it points to ("" if outside the file)."""

    kind: str
    target: str


class _Relations(XmlReader):
    root = "Relationships"

    def __init__(self, source: str) -> None:
        super().__init__()
        self._folder = posixpath.dirname(source)
        self.found: dict[str, Relation] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name != "Relationship":
            return
        kind = attributes.get("Type", "").rpartition("/")[2]
        target = ""
        if attributes.get("TargetMode") != "External":
            path = posixpath.join("/", self._folder, attributes.get("Target", "").replace("\\", "/"))
            target = posixpath.normpath(path).lstrip("/")
        self.found[attributes.get("Id", "")] = Relation(kind, target)
        if len(self.found) > LIMITS.part_count:
            raise Refusal("ZIP_TOO_MANY_PARTS", limit=LIMITS.part_count)


def read_relations(package: Package, source: str) -> dict[str, Relation]:
    """Relationships of the part `source` ("" for the package itself), by id; empty if it has none."""
    folder, name = posixpath.split(source)
    part = posixpath.join(folder, "_rels", name + ".rels")
    if part not in package:
        return {}
    reader = _Relations(source)
    reader.read(package.chunks(part), part)
    return {
        key: relation._replace(target=_spelling(package, relation.target)) for key, relation in reader.found.items()
    }


def _spelling(package: Package, target: str) -> str:
    """The target as the part is named: some programs percent-encode it in one of the two places."""
    return target if target in package or "%" not in target else unquote(target)


class SheetEntry(NamedTuple):
    """One sheet as the workbook part lists it."""

    name: str
    state: str
    relation: str


class WorkbookReader(XmlReader):
    """xl/workbook.xml: sheets in order, the date system, whether other workbooks are referred to."""

    root = "workbook"

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[SheetEntry] = []
        self.date1904 = False
        self.external_links = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            # The prefix of r:id is the file's own choice; sheetId has none.
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            state = _STATES.get(attributes.get("state", ""), "visible")
            self.sheets.append(SheetEntry(unescape(attributes.get("name", "")), state, relation))
            if len(self.sheets) > LIMITS.sheets:
                raise Refusal("TOO_MANY_CELLS", limit=LIMITS.cells)
        elif name == "workbookPr":
            self.date1904 = attributes.get("date1904", "0") in ("1", "true", "on")
        elif name == "externalReference":
            self.external_links = True


#: Lists within xl/styles.xml; what stands in others does not matter.
_GROUPS = ("fonts", "fills", "cellXfs", "cellStyleXfs", "numFmts")


class StylesReader(XmlReader):
    """xl/styles.xml: `flags` is (percent, date) per cell style, in order; `struck` the numbers of those struck out."""

    root = "styleSheet"

    def __init__(self) -> None:
        super().__init__()
        self.flags: list[tuple[bool, bool]] = []
        self.struck: set[str] = set()
        self._fonts = 0
        self._struck_fonts: set[str] = set()
        self._codes: dict[str, str] = {}
        self._known: dict[str, tuple[bool, bool]] = {}
        self._inside = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "xf":
            if self._inside == "cellXfs":
                if attributes.get("fontId") in self._struck_fonts:
                    self.struck.add(str(len(self.flags)))
                self.flags.append(self._flags(attributes.get("numFmtId", "0")))
                _hold_styles(len(self.flags))
        elif name == "numFmt":
            # A differential style may carry a format of the same id; only the list itself counts.
            if self._inside == "numFmts":
                self._codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
                _hold_styles(len(self._codes))
        elif name == "cellStyles":
            # Nothing after the cell formats matters here; expat goes on alone, checking the XML.
            self.parser.StartElementHandler = None
        elif name in _GROUPS:
            self._inside = name
        elif self._inside == "fonts":
            self._font(name, attributes)

    def _font(self, name: str, attributes: dict[str, str]) -> None:
        if name == "font":
            self._fonts += 1
            _hold_styles(self._fonts)
        elif look_of(name, attributes) is struck:
            self._struck_fonts.add(str(self._fonts - 1))

    def _flags(self, number_id: str) -> tuple[bool, bool]:
        flags = self._known.get(number_id)
        if flags is None:
            number = int(number_id) if number_id.isascii() and number_id.isdigit() else 0
            flags = self._known[number_id] = format_flags(number, self._codes.get(number_id))
        return flags


def _hold_styles(count: int) -> None:
    if count > LIMITS.styles:
        raise Refusal("TOO_MANY_STYLES", limit=LIMITS.styles)


class StringsReader(XmlReader):
    """xl/sharedStrings.xml: `strings` in order, rich text joined as it looks, phonetic guides left out."""

    root = "sst"

    def __init__(self) -> None:
        super().__init__()
        self.strings: list[str] = []
        self._pieces: list[str] = []
        self._phonetic = False
        self._open = False
        self._look: Look | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "t":
            if not self._phonetic:
                self.parser.CharacterDataHandler = self._looked if self._look else self._pieces.append
                self.parser.EndElementHandler = self._end_text
        elif name == "si":
            if self._open:
                self._close()
            self._open = True
        elif name == "rPh":
            # By the standard the runs of text come first, so nothing of this string follows a phonetic run.
            self._phonetic = True
        elif name == "r":
            self._look = None
        else:
            self._look = look_of(name, attributes) or self._look

    def _looked(self, text: str) -> None:
        self._pieces.append(self._look(text) if self._look else text)

    def _end_text(self, name: str) -> None:
        self.parser.CharacterDataHandler = self.parser.EndElementHandler = None

    def _close(self) -> None:
        pieces = self._pieces
        text = pieces[0] if len(pieces) == 1 else "".join(pieces)
        if len(text) > LIMITS.text:
            raise Refusal("CELL_TEXT_TOO_LONG", text[:20], limit=LIMITS.text)
        self.strings.append(unescape(text) if "_x" in text else text)
        pieces.clear()
        self._phonetic = False
        self._look = None
        if len(self.strings) > LIMITS.shared_strings:
            raise Refusal("TOO_MANY_STRINGS", limit=LIMITS.shared_strings)

    def finish(self) -> None:
        if self._open:
            self._close()
