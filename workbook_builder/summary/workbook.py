"""汇总表.xlsx and 问题清单.xlsx as wholes: which sheets, in which order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from workbook_builder import model as m
from workbook_builder.excel.report import Page, Report, names_unlike
from workbook_builder.problems import Problem, sort_problems
from workbook_builder.results import UNAPPROVED, Results
from workbook_builder.summary.facts import Facts, Locator
from workbook_builder.summary.page_adjusted import adjustments_page
from workbook_builder.summary.page_decided import corrections_page, decisions_page
from workbook_builder.summary.page_items import items_page
from workbook_builder.summary.page_judged import bottom_line_page, evaluation_page
from workbook_builder.summary.page_lists import Versions, policies_page, problems_page, receipts_page, versions_page
from workbook_builder.summary.page_outcome import outcome_page
from workbook_builder.summary.page_ranking import ranking_page
from workbook_builder.summary.page_reviewed import reviewed_page
from workbook_builder.summary.page_section import section_page
from workbook_builder.summary.readings import OtherReading

RANKING, ITEMS, RECEIPTS, PROBLEMS, POLICIES = "汇总", "部分与项目", "收件登记", "问题清单", "口径说明"
ADJUSTED, EVALUATION, BOTTOM_LINE, DECISIONS, CORRECTIONS = "核定调整", "述职测评", "突破底线", "决定", "更正对照"
VERSIONS = "不同版本对照"
#: No section's page may be called so.
SHEETS = (RANKING, ITEMS, RECEIPTS, PROBLEMS, POLICIES, ADJUSTED, EVALUATION, BOTTOM_LINE, DECISIONS, CORRECTIONS)


@dataclass(frozen=True)
class Parts:
    """What every page is made from: the facts, the report it goes into, the sheet name of each section."""

    facts: Facts
    report: Report
    sheet_of: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[tuple[str, str], OtherReading] = field(default_factory=dict)
    mark: str = ""

    def marked(self, page: Page) -> None:
        """The mark of the whole workbook (演示数据) as a line of a page."""
        if self.mark:
            page.wide(self.mark, "facts+bad+key", least=20)


def summary_workbook(results: Results, others: Sequence[OtherReading] = (), mark: str = "") -> bytes:
    """The bytes of 汇总表.xlsx.

    others  what the policies' other readings would do, if it was worked out
    mark    what kind of data this is (演示数据): in the margins of every page and on the first sheet
    """
    facts = Facts(results)
    sheet_of = names_unlike(SHEETS, [section.name for section in facts.scheme.sections], "（科室）")
    report = Report("　".join(text for text in (facts.label, mark) if text), results.batch)
    parts = Parts(facts, report, sheet_of, {(other.policy, other.value): other for other in others}, mark)
    if results.is_final:
        _reviewed_pages(parts)
    else:
        ranking_page(parts, RANKING)
        items_page(parts, ITEMS)
        for section in facts.scheme.sections:
            section_page(parts, results.assessments[section.name], RANKING)
    receipts_page(parts, RECEIPTS)
    problems_page(report, PROBLEMS, f"问题清单 · {facts.label}", results.problems, facts.locate)
    policies_page(parts, POLICIES)
    return report.bytes()


def _reviewed_pages(parts: Parts) -> None:
    outcome_page(parts, RANKING)
    items_page(parts, ITEMS)
    adjustments_page(parts, ADJUSTED)
    evaluation_page(parts, EVALUATION)
    bottom_line_page(parts, BOTTOM_LINE)
    decisions_page(parts, DECISIONS)
    if parts.facts.corrected:
        corrections_page(parts, CORRECTIONS)
    for final in parts.facts.results.finals.values():
        reviewed_page(parts, final, RANKING)


def problem_workbook(
    problems: Iterable[Problem],
    title: str,
    scheme: m.Scheme | None = None,
    results: Results | None = None,
    versions: Versions | None = None,
) -> bytes:
    """The bytes of 问题清单.xlsx. The 科室 column is filled as far as `scheme` or `results` tell.

    versions  section → its different returns, laid side by side
    """
    if results is not None:
        scheme = results.scheme
    stage = results.reached.label if results is not None else ""
    margin = f"{title}（{stage if results is not None and results.reached.approved else UNAPPROVED}）"
    report = Report(margin, results.batch if results is not None else "")
    problems_page(report, PROBLEMS, title, sort_problems(problems), Locator(scheme, results))
    if versions:
        versions_page(report, VERSIONS, versions)
    if results is not None:
        receipts_page(Parts(Facts(results), report), RECEIPTS)
    return report.bytes()
