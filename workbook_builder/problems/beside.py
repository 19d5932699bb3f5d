"""Problems of what lies where nobody reads it: second sheets and files, strays in review workbooks, edited outputs."""

from __future__ import annotations

from workbook_builder.problems.core import ERROR, WARNING, Entry

ENTRIES: dict[str, Entry] = {
    # --- registers
    "REGISTER_SHEET_IGNORED": Entry(
        ERROR, "工作表“{value}”也有同样的表头和内容，只读取了“{kept}”，这里的没有读取", "把要计入的行移到“{kept}”，再删去这个工作表。"
    ),
    "REGISTER_NOT_READ": Entry(
        WARNING, "这个文件没有读取：只读取 {kept}", "内容要计入的，移到“{main}”中；不要的移到别处。"
    ),
    "CITY_IN_TWO_FILES": Entry(
        WARNING, "与“{other}”中的一条完全相同，只计一次", "同一份表不要放两份；确是两件事的，在“文号（来源）”中写明区别。"
    ),
    "CITY_FILES_DIFFER": Entry(
        ERROR, "“{value}”在“{other}”中已有不同的数据，这条细则只能有一个数据，两处都没有采用", "请核对，只留正确的一行。"
    ),
    # --- review workbooks
    "REVIEW_SHEET_UNKNOWN": Entry(
        ERROR, "工作表“{value}”不是核定表里的，其中的内容没有读取", "把要计入的内容移到原来的工作表；其余的移到另一个文件，再删去这个工作表。"
    ),
    "REVIEW_ENTRIES_KEPT": Entry(
        WARNING,
        "里面有 {count} 处程序读不到、重写会丢失的内容（{cells}），原样保留，没有更新",
        "先按其余问题改好，或把这些内容移到另一个文件，再运行 kaoping review。",
    ),
    # --- 4汇总
    "SUMMARY_EDITED": Entry(
        ERROR, "4汇总 的“{file}”生成后被改动过，不能归档", "再运行一次 kaoping summarize 重新生成，再归档；改动要留的，另存到别处。"
    ),
}
