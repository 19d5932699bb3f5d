"""The template's page 模板说明: for whoever restyles it. What may change, what each placeholder means, how to test it."""

from __future__ import annotations

from openpyxl.styles import Border, Side
from template_pens import BOX, FANG, HEI, NAVY, PALE, TITLE, heading, style

from workbook_builder.excel import dress
from workbook_builder.excel.palette import HAIR, SOFT_INK, WHITE
from workbook_builder.excel.template import GLOBALS, REVIEW_ROWS, ROWS

GUIDE_WIDTHS = {"A": 20, "B": 40, "C": 40, "D": 34}
_LAST = len(GUIDE_WIDTHS)
_LINES = Border(*(Side(style="thin", color=HAIR) for _ in range(4)))

MAY_CHANGE = (
    "字体、字号、颜色、底纹、边框、对齐",
    "列宽、行高（放不下字的行，程序会自动加高）",
    "页边距、纸张方向、页眉页脚、显示比例",
    "标题、表头、说明文字，占位符前后的文字，填表说明整页",
    "“状态样式/…”各行的底色和字色：填好、没填、有误时格子的样子",
)
MUST_STAY = (
    "工作表的名字；A 列的行名（发出的表里看不见）",
    "各列的位置：填报、扣/得分、本项得分、状态、说明及佐证各占一列",
    "样行里的例数（2、-2、已填……）只给看样子，发出的表里由程序写入",
    "锁定、下拉列表、公式由程序决定，在模板里改了也不起作用",
    "图片、批注、文本框、宏、条件格式图标：程序保留不了，检查时会指出",
)
TESTING = (
    "1. 改好后保存，运行 kaoping check：哪一格有问题、怎么改，逐条列出。",
    "2. 再运行 kaoping build，打开 1下发 里的表看效果；发出以前可以反复改、反复生成。",
    "3. 想从头来过：删去年度文件夹里的 考评表模板.xlsx，运行 kaoping templates，得到一份新的。",
)
#: Placeholder → what it stands for, an example.
MEANINGS = {
    "单位": ("发文单位的全称", "上海市松江区司法局"),
    "年度": ("考评年度", "2021"),
    "标题": ("考评的名称", "2021年度机关科室工作考评"),
    "文号": ("通知的文号", "沪松司发〔2021〕19号"),
    "周期起": ("考评周期的第一天", "2020年12月1日"),
    "周期止": ("考评周期的最后一天", "2021年11月30日"),
    "科室": ("这张表是哪个科室的", "办公室"),
    "申报表标题": ("附件4的标题", "2021年度区司法行政特色工作申报表"),
    "报送截止": ("报送的截止日期（方案里没有写的为空）", "2021年12月5日"),
    "联系方式": ("填表遇到问题找谁（方案里没有写的为空）", "政治处，67730000"),
    "部分": ("业务工作、队伍建设、特色工作", "业务工作"),
    "满分": ("这一部分的满分", "60分"),
    "考评内容": ("考评项的名称", "提高报送质量"),
    "序号": ("考评项的序号", "2"),
    "分值": ("考评项的分值", "10"),
    "计分方式": ("考评项从哪里起算", "从分值起扣，扣完为止"),
    "引导": ("通知印在细则前后、不计分的话", "（一）信息报送"),
    "细则": ("评分细则，照录通知", "报送公文程序、格式存在严重错误的，每件扣 1 分"),
    "条号": ("细则在本表的编号", "2.1"),
    "计分办法": ("细则怎么计分", "每件扣1分"),
    "分行": ("细则下面分开填的行", "第1次（右侧写明日期、事实）"),
    "小计": ("一个部分合计的说明", "业务工作小计"),
    "自评": ("表末要科室自己填的话", "特色工作自评分"),
    "自评说明": ("怎么填", "没有申报填0"),
    "总分": ("总分一行的说明", "自评总分（业务工作＋队伍建设＋特色工作）"),
    "文字": ("文字栏的名称", "对考评工作的意见建议"),
    "校验": ("校验码一行的说明", "校验码（签字页与电子表应一致）"),
    "份数": ("第几份申报表", "1"),
    "栏目": ("申报表栏目的名称", "主要创新点（300字以内）"),
    "申报单位": ("申报的科室", "办公室"),
    "表名": ("哪一种核定用的表", "核定表"),
    "核定人": ("谁来核定（职务或机构）", "办公室"),
    "报送情况": ("这个科室报送了没有", "已报送"),
    "内容": ("申报表里填的内容", "指挥平台值守“一键交接”试点"),
    "核定项": ("核定表末尾要填的话", "核定完成"),
    "核定说明": ("怎么填", "核对完毕选“是”"),
    "签字": ("由谁签字", "核定人（签字）："),
    "被核科室": ("逐个列出的科室", "政治处"),
}
_UNITS = {("科室表", "单位"): ("填报的单位", "件")}


def guide_sheet(ws):
    style(ws.cell(1, 1, "考评表模板说明"), font=TITLE, size=18, h="center")
    _merge(ws, 1, 1, _LAST)
    ws.row_dimensions[1].height = 42
    remark = "这一页只给改样子的人看，不会出现在发出的表里。每张工作表的一行是一个样行，程序照它的样子写出许多行。"
    style(ws.cell(2, 1, remark), size=11, color=SOFT_INK, h="center")
    _merge(ws, 2, 1, _LAST)
    ws.row_dimensions[2].height = 24
    number = _two_lists(ws, 3)
    heading(ws, number, "三、怎么试", _LAST)
    for offset, text in enumerate(TESTING, 1):
        _line(ws, number + offset, text)
    number = _placeholders(ws, number + len(TESTING) + 1)
    _rows(ws, number)
    dress.page(ws, landscape=False)


def _two_lists(ws, number):
    for title, lines in (("一、可以改", MAY_CHANGE), ("二、不要动", MUST_STAY)):
        heading(ws, number, title, _LAST)
        for offset, text in enumerate(lines, 1):
            _line(ws, number + offset, f"· {text}")
        number += len(lines) + 1
    return number


def _line(ws, number, text):
    style(ws.cell(number, 1, text), size=11, indent=1)
    _merge(ws, number, 1, _LAST)
    ws.row_dimensions[number].height = 20


def _placeholders(ws, number):
    heading(ws, number, "四、占位符：生成时换成真的内容，写法是两个花括号夹着名称", _LAST)
    number += 1
    _heads(ws, number, ("占位符", "意思", "例", "可以写在"))
    places = {name: ["各处"] for name in GLOBALS}
    for sheet, rows in (ROWS | REVIEW_ROWS).items():
        for key, names in rows.items():
            for name in names:
                if name not in GLOBALS:
                    places.setdefault(name, []).append(f"{sheet}·{key}")
    lines = [(name, *MEANINGS[name], where) for name, where in places.items()]
    lines.insert(1, ("单位", *_UNITS["科室表", "单位"], ["科室表·细则", "科室表·分行"]))
    for name, meaning, example, where in lines:
        number += 1
        _cells(ws, number, ("{{ " + name + " }}", meaning, example, "、".join(where)))
    return number + 1


ROW_MEANINGS = {
    "标题": "表的标题",
    "副标题": "标题下的一行；右边是自评总分",
    "状态": "滚动时一直看得见的一行：还缺几项，各部分填到哪里",
    "表头": "各列的名称，每一页重复",
    "部分": "业务工作、队伍建设、特色工作各一行",
    "考评项": "每个考评项一行",
    "引导": "通知印在细则前后、不计分的话",
    "细则": "每条细则一行，黄色的格子由科室填",
    "分行": "一条细则分几行填的，每次一行",
    "小计": "每一部分的合计",
    "自评": "表末由科室自己填的：特色工作自评分、自评确认",
    "总分": "自评总分",
    "文字": "意见建议、填表人、联系电话",
    "校验": "校验码",
    "签字": "签字、盖章、日期",
    "表尾": "表的最后一行",
    "单位": "申报单位",
    "短文": "申报表里一行写完的栏目",
    "长文": "申报表里限字数的栏目",
    "申报": "核定时看的申报表内容",
    "特色": "特色工作的核定分",
    "核定": "核定确认、核定完成",
    "条款": "突破底线的一条",
    "科室": "每个科室一行，选“有”或“无”",
}


def _rows(ws, number):
    heading(ws, number, "五、样行：A 列写着名称的行", _LAST)
    number += 1
    _heads(ws, number, ("工作表", "样行", "变成什么", "必须用到的占位符"))
    for sheet, rows in (ROWS | REVIEW_ROWS).items():
        for key, names in rows.items():
            number += 1
            needed = "{{ " + names[0] + " }}" if names and key != "标题" else "—"
            _cells(ws, number, (sheet, key, ROW_MEANINGS[key], needed))


def _heads(ws, number, texts):
    for col, text in enumerate(texts, 1):
        style(ws.cell(number, col, text), font=HEI, size=11, color=WHITE, fill=NAVY, border=BOX, h="center")
    ws.row_dimensions[number].height = 24


def _cells(ws, number, texts):
    for col, text in enumerate(texts, 1):
        font = HEI if col == 1 else FANG
        style(ws.cell(number, col, text), font=font, size=10.5, fill=PALE if col == 1 else None, border=_LINES)
    long = max(len(text) * 10.5 / (GUIDE_WIDTHS[letter] * 6 - 8) for letter, text in zip("ABCD", texts, strict=True))
    ws.row_dimensions[number].height = 19 if long <= 1 else 16 * (int(long) + 1) + 3


def _merge(ws, number, first, last):
    ws.merge_cells(start_row=number, start_column=first, end_row=number, end_column=last)
