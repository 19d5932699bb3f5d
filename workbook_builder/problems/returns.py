"""Problems of returned workbooks as forms: identity, sheets, rows, duplicates."""

from __future__ import annotations

from workbook_builder.problems.core import ERROR, INFO, WARNING, Entry

_REFILL = "请该科室用本年度下发的表重新填写后报送。"

ENTRIES: dict[str, Entry] = {
    "NOT_OUR_FORM": Entry(ERROR, "这个工作簿不是本系统下发的考评表", "如是附件请存为 PDF 或文档；如是考评表，" + _REFILL),
    "MANIFEST_MISSING": Entry(ERROR, "表中的隐藏识别页缺失，无法确认年度和版本", "请把填好的内容移到下发的原表中再报送。"),
    "WRONG_SCHEME": Entry(ERROR, "这份表属于另一个考评方案（{value}），本方案是 {expected}", _REFILL),
    "WRONG_YEAR": Entry(ERROR, "这份表是 {value} 年度的，本年度是 {expected} 年", _REFILL),
    "SECTION_UNKNOWN": Entry(ERROR, "表中的科室“{value}”不在方案的科室名单内", "请核对方案“科室”表中的名称。"),
    "SHEET_MISSING": Entry(ERROR, "缺少工作表“{value}”，或其第一行、A 列（行标识）被插入、删改", "请在下发的原表中重新填写；不要在最上面、最左边插入行和列，不要动隐藏列。"),
    "SHEET_RENAMED": Entry(WARNING, "工作表“{value}”被改名，原名“{expected}”", "已按原名识别，核对内容即可。"),
    "SHEET_MOVED": Entry(INFO, "工作表“{value}”的位置被移动", "不影响识别，无须处理。"),
    "SHEET_HIDDEN": Entry(WARNING, "工作表“{value}”被隐藏，内容照常读取", "请与科室核对是否仍要报送。"),
    "SHEET_COPIED": Entry(ERROR, "工作表“{value}”是“{original}”的副本，未读取", "请删除副本，只保留一张后重新报送。"),
    "SHEET_FOREIGN": Entry(WARNING, "工作表“{value}”不属于本工作簿的科室，未读取", "如是误并入的表，请删除；否则请单独报送。"),
    "FILE_NAMED_OTHERWISE": Entry(
        WARNING,
        "文件名写的是{named}，里面是{value}的表，已作为{value}的填报采用",
        "请核对：如是{named}拿错了表，请{named}用本科室的表重填，并把这份移出“2回收”，再重新收集。",
    ),
    "SECTIONS_TOGETHER": Entry(
        WARNING,
        "这个文件里有 {count} 个科室填过的表（{value}），都已采用",
        "请核对每张都是该科室自己填的；不是的，请把文件中的那张删去，再重新收集。",
    ),
    "FORM_SHEET_MISSING": Entry(WARNING, "缺少申报表“{value}”", "如有特色工作申报，请补报申报表。"),
    "COLUMNS_MOVED": Entry(ERROR, "工作表被插入或删除了列，未读取", "请在下发的原表中重新填写。"),
    "KEY_MISSING": Entry(ERROR, "找不到“{value}”这一行（A 列行标识缺失）", "请在下发的原表中补填这一行。"),
    "KEY_TWICE": Entry(ERROR, "“{value}”这一行出现了两次，两处都未读取", "请删除多出的一行后重新报送。"),
    "ANSWER_ASTRAY": Entry(ERROR, "这里写有“{value}”，但不是填报格，没有读取", "请把内容移到“填报”列对应的格中；行数不够的请联系政治处。"),
    "ASTRAY_BESIDE": Entry(WARNING, "{place}写有“{value}”，不作为填报", "如是填报的内容，请移到“填报”列对应的格中；不是的无须处理。"),
    "CELLS_MERGED": Entry(ERROR, "填报格被并入合并单元格 {value}，没有读取", "请取消合并，逐格填写后重新报送。"),
    "RUBRIC_CHANGED": Entry(ERROR, "表上印好的文字被改动，现为“{value}”", "以下发的原文为准；请核对该行的填报是否仍按原文填写，并用原表重报。"),
    "PRINT_CHANGED": Entry(
        WARNING,
        "表上印的{what}是“{value}”，与方案的“{expected}”不同，计分以方案为准",
        "请核对该行是否按方案的{what}填写；已打印签字的，请用原表重印。",
    ),
    "FORMULA_OVERWRITTEN": Entry(WARNING, "这里应是公式，被改成了固定内容“{value}”，系统不采用", "以系统重算的为准；签字页如已打印，请用原表重印。"),
    "FORMULAS_GONE": Entry(WARNING, "表中 {value} 处公式变成了固定内容，系统不采用", "以系统重算的为准；请用 Excel 或 WPS 打开原表填写后保存。"),
    "OLD_FORM": Entry(INFO, "这份表是方案修改前下发的，未变的细则照常读取", "变动的细则见其他问题。"),
    "CLAUSE_CHANGED": Entry(ERROR, "这条细则在下发后有改动，原填报“{value}”未采用", "请按新表重填这一条。"),
    "FIELD_UNKNOWN": Entry(WARNING, "“{value}”已不在现行方案中，未采用", "无须处理；如有疑问请核对方案。"),
    "FILE_IDENTICAL": Entry(INFO, "与“{other}”完全相同，只计一份", "无须处理。"),
    "ANSWERS_IDENTICAL": Entry(INFO, "与“{other}”的填报内容相同，只计那一份", "无须处理。"),
    "CONFLICTING_RETURNS": Entry(
        ERROR,
        "{section}有 {count} 份内容不同的表（{files}），暂都未采用",
        "请与科室确认以哪份为准，在 决定.xlsx 的“采用哪份”一行写明，或把其余的移出“2回收”，再重新收集。",
    ),
    "REPLACED_BY_ROUND": Entry(INFO, "已被退回修改后的“{other}”替代", "无须处理。"),
    "SECTION_NOT_RETURNED": Entry(WARNING, "{section}还没有报送考评表", "请催报。"),
    "ATTACHMENT_NO_SECTION": Entry(INFO, "附件“{value}”认不出属于哪个科室", "请在文件名或所在文件夹名中写明科室。"),
    "MATERIAL_MISSING": Entry(WARNING, "{section}还缺应交材料：{value}", "请催交；文件名中写明科室和材料名称。"),
    "FILE_IGNORED": Entry(INFO, "系统文件或临时文件，已忽略", "无须处理。"),
    "SHEET_UNTOUCHED": Entry(WARNING, "{section}的表是空白的，没有填写任何内容", "请核对是否误发了空表。"),
    "READER_FAILED": Entry(ERROR, "读取这个文件时处理进程意外结束，已跳过", "请在 Excel 中打开另存后重新报送。"),
}
