"""The tables of a scheme: one description for 方案.xlsx (a sheet each) and 方案.yaml (a key each).

Comes in: nothing. Goes out: `TABLES`, in the order of the sheets. A table's rows are plain dicts of column
name → text exactly as the clerk typed it (numbers as their shortest text, 是/否, blank left out).
"""

from __future__ import annotations

from dataclasses import dataclass

from workbook_builder import model as m

FORMAT_VERSION = 1

TEXT, INTEGER, NUMBER, DATE, CHOICE, YESNO = "text", "integer", "number", "date", "choice", "yesno"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, type, whether it must be filled, the choices of its drop-down, width and hint."""

    name: str
    type: str = TEXT
    required: bool = False
    choices: tuple[str, ...] = ()
    width: int = 12
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table = a sheet. `part` is set for the four clause tables that share one row shape."""

    name: str
    columns: tuple[Column, ...]
    about: str
    part: str = ""

    def column(self, name: str) -> Column:
        return next(c for c in self.columns if c.name == name)


def _c(name: str, type: str = TEXT, required: bool = False, choices=(), width: int = 12, hint: str = "") -> Column:
    return Column(name, type, required, tuple(choices), width, hint)


KINDS = tuple(m.KIND_LABELS.values())

BASICS = Table(
    "基本信息",
    (
        _c("项目", required=True, width=16),
        _c("内容", width=60),
        _c("说明", width=50),
    ),
    "年度、单位、文号、考评周期等。只改“内容”一列。",
)
#: Names in the first column of 基本信息 that the program reads; True: must be filled.
BASIC_KEYS = {
    "方案编号": True,
    "年度": True,
    "版本": True,
    "单位": True,
    "标题": True,
    "文号": False,
    "周期起": True,
    "周期止": True,
    "申报表标题": False,
    "申报表份数": False,
    "名次总数": False,
    "视情事件行数": False,
    "特色获市局加分下限": False,
    "特色获市局加分上限": False,
    "特色未获加分下限": False,
    "特色未获加分上限": False,
    "报送截止": False,
    "联系方式": False,
    "保护密码": False,
    "页眉标记": False,
}

SECTIONS = Table(
    "科室",
    (
        _c("序号", INTEGER, True, width=6),
        _c("科室", required=True, width=26),
        _c("别名", width=40, hint="通知中的其他称呼，多个用；隔开"),
        _c("业务标准", width=26, hint="采用哪个科室的业务工作细则；空=本科室"),
        _c("参评条件", width=20, hint="口径=取值，例如 联合科室=合并；空=总是参评"),
        _c("说明", width=40),
    ),
    "参加考评的科室，一行一个，顺序即各表的顺序。",
)
PARTS = Table(
    "部分",
    (
        _c("部分", CHOICE, True, m.PARTS, 12),
        _c("满分", NUMBER, width=8, hint="空=不设上限"),
        _c("计入总分", CHOICE, True, ("加", "减"), 10),
        _c("依据", width=50),
    ),
    "考评的四个部分及满分。",
)
ITEMS = Table(
    "考评项",
    (
        _c("考评项编号", required=True, width=30, hint="例如 业务/办公室/1；改序号时编号不变"),
        _c("部分", CHOICE, True, m.PARTS, 10),
        _c("责任科室", required=True, width=26, hint=f"科室或其别名；{m.EVERY_SECTION}=每个科室都填"),
        _c("序号", INTEGER, True, width=6),
        _c("考评内容", width=50, hint="原文缺标题时留空"),
        _c("分值", NUMBER, width=8, hint="业务、队伍：本项分值；特色：本项上限；空=不设"),
        _c("计分方式", CHOICE, True, tuple(m.MODE_LABELS.values()), 10),
        _c("基础分", NUMBER, width=8, hint="空=扣分制从分值起、其余从0起"),
        _c("考评科室", width=26, hint="由谁考评，多个用；隔开"),
        _c("说明", width=40),
    ),
    "考评项，一行一项。业务各科室合计、队伍合计须等于部分满分。",
)

_CLAUSE_COLUMNS = (
    _c("细则编号", required=True, width=28, hint="例如 业务/办公室/1/3；唯一，改文字时编号不变"),
    _c("考评项编号", required=True, width=24),
    _c("条号", INTEGER, True, width=6),
    _c("引导语", width=30, hint="原文中不计分的前一句"),
    _c("细则原文", required=True, width=70, hint="照录通知原文"),
    _c("小标题", width=18),
    _c("附注", width=30, hint="原文中的定义、来源说明"),
    _c("方向", CHOICE, True, tuple(m.DIRECTION_LABELS.values()), 8),
    _c("类型", CHOICE, True, KINDS, 12),
    _c("分值", NUMBER, width=8, hint="按次计：每次的分；一次性：一次的分"),
    _c("下限", NUMBER, width=8, hint="视情的最低分"),
    _c("上限", NUMBER, width=8, hint="视情的最高分"),
    _c("单位", width=6, hint="次、件、人、月……"),
    _c("本条封顶", NUMBER, width=8, hint="本条最多扣（得）多少；空=只受本项分值限制"),
    _c("本条基础分", NUMBER, width=8, hint="本条自带满分、从中倒扣时填"),
    _c("指标", width=22, hint="分档所看的指标名称"),
    _c("指标单位", CHOICE, False, ("%", "次", "件", "个", "人", "条"), 8),
    _c("依赖细则", width=26, hint="加倍：所依赖的细则编号"),
    _c("倍数", NUMBER, width=6, hint="加倍后每起合计为原分的几倍"),
    _c("可多项", YESNO, False, ("是", "否"), 8, "选项：每个选项填个数"),
    _c("只计最好", YESNO, False, ("是", "否"), 8, "可多项时只计最好一项"),
    _c("或者条件", width=30, hint="分档：满足即得最高档的另一条件"),
    _c("排除条件", width=30, hint="一次性：满足则不得分的条件"),
    _c("取高组", width=10, hint="同一考评项中同组的细则只计最重的一条"),
    _c("可不适用", YESNO, False, ("是", "否"), 8),
    _c("待市局", YESNO, False, ("是", "否"), 8, "数据来自市局，可先填“待市局反馈”"),
    _c("最多次数", INTEGER, width=8, hint="超过时提醒核对，不拒收"),
    _c("读法说明", width=50, hint="对原文的读法、疑点"),
)


def _clauses(name: str, part: str) -> Table:
    return Table(name, _CLAUSE_COLUMNS, f"{part}的评分细则，一行一条，照录通知原文。", part)


CLAUSES = (
    _clauses("业务细则", m.BUSINESS),
    _clauses("队伍细则", m.TEAM),
    _clauses("特色细则", m.SPECIAL),
    _clauses("底线细则", m.BOTTOM_LINE),
)
TIERS = Table(
    "档次",
    (
        _c("细则编号", required=True, width=28),
        _c("比较", CHOICE, True, tuple(m.TIER_LABELS.values()), 14, "低于、高于不含界限；不高于、达到含界限"),
        _c("界限", NUMBER, width=12, hint="百分数按点数填：95 即 95%"),
        _c("参照", width=20, hint="界限是待定数据时填其名称，如 全市平均值"),
        _c("分值", NUMBER, True, width=10),
    ),
    "“分档”细则的各档，一行一档，从轻到重。各档不叠加。",
)
RANKS = Table(
    "名次",
    (
        _c("细则编号", required=True, width=28),
        _c("起", INTEGER, True, width=10),
        _c("止", INTEGER, True, width=10),
        _c("分值", NUMBER, True, width=10),
    ),
    "“名次”细则的分值表，一行一段。",
)
OPTIONS = Table(
    "选项",
    (
        _c("细则编号", required=True, width=28),
        _c("选项", required=True, width=50),
        _c("分值", NUMBER, True, width=8),
    ),
    "“选项”细则的可选结果，一行一个。",
)
POLICIES = Table(
    "口径",
    (
        _c("口径", required=True, width=22),
        _c("取值", required=True, width=20),
        _c("其他读法", width=30, hint="多个用；隔开"),
        _c("影响分数", YESNO, True, ("是", "否"), 8),
        _c("依据", required=True, width=40, hint="通知条款，或：通知未规定，默认，待领导小组确认"),
        _c("说明", width=60),
        _c("疑点", width=8),
    ),
    "通知没有写明、而影响结果的地方，一行一条。改“取值”即改变计分。",
)
EFFECTS = Table(
    "口径影响",
    (
        _c("口径", required=True, width=22),
        _c("取值", required=True, width=20),
        _c("对象", required=True, width=28, hint="细则编号或考评项编号"),
        _c("属性", CHOICE, True, ("基础分", "本条封顶", "分值", "倍数", "只计最好", "取高组"), 10),
        _c("设为", width=10),
    ),
    "口径取某值时，哪条细则或考评项的哪个属性改为什么。",
)
DUTIES = Table(
    "谁填谁核",
    (
        _c("部分", CHOICE, True, m.PARTS, 10),
        _c("科室", required=True, width=26, hint=f"科室名称或 {m.EVERY_SECTION}"),
        _c("填报", required=True, width=20),
        _c("核定", required=True, width=26, hint="多个用；隔开"),
        _c("依据", width=50),
    ),
    "每个部分由谁填报、由谁核定。写明科室的一行优先于“全部科室”。",
)
MATERIALS = Table(
    "应交材料",
    (
        _c("材料", required=True, width=22),
        _c("科室", required=True, width=20, hint=f"科室名称或 {m.EVERY_SECTION}"),
        _c("必交", YESNO, True, ("是", "否"), 8),
        _c("形式", CHOICE, True, ("考评表", "附件"), 10),
        _c("文件名词语", width=30, hint="附件文件名中含有的词，多个用；隔开"),
        _c("依据", width=40),
    ),
    "每个科室应交的材料，收件登记按此核对。",
)
FORM = Table(
    "申报表",
    (
        _c("栏目", required=True, width=20),
        _c("字数上限", INTEGER, width=10),
        _c("可附页", YESNO, False, ("是", "否"), 8),
        _c("必填", YESNO, False, ("是", "否"), 8),
        _c("提示", width=40),
    ),
    "特色工作申报表（附件4）的栏目。",
)
GRADES = Table(
    "等次",
    (
        _c("等次", required=True, width=10),
        _c("前几名", INTEGER, width=8),
        _c("最低分", NUMBER, width=8, hint="通知未规定时留空，显示为“未定”"),
        _c("底线扣分不得评", YESNO, False, ("是", "否"), 12),
    ),
    "等次，从高到低。",
)
RATERS = Table(
    "测评组",
    (
        _c("测评组", required=True, width=40),
        _c("权重", NUMBER, True, width=18, hint="0.6 即 60%"),
    ),
    "述职测评的两组及权重，合计为 1。",
)

TABLES: tuple[Table, ...] = (
    BASICS,
    SECTIONS,
    PARTS,
    ITEMS,
    *CLAUSES,
    TIERS,
    RANKS,
    OPTIONS,
    POLICIES,
    EFFECTS,
    DUTIES,
    MATERIALS,
    FORM,
    GRADES,
    RATERS,
)
TABLE_BY_NAME = {table.name: table for table in TABLES}
