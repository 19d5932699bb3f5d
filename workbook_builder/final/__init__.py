"""Reviewed answers, decisions and ballots → the final figures of every section.

Comes in: bases, reviews, transfers, decisions, evaluations. Goes out: `Final`s, and which decisions took effect.
"""

from workbook_builder.final.section import before_deductions, finals
from workbook_builder.final.verdicts import Verdicts

__all__ = ["Verdicts", "before_deductions", "finals"]
