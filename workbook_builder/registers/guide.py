"""The page 说明 of each register: how to fill it in, with worked examples.

Comes in: the scheme, so that examples name its own sections and clauses. Goes out: lines of (style, text, …).
"""

from __future__ import annotations

import datetime

from workbook_builder import model as m
from workbook_builder import records as r
from workbook_builder.registers.offers import section_clauses
from workbook_builder.registers.spec import GUIDE_HEAD, GUIDE_HEADS, GUIDE_LINE, GUIDE_ROW, GUIDE_TITLE

Lines = tuple[tuple[str, ...], ...]

_WORKING = (
    (GUIDE_HEAD, "怎么往下填"),
    (GUIDE_LINE, "一行一件", "在表的最下面接着写，表格和下拉列表会自动跟着往下走。中间空几行没有关系，也可以筛选、排序。"),
    (GUIDE_LINE, "黄色的格子", "一行写了开头以后，还没有填、需要填的格子显示为黄色，填好就变白。"),
    (GUIDE_LINE, "下拉列表", "“细则”“对象”要先选好左边的格子才有下拉列表；列表里只认最前面的编号，后面的文字是给人看的。"),
    (GUIDE_LINE, "可以改的", "列可以移动，可以在旁边加自己的列、加自己的工作表。表头的名称不要改，隐藏的列和工作表不要动。"),
    (GUIDE_LINE, "保存", "直接保存为 .xlsx 即可。程序以后只更新下拉列表、增减还没有人填过的行，人写过的内容不会改动。"),
)


def ledger_guide(scheme: m.Scheme) -> Lines:
    """日常检查台账."""
    start, end = _day(scheme.period_start), _day(scheme.period_end)
    example = _deduction(scheme)
    day = str(scheme.period_start + datetime.timedelta(days=100))
    return (
        (GUIDE_TITLE, "日常检查台账怎么填"),
        (GUIDE_LINE, "平时检查中发现的情况随时记在“台账”页，年终与各科室的自评核对。台账不直接计分，核定时作为依据。"),
        *_WORKING,
        (GUIDE_HEAD, "每一列"),
        (GUIDE_LINE, "日期", f"事情发生的日期，写成 2021-12-31 的样子。考评周期是{start}至{end}，之外的会提醒。"),
        (GUIDE_LINE, "科室、细则", "还不能确定属于哪个科室、哪条细则的，先空着，以后补。"),
        (GUIDE_LINE, "次数或分值", "按次数计的细则填次数（一般填 1）；视情扣分的细则填分值。不清楚的空着，程序按“未知”处理，不当作一次，也不当作 0。"),
        (GUIDE_LINE, "事实、佐证", "事实写何时、何地、何事；佐证写通报、照片、记录的名称或编号。"),
        (GUIDE_LINE, "登记人（职务）", "写职务，如 政治处干事，不写姓名。"),
        (GUIDE_LINE, "几份台账", "几个科室各记一份的，都放进考评文件夹，程序合在一起；两份中完全相同的一条只计一次。"),
        (GUIDE_HEAD, "例"),
        (GUIDE_HEADS, "日期", "科室", "细则", "次数或分值", "事实"),
        (GUIDE_ROW, day, example[0], example[1], "1", "上午检查时发现，当场已提醒改正。"),
        (GUIDE_ROW, day, example[0], "（先空着）", "", "群众来电反映窗口无人，正在核实。"),
    )  # fmt: skip


def city_guide(scheme: m.Scheme) -> Lines:
    """市局反馈."""
    count, other = _deduction(scheme), _clause(scheme, (m.RANK, m.TIERS, m.CONVERTED))
    figure = {"": "13", m.RANK: "13", m.TIERS: "92", m.CONVERTED: "8.5"}[other[2]]
    return (
        (GUIDE_TITLE, "市局反馈数据怎么填"),
        (GUIDE_LINE, "市局通报的扣分、名次、比率、折算分和加分，到一项填一项。没有到的不要填，程序会一直当作“待市局反馈”。"),
        *_WORKING,
        (GUIDE_HEAD, "每一列"),
        (GUIDE_LINE, "科室、细则", "细则写在哪个科室的考评表上，就选哪个科室。每个科室的第一项是“特色工作是否获市局加分”，填 是 或 否。"),
        (GUIDE_LINE, "市局数据", "填市局的原数，不要自己折成分：按次数的填次数，名次填名次，比率填百分数（95 表示 95%），是非填 是 或 否，选项填档名，折算的填折算得分。"),
        (GUIDE_LINE, "参照数据", "细则写着“低于全市平均值”一类的，把全市平均值填在这里。"),
        (GUIDE_LINE, "文号（来源）", "写文号；没有文件的，写数据从哪里来、谁告知（职务）。"),
        (GUIDE_LINE, "承担科室", "扣分由别的科室承担时选那个科室，程序会在“决定”中请领导小组同意；空着就是本科室承担。"),
        (GUIDE_LINE, "一条填两行", "按次数、按分值的可以分几行填，程序相加；名次、比率、是非只能有一行，有两行的都不采用。"),
        (GUIDE_HEAD, "例"),
        (GUIDE_HEADS, "科室", "细则", "市局数据", "参照数据", "文号（来源）"),
        (GUIDE_ROW, other[0], other[1], figure, "", "市局年度考核通报第 3 页"),
        (GUIDE_ROW, count[0], count[1], "2", "", "市局〔2022〕1号"),
        (GUIDE_ROW, count[0], "特色工作#市局加分", "是", "", "市局加分公示"),
    )  # fmt: skip


def decisions_guide(scheme: m.Scheme) -> Lines:
    """决定."""
    item = next((i for i in scheme.items if i.part == m.BUSINESS), scheme.items[0])
    section = next((s.name for s in scheme.sections if s.rubric == item.owner), scheme.sections[0].name)
    return (
        (GUIDE_TITLE, "决定怎么填"),
        (GUIDE_LINE, "考评中凡是要由人定的事，都在“决定”页写一行：定什么、为什么、谁定的、哪天定的。程序只照这里的决定办。"),
        (GUIDE_LINE, "程序写好的行", "程序遇到要人定的事，会先写好种类、科室、对象和原为。请填改为、理由、决定日期、决定者。还没有定的空着。"),
        *_WORKING,
        (GUIDE_HEAD, "各种类的“改为”填什么"),
        (GUIDE_LINE, r.ADOPT, "一个科室有几份内容不同的考评表时，写采用的那份的文件名；都不采用的，请科室另交一份。"),
        (GUIDE_LINE, r.RELEASE, "科室用旧版表填的、细则后来有改动的，写 采用 或 不采用。"),
        (GUIDE_LINE, r.TRANSFER, "市局的扣分由别的科室承担，写 同意 或 不同意。"),
        (GUIDE_LINE, r.RULING, "名次并列等，写定下的结果，如 甲科、乙科。"),
        (GUIDE_LINE, f"{r.ADJUST}、{r.CORRECT}", "写定下的分数。考评项在 0 至它的分值之间，特色工作在 0 至 10 之间，突破底线写扣多少分。以后再定的，另写一行，不改原来的行。"),
        (GUIDE_LINE, r.POLICY_CHANGE, "写这条口径的另一种读法，要与方案“口径”表中的写法一致。"),
        (GUIDE_LINE, f"{r.SUBMIT}、{r.APPROVE}", "写 同意 或 不同意。只有写了审定同意，结果才不再标“未审定”。"),
        (GUIDE_LINE, "写全", "填了“改为”的行，理由、决定日期、决定者必须写全，否则这一行不算数。同一件事不要写两行不同的决定。"),
        (GUIDE_HEAD, "例"),
        (GUIDE_HEADS, "种类", "科室", "对象", "改为", "理由"),
        (GUIDE_ROW, r.ADJUST, section, f"{item.key} {item.title}".strip(), "8", "市局通报一次未计入，扣 2 分。"),
        (GUIDE_ROW, r.TRANSFER, section, item.clauses[0].id, r.AGREED, "该任务由对方科室承办。"),
        (GUIDE_ROW, r.APPROVE, "", r.WHOLE_YEAR, r.AGREED, "领导小组会议审定。"),
    )  # fmt: skip


def _day(day: datetime.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _deduction(scheme: m.Scheme) -> tuple[str, str, str]:
    return _clause(scheme, (m.PER_OCCURRENCE,))


def _clause(scheme: m.Scheme, kinds: tuple[str, ...]) -> tuple[str, str, str]:
    """(section, clause id, kind) of the first clause of such a kind, as an example."""
    for section in scheme.sections:
        for clause in section_clauses(scheme, section):
            if clause.kind in kinds and not clause.reference:
                return section.name, clause.id, clause.kind
    return scheme.sections[0].name, "业务/科室/1/1", ""
