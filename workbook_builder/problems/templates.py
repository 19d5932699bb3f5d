"""Problems of 考评表模板.xlsx, the workbook that gives every form its look."""

from __future__ import annotations

from workbook_builder.problems.core import ERROR, Entry

_FROM_ORIGINAL = "从程序自带的模板中把它复制回来"

ENTRIES: dict[str, Entry] = {
    "TEMPLATE_UNREADABLE": Entry(ERROR, "模板“{file}”打不开", "用 Excel 或 WPS 打开后另存为 .xlsx，或换回程序自带的模板"),
    "TEMPLATE_FEATURE": Entry(ERROR, "模板里有程序无法保留的内容：{what}", "在模板中删去它再保存"),
    "TEMPLATE_SHEET_MISSING": Entry(ERROR, "模板缺少“{value}”表", "表名改过的改回来，删掉的" + _FROM_ORIGINAL),
    "TEMPLATE_ROW_MISSING": Entry(ERROR, "模板的“{sheet}”表缺少样行“{value}”（A 列）", _FROM_ORIGINAL),
    "TEMPLATE_PLACEHOLDER_MISSING": Entry(
        ERROR, "样行“{row}”里没有用到“{value}”，该内容会印不出来", "在这一行的一个单元格里写上 {{{{ {value} }}}}"
    ),
    "TEMPLATE_PLACEHOLDER_UNKNOWN": Entry(ERROR, "占位符“{value}”不认识", "可用的有：{known}"),
    "TEMPLATE_TAG": Entry(ERROR, "这里只能写 {{{{ 名称 }}}} 这样的占位符，不能写 {{% 或 {{#：“{value}”", "改用占位符，或删去"),
    "TEMPLATE_SYNTAX": Entry(ERROR, "占位符写得不对：“{value}”", "只写名称，不写算式：{{{{ 名称 }}}}，两边各两个花括号"),
}
