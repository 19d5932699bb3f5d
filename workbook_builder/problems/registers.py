"""Problems of the workbooks that are filled in row by row: 决定.xlsx, 台账.xlsx, 市局反馈.xlsx."""

from __future__ import annotations

from workbook_builder.problems.core import ERROR, INFO, WARNING, Entry

ENTRIES: dict[str, Entry] = {
    # --- the workbook
    "REGISTER_NO_HEADS": Entry(
        ERROR, "没有找到“{value}”表的表头行，整份没有读取", "请把表头（{heads}）恢复为原样，或把内容移到程序生成的表中。"
    ),
    "REGISTER_HEAD_MISSING": Entry(ERROR, "表头缺少“{value}”一列，整份没有读取", "请在表头行补上“{value}”，这一列可以空着。"),
    "REGISTER_HEAD_TWICE": Entry(ERROR, "表头有两列“{value}”，整份没有读取", "请把多出的一列改名或删除。"),
    "REGISTER_OTHER_YEAR": Entry(
        ERROR, "这份表属于另一年度或另一方案（{value}），本方案是 {expected}，整份没有读取", "请换成本年度的表；确属本年度的内容，移到本年度的表中。"
    ),
    "REGISTER_KEPT": Entry(
        WARNING,
        "文件里有程序改写时会丢失的内容（{value}），程序没有改动它，需要增减的行没有写进去",
        "把这些内容移到另一个文件里，再运行一次{rows}。",
    ),
    # --- any row
    "REGISTER_BLANK": Entry(ERROR, "这一行没有填“{value}”，没有采用", "请补填“{value}”；多余的行请整行清空。"),
    "REGISTER_SECTION": Entry(ERROR, "“{value}”不是方案中的科室", "请从下拉列表选科室{hint}。"),
    "REGISTER_CLAUSE": Entry(ERROR, "“{value}”不是{section}的评分细则", "请先选科室，再从下拉列表选细则{hint}。"),
    "REGISTER_DATE": Entry(ERROR, "“{value}”不是能识别的日期", "请填日期，如 2021-12-31 或 2021年12月31日。"),
    # --- 台账
    "LEDGER_NO_DATE": Entry(WARNING, "没有填日期，这一条照常计入，但无法核对是否在考评周期内", "请补填日期。"),
    "LEDGER_OUTSIDE_PERIOD": Entry(WARNING, "日期 {value} 不在考评周期（{start}至{end}）内，照常计入", "请核对日期；不应计入的，整行删去。"),
    "LEDGER_NO_SECTION": Entry(ERROR, "填了细则“{value}”，但没有填科室，没有计入", "请补填科室。"),
    "LEDGER_UNASSIGNED": Entry(INFO, "这一条还没有写明{value}，暂不计入任何细则", "确定后补填；不涉及考评的可以不填。"),
    "LEDGER_AMOUNT": Entry(ERROR, "“次数或分值”填的“{value}”不能采用，按“未知”处理", "请填不小于 0 的数字；按次数计的填整数。"),
    "LEDGER_NO_AMOUNT": Entry(WARNING, "没有填“次数或分值”，按“未知”处理，不当作一次", "请补填；发生一次填 1。"),
    "LEDGER_NO_FACTS": Entry(WARNING, "没有写事实", "请写明时间、地点、事由，便于核对。"),
    "LEDGER_SAME_ENTRY": Entry(INFO, "与“{other}”中的一条完全相同，只计一次", "如是两件事，请在“事实”中写明区别。"),
    "LEDGER_SAME_ROW": Entry(
        WARNING, "与第 {row} 行逐格完全相同，按两件事计入", "请核对是否重复登记：重复的整行删去；确是两件事的，在“事实”中写明区别。"
    ),
    "SELF_BELOW_LEDGER": Entry(WARNING, "自评填“{value}”，日常检查台账记有 {ledger}（见{places}）", "请核对：台账属实的应更正自评，核定时以查实的为准。"),
    # --- 市局反馈
    "CITY_NO_VALUE": Entry(WARNING, "这一行还没有市局数据，暂不采用", "数据到后补填。"),
    "CITY_NO_REFERENCE": Entry(ERROR, "没有填“参照数据”（{value}），这一行没有采用", "请补填{value}。"),
    "CITY_REFERENCE_UNUSED": Entry(WARNING, "这条细则不用参照数据，填的“{value}”没有采用", "请核对细则是否选对；没有选错的，清空这一格。"),
    "CITY_NO_DOCUMENT": Entry(WARNING, "没有写文号（来源），照常采用", "请补填文号或来源，便于核对。"),
    "CITY_TWICE": Entry(ERROR, "“{value}”已在第 {row} 行填过，这条细则只能有一个数据，两行都没有采用", "请核对，只留正确的一行。"),
    "CITY_SAME_ROW": Entry(WARNING, "与第 {row} 行的数据和文号完全相同，{counted}", "请核对是否重复录入；重复的删去一行。"),
    # --- 决定
    "DECISION_KIND": Entry(ERROR, "“{value}”不是决定的种类，这一行没有采用", "请从下拉列表选种类{hint}。"),
    "DECISION_OBJECT": Entry(ERROR, "“{value}”不能作为“{kind}”的对象，这一行没有采用", "请先选种类和科室，再从下拉列表选对象{hint}。"),
    "DECISION_SECTION_UNWANTED": Entry(ERROR, "“{kind}”不分科室，这里填了“{value}”，这一行没有采用", "请清空“科室”一格。"),
    "DECISION_NO_REASON": Entry(ERROR, "已填“改为”，没有写理由，这一行没有采用", "请补填理由。"),
    "DECISION_NO_DATE": Entry(ERROR, "已填“改为”，没有写决定日期，这一行没有采用", "请补填决定日期，如 2021-12-31。"),
    "DECISION_NO_ROLE": Entry(ERROR, "已填“改为”，没有写由谁决定，这一行没有采用", "请补填作出决定的职务或机构，如 考评工作领导小组。"),
    "DECISION_AMOUNT": Entry(ERROR, "“改为”填的“{value}”不能采用，这一行没有采用", "这里填{allowed}。"),
    "DECISION_CHOICE": Entry(ERROR, "“改为”填的“{value}”不能采用，这一行没有采用", "这里只能填：{choices}。"),
    "DECISION_TWICE": Entry(ERROR, "同一事项在第 {row} 行决定为“{other}”，这里又决定为“{value}”，两行都没有采用", "请只留一行；以后作的决定请直接改原来那一行。"),
}
