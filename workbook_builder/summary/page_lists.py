"""The sheets that are lists: 收件登记, 问题清单, 不同版本对照, 口径说明."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from workbook_builder import model as m
from workbook_builder.excel.report import Page, Report
from workbook_builder.problems import ERROR, INFO, SEVERITY_LABELS, Problem
from workbook_builder.summary.answers import free_texts
from workbook_builder.summary.facts import DUE, Facts, Locator, by_weight
from workbook_builder.summary.frame import Bonds, framed, name_look, name_width, named

if TYPE_CHECKING:
    from workbook_builder.summary.workbook import Parts

_RECEIPT_HEADS = ("文件", "科室", "结果", "格式", "材料", "SHA-256")
_RECEIPT_WIDTHS = (18, 16, 20, 60)
_INPUT_HEADS = ("文件", "种类", "大小（字节）", "SHA-256")
_PROBLEM_HEADS = ("严重程度", "代码", "科室", "文件", "工作表", "单元格", "填报值", "问题", "怎么办")
_PROBLEM_WIDTHS = (24, 12, 8, 14, 38, 38)
_POLICY_HEADS = ("口径", "取值", "其他读法", "影响分数", "依据", "说明")
_POLICY_WIDTHS = (22, 16, 20, 8, 36, 50)
_OUTCOME_HEAD, _SELF_OUTCOME_HEAD, _OUTCOME_WIDTH = "换一种读法，本年结果的变化", "换一种读法，本年自评的变化", 42
SUGGESTION = "建议"
#: Section → names of its different returns, and per field in which they differ (caption, what each says, cell in each).
Versions = Mapping[str, tuple[Sequence[str], Sequence[tuple[str, Sequence[str], Sequence[str]]]]]
_CAPTION_WIDTH, _VERSION_WIDTHS = 52, (34, 9)


# --- 收件登记 ---------------------------------------------------------------------------------------------------


def receipts_page(parts: Parts, name: str, home: bool = True) -> None:
    """Which material of which section has come, the other files that figures rest on, then every file received and its outcome."""
    facts = parts.facts
    told = (f"批次号 {facts.results.batch}　　收到文件 {len(facts.results.received)} 个　　SHA-256 是文件的校验码，文件动过一个字就不同",)
    with framed(parts.report, name, (54, name_width(facts.order), *_RECEIPT_WIDTHS), f"收件登记 · {facts.label}", told, home=home) as page:
        page.wide("应交材料", "heading", least=22)
        _materials(page, parts)
        page.gap()
        blocks = [_inputs(page, facts)] if home else []
        blocks.append(page.wide("收到的文件", "heading", least=22))
        head = page.line(_RECEIPT_HEADS, "head", least=22)
        page.header(head, frozen=False)
        for x in facts.results.received:
            values = (x.file, named(parts.sheet_of, x.section), x.outcome, x.kind, x.material, x.sha256)
            look = name_look(parts.sheet_of, x.section)
            page.line(values, ["cell", look, "center", "center", "center", "cell+tiny+soft"], least=18)
        page.filtered(head, page.row - 1)
        bonds = Bonds(page, head)
        for row in blocks:
            bonds.parted(row)
        bonds.part()


def _inputs(page: Page, facts: Facts) -> int:
    """The files beside the returns that the figures rest on; the row of the caption. Of ballots not even a hash is told."""
    first = page.wide("得分依据的其他文件（述职测评的票不列）", "heading", least=22)
    ends = (1, 2, page.last - 1, page.last)
    page.across([(last, text, "head") for last, text in zip(ends, _INPUT_HEADS, strict=True)], least=22)
    looks = ("cell", "center", "center", "cell+tiny+soft")
    for x in facts.results.inputs:
        cells = zip(ends, (x.file, x.kind, x.size, x.sha256), looks, strict=True)
        page.across(list(cells), least=18)
    page.gap()
    return first


def _materials(page: Page, parts: Parts) -> None:
    """Sections down, materials across, in as many columns as the page has; the rest goes into a second table."""
    facts = parts.facts
    materials = facts.scheme.materials
    room = page.last - 1
    for start in range(0, len(materials), room):
        some = materials[start : start + room]
        page.line(["科室", *(_material_head(material) for material in some)], "head", least=20)
        for section in facts.scheme.sections:
            marks = [facts.material(section, material) for material in some]
            look = name_look(parts.sheet_of, section.name)
            looks = [look, *("center+open" if mark == DUE else "center" for mark in marks)]
            page.line([named(parts.sheet_of, section.name), *marks], looks, least=18)


def _material_head(material: m.Material) -> str:
    return material.name + ("" if material.required else "\n（如有）")


# --- 问题清单 ---------------------------------------------------------------------------------------------------


def problems_page(
    report: Report,
    name: str,
    title: str,
    problems: Iterable[Problem],
    locate: Locator,
    sheet_of: Mapping[str, str] | None = None,
) -> None:
    """Every problem, the gravest first. `sheet_of`: pages of the sections, where the workbook has any."""
    found, sheets = by_weight(tuple(problems)), sheet_of or {}
    counts = "　".join(
        f"{label} {sum(p.severity == severity for p in found)}" for severity, label in SEVERITY_LABELS.items()
    )
    with framed(report, name, (9, 20, name_width(sheets), *_PROBLEM_WIDTHS), title, (counts,), home=bool(sheets)) as page:
        head = page.line(_PROBLEM_HEADS, "head", least=22)
        page.header(head)
        looks = {ERROR: "center+bad", INFO: "center+faint"}
        for p in found:
            section, where = locate.section(p), p.where
            values = (SEVERITY_LABELS[p.severity], p.code, named(sheets, section), where.file, where.sheet, where.cell, p.value, p.message, p.fix)
            first = [looks.get(p.severity, "center"), "cell+tiny", name_look(sheets, section)]
            page.line(values, [*first, "cell+small", "cell+small", "center", "cell+small", "cell", "cell"], least=18)
        page.filtered(head, page.row - 1)
        if not found:
            page.wide("没有问题。", "note")


# --- 不同版本对照 -------------------------------------------------------------------------------------------------


def versions_page(report: Report, name: str, versions: Versions) -> None:
    """Where the returns of one section differ, so that people can decide which one counts."""
    most = max(len(files) for files, _ in versions.values())
    widths = (_CAPTION_WIDTH, *_VERSION_WIDTHS * most)
    told = ("同一科室报来几份不同的考评表，只列各份不一样的地方。采用哪一份，在决定.xlsx 中填写。",)
    with framed(report, name, widths, "不同版本对照", told, home=False) as page:
        for section, (files, rows) in versions.items():
            page.wide(f"{section}　{len(rows)} 处不同", "heading", least=22)
            page.line(["内容", *(text for file in files for text in (file, "单元格"))], "head", least=22)
            for caption, values, cells in rows:
                pairs = [text for pair in zip(values, cells, strict=True) for text in pair]
                page.line([caption, *pairs], ["cell", *("cell", "center") * len(files)])
            page.gap()


# --- 口径说明 ---------------------------------------------------------------------------------------------------


def policies_page(parts: Parts, name: str) -> None:
    """Every policy: first those whose other reading would move a rank or grade, then those that change figures, then the rest."""
    facts, others = parts.facts, parts.others
    outcome = _OUTCOME_HEAD if facts.results.is_final else _SELF_OUTCOME_HEAD
    heads, widths = _POLICY_HEADS, _POLICY_WIDTHS
    if others:
        heads, widths = (*heads[:4], outcome, *heads[4:]), (*widths[:4], _OUTCOME_WIDTH, *widths[4:])
    told = (f"批次号 {facts.results.batch}　　共 {len(facts.scheme.policies)} 条；换一种读法会改变名次或等次的列在最前，其次是影响分数的",)
    with framed(parts.report, name, widths, f"口径说明 · {facts.label}", told) as page:
        head = page.line(heads, "head", least=22)
        page.header(head)
        for policy in sorted(facts.scheme.policies, key=lambda p: _weight(parts, p)):
            readings = "；".join(policy.others)
            values = [policy.name, policy.value, readings, "是" if policy.scores else "否", policy.basis, policy.note]
            looks = ["cell+key", "cell", "cell+small", "center", "cell+small", "cell+small"]
            if others:
                values.insert(4, _outcome(parts, policy))
                looks.insert(4, "cell+small")
            page.line(values, looks, least=18)
        page.filtered(head, page.row - 1)
        _suggestions(page, facts)


def _suggestions(page: Page, facts: Facts) -> None:
    """What sections suggest for the appraisal itself: notice 五（二） asks for it, the next scheme needs it."""
    found = [
        (name, text.text)
        for name, assessment in facts.results.assessments.items()
        for text in free_texts(assessment)
        if text.field == SUGGESTION
    ]
    if found:
        page.gap()
        page.wide("各科室对考评工作的意见建议（供修订下一年度方案）", "heading", least=22)
        for name, text in found:
            page.wide(f"{name}：{text}", "note")

def _weight(parts: Parts, policy: m.Policy) -> tuple[int, bool]:
    found = [parts.others[policy.name, value].weight for value in policy.others if (policy.name, value) in parts.others]
    return min(found, default=2), not policy.scores


def _outcome(parts: Parts, policy: m.Policy) -> str:
    texts = [
        (f"取“{value}”：" if len(policy.others) > 1 else "") + parts.others[policy.name, value].text()
        for value in policy.others
        if (policy.name, value) in parts.others
    ]
    return "\n".join(texts) or "—"
