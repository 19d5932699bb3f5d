"""Draws templates/汇总首页.docx from scratch: the starting point that an office restyles in Word.

Run it only to begin anew; it overwrites the template. Measures are those by which `summary.printed_size` keeps everything
on one page.
"""

from __future__ import annotations

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_TAB_ALIGNMENT as TAB
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from make_letter_templates import (
    FANG,
    HEI,
    LATIN,
    SONG,
    TITLE,
    child,
    draw_header,
    field,
    fill,
    font,
    lines,
    save,
    table,
)

from workbook_builder.excel import palette
from workbook_builder.letters import OUTCOME_COLUMNS
from workbook_builder.summary import printed_size as z

SIDES = ("top", "left", "bottom", "right")
STRONG = ("名次", "等次", "总分")
FOOTER = 9
#: Of a millimetre.
TWIPS = 1440 / 25.4


def document():
    doc = Document()
    page = doc.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Mm(z.PAPER[0]), Mm(z.PAPER[1])
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = (Mm(side) for side in z.MARGINS)
    page.header_distance, page.footer_distance = Mm(9), Mm(7)
    normal = doc.styles["Normal"]
    normal.font.name, normal.font.size = LATIN, Pt(z.LIST.size)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FANG)
    for language in doc.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    doc.settings.odd_and_even_pages_header_footer = True
    for header in (page.header, page.even_page_header):
        draw_header(header)
    for footer in (page.footer, page.even_page_footer):
        draw_footer(footer)
    return doc


def draw_footer(footer):
    """批次号 to the left, the page to the right, as on the sheets; between them where the pages named here are found."""
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.style = "Normal"
    lines(paragraph, None)
    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(z.WIDTH / 2), TAB.CENTER)
    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(z.WIDTH), TAB.RIGHT)
    words = "{% if 批次号 %}批次号 {{ 批次号 }}{% endif %}\t本页同汇总表.xlsx首页，文中所称各页见该表\t第 "
    font(paragraph.add_run(words), SONG, FOOTER)
    for code, words in ((" PAGE ", " 页，共 "), (" NUMPAGES ", " 页")):
        field(paragraph, code, SONG, FOOTER)
        font(paragraph.add_run(words), SONG, FOOTER)
    for run in paragraph.runs:
        run.font.color.rgb = RGBColor.from_string(palette.FAINT)


def styled(paragraph, words, style, name, color=None, align=None, bold=False):
    """`words` in `paragraph` as `style` says."""
    lines(paragraph, style.line, style.before, style.after)
    paragraph.alignment = align
    run = font(paragraph.add_run(words), name, style.size, color, bold)
    if name in (TITLE, HEI):  # digits of a title are of its own typeface
        run.font.name = name
        run._element.rPr.rFonts.set(qn("w:eastAsia"), name)
    return paragraph


def tag(holder, words):
    """A paragraph that only holds a statement and leaves no trace."""
    styled(holder.add_paragraph(), words, z.NOTE, SONG, palette.FAINT)


def centred(doc, words, style, name, color=None):
    return styled(doc.add_paragraph(), words, style, name, color, ALIGN.CENTER)


def urgent(paragraph, name, style, color):
    """One line: as it is, or so that nobody overlooks it."""
    font(paragraph.add_run("{% if 条.要紧 %}"), name, style.size)
    font(paragraph.add_run("{{ 条.内容 }}"), name, style.size, color, bold=True)
    font(paragraph.add_run("{% else %}{{ 条.内容 }}{% endif %}"), name, style.size)


def each(holder, rows, style, align=None, color=None):
    tag(holder, f"{{%p for 条 in {rows} %}}")
    urgent(styled(holder.add_paragraph(), "", style, FANG, align=align), FANG, style, color)
    tag(holder, "{%p endfor %}")


# --- the table --------------------------------------------------------------------------------------------------------


def draw_table(doc):
    whole = sum(z.SHARES.values())
    widths = [z.WIDTH * z.SHARES[name] / whole for name in OUTCOME_COLUMNS]
    made = table(doc, widths)
    squeeze(made, z.PADDING, z.PADDING)
    frame(made, palette.LINE)
    head = add_row(made, widths, z.HEAD_ROW, repeated=True)
    for cell, name in zip(head.cells, OUTCOME_COLUMNS, strict=True):
        put(cell, f"{{{{ 表头{name} }}}}", z.HEAD, HEI, ALIGN.CENTER, palette.WHITE, fill=palette.NAVY)
    statement(made, "{%tr for 行 in 名次表 %}")
    statement(made, "{%tr if 行.优秀 %}")
    draw_section(made, widths, palette.GOOD)
    statement(made, "{%tr else %}")
    draw_section(made, widths, "")
    statement(made, "{%tr endif %}")
    statement(made, "{%tr endfor %}")


def draw_section(made, widths, shade):
    """A prototype: a section with the best grade, or another."""
    line = add_row(made, widths, z.ROW)
    for cell, name in zip(line.cells, OUTCOME_COLUMNS, strict=True):
        align = ALIGN.LEFT if name in z.LEFT else ALIGN.CENTER if name in z.MIDDLE else ALIGN.RIGHT
        put(cell, f"{{{{ 行.{name} }}}}", z.style_of(name), SONG, align, bold=name in STRONG, fill=shade)


def add_row(made, widths, height, repeated=False):
    line = made.add_row()
    line.height = Pt(height)
    shape = line._tr.get_or_add_trPr()
    child(shape, "w:cantSplit")
    if repeated:
        child(shape, "w:tblHeader")
    for cell, width in zip(line.cells, widths, strict=True):
        cell.width = Mm(width)
    return line


def put(cell, words, style, name, align, color=None, bold=False, fill=""):
    properties = cell._element.get_or_add_tcPr()
    if fill:
        child(properties, "w:shd", val="clear", color="auto", fill=fill)
    child(properties, "w:vAlign", val="center")
    paragraph = styled(cell.paragraphs[0], words, style, name, color, align, bold)
    if align == ALIGN.RIGHT:
        paragraph.paragraph_format.right_indent = Mm(z.INDENT)


def statement(made, words):
    line = made.add_row()
    fill(line.cells[0].merge(line.cells[-1]), words, SONG, "l", False)


def squeeze(made, *white):
    """Other white to the left and right of the texts than the letters have."""
    for side, wide in zip(made._element.tblPr.find(qn("w:tblCellMar")), white, strict=True):
        side.set(qn("w:w"), str(round(wide * TWIPS)))


def frame(made, color):
    edges = OxmlElement("w:tblBorders")
    made._element.tblPr.insert_element_before(edges, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    for side in (*SIDES, "insideH", "insideV"):
        if color:
            child(edges, f"w:{side}", val="single", sz=4, space=0, color=color)
        else:
            child(edges, f"w:{side}", val="nil")


# --- under the table --------------------------------------------------------------------------------------------------


def draw_lists(doc):
    """What waits to the left, what was decided to the right; the left alone takes the whole width."""
    widths = (z.WIDTH * z.FIRST, z.WIDTH * (1 - z.FIRST))
    made = table(doc, widths)
    squeeze(made, 0, z.BETWEEN)
    frame(made, "")
    heads, below = add_row(made, widths, 1), add_row(made, widths, 1)
    titles = ("{{ 待办标题 }}", "{% if 决定表 %}{{ 决定标题 }}{% else %}{{ 略去本列 }}{% endif %}")
    for place, (words, rows, color) in enumerate(zip(titles, ("待办表", "决定表"), (palette.RED, None), strict=True)):
        styled(heads.cells[place].paragraphs[0], words, z.LIST_HEADING, HEI, palette.NAVY)
        cell = below.cells[place]
        styled(cell.paragraphs[0], f"{{%p for 条 in {rows} %}}", z.NOTE, SONG, palette.FAINT)
        urgent(styled(cell.add_paragraph(), "", z.LIST, FANG), FANG, z.LIST, color)
        tag(cell, "{%p endfor %}")
        # A cell ends in a paragraph even where there is no line.
        lines(cell.add_paragraph(), 1)


def outcome():
    doc = document()
    centred(doc, "{{ 标题 }}", z.TITLE, TITLE)
    tag(doc, "{%p if 未审定 %}")
    centred(doc, "{{ 稿次全称 }}", z.STAGE, HEI, palette.RED)
    tag(doc, "{%p else %}")
    centred(doc, "{{ 稿次全称 }}", z.STAGE, HEI, palette.NAVY)
    tag(doc, "{%p endif %}")
    each(doc, "概况表", z.FACT, ALIGN.CENTER, palette.RED)
    styled(doc.add_paragraph(), "{{ 表名 }}", z.HEADING, HEI, palette.NAVY).paragraph_format.keep_with_next = True
    draw_table(doc)
    lines(doc.add_paragraph(), z.GAP)
    draw_lists(doc)
    lines(doc.add_paragraph(), z.GAP)
    tag(doc, "{%p for 条 in 说明表 %}")
    styled(doc.add_paragraph(), "{{ 条.内容 }}", z.NOTE, FANG, palette.SOFT_INK)
    tag(doc, "{%p endfor %}")
    save(doc, "汇总首页.docx")


if __name__ == "__main__":
    outcome()
