"""A letter from a template that has been checked.

Comes in: the template's bytes and a letter. Goes out: the bytes of the .docx, the same on any day and machine. A template
is compiled once, however many sections get a letter from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from docxtpl import DocxTemplate
from jinja2 import Template

from workbook_builder.letters import nouns as n
from workbook_builder.letters.language import compiled, rendered
from workbook_builder.letters.names import Values, values
from workbook_builder.letters.package import DOCUMENT, Parts, read_parts, write_parts, written

_TEMPLATES_KEPT = 8
_to_text = DocxTemplate("").xml_to_string
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@dataclass(frozen=True, slots=True)
class LetterTemplate:
    """A template ready for any number of letters: its parts, those with placeholders compiled."""

    parts: Parts
    templates: dict[str, Template]


def check_copy(template: bytes, letter: n.CheckCopy) -> bytes:
    """核对稿 of one section. `template` has passed `load_letter_template`."""
    return make(_loaded(template), values(letter))


def notice(template: bytes, letter: n.Notice) -> bytes:
    """通报. `template` has passed `load_letter_template`."""
    return make(_loaded(template), values(letter))


def feedback(template: bytes, letter: n.Feedback) -> bytes:
    """反馈 of one section. `template` has passed `load_letter_template`."""
    return make(_loaded(template), values(letter))


def compile_parts(parts: Parts) -> LetterTemplate:
    """TemplateSyntaxError if a part is not written properly."""
    return LetterTemplate(parts, {name: compiled(as_word_writes(parts[name])) for name in written(parts)})


def as_word_writes(part: bytes) -> str:
    """The XML of a part as docxtpl expects it: one line, no declaration."""
    return _to_text(parse_xml(part))


def make(template: LetterTemplate, filling: Values) -> bytes:
    """The letter. SyntaxError (of the XML parser) if the template's tags tear the document's structure apart."""
    parts = dict(template.parts)
    for name, compiled_part in template.templates.items():
        xml = rendered(compiled_part, filling)
        if name == DOCUMENT:
            root = parse_xml(xml)
            _fit_tables(root)
            xml = _to_text(root)
        parts[name] = (_HEAD + xml).encode("utf-8")
    return write_parts(parts)


@lru_cache(maxsize=_TEMPLATES_KEPT)
def _loaded(data: bytes) -> LetterTemplate:
    parts, problems = read_parts(data, "")
    if parts is None:
        raise ValueError(f"template was not checked: {[found.code for found in problems]}")
    return compile_parts(parts)


def _fit_tables(root) -> None:
    """Give the width of columns that were left out to the others; Word would leave the table narrow."""
    for table in root.iter(qn("w:tbl")):
        grid = table.find(qn("w:tblGrid"))
        columns = [] if grid is None else list(grid)
        rows = [row.findall(qn("w:tc")) for row in table.findall(qn("w:tr"))]
        widths = next((found for row in rows if (found := _plain_widths(row))), [])
        if not widths or len(widths) >= len(columns) or any(_span(row) != len(widths) for row in rows):
            continue
        whole = sum(int(column.get(qn("w:w"), "0")) for column in columns)
        fitted = [width * whole // sum(widths) for width in widths]
        for column in columns[len(widths) :]:
            grid.remove(column)
        for column, width in zip(columns, fitted, strict=False):
            column.set(qn("w:w"), str(width))
        for row in rows:
            _set_widths(row, fitted)


def _spans(row) -> list[int]:
    found = [cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}") for cell in row]
    return [1 if span is None else int(span.get(qn("w:val"), "1")) for span in found]


def _span(row) -> int:
    return sum(_spans(row))


def _plain_widths(row) -> list[int]:
    """The widths of a row without merged cells; nothing if a cell has none."""
    found = [cell.find(f"{qn('w:tcPr')}/{qn('w:tcW')}") for cell in row]
    if any(width is None or width.get(qn("w:type")) != "dxa" for width in found) or _span(row) != len(row):
        return []
    widths = [int(width.get(qn("w:w"), "0")) for width in found]
    return widths if all(widths) else []


def _set_widths(row, widths: list[int]) -> None:
    start = 0
    for cell, span in zip(row, _spans(row), strict=True):
        width = cell.find(f"{qn('w:tcPr')}/{qn('w:tcW')}")
        if width is not None:
            width.set(qn("w:w"), str(sum(widths[start : start + span])))
        start += span
