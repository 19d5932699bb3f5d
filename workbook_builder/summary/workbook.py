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
from workbook_builder.summary.page_check import check_sheet
from workbook_builder.summary.page_compared import compared_page
from workbook_builder.summary.page_decided import corrections_page, decisions_page
from workbook_builder.summary.page_first import first_page, link_pages, state_whether_altered
from workbook_builder.summary.page_items import items_page
from workbook_builder.summary.page_judged import bottom_line_page, evaluation_page
from workbook_builder.summary.page_lists import Versions, policies_page, problems_page, receipts_page, versions_page
from workbook_builder.summary.page_losses import losses_page, lost_clauses_page
from workbook_builder.summary.page_reviewed import reviewed_page
from workbook_builder.summary.page_section import section_page
from workbook_builder.summary.page_special import special_page
from workbook_builder.summary.page_trial import trial_page
from workbook_builder.summary.readings import OtherReading

RANKING, ITEMS, RECEIPTS, PROBLEMS, POLICIES = "汇总", "部分与项目", "收件登记", "问题清单", "口径说明"
ADJUSTED, EVALUATION, BOTTOM_LINE, DECISIONS, CORRECTIONS = "核定调整", "述职测评", "突破底线", "决定", "更正对照"
COMPARED, LOSSES, LOST_CLAUSES, SPECIAL = "自评与核定", "失分分析", "失分细则", "特色工作"
VERSIONS = "不同版本对照"
TRIAL, CHECK = "试算", "核验"
#: No section's page may be called so.
SHEETS = (
    RANKING, ITEMS, RECEIPTS, PROBLEMS, POLICIES, ADJUSTED, EVALUATION, BOTTOM_LINE, DECISIONS, CORRECTIONS, TRIAL, CHECK,
    COMPARED, LOSSES, LOST_CLAUSES, SPECIAL,
)  # fmt: skip


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
    placed = first_page(parts, RANKING)
    items_page(parts, ITEMS)
    if results.is_final:
        compared_page(parts, COMPARED)
        adjustments_page(parts, ADJUSTED)
    losses_page(parts, LOSSES)
    lost_clauses_page(parts, LOST_CLAUSES)
    if results.is_final:
        evaluation_page(parts, EVALUATION)
    special_page(parts, SPECIAL)
    if results.is_final:
        bottom_line_page(parts, BOTTOM_LINE)
    for section in facts.scheme.sections:
        if results.is_final:
            reviewed_page(parts, results.finals[section.name])
        else:
            section_page(parts, results.assessments[section.name])
    receipts_page(parts, RECEIPTS)
    problems_page(report, PROBLEMS, f"问题清单 · {facts.label}", results.problems, facts.locate, sheet_of)
    policies_page(parts, POLICIES)
    if results.is_final:
        decisions_page(parts, DECISIONS)
    if facts.corrected:
        corrections_page(parts, CORRECTIONS)
    counted = tuple(report.pages)
    if results.is_final:
        trial_page(parts, TRIAL, placed)
    link_pages(placed, [page.name for page in report.pages if page.name not in {RANKING, *sheet_of.values()}])
    state_whether_altered(placed, check_sheet(report, CHECK, counted, placed.words()))
    return report.bytes()


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
        receipts_page(Parts(Facts(results), report), RECEIPTS, home=False)
    return report.bytes()
