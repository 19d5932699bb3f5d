"""Draws templates/核对稿.docx, 通报.docx and 反馈.docx from scratch: the starting point that an office restyles in Word.

Run it only to begin anew; it overwrites the templates. Nothing in the program depends on the looks chosen here. Measures
follow the format of official documents: margins 37, 35, 28 and 26 mm, text of 三号 in lines of 28.5 points.
"""

from __future__ import annotations

import io
from pathlib import Path

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from workbook_builder.excel.palette import FAINT, FALLBACKS, FANG, HEI, LETTERHEAD, RED, SONG, TITLE
from workbook_builder.letters.package import read_parts, write_parts

TARGET = Path(__file__).resolve().parent.parent / "templates"
LATIN = "Times New Roman"
#: 二号, 三号, 小四 and what is smaller.
SIZE_TITLE, SIZE_TEXT, SIZE_TABLE, SIZE_HEADER, SIZE_BATCH = 22, 16, 12, 10.5, 8
LINE, CELL_LINE = 28.5, 15.5
#: A4 between the margins.
WIDTH = 156


# --- pieces ---------------------------------------------------------------------------------------------------------


def child(parent, tag, **attributes):
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    parent.append(made)
    return made


def font(run, name, size, color=None, bold=False):
    run.font.name, run.font.size, run.font.bold = LATIN, Pt(size), bold
    run._element.rPr.rFonts.set(qn("w:eastAsia"), name)
    # Quotation marks and dashes belong to both scripts; this makes them Chinese.
    run._element.rPr.rFonts.set(qn("w:hint"), "eastAsia")
    if color:
        run.font.color.rgb = RGBColor.from_string(color)
    return run


def lines(paragraph, points, before=0.0, after=0.0):
    """Exact line height; `points` None lets the line grow with its text."""
    shape = paragraph.paragraph_format
    shape.space_before, shape.space_after = Pt(before), Pt(after)
    if points is None:
        shape.line_spacing_rule = WD_LINE_SPACING.SINGLE
    else:
        shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(points)


def indent(paragraph, characters):
    first = child(paragraph._element.get_or_add_pPr(), "w:ind")
    first.set(qn("w:firstLineChars"), str(characters * 100))
    first.set(qn("w:firstLine"), str(characters * SIZE_TEXT * 20))


def tag(doc, text):
    """A paragraph that only holds a statement and leaves no trace."""
    paragraph = doc.add_paragraph()
    lines(paragraph, 14)
    font(paragraph.add_run(text), SONG, SIZE_HEADER, FAINT)


def text(doc, words, align=None, first=2, name=FANG, before=0.0, after=0.0):
    """One paragraph of the body."""
    paragraph = doc.add_paragraph()
    lines(paragraph, LINE, before, after)
    if align is None and first:
        indent(paragraph, first)
    paragraph.alignment = ALIGN.JUSTIFY if align is None else align
    font(paragraph.add_run(words), name, SIZE_TEXT)
    return paragraph


def heading(doc, words):
    paragraph = text(doc, words, name=HEI, before=6, after=3)
    paragraph.paragraph_format.keep_with_next = True


def title(doc, words, before=0.0, after=14.0):
    paragraph = doc.add_paragraph()
    paragraph.alignment = ALIGN.CENTER
    lines(paragraph, 33, before, after)
    font(paragraph.add_run(words), TITLE, SIZE_TITLE)


def field(paragraph, code, name, size):
    for kind, words in (("begin", None), (None, code), ("separate", None), ("text", "1"), ("end", None)):
        run = font(paragraph.add_run(words if kind == "text" else ""), name, size)
        if kind in ("begin", "separate", "end"):
            child(run._element, "w:fldChar", fldCharType=kind)
        elif kind is None:
            instruction = child(run._element, "w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = words


# --- tables ---------------------------------------------------------------------------------------------------------


def table(doc, widths):
    made = doc.add_table(rows=0, cols=len(widths))
    made.style, made.alignment, made.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Mm(width)
    margins = OxmlElement("w:tblCellMar")
    made._element.tblPr.insert_element_before(margins, "w:tblLook")
    for side in ("left", "right"):
        child(margins, f"w:{side}", w=70, type="dxa")
    return made


def row(made, texts, widths, head=False, name=FANG, aligns="", height=6.5, bold=False):
    """One row. `aligns`: l or c per cell, centred unless told; None in `texts` joins a cell to the one before."""
    line = made.add_row()
    line.height = Mm(height)
    shape = line._tr.get_or_add_trPr()
    child(shape, "w:cantSplit")
    if head:
        child(shape, "w:tblHeader")
    cells = list(line.cells)
    for cell, width in zip(cells, widths, strict=True):
        cell.width = Mm(width)
    for number, words in enumerate(texts):
        if words is None:
            continue
        last = number
        while last + 1 < len(texts) and texts[last + 1] is None:
            last += 1
        cell = cells[number].merge(cells[last]) if last > number else cells[number]
        fill(cell, words, HEI if head else name, "l" if aligns[number : number + 1] == "l" else "c", bold)
    return line


def fill(cell, words, name, align, bold):
    child(cell._element.get_or_add_tcPr(), "w:vAlign", val="center")
    paragraph = cell.paragraphs[0]
    paragraph.alignment = ALIGN.LEFT if align == "l" else ALIGN.CENTER
    lines(paragraph, CELL_LINE, 1.5, 1.5)
    font(paragraph.add_run(words), name, SIZE_TABLE, bold=bold)


def statement(made, words):
    """A row that only holds a statement and leaves no trace."""
    line = made.add_row()
    fill(line.cells[0].merge(line.cells[-1]), words, SONG, "l", False)


# --- the page -------------------------------------------------------------------------------------------------------


def document():
    doc = Document()
    page = doc.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.PORTRAIT, Mm(210), Mm(297)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    page.header_distance, page.footer_distance = Mm(20), Mm(24)
    normal = doc.styles["Normal"]
    normal.font.name, normal.font.size = LATIN, Pt(SIZE_TEXT)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FANG)
    for language in doc.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    doc.settings.odd_and_even_pages_header_footer = True
    for header in (page.header, page.even_page_header):
        draw_header(header)
    for footer, side in ((page.footer, ALIGN.RIGHT), (page.even_page_footer, ALIGN.LEFT)):
        draw_footer(footer, side)
    return doc


def draw_header(header):
    header.is_linked_to_previous = False
    paragraph = header.paragraphs[0]
    paragraph.style, paragraph.alignment = "Normal", ALIGN.CENTER
    lines(paragraph, None)
    words = "{% if 标记 %}{{ 标记 }}　{% endif %}{{ 稿次提示 }}"
    font(paragraph.add_run(words), HEI, SIZE_HEADER, RED)


def draw_footer(footer, side):
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.style, paragraph.alignment = "Normal", side
    lines(paragraph, None)
    font(paragraph.add_run("　–" if side == ALIGN.LEFT else "–"), SONG, 14)
    font(paragraph.add_run(" "), SONG, 14)
    field(paragraph, " PAGE ", SONG, 14)
    font(paragraph.add_run(" –　" if side == ALIGN.RIGHT else " –"), SONG, 14)
    below = footer.add_paragraph()
    below.alignment = ALIGN.CENTER
    lines(below, None)
    font(below.add_run("{% if 批次号 %}批次号 {{ 批次号 }}{% endif %}"), SONG, SIZE_BATCH, FAINT)


def sign(doc, *words):
    """落款: right, four characters from the margin."""
    for number, piece in enumerate(words):
        paragraph = text(doc, piece, ALIGN.RIGHT, before=LINE / 2 if number == 0 else 0)
        paragraph.paragraph_format.keep_with_next = number + 1 < len(words)
        paragraph.paragraph_format.right_indent = Pt(SIZE_TEXT * 2)


def each(doc, variable, rows, words, keep=False):
    """The paragraph `words` for every row of a list; `keep` it on the page of what follows."""
    tag(doc, f"{{%p for {variable} in {rows} %}}")
    text(doc, words).paragraph_format.keep_with_next = keep
    tag(doc, "{%p endfor %}")


def save(doc, name):
    raw = io.BytesIO()
    doc.save(raw)
    parts, problems = read_parts(raw.getvalue(), name)
    if parts is None:
        raise SystemExit([problem.message for problem in problems])
    fonts = "".join(
        f'<w:font w:name="{family}"><w:altName w:val="{other}"/></w:font>' for family, other in FALLBACKS.items()
    )
    table_part = parts["word/fontTable.xml"].decode("utf-8")
    parts["word/fontTable.xml"] = table_part.replace("</w:fonts>", fonts + "</w:fonts>").encode("utf-8")
    (TARGET / name).write_bytes(write_parts(parts))


# --- 核对稿 ---------------------------------------------------------------------------------------------------------


def check_copy():
    doc = document()
    title(doc, "{{ 年度 }}年度{{ 考评名称 }}核对稿")
    text(doc, "{{ 科室 }}：", first=0)
    text(
        doc,
        "现将你科室考评的核定情况送请核对。本稿只列你科室情况，不含名次和等次。请核对后在文末签署意见，"
        "于{{ 交回时间 }}前交回{{ 承办科室 }}{% if 联系方式 %}（{{ 联系方式 }}）{% endif %}。",
    )
    heading(doc, "一、各项得分")
    draw_figures(doc)
    heading(doc, "二、核定与自评不一致的细则{% if not 调整表 %}：无{% endif %}")
    tag(doc, "{%p if 调整表 %}")
    draw_changes(doc)
    tag(doc, "{%p endif %}")
    for number, words, rows in (("三", "突破底线扣分", "底线表"), ("四", "特色工作", "特色表")):
        heading(doc, f"{number}、{words}{{% if not {rows} %}}：无{{% endif %}}")
        # The answer is signed below: it never stands alone on a page.
        each(doc, "条", rows, "{{ 条.序号 }}{{ 条.内容 }}", keep=True)
    tag(doc, "{%p if 说明表 %}")
    heading(doc, "五、其他说明")
    each(doc, "条", "说明表", "{{ 条.序号 }}{{ 条.内容 }}", keep=True)
    tag(doc, "{%p endif %}")
    draw_answer(doc)
    save(doc, "核对稿.docx")


def draw_figures(doc):
    widths = (11, 52, 13, 15, 15, 15, 35)
    made = table(doc, widths)
    row(made, ("序号", "考评项", "分值", "自评", "核定", "差异", "核定说明"), widths, head=True)
    statement(made, "{%tr for 部分 in 部分表 %}")
    statement(made, "{%tr for 行 in 部分.明细 %}")
    row(made, tuple(f"{{{{ 行.{name} }}}}" for name in ["序号", "考评项", "分值", "自评", "核定", "差异", "说明"]), widths, aligns="clccccl")
    statement(made, "{%tr endfor %}")
    figures = tuple(f"{{{{ 部分.{name} }}}}" for name in ["分值", "自评", "核定", "差异", "说明"])
    part = row(made, ("{{ 部分.部分 }}{% if 部分.明细 %}小计{% endif %}", None, *figures), widths, name=HEI, aligns="ccccccl")
    for cell in part.cells:  # the total never stands alone on a page
        cell.paragraphs[0].paragraph_format.keep_with_next = True
    statement(made, "{%tr endfor %}")
    row(
        made,
        ("总　分", None, "", "{{ 自评总分 }}", "{{ 核定总分 }}", "{{ 总分差异 }}", ""),
        widths,
        name=HEI,
        height=9,
    )


def draw_changes(doc):
    widths = (11, 60, 15, 15, 35, 20)
    made = table(doc, widths)
    row(made, ("序号", "评分细则", "自评", "核定", "核定理由", "核定者"), widths, head=True)
    statement(made, "{%tr for 行 in 调整表 %}")
    shown = ("{{ 行.序号 }}", "{{ 行.考评项 }}：{{ 行.细则 }}", "{{ 行.自评 }}", "{{ 行.核定 }}", "{{ 行.理由 }}", "{{ 行.核定人 }}")
    row(made, shown, widths, aligns="clcclc")
    statement(made, "{%tr endfor %}")


def draw_answer(doc):
    widths = (WIDTH,)
    before = doc.add_paragraph()
    lines(before, 14)
    before.paragraph_format.keep_with_next = True
    made = table(doc, widths)
    line = row(made, ("核对意见（请在□内打√）",), widths, aligns="l", name=HEI, height=58)
    cell = line.cells[0]
    cell._element.tcPr.find(qn("w:vAlign")).set(qn("w:val"), "top")
    lines(cell.paragraphs[0], 20, before=4, after=2)
    answers = ("□ 同意核定结果。", "□ 申请复核。事项和理由：", "", "", "", "科室负责人签字：　　　　　　　　日期：　　　　年　　月　　日")
    for words in answers:
        paragraph = cell.add_paragraph()
        lines(paragraph, 24, after=6 if words is answers[-1] else 0)
        font(paragraph.add_run(words), FANG, 14)
    lines(doc.add_paragraph(), 1)


# --- 通报 -----------------------------------------------------------------------------------------------------------


def notice():
    doc = document()
    letterhead(doc)
    title(doc, "关于{{ 年度 }}年度{{ 考评名称 }}结果的通报", before=14, after=10)
    text(doc, "{{ 主送 }}：", first=0)
    text(
        doc,
        "根据{% if 依据名称 %}《{{ 依据名称 }}》（{{ 依据文号 }}）{% else %}{{ 依据文号 }}{% endif %}，局考评工作领导小组组织开展了{{ 年度 }}年度{{ 考评名称 }}，"
        "考评周期为{{ 周期起 }}至{{ 周期止 }}。{{ 过程 }}现将结果通报如下：",
    )
    each(doc, "组", "等次表", "{{ 组.等次 }}等次（{{ 组.个数 }}个）：{{ 组.科室 }}。")
    tag(doc, "{%p if 未定科室 %}")
    text(doc, "等次未定（{{ 未定个数 }}个）：{{ 未定科室 }}。{{ 未定说明 }}")
    tag(doc, "{%p endif %}")
    tag(doc, "{%p if 名次表 %}")
    lines(doc.add_paragraph(), 6)
    draw_ranks(doc)
    tag(doc, "{%p endif %}")
    tag(doc, "{%p if 更正表 %}")
    text(doc, "本通报对{{ 被更正 }}作如下更正：", before=4)
    each(doc, "条", "更正表", "{{ 条.序号 }}{{ 条.内容 }}")
    tag(doc, "{%p endif %}")
    tag(doc, "{%p if 附注表 %}")
    text(doc, "附注：", before=4)
    each(doc, "条", "附注表", "{{ 条.序号 }}{{ 条.内容 }}")
    tag(doc, "{%p endif %}")
    sign(doc, "{{ 单位 }}", "{{ 日期 }}")
    save(doc, "通报.docx")


def letterhead(doc):
    """发文机关标志, 文号 and the red line."""
    paragraph = doc.add_paragraph()
    paragraph.alignment = ALIGN.CENTER
    lines(paragraph, 44)
    font(paragraph.add_run("{{ 单位 }}"), TITLE, 34, LETTERHEAD)
    number = doc.add_paragraph()
    number.alignment = ALIGN.CENTER
    lines(number, LINE, before=6, after=0)
    font(number.add_run("　　　　〔　　　〕　　号"), FANG, SIZE_TEXT)
    edge = OxmlElement("w:pBdr")
    number._element.get_or_add_pPr().insert_element_before(edge, "w:spacing", "w:ind", "w:jc")
    child(edge, "w:bottom", val="single", sz=18, space=4, color=LETTERHEAD)


def draw_ranks(doc):
    single = (12, 34, 15, 17)
    widths = single * 2
    made = table(doc, widths)
    names = (("名次", "列名次"), ("科室", ""), ("等次", "列等次"), ("总分", "列总分"))
    row(made, tuple(optional(name, flag) for _ in "左右" for name, flag in names), widths, head=True)
    statement(made, "{%tr for 行 in 名次表 %}")
    row(made, tuple(f"{{{{ 行.{side}{name} }}}}" for side in "左右" for name, _ in names), widths)
    statement(made, "{%tr endfor %}")


def optional(name, flag):
    """The head of a column that is left out unless `flag`."""
    return f"{{% if {flag} %}}{name}{{% else %}}{{{{ 略去本列 }}}}{{% endif %}}" if flag else name


# --- 反馈 -----------------------------------------------------------------------------------------------------------


def feedback():
    doc = document()
    title(doc, "{{ 年度 }}年度{{ 考评名称 }}结果反馈")
    text(doc, "{{ 科室 }}：", first=0)
    text(
        doc,
        "根据{{ 依据文号 }}，{% if 未审定 %}你科室{{ 年度 }}年度考评的{{ 稿次 }}情况如下，尚待局考评工作领导小组审定："
        "{% else %}{{ 年度 }}年度{{ 考评名称 }}结果已经局考评工作领导小组审定，现将你科室结果反馈如下：{% endif %}",
    )
    lines(doc.add_paragraph(), 4)
    draw_result(doc)
    tag(doc, "{%p if 等次说明 %}")
    text(doc, "{{ 等次说明 }}", before=6)
    tag(doc, "{%p endif %}")
    tag(doc, "{%p if 部分表 %}")
    lines(doc.add_paragraph(), 6)
    draw_parts(doc)
    lines(doc.add_paragraph(), 6)
    tag(doc, "{%p endif %}")
    tag(doc, "{%p if 情况表 %}")
    each(doc, "条", "情况表", "{{ 条.内容 }}")
    tag(doc, "{%p endif %}")
    tag(doc, "{%p if 意见答复 %}")
    text(doc, "意见建议的答复：{{ 意见答复 }}")
    tag(doc, "{%p endif %}")
    text(
        doc,
        "对本反馈有疑问的，请向{{ 承办科室 }}{% if 联系方式 %}（{{ 联系方式 }}）{% endif %}了解。本反馈只列你科室情况。",
    )
    sign(doc, "{{ 单位 }}", "{{ 日期 }}")
    save(doc, "反馈.docx")


def draw_result(doc):
    widths = (52, 52, 52)
    made = table(doc, widths)
    row(made, ("考评等次", optional("名次", "名次"), optional("总分", "总分")), widths, head=True, height=9)
    among = "{% if 参评个数 %}（参评{{ 参评个数 }}个）{% endif %}"
    row(made, ("{% if 等次 %}{{ 等次 }}{% else %}未定{% endif %}", "{{ 名次 }}" + among, "{{ 总分 }}"), widths, height=9)


def draw_parts(doc):
    widths = (78, 39, 39)
    made = table(doc, widths)
    row(made, ("部分", "满分", "得分"), widths, head=True)
    statement(made, "{%tr for 行 in 部分表 %}")
    row(made, ("{{ 行.部分 }}", "{{ 行.满分 }}", "{{ 行.得分 }}"), widths)
    statement(made, "{%tr endfor %}")


if __name__ == "__main__":
    check_copy()
    notice()
    feedback()
