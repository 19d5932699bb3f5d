"""Problems of asking where a figure comes from: a section or figure that nobody knows, or that several things may be."""

from __future__ import annotations

from workbook_builder.problems.core import ERROR, Entry

ENTRIES: dict[str, Entry] = {
    "EXPLAIN_SECTION_UNKNOWN": Entry(ERROR, "没有“{value}”这个科室", "科室名照方案写：{known}{hint}"),
    "EXPLAIN_SECTION_SEVERAL": Entry(ERROR, "“{value}”可能是几个科室", "写全科室名，选一个：{known}"),
    "EXPLAIN_FIELD_UNKNOWN": Entry(
        ERROR,
        "{section}没有“{value}”这个数",
        "写总分、名次、等次、部分（如 业务工作）、述职测评、自评总分，或考评项、细则（如 业务1、业务工作第1项细则3）{hint}",
    ),
    "EXPLAIN_FIELD_SEVERAL": Entry(ERROR, "{section}的“{value}”可能是几个数", "写明是哪一个：{known}"),
}
