"""Problems of review workbooks: identity, reasons, what is to be reviewed again, 突破底线."""

from __future__ import annotations

from workbook_builder.problems.core import ERROR, WARNING, Entry

_REISSUE = "请用“3核定”中本年度生成的核定表填写后交回。"

ENTRIES: dict[str, Entry] = {
    "REVIEW_NOT_OURS": Entry(ERROR, "这个工作簿不是本系统生成的核定表", _REISSUE),
    "REVIEW_REVIEWER_UNKNOWN": Entry(
        ERROR, "这份核定表的核定人是“{value}”，现行方案中没有由其核定的内容，未采用", "请核对方案“谁填谁核”。"
    ),
    "REVIEW_SHEET_MISSING": Entry(
        ERROR, "核定表中缺少工作表“{value}”，或其 A 列的行标识被删改，该表按没有核定处理", _REISSUE
    ),
    "REVIEW_REASON_MISSING": Entry(
        ERROR, "核定为“{value}”，与原填报（{base}）不一致，但没有写理由，未采用", "请在右侧“核定说明”写明理由和依据。"
    ),
    "REVIEW_REOPENED": Entry(
        WARNING,
        "核定之后，这一条的填报或市局数据有变：原为{old}，现为{new}，原核定不再作数",
        "请在更新后的核定表中重新填“核定”；原核定保留在“核定说明”中。",
    ),
    "REVIEW_INCOMPLETE": Entry(
        ERROR, "“核定完成”选了“是”，但还有 {count} 处没有核定或不能采用（{cells}）", "请逐处核定，或把“核定完成”改为“否”。"
    ),
    "REVIEW_SPECIAL_BAND": Entry(
        ERROR,
        "特色工作核定 {value} 分不在规定区间，未采用",
        "获市局加分的填 {awarded} 分（“市局加分”须为“是”），未获加分的填 {other} 分，没有申报的填 0。",
    ),
    "REVIEW_CONFLICT": Entry(
        ERROR,
        "{reviewer}有 {count} 份内容不同的核定表（{files}），暂都未采用",
        "请在决定表“采用哪份”中写明采用哪一份，或删去其余各份。",
    ),
    "BOTTOM_CONTRADICTION": Entry(ERROR, "选了“无”，却填了扣分，未采用", "没有发生的请清除扣分；发生过的请改选“有”。"),
    "BOTTOM_UNSAID": Entry(ERROR, "填了扣分或事实，但“有/无”没有选，未采用", "请选“有”或“无”。"),
    "BOTTOM_NO_FACTS": Entry(ERROR, "填了扣分，没有写日期和事实，未采用", "请在右侧写明日期、事实和依据。"),
    "BOTTOM_NO_AMOUNT": Entry(WARNING, "选了“有”，还没有填扣分，该科室的等次为暂定", "扣分定下后逐起填写。"),
    "BOTTOM_MORE": Entry(ERROR, "选了“还有更多”，{count} 起以外的没有读到", "请联系政治处在方案中增加该条的行数后重新生成核定表。"),
}
