"""The sheet 说明 of 方案.xlsx: how to edit it, in the clerk's words.

Comes in: nothing. Goes out: lines of (style, left, right).
"""

from __future__ import annotations

from workbook_builder.model import EVERY_SECTION, KIND_LABELS
from workbook_builder.scheme.tables import TABLES

TITLE, HEAD, LINE = "title", "head", "line"

#: Kind → what it means, with an example.
KIND_NOTES = {
    "per_occurrence": "每发生一次计一次分，填“分值”和“单位”。例：每迟报一次扣0.5分。",
    "one_off": "有就计一次，不论几次，填“分值”。例：未制定应急处置预案的，扣2分。",
    "discretionary": "一年只计一次，分数在“下限”“上限”之间由人定。例：视情况扣1-5分。",
    "discretionary_each": "每次各定一个分数，都在“下限”“上限”之间。例：每次视情扣1-2分。",
    "tiers": "看一个指标落在哪一档，填“指标”，各档写在“档次”表。例：低于90%扣2分，低于70%扣4分。",
    "rank": "按名次给分或扣分，分值写在“名次”表。例：排名1-4得1分，排名5-8得0.75分。",
    "options": "从几种结果中选，结果写在“选项”表；可以填个数的，“可多项”选“是”。例：一等加2分，二等加1分。",
    "zero_item": "一旦发生，所在考评项整项为0分。例：擅自调整资金用途的，本项不得分。",
    "converted": "按外部考核结果折算，填0到本项分值之间的分数。例：按信访考核结果折算。",
    "discretionary_max": "视情给0到“本条封顶”之间的分数。例：视情评分，此项上限3分。",
    "doubling": "“依赖细则”中的一部分起数加倍，那一条须是“按次计”。例：未按期整改的，加倍扣分。",
}

_HOW = (
    "直接在各表中增加、修改、删除行；行的先后就是各表印出来的先后。可以插入空行和自己的备查列，但备查列不会用到。",
    "标题行的列名和各表的表名不要改。没有内容的表也要留着。",
    "带下拉箭头的格子从列表中选；一格中有几个名称时用“；”隔开。",
    "格子里只写文字和数字，不写公式。分数一律填正数，扣还是得由“方向”决定，最多4位小数。",
    "改完后保存，运行 kaoping check；每个问题都会指明哪张表、哪一格、怎样改。",
)
_NEVER = (
    "细则编号、考评项编号：已经下发过的一律不改，也不给别的细则重用。原文、分值、序号改了，编号照旧；删去一条，它的编号就作废。",
    "细则原文：照录通知，错字也照录，说明写在“附注”“读法说明”里。",
    "隐藏的表：记着本文件的格式版本，不要删除。",
)
_YEARLY = (
    "换一年：先改“基本信息”（年度、文号、考评周期），再对照新通知改考评项和各细则表，最后逐条核对“口径”。",
    "改口径：在“口径”表中改“取值”，并把原来的取值写进“其他读法”；影响到哪条细则写在“口径影响”表。",
    f"科室改名：改“科室”表，旧称写进“别名”，再改“责任科室”；每个科室都要填的写“{EVERY_SECTION}”。",
)


def guide_lines() -> list[tuple[str, str, str]]:
    """The lines of the sheet, top to bottom."""
    lines = [(TITLE, "方案编辑说明", "")]
    lines += _block("怎样改", _HOW)
    lines += _block("不能改", _NEVER)
    lines += _block("每年要做的", _YEARLY)
    lines.append((HEAD, "各表的用处", ""))
    lines += [(LINE, table.name, table.about) for table in TABLES]
    lines.append((HEAD, "细则的“类型”", ""))
    lines += [(LINE, label, KIND_NOTES[kind]) for kind, label in KIND_LABELS.items()]
    return lines


def _block(head: str, texts: tuple[str, ...]) -> list[tuple[str, str, str]]:
    return [(HEAD, head, ""), *((LINE, str(number), text) for number, text in enumerate(texts, start=1))]
