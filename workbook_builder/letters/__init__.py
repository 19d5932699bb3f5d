"""Word letters (核对稿, 通报, 反馈, 汇总首页) from templates that the office edits in Word.

Comes in: a template's bytes and a letter of finished texts. Goes out: the bytes of a .docx, or problems of a template.
"""

from __future__ import annotations

from workbook_builder.letters.checking import OFFICE_TEMPLATES, bundled, check_letter_templates, load_letter_template
from workbook_builder.letters.making import check_copy, feedback, notice, outcome_page
from workbook_builder.letters.nouns import (
    CHECK_COPY,
    FEEDBACK,
    KINDS,
    NOTICE,
    OUTCOME,
    OUTCOME_COLUMNS,
    Change,
    CheckCopy,
    CheckRow,
    Feedback,
    GradeGroup,
    Notice,
    NoticeRow,
    OutcomeLine,
    OutcomePage,
    OutcomeRow,
    PartFigure,
    PartScore,
)

__all__ = [
    "CHECK_COPY",
    "FEEDBACK",
    "KINDS",
    "NOTICE",
    "OFFICE_TEMPLATES",
    "OUTCOME",
    "OUTCOME_COLUMNS",
    "Change",
    "CheckCopy",
    "CheckRow",
    "Feedback",
    "GradeGroup",
    "Notice",
    "NoticeRow",
    "OutcomeLine",
    "OutcomePage",
    "OutcomeRow",
    "PartFigure",
    "PartScore",
    "bundled",
    "check_copy",
    "check_letter_templates",
    "feedback",
    "load_letter_template",
    "notice",
    "outcome_page",
]
