"""What the looks of our files are held to: pages that a sheet takes, and the few exceptions, each with its reason.

Names of files and sheets are patterns of fnmatch.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

import looks
import printed
from looks import Finding

#: (file, sheet, pages). The first that fits counts; a sheet that none fits may take as many as it needs.
PAGES = (
    ("*", "填表说明", 1),
    ("*", "退回说明", 1),
    ("*", "核定说明", 1),
    ("*", "申报*", 1),
    ("测评票-*.xlsx", "测评票", 1),
    ("汇总表.xlsx", "#1", 1),
    ("台账*.xlsx", "说明", 1),
    ("市局反馈.xlsx", "说明", 1),
    ("决定.xlsx", "说明", 1),
    ("测评录入表.xlsx", "说明", 1),
)
#: (file, pages) of letters.
LETTER_PAGES = (("通报.docx", 1),)


class Allowed(NamedTuple):
    """A finding that is right as it is. `cell` is a regular expression."""

    kind: str
    file: str
    sheet: str
    cell: str
    why: str


EXCEPTIONS = (
    Allowed(printed.LOST, "*考评表*.xlsx", "申报*", r"[BC]1\d|D\d+", "供核定的几行、字数都不属通知表样，只在屏幕上看"),
    Allowed(printed.LOST, "[01][0-9]-*.xlsx", "申报*", r"[BC]1\d|D\d+", "同上"),
    Allowed(printed.LOST, "[01][0-9]-*.xlsx", "*", r"M\d+", "退回意见写在打印范围以外，给改表的人在屏幕上看"),
    Allowed(printed.LOST, "测评票-*.xlsx", "测评票", r"F\d+", "用电子表打分的说明，表上写明不打印"),
    Allowed(printed.LOST, "汇总表.xlsx", "*", r"A1", "回首页的链接只在屏幕上有用"),
    Allowed(printed.LOST, "汇总表.xlsx", "汇总", r"[A-Z](2[5-9]|3\d)", "“其他各页”一栏写明不打印"),
    Allowed(looks.CUT_WIDTH, "考评表模板.xlsx", "*", r"[A-Z]+\d+", "占位符比填进去的内容长"),
    Allowed(looks.CUT_HEIGHT, "台账.xlsx", "台账", r"C\d+", "演示的台账由 LibreOffice 存过，行高是它按自己的列宽定的"),
    Allowed(looks.CUT_HEIGHT, "公服科考评表.xlsx", "公服科", r"K\d+", "同上"),
    Allowed(printed.LONE_ROWS, "市局反馈.xlsx", "市局反馈", r"A\d+", "登记簿登几行是几行，人还要接着往下填"),
    Allowed(looks.TINY, "考评表模板.xlsx", "*", r"[A-Z]+\d+", "模板不打印；发出的表没有行名这一列"),
)


def pages_of(file: str, sheets: Iterable[str]) -> Mapping[str, int]:
    """Sheet → the pages that it must take, for the sheets of `file` in their order."""
    names = list(sheets)
    found: dict[str, int] = {}
    for pattern, sheet, count in PAGES:
        if fnmatchcase(file, pattern):
            fitting = names[:1] if sheet == "#1" else [name for name in names if fnmatchcase(name, sheet)]
            found |= {name: count for name in fitting if name not in found}
    return found


def letter_pages(file: str) -> int | None:
    return next((count for pattern, count in LETTER_PAGES if fnmatchcase(file, pattern)), None)


def excepted(finding: Finding) -> Allowed | None:
    """The exception that allows a finding."""
    for rule in EXCEPTIONS:
        fits = rule.kind == finding.kind and fnmatchcase(finding.file, rule.file)
        if fits and fnmatchcase(finding.sheet, rule.sheet) and re.fullmatch(rule.cell, finding.cell):
            return rule
    return None


def looked_at(path, pdf) -> list[Finding]:
    """All findings of a workbook or letter and its PDF that no exception allows."""
    if path.suffix == ".docx":
        found = printed.letter_findings(path, pdf, letter_pages(path.name))
    else:
        sheets = looks.read(path)
        pages = pages_of(path.name, [sheet.ws.title for sheet in sheets])
        found = looks.findings(sheets) + printed.findings(sheets, pdf, pages)
    return sorted(finding for finding in found if not excepted(finding))
