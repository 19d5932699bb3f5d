"""The sheets that are lists: 收件登记, 问题清单, 不同版本对照, 口径说明."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from workbook_builder import model as m
from workbook_builder.excel.report import Page, Report
from workbook_builder.problems import ERROR, INFO, SEVERITY_LABELS, Problem
from workbook_builder.summary.answers import free_texts
from workbook_builder.summary.facts import DUE, Facts, Locator, by_weight

if TYPE_CHECKING:
    from workbook_builder.summary.workbook import Parts

_RECEIPT_HEADS = ("文件", "科室", "结果", "格式", "材料", "SHA-256（前12位）", "完整 SHA-256")
_RECEIPT_WIDTHS = (58, 26, 20, 16, 20, 18, 72)
_PROBLEM_HEADS = ("严重程度", "代码", "科室", "文件", "工作表", "单元格", "填报值", "问题", "怎么办")
_PROBLEM_WIDTHS = (9, 24, 16, 32, 16, 8, 16, 38, 38)
_POLICY_HEADS = ("口径", "取值", "其他读法", "影响分数", "依据", "说明")
_POLICY_WIDTHS = (22, 16, 20, 8, 36, 50)
_OUTCOME_HEAD, _SELF_OUTCOME_HEAD, _OUTCOME_WIDTH = "换一种读法，本年结果的变化", "换一种读法，本年自评的变化", 42
_SHA_SHOWN = 12
SUGGESTION = "建议"
#: Section → names of its different returns, and per field in which they differ (caption, what each says, cell in each).
Versions = Mapping[str, tuple[Sequence[str], Sequence[tuple[str, Sequence[str], Sequence[str]]]]]
_CAPTION_WIDTH, _VERSION_WIDTHS = 52, (34, 9)


# --- 收件登记 ---------------------------------------------------------------------------------------------------


def receipts_page(parts: Parts, name: str) -> None:
    """Which material of which section has come, then every file received and what became of it."""
    facts = parts.facts
    page = parts.report.page(name, _RECEIPT_WIDTHS, hidden=1)
    page.wide(f"收件登记 · {facts.label}", "title", least=28)
    page.wide(f"批次号 {facts.results.batch}　　收到文件 {len(facts.results.received)} 个　　完整的 SHA-256 在隐藏的最后一列", "facts")
    page.wide("应交材料", "heading", least=22)
    _materials(page, facts)
    page.gap()
    page.wide("收到的文件", "heading", least=22)
    head = page.line(_RECEIPT_HEADS, "head", least=20)
    for x in facts.results.received:
        values = (x.file, x.section, x.outcome, x.kind, x.material, x.sha256[:_SHA_SHOWN], x.sha256)
        page.line(values, ["cell", "cell", "center", "center", "center", "center", "cell+small+faint"])
    page.filtered(head, page.row - 1)


def _materials(page: Page, facts: Facts) -> None:
    """Sections down, materials across, in as many columns as the page has; the rest goes into a second table."""
    materials = facts.scheme.materials
    room = page.last - 1
    for start in range(0, len(materials), room):
        some = materials[start : start + room]
        page.line(["科室", *(_material_head(material) for material in some)], "head", least=20)
        for section in facts.scheme.sections:
            marks = [facts.material(section, material) for material in some]
            page.line([section.name, *marks], ["cell", *("center+open" if mark == DUE else "center" for mark in marks)])


def _material_head(material: m.Material) -> str:
    return material.name + ("" if material.required else "\n（如有）")


# --- 问题清单 ---------------------------------------------------------------------------------------------------


def problems_page(report: Report, name: str, title: str, problems: Iterable[Problem], locate: Locator) -> None:
    """Every problem, the gravest first."""
    found = by_weight(tuple(problems))
    page = report.page(name, _PROBLEM_WIDTHS)
    counts = "　".join(
        f"{label} {sum(p.severity == severity for p in found)}" for severity, label in SEVERITY_LABELS.items()
    )
    page.wide(title, "title", least=28)
    page.wide(counts, "facts")
    head = page.line(_PROBLEM_HEADS, "head", least=20)
    page.header(head)
    looks = {ERROR: "center+bad", INFO: "center+faint"}
    for p in found:
        section, where = locate.section(p), p.where
        values = (SEVERITY_LABELS[p.severity], p.code, section, where.file, where.sheet, where.cell, p.value, p.message, p.fix)
        page.line(values, [looks.get(p.severity, "center"), "cell+small", *["cell"] * 3, "center", *["cell"] * 3])
    page.filtered(head, page.row - 1)
    if not found:
        page.wide("没有问题。", "note")


# --- 不同版本对照 -------------------------------------------------------------------------------------------------


def versions_page(report: Report, name: str, versions: Versions) -> None:
    """Where the returns of one section differ, so that people can decide which one counts."""
    most = max(len(files) for files, _ in versions.values())
    page = report.page(name, (_CAPTION_WIDTH, *_VERSION_WIDTHS * most))
    page.wide("不同版本对照", "title", least=28)
    page.wide("同一科室报来几份不同的考评表，只列各份不一样的地方。采用哪一份，在决定.xlsx 中填写。", "facts")
    for section, (files, rows) in versions.items():
        page.wide(f"{section}　{len(rows)} 处不同", "heading", least=22)
        page.line(["内容", *(text for file in files for text in (file, "单元格"))], "head", least=20)
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
    page = parts.report.page(name, widths)
    page.wide(f"口径说明 · {facts.label}", "title", least=28)
    page.wide("通知没有写明、而影响计分的地方，本年按“取值”执行。换一种读法会改变名次或等次的列在最前，其次是影响分数的。", "facts")
    page.header(page.line(heads, "head", least=20))
    for policy in sorted(facts.scheme.policies, key=lambda p: _weight(parts, p)):
        values = [policy.name, policy.value, "；".join(policy.others), "是" if policy.scores else "否", policy.basis, policy.note]
        looks = ["cell+key", "cell", "cell", "center", "cell+small", "cell+small"]
        if others:
            values.insert(4, _outcome(parts, policy))
            looks.insert(4, "cell+small")
        page.line(values, looks)
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
