"""The stable-save pass: what openpyxl saves, made true and repeatable.

Comes in: an openpyxl workbook and the value of every formula. Goes out: bytes in which each formula carries its
value, no empty cell claims to be a number, and nothing depends on the clock, the user or the order of a dict.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from xml.sax.saxutils import escape

from workbook_builder.rules.excel import number

#: sheet title → A1 → value of the formula there
Cached = Mapping[str, Mapping[str, object]]

_EPOCH = (1980, 1, 1, 0, 0, 0)
_FORMULA_CELL = re.compile(r'<c r="([A-Z]+[0-9]+)"((?: s="[0-9]+")?)[^>]*><f>(.*?)</f><v ?/?>(?:</v>)?</c>', re.DOTALL)
_EMPTY_NUMBER = re.compile(r'(<c r="[A-Z]+[0-9]+"(?: s="[0-9]+")?) t="n"( ?/>|></c>)')
_CORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:creator>kaoping</dc:creator>'
    '<dcterms:created xsi:type="dcterms:W3CDTF">2000-01-01T00:00:00Z</dcterms:created>'
    '<dcterms:modified xsi:type="dcterms:W3CDTF">2000-01-01T00:00:00Z</dcterms:modified></cp:coreProperties>'
)


def stable_save(workbook, cached: Cached) -> bytes:
    """`workbook` as bytes. ValueError if a formula has no value in `cached`: that is a bug of ours."""
    raw = io.BytesIO()
    # Stored, not deflated: the parts are rewritten and compressed once, below. The writer closes the archive.
    _writer()(workbook, zipfile.ZipFile(raw, "w", zipfile.ZIP_STORED)).save()
    part_of = {f"xl/worksheets/sheet{n}.xml": ws.title for n, ws in enumerate(workbook.worksheets, 1)}
    out = io.BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w") as target:
        for name in sorted(source.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            data = source.read(name)
            if name in part_of:
                data = _with_values(data.decode("utf-8"), cached.get(part_of[name], {}), part_of[name]).encode("utf-8")
            elif name == "docProps/core.xml":
                data = _CORE.encode("utf-8")
            elif name.startswith("xl/worksheets/_rels/"):
                # Both are allowed; exceljs finds only what is named from the sheet.
                data = data.replace(b'Target="/xl/', b'Target="../')
            write_part(target, name, data)
    return out.getvalue()


@cache
def _writer():
    """openpyxl's writer, but sheets pass through memory.

    Its own puts each into a temporary file: a full disk there would end the run with an error of lxml's, and what people
    had typed would be left lying.
    """
    from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
    from openpyxl.worksheet._writer import WorksheetWriter
    from openpyxl.writer.excel import ExcelWriter

    class InMemory(ExcelWriter):
        def write_worksheet(self, ws):
            ws._drawing = SpreadsheetDrawing()
            ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
            writer = WorksheetWriter(ws, out=io.BytesIO())
            writer.write()
            ws._rels = writer._rels
            self._archive.writestr(ws.path[1:], writer.read())
            self.manifest.append(ws)

    return InMemory


def as_saved_here(data: bytes) -> bool:
    """Whether `data` is a workbook of ours that no office program has saved since: they all write their own core part."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return package.read("docProps/core.xml") == _CORE.encode("utf-8")
    except (KeyError, OSError, ValueError, zipfile.BadZipFile):
        return False


def write_part(target: zipfile.ZipFile, name: str, data: bytes) -> None:
    """One zip entry without date, user or platform."""
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 0
    info.external_attr = 0
    target.writestr(info, data, compresslevel=6)


def _with_values(xml: str, values: Mapping[str, object], sheet: str) -> str:
    def fill(match: re.Match[str]) -> str:
        ref, style, formula = match.groups()
        if ref not in values:
            raise ValueError(f"formula without a value: {sheet}!{ref}")
        kind, text = _typed(values[ref])
        return f'<c r="{ref}"{style}{kind}><f>{formula}</f><v>{text}</v></c>'

    xml, count = _FORMULA_CELL.subn(fill, xml)
    if count != len(values) or count != xml.count("<f>") + xml.count("<f "):
        raise ValueError(f"{sheet}: {len(values)} values for {xml.count('<f>')} formulas, {count} filled")
    return _EMPTY_NUMBER.sub(r"\1\2", xml)


def _typed(value: object) -> tuple[str, str]:
    if isinstance(value, bool):
        return ' t="b"', str(int(value))
    if isinstance(value, Decimal):
        return "", number(value)
    if isinstance(value, int):
        return "", str(value)
    return ' t="str"', escape(str(value))
