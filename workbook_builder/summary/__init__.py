"""汇总: results of a stage, from 自评汇总 to 更正稿 → 汇总表.xlsx, 结果.json, 问题清单.xlsx and the merged table.

Comes in: `Results`. Goes out: bytes (or a pandas frame). Nothing is scored, ranked or decided here, no file is
touched, and no clock is read: the same results give the same bytes. Heavy libraries are imported where they are used.
"""

from __future__ import annotations

from workbook_builder.summary.readings import OtherReading, other_readings
from workbook_builder.summary.result import result_json
from workbook_builder.summary.tables import merged_table
from workbook_builder.summary.workbook import problem_workbook, summary_workbook

__all__ = [
    "OtherReading",
    "merged_table",
    "other_readings",
    "problem_workbook",
    "result_json",
    "summary_workbook",
]
