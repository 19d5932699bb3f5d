"""Scheme → locked workbooks: 考评表.xlsx with every section's sheet, and one workbook per section.

Comes in: a scheme and the template. Goes out: file names (relative to 1下发) and their bytes. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workbook_builder import model as m
from workbook_builder import resources
from workbook_builder.excel.template import Template, load_template
from workbook_builder.excel.write import Finish, write_book
from workbook_builder.layout.book import SECTION_BOOK, WHOLE_BOOK, plan_book
from workbook_builder.problems import Problem
from workbook_builder.rules.items import Rulebook
from workbook_builder.rules.sheet import Entries

WHOLE_BOOK_FILE = "考评表.xlsx"
SECTION_FOLDER = "分科室"


def bundled_template() -> Template:
    """The template that comes with the program."""
    template, problems = load_template(resources.read(resources.TEMPLATE), "考评表模板.xlsx")
    if template is None:
        raise ValueError(f"bundled template is broken: {problems[0].message}")
    return template


def section_file(section: m.Section) -> str:
    """NN-科室.xlsx, with the section's place in the order of the scheme."""
    return f"{section.order:02d}-{section.name}.xlsx"


def global_names(scheme: m.Scheme, mark: str = "") -> dict[str, object]:
    """What the template's global placeholders stand for. `mark` goes before the titles, as 【演示数据】."""
    sign = f"【{mark}】" if mark else ""
    return {
        "单位": sign + scheme.unit,
        "年度": scheme.year,
        "标题": scheme.title,
        "文号": scheme.document_no,
        "周期起": _date(scheme.period_start),
        "周期止": _date(scheme.period_end),
        "申报表标题": sign + scheme.form_title,
        "报送截止": scheme.deadline,
        "联系方式": scheme.contact,
        "科室": "",
    }


def _date(day) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def section_workbook(
    rules: Rulebook,
    section: m.Section,
    template: Template,
    entries: Entries | None = None,
    round_no: int = 0,
    parent: str = "",
    mark: str = "",
    finish: Finish | None = None,
) -> bytes:
    """The workbook of one section; with `entries` it comes filled in, with `mark` every page says what it is.

    `finish` may add to the workbook what is no part of the form.
    """
    book = plan_book(rules, (section,), SECTION_BOOK, {section.name: entries or {}}, round_no, parent)
    return write_book(book, template, global_names(rules.scheme, mark), rules.scheme.password, mark, finish)


def whole_workbook(rules: Rulebook, template: Template, entries: Mapping[str, Entries] | None = None) -> bytes:
    """考评表.xlsx: every section in one workbook."""
    book = plan_book(rules, rules.scheme.sections, WHOLE_BOOK, entries)
    scheme = rules.scheme
    return write_book(book, template, global_names(scheme, scheme.mark), scheme.password, scheme.mark)


def build(
    scheme: m.Scheme, template: Template | None = None, progress: Callable[[int, int], None] = lambda done, total: None
) -> tuple[dict[str, bytes], list[Problem]]:
    """All workbooks to issue: name relative to 1下发 → bytes, and problems (none for a complete scheme).

    `progress` is told how many are done, of how many.
    """
    template = template or bundled_template()
    rules = Rulebook(scheme)
    total = len(scheme.sections) + 1
    progress(0, total)
    files = {WHOLE_BOOK_FILE: whole_workbook(rules, template)}
    for section in scheme.sections:
        progress(len(files), total)
        made = section_workbook(rules, section, template, mark=scheme.mark)
        files[f"{SECTION_FOLDER}/{section_file(section)}"] = made
    return files, []
