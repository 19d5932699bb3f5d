"""汇总表.xlsx and 问题清单.xlsx as wholes: which sheets, in which order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from workbook_builder import model as m
from workbook_builder.excel.report import Report, names_unlike
from workbook_builder.problems import Problem, sort_problems
from workbook_builder.results import Results
from workbook_builder.summary.facts import UNAPPROVED, Facts, Locator
from workbook_builder.summary.page_items import items_page
from workbook_builder.summary.page_lists import policies_page, problems_page, receipts_page
from workbook_builder.summary.page_ranking import ranking_page
from workbook_builder.summary.page_section import section_page
from workbook_builder.summary.readings import OtherReading

RANKING, ITEMS, RECEIPTS, PROBLEMS, POLICIES = "汇总", "部分与项目", "收件登记", "问题清单", "口径说明"
SHEETS = (RANKING, ITEMS, RECEIPTS, PROBLEMS, POLICIES)


@dataclass(frozen=True)
class Parts:
    """What every page is made from: the facts, the report it goes into, the sheet name of each section."""

    facts: Facts
    report: Report
    sheet_of: Mapping[str, str]
    others: Mapping[tuple[str, str], OtherReading] = field(default_factory=dict)


def summary_workbook(results: Results, others: Sequence[OtherReading] = ()) -> bytes:
    """The bytes of 汇总表.xlsx. `others`: what the policies' other readings would do, if it was worked out."""
    facts = Facts(results)
    sheet_of = names_unlike(SHEETS, [section.name for section in facts.scheme.sections], "（科室）")
    report = Report(facts.label, results.batch)
    parts = Parts(facts, report, sheet_of, {(other.policy, other.value): other for other in others})
    ranking_page(parts, RANKING)
    items_page(parts, ITEMS)
    for section in facts.scheme.sections:
        section_page(parts, results.assessments[section.name], RANKING)
    receipts_page(parts, RECEIPTS)
    problems_page(report, PROBLEMS, f"问题清单 · {facts.label}", results.problems, facts.locate)
    policies_page(parts, POLICIES)
    return report.bytes()


def problem_workbook(
    problems: Iterable[Problem], title: str, scheme: m.Scheme | None = None, results: Results | None = None
) -> bytes:
    """The bytes of 问题清单.xlsx. The 科室 column is filled as far as `scheme` or `results` tell."""
    if results is not None:
        scheme = results.scheme
    report = Report(f"{title}（{UNAPPROVED}）", results.batch if results is not None else "")
    problems_page(report, PROBLEMS, title, sort_problems(problems), Locator(scheme, results))
    return report.bytes()
