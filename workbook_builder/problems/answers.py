"""Problems of single answers: what stands in a cell, and what its sheet shows for it."""

from __future__ import annotations

from workbook_builder.problems.core import ERROR, INFO, WARNING, Entry

ENTRIES: dict[str, Entry] = {
    # --- understood, noted
    "READ_AS": Entry(INFO, "填写的“{value}”读作{meant}", "无须处理；如理解有误请更正。"),
    "PERCENT_FORMAT": Entry(INFO, "单元格是百分比格式，按 {meant} 读取", "无须处理；如理解有误请更正。"),
    "ZERO_AS_NONE": Entry(INFO, "填 0，按“没有发生”处理", "无须处理。"),
    # --- accepted, to be seen by a person
    "NOT_APPLICABLE": Entry(WARNING, "填“{value}”，按不扣分（得分项按 0 分）处理", "请核定人确认确实无此类事项。"),
    "UNRANKED": Entry(WARNING, "填“未排名”，按口径处理", "请核定人核对名次。"),
    "ANSWER_STRUCK": Entry(WARNING, "填写的“{value}”画了删除线，删除线不起作用，仍按所写的读取", "不报的请清空这一格；要报的请去掉删除线。"),
    "TEXT_MAY_BE_CUT": Entry(
        WARNING,
        "旧版 .xls 中这段文字正好 {limit} 个字，后面的可能已被截断",
        "请核对文字是否完整；不完整的，请在原来的 .xlsx 中补全后重新报送。",
    ),
    "PENDING_CITY": Entry(INFO, "等待市局数据，得分暂缺", "市局数据到后补填。"),
    "COUNT_ABOVE_EXPECTED": Entry(WARNING, "填 {value}，多于通常最多的 {most}", "请核对次数；属实的写明情况。"),
    "NOTE_MISSING": Entry(WARNING, "视情计分没有写明日期和事实", "请在右侧“说明及佐证”写明。"),
    "REFERENCE_ZERO": Entry(WARNING, "{reference}为 0，“低于”无法成立", "请核对{reference}。"),
    "EXCLUSION_CONTRADICTED": Entry(WARNING, "这里填“{value}”，但特色工作中填了“{other}”", "请核对两处，以事实为准。"),
    "SPECIAL_WITHOUT_FORM": Entry(WARNING, "特色工作自评 {value} 分，但没有填申报表", "请补填申报表，或另附 Word 版申报表。"),
    "FORM_WITHOUT_SCORE": Entry(WARNING, "填了申报表，特色工作自评分却是 0", "请核对自评分。"),
    "FORM_FIELD_BLANK": Entry(WARNING, "申报表的“{caption}”没有填", "请补填。"),
    "FORM_TOO_LONG": Entry(WARNING, "共 {value} 字，超过 {limit} 字", "请精简；注明可附页的一栏，可将超出部分附页。"),
    # --- refused
    "VALUE_NOT_ALLOWED": Entry(ERROR, "填写的“{value}”无法采用", "这里{allowed}。"),
    "VALUE_OUT_OF_RANGE": Entry(ERROR, "填写的 {value} 超出规定范围", "这里{allowed}。"),
    "NOT_APPLICABLE_REFUSED": Entry(ERROR, "这条细则不能填“{value}”", "这里{allowed}。"),
    "PENDING_REFUSED": Entry(ERROR, "这条细则的数据不来自市局，不能填“{value}”", "这里{allowed}。"),
    "UNIT_UNEXPECTED": Entry(ERROR, "填写的“{value}”带有不相符的单位", "请只填数字（单位：{unit}）。"),
    "PERCENT_UNEXPECTED": Entry(ERROR, "填写的“{value}”是百分数，这里不是百分比", "这里{allowed}。"),
    "PERCENT_OR_FRACTION": Entry(ERROR, "填写的 {value} 分不清是百分之几还是小数", "95% 请填 95。"),
    "DATE_IN_NUMBER": Entry(ERROR, "单元格里是日期 {value}，不是数字", "请把单元格格式改为常规后重填：这里{allowed}。"),
    "ERROR_VALUE": Entry(ERROR, "单元格显示错误值 {value}", "请直接填写数字或文字。"),
    "FORMULA_IN_INPUT": Entry(ERROR, "填报格里是公式 {value}，未采用", "请填写结果，不要用公式。"),
    "FORMULA_IN_TEXT": Entry(ERROR, "文字格里是公式或错误值 {value}，未采用", "请改为文字。"),
    "MISSING_ANSWER": Entry(ERROR, "必填项没有填", "{allowed}。"),
    "NOT_CONFIRMED": Entry(ERROR, "没有做自评确认，空着的扣分细则无法认定为“没有发生”", "逐条核对后在“自评确认”选“是”。"),
    "DOUBLING_EXCEEDS": Entry(ERROR, "加倍的 {value} 起多于发生的 {base} 起", "加倍的起数不能多于上一条的起数。"),
    "MORE_EVENTS": Entry(ERROR, "选了“还有更多”，{count} 行以外的事项没有读到", "写得下的请逐行填写并改选“否”；写不下的请联系政治处增加行数。"),
    "SPECIAL_OUT_OF_BAND": Entry(
        ERROR, "特色工作自评 {value} 分不在规定区间", "获市局加分的填 {awarded} 分并选“是”，未获加分的填 {other} 分，没有申报填 0。"
    ),
    # --- figures
    "FIGURE_DIFFERS": Entry(
        WARNING, "表上显示 {value}，按填报内容重算为 {expected}", "以重算结果为准；请核对该表公式是否被改动或未重新计算。"
    ),
    "FIGURE_BY_OLD_POLICY": Entry(
        INFO, "表上显示 {value}，按现行方案重算为 {expected}", "这份表下发后方案或口径有变化，以重算结果为准。"
    ),
    "NOT_CALCULATED": Entry(INFO, "表中没有计算结果（未经 Excel 等软件计算保存）", "不影响采用，得分由系统重算。"),
}
