"""Problems of deciding: rows of 决定 that no longer hold, assessors who differ, figures that nobody has settled."""

from __future__ import annotations

from workbook_builder.problems.core import ERROR, INFO, WARNING, Entry

ENTRIES: dict[str, Entry] = {
    "DECISION_STALE": Entry(
        ERROR,
        "这条“{kind}”的“原为”是“{value}”，现在已是“{now}”，决定没有生效",
        "核对后把“原为”改成现在的内容，或删去这一行重新决定",
    ),
    "DECISION_SUPERSEDED": Entry(
        WARNING,
        "“{kind}”之后结果有变（当时的结果码 {value}，现在是 {now}），那次“{kind}”不再作数",
        "核对变动后，在程序新写好的“{kind}”一行重新答复；这一行留作记录",
    ),
    "DECISION_IDLE": Entry(
        WARNING, "这条“{kind}”没有对应的事项（{value}），没有起作用", "核对“科室”和“对象”是否写对；事项已不存在的，可以留作记录"
    ),
    "DECISION_OUT_OF_RANGE": Entry(ERROR, "决定的“{value}”超出允许范围，没有生效", "“改为”应在 {allowed} 之内"),
    "DECISION_TOO_EARLY": Entry(
        ERROR, "还有科室的总分或名次没有定，不能“{kind}”", "先补齐“尚待补齐或决定”中所列事项，再作决定"
    ),
    "DECISION_WHILE_PENDING": Entry(
        WARNING, "“{kind}”时还有 {count} 项没有了结（{reasons}）", "请确认领导小组知悉；了结后结果有变的，会另出更正稿"
    ),
    "RULING_UNKNOWN": Entry(ERROR, "裁定“{value}”不在并列的科室之中，或多于名额，没有生效", "从以下科室中选：{names}（至多 {places} 个），都不评的填“无”"),
    "POLICY_REFUSED": Entry(ERROR, "口径改为“{value}”后方案有错误，没有生效", "核对“口径影响”等表，或改在方案中修改"),
    "ASSESSORS_DISAGREE": Entry(
        ERROR, "{section}的“{item}”几个考评科室核定不一致：{value}", "请几个考评科室商定后改成一致；定不下来的由领导小组在决定中“调整”"
    ),
    "TRANSFER_UNSUITABLE": Entry(
        ERROR,
        "“{clause}”不能转由{value}承担：只有业务工作中按次、按分或是否计的扣分可以转出",
        "把“承担科室”留空；要由别的科室承担的，在决定中分别“调整”两个科室",
    ),
    "TRANSFER_UNCOUNTED": Entry(
        ERROR,
        "由{value}承担的数据合在一起超出“{clause}”能填的范围，算不出扣多少分，没有转出",
        "核对各行的市局数据；确实这么多的，把“承担科室”留空，在决定中分别“调整”两个科室",
    ),
    "CITY_AND_SELF_DIFFER": Entry(INFO, "{section}自报“{own}”，市局反馈“{value}”，按口径{rule}", "两个数都列入核定表，核定时请核对"),
    "APPROVED_LOST": Entry(
        ERROR,
        "决定中审定的结果（{value}）没有存档，无法列出与审定稿的差别",
        "从备份中找回 5归档 里的审定结果文件；确实没有的，请领导小组重新审定",
    ),
    "APPROVED_DAMAGED": Entry(ERROR, "审定结果的存档“{file}”无法读取", "从备份中找回这个文件；它不能手工修改"),
}
