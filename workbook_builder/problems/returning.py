"""Problems of sending back and choosing: decisions on returns, declarations and their evidence."""

from __future__ import annotations

from workbook_builder.problems.core import ERROR, INFO, WARNING, Entry

ENTRIES: dict[str, Entry] = {
    # --- which return counts
    "CHOSEN_BY_DECISION": Entry(INFO, "按裁定采用这一份，未采用：{others}", "无须处理。"),
    "CHOICE_UNKNOWN": Entry(
        ERROR, "裁定{section}采用“{value}”，但{known}", "请核对裁定中写的文件名，与“2回收”中的名称一致。"
    ),
    "NOT_MENDED": Entry(
        ERROR, "上一稿这里填的“{value}”没有采用，改后的这一稿空着", "请补填；确实没有的填 0、“否”或“无”，不能空着。"
    ),
    "CLAUSE_RELEASED": Entry(INFO, "这条细则在下发后有改动，原填报“{value}”按裁定照常采用", "无须处理。"),
    # --- 特色工作申报
    "FORM_AWARD_WITHOUT_SHEET": Entry(
        WARNING, "申报表写的是获市局加分，科室表的“特色工作是否被市局考核认可并获得市局加分”却是“{sheet_says}”", "请核对两处，以事实为准。"
    ),
    "SHEET_AWARD_WITHOUT_FORM": Entry(
        WARNING, "这里写的是获市局加分，但申报的特色工作没有一项写明获市局加分", "请在获市局加分的那份申报表末尾“是否获市局加分”选“是”，或改正这里。"
    ),
    "FORM_AS_ATTACHMENT": Entry(INFO, "特色工作自评 {value} 分，申报表以附件报送：{other}", "请核定人查看附件。"),
    "EVIDENCE_NOT_FOUND": Entry(
        WARNING, "这里写的佐证材料“{value}”没有收到", "请报送这份材料（文件名与这里一致），或改正这里的文件名。"
    ),
    "ACHIEVEMENT_TWICE": Entry(
        WARNING, "“{value}”与{other}写的是同一件事", "请核对是否重复申报；同一成果只能由一处申报。"
    ),
}
