"""A letter from a template that has been checked.

Comes in: the template's bytes and a letter. Goes out: the bytes of the .docx, the same on any day and machine. A template
is compiled once, however many sections get a letter from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from docxtpl import DocxTemplate
from jinja2 import Template

from workbook_builder.excel.palette import RED, TO_DO
from workbook_builder.letters import nouns as n
from workbook_builder.letters.language import compiled, rendered
from workbook_builder.letters.names import DEDUCTED, OMITTED, OPEN, Values, values
from workbook_builder.letters.package import DOCUMENT, Parts, read_parts, write_parts, written

_TEMPLATES_KEPT = 8
_to_text = DocxTemplate("").xml_to_string
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_WITHOUT_MARKS = str.maketrans("", "", OPEN + DEDUCTED)
#: What 汇总首页 shrinks or enlarges: type, lines, rows.
_SIZES = (("w:sz", "w:val"), ("w:szCs", "w:val"), ("w:trHeight", "w:val"))
_SPACES = ("w:line", "w:before", "w:after")
#: What follows the shade among the properties of a cell.
_AFTER_SHADE = ("w:noWrap", "w:tcMar", "w:textDirection", "w:tcFitText", "w:vAlign", "w:hideMark")


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


def outcome_page(template: bytes, page: n.OutcomePage) -> bytes:
    """汇总首页. `template` has passed `load_letter_template`."""
    return make(_loaded(template), values(page), page.size)


def compile_parts(parts: Parts) -> LetterTemplate:
    """TemplateSyntaxError if a part is not written properly."""
    return LetterTemplate(parts, {name: compiled(as_word_writes(parts[name])) for name in written(parts)})


def as_word_writes(part: bytes) -> str:
    """The XML of a part as docxtpl expects it: one line, no declaration."""
    return _to_text(parse_xml(part))


def make(template: LetterTemplate, filling: Values, size: int = 100) -> bytes:
    """The letter. SyntaxError (of the XML parser) if the template's tags tear the document's structure apart.

    size  per cent of the type sizes and line heights of the body
    """
    parts = dict(template.parts)
    for name, compiled_part in template.templates.items():
        xml = rendered(compiled_part, filling)
        if name == DOCUMENT:
            root = parse_xml(xml)
            _leave_out_columns(root)
            _mark_cells(root)
            _resize(root, size)
            xml = _to_text(root)
        xml = xml.translate(_WITHOUT_MARKS)
        parts[name] = (_HEAD + xml).encode("utf-8")
    return write_parts(parts)


@lru_cache(maxsize=_TEMPLATES_KEPT)
def _loaded(data: bytes) -> LetterTemplate:
    parts, problems = read_parts(data, "")
    if parts is None:
        raise ValueError(f"template was not checked: {[found.code for found in problems]}")
    return compile_parts(parts)


def _leave_out_columns(root) -> None:
    """Take the columns away whose head says so, and give their width to the others.

    A table with merged cells is left alone; the check of the template refuses what is then still marked.
    """
    for table in root.iter(qn("w:tbl")):
        rows = [row.findall(qn("w:tc")) for row in table.findall(qn("w:tr"))]
        columns = table.findall(f"{qn('w:tblGrid')}/{qn('w:gridCol')}")
        kept = [number for number, cell in enumerate(rows[0] if rows else []) if not _is_marked(cell)]
        regular = all(len(row) == len(columns) and not any(map(_is_merged, row)) for row in rows)
        if not regular or not 0 < len(kept) < len(columns):
            continue
        widths = [int(column.get(qn("w:w"), "0")) for column in columns]
        left = sum(widths[number] for number in kept) or 1
        for pieces in (columns, *rows):
            for number, piece in enumerate(pieces):
                if number in kept:
                    _set_width(piece, widths[number] * sum(widths) // left)
                else:
                    piece.getparent().remove(piece)


def _is_marked(cell) -> bool:
    return any(OMITTED in (text.text or "") for text in cell.iter(qn("w:t")))


def _is_merged(cell) -> bool:
    return cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}") is not None


def _set_width(piece, width: int) -> None:
    """The width of a column of the grid, or of a cell."""
    holder = piece if piece.tag == qn("w:gridCol") else piece.find(f"{qn('w:tcPr')}/{qn('w:tcW')}")
    if holder is not None:
        holder.set(qn("w:w"), str(width))


def _mark_cells(root) -> None:
    """Shade the cells of figures that are open, colour those that tell a deduction."""
    for text in root.iter(qn("w:t")):
        words = text.text or ""
        cell = next(text.iterancestors(qn("w:tc")), None)
        if OPEN in words and cell is not None:
            _shade(cell.get_or_add_tcPr())
        if DEDUCTED in words:
            _redden(text.getparent().get_or_add_rPr())


def _shade(properties) -> None:
    for old in properties.findall(qn("w:shd")):
        properties.remove(old)
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", TO_DO)):
        shade.set(qn(f"w:{name}"), value)
    properties.insert_element_before(shade, *_AFTER_SHADE)


def _redden(properties) -> None:
    properties.get_or_add_color().set(qn("w:val"), RED)
    properties.get_or_add_b().val = True


def _resize(root, size: int) -> None:
    if size == 100:
        return
    for tag, name in _SIZES:
        for piece in root.iter(qn(tag)):
            _multiply(piece, name, size)
    for piece in root.iter(qn("w:spacing")):
        # Lines without a rule are multiples of the type's own height, which is resized already.
        for name in _SPACES if piece.get(qn("w:lineRule")) in ("exact", "atLeast") else _SPACES[1:]:
            _multiply(piece, name, size)


def _multiply(piece, name: str, size: int) -> None:
    value = piece.get(qn(name))
    if value is not None and value.isdecimal():
        piece.set(qn(name), str(max(1, int(value) * size // 100)))
