"""Word letters (核对稿, 通报, 反馈) from templates that the office edits in Word.

Comes in: a template's bytes and a letter of finished texts. Goes out: the bytes of a .docx, or problems of a template.
"""

from __future__ import annotations

from workbook_builder.letters.checking import OFFICE_TEMPLATES, bundled, check_letter_templates, load_letter_template
from workbook_builder.letters.making import check_copy, feedback, notice
from workbook_builder.letters.nouns import (
    CHECK_COPY,
    FEEDBACK,
    KINDS,
    NOTICE,
    Change,
    CheckCopy,
    CheckRow,
    Feedback,
    GradeGroup,
    Notice,
    NoticeRow,
    PartFigure,
    PartScore,
)

__all__ = [
    "CHECK_COPY",
    "FEEDBACK",
    "KINDS",
    "NOTICE",
    "OFFICE_TEMPLATES",
    "Change",
    "CheckCopy",
    "CheckRow",
    "Feedback",
    "GradeGroup",
    "Notice",
    "NoticeRow",
    "PartFigure",
    "PartScore",
    "bundled",
    "check_copy",
    "check_letter_templates",
    "feedback",
    "load_letter_template",
    "notice",
]
