"""Problems of 考评表模板.xlsx, the workbook that gives every form its look."""

from __future__ import annotations

from workbook_builder.problems.core import ERROR, WARNING, Entry

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
    "TEMPLATE_FAINT": Entry(
        WARNING, "{sheet}“{row}”一行的字色和底色太接近（对比 {value}，至少要 {wanted}），看不清", "把字色改深，或把底色改浅"
    ),
    "TEMPLATE_INPUT_HIDDEN": Entry(
        WARNING, "{sheet}“{row}”一行的填报格和旁边锁定的格子一样，看不出要填哪里", "给这一格加上边框，或换一种底色"
    ),
    "TEMPLATE_ROW_LOW": Entry(
        WARNING, "{sheet}“{row}”一行高 {value} 磅，放不下 {what} 磅的字", "把这一行拉高到 {wanted} 磅以上；发出的表里程序会自动加高"
    ),
    "TEMPLATE_COLUMN_NARROW": Entry(
        WARNING, "{sheet}的这一列宽 {value}，放不下要显示的内容，会出现 #### 或被截断", "把这一列拉宽到 {wanted} 以上，或把字号改小"
    ),
    "TEMPLATE_COLUMN_HIDDEN": Entry(WARNING, "{sheet}隐藏了要用的列，发出的表里仍会显示", "取消隐藏，看过样子再保存"),
    "TEMPLATE_ROW_HIDDEN": Entry(WARNING, "{sheet}隐藏了样行“{row}”，发出的表里仍会显示", "取消隐藏，看过样子再保存"),
    "TEMPLATE_TEXT_LONG": Entry(
        WARNING, "{sheet}“{row}”这一格容不下 {value} 个字：照现在的列宽和字号，要高过一行的上限 409 磅", "把这一列拉宽，或把字号改小"
    ),
    "TEMPLATE_STATE_MISSING": Entry(
        WARNING, "{sheet}缺少样行“{value}”，格子到了这个状态不会变样子", "从程序自带的模板中把这一行复制回来"
    ),
}
