"""Problems of the scheme: 方案.xlsx or 方案.yaml as the clerk edits it, each at its cell."""

from __future__ import annotations

from workbook_builder.problems.core import ERROR, INFO, WARNING, Entry

_COPY_BACK = "从原方案中复制回来"

ENTRIES: dict[str, Entry] = {
    # --- the file
    "SCHEME_UNREADABLE": Entry(
        ERROR,
        "方案“{value}”打不开：{reason}",
        "检查文件是否存在、是否有权限读取，再运行一次",
    ),
    "SCHEME_FILE_KIND": Entry(
        ERROR,
        "“{value}”不是方案文件能用的格式",
        "方案只能是 .xlsx 或 .yaml；用 Excel 或 WPS 另存为 .xlsx",
    ),
    "SCHEME_TOO_LARGE": Entry(ERROR, "方案文本有 {value} 字节，超过上限 {limit} 字节", "检查是否选错了文件"),
    "SCHEME_TOO_NEW": Entry(
        ERROR,
        "方案的格式版本是 {value}，本程序只认识到第 {known} 版",
        "请换用制作这份方案的新版 kaoping；不要改动格式版本",
    ),
    "SCHEME_NO_VERSION": Entry(
        INFO,
        "方案没有标明格式版本，按第 1 版读取",
        "一般不必处理；如果是从旧文件改来的，请核对各表内容",
    ),
    "SCHEME_BAD_VERSION": Entry(
        ERROR,
        "方案的格式版本“{value}”不是正整数",
        "改回原来的数字，或从原方案另存一份再编辑",
    ),
    # --- the text form
    "SCHEME_YAML_ENCODING": Entry(ERROR, "方案文本不是 UTF-8 编码", "用记事本等另存为 UTF-8 编码"),
    "SCHEME_YAML_SYNTAX": Entry(
        ERROR,
        "方案文本第 {line} 行附近的写法读不懂",
        "检查该行的缩进、冒号后的空格和引号是否成对",
    ),
    "SCHEME_YAML_SHAPE": Entry(ERROR, "方案文本第 {line} 行应是{wanted}", "对照导出的方案文本改正该行"),
    "SCHEME_YAML_DEPTH": Entry(
        ERROR, "方案文本第 {line} 行嵌套太深", "方案文本只有三层：表、行、栏目；对照导出的方案文本改正"
    ),
    "SCHEME_YAML_KEY": Entry(
        ERROR, "方案文本第 {line} 行的“{value}”在同一处写了两次", "删去其中一个，或另起一行（以“- ”开头）"
    ),
    "SCHEME_YAML_ALIAS": Entry(
        ERROR, "方案文本第 {line} 行用了引用符号（& 或 *）", "把被引用的内容照抄一遍；文字以 & 或 * 开头时加引号"
    ),
    # --- sheets and columns
    "SCHEME_SHEET_MISSING": Entry(
        ERROR,
        "缺少“{sheet}”表",
        "表名改过的改回来，删掉的" + _COPY_BACK + "；没有内容也要留着表和标题行",
    ),
    "SCHEME_SHEET_UNKNOWN": Entry(
        WARNING, "多出“{value}”表，其中的内容不会用到", "不需要就不必处理{hint}；自己的备查表可把表名改为以“_”开头"
    ),
    "SCHEME_HEADING_MISSING": Entry(
        ERROR, "“{sheet}”表前 10 行中找不到标题行", "标题行须含有：{columns}；改过的请改回，删掉的" + _COPY_BACK
    ),
    "SCHEME_COLUMN_MISSING": Entry(
        ERROR, "“{sheet}”表缺少“{column}”一列", "列名改过的改回来，删掉的" + _COPY_BACK + "{hint}"
    ),
    "SCHEME_COLUMN_UNKNOWN": Entry(
        WARNING, "“{sheet}”表中“{value}”所在的列不认识，其中的内容不会用到", "不需要就不必处理{hint}"
    ),
    "SCHEME_COLUMN_TWICE": Entry(ERROR, "“{sheet}”表有两列“{value}”，只读了左边一列", "删去多余的一列"),
    # --- cells
    "SCHEME_FORMULA": Entry(ERROR, "单元格里是公式 {value}", "选中后复制，再“选择性粘贴”为“数值”；方案中只写结果"),
    "SCHEME_ERROR_VALUE": Entry(ERROR, "单元格里是错误值 {value}", "清空后重新填写"),
    "SCHEME_REQUIRED": Entry(ERROR, "“{column}”没有填", "补填；整行不要的，请删除整行"),
    "SCHEME_NUMBER": Entry(ERROR, "“{column}”应是数字，现在是“{value}”", "只填数字，例如 2 或 0.5，不带单位"),
    "SCHEME_INTEGER": Entry(ERROR, "“{column}”应是整数，现在是“{value}”", "填整数，例如 3"),
    "SCHEME_DECIMALS": Entry(ERROR, "“{column}”的小数超过 {decimals} 位：{value}", "最多保留 {decimals} 位小数"),
    "SCHEME_DATE_IN_NUMBER": Entry(
        ERROR,
        "“{column}”应是数字，现在是日期 {value}",
        "把单元格格式改为“常规”，再重新输入数字（输入 1-2 会被 Excel 当成日期）",
    ),
    "SCHEME_DATE": Entry(ERROR, "“{column}”应是日期，现在是“{value}”", "按“2021-12-01”的写法填写"),
    "SCHEME_YESNO": Entry(ERROR, "“{column}”应填是或否，现在是“{value}”", "从下拉列表中选“是”或“否”"),
    "SCHEME_CHOICE": Entry(ERROR, "“{column}”不能填“{value}”", "从下拉列表中选一个：{choices}{hint}"),
    "SCHEME_RANGE": Entry(
        ERROR, "“{column}”应在 {low} 到 {high} 之间，现在是“{value}”", "改为 {low} 到 {high} 之间的数"
    ),
    "SCHEME_TEXT_LONG": Entry(
        ERROR, "“{column}”有 {length} 字，超过 {limit} 字", "缩短，或把一部分移到“说明”“附注”等栏"
    ),
    # --- names and ids
    "SCHEME_DUPLICATE": Entry(
        ERROR, "“{column}”重复：“{value}”在 {first} 已有", "删去多余的一行，或改为不同的{column}"
    ),
    "SCHEME_ID_SHAPE": Entry(
        ERROR,
        "{column}“{value}”的写法不对",
        "按“{example}”的样子，用“/”隔开，不含空格和 # @ 等符号",
    ),
    "SCHEME_ID_PART": Entry(
        ERROR,
        "{column}“{value}”应以“{prefix}”开头，因为它属于{part}",
        "改正编号，或改正“部分”；编号已下发过的不要改编号",
    ),
    "SCHEME_ID_ITEM": Entry(
        ERROR, "细则编号“{value}”应以“{prefix}”开头，因为它属于该考评项", "改正细则编号或考评项编号"
    ),
    "SCHEME_ID_NUMBER": Entry(
        INFO, "细则编号“{value}”的末段与条号 {no} 不同", "条号改过而编号照旧的不必处理；新增的细则请核对"
    ),
    "SCHEME_ITEM_UNKNOWN": Entry(ERROR, "“考评项”表中没有“{value}”", "改正编号，或在“考评项”表中补一行{hint}"),
    "SCHEME_ITEM_PART": Entry(
        ERROR, "考评项“{value}”属于{part}，其细则不应放在“{sheet}”表", "把这一行移到“{wanted}”表，或改正考评项编号"
    ),
    "SCHEME_ITEM_EMPTY": Entry(ERROR, "考评项“{value}”没有任何细则", "在“{wanted}”表中补上细则，或删去这一考评项"),
    "SCHEME_CLAUSE_UNKNOWN": Entry(ERROR, "没有编号为“{value}”的细则", "改正编号，或删去这一行{hint}"),
    "SCHEME_CLAUSE_KIND": Entry(
        ERROR, "细则“{value}”的类型是“{kind}”，不用“{sheet}”表", "把该细则的类型改为“{wanted}”，或删去这一行"
    ),
    "SCHEME_SECTION_UNKNOWN": Entry(
        ERROR, "“{column}”中的“{value}”不是“科室”表中的科室或别名", "改正名称，或在“科室”表中加上这个科室或别名{hint}"
    ),
    "SCHEME_BODY_UNKNOWN": Entry(
        WARNING, "“{column}”中的“{value}”不在“科室”表中", "如果是局外机构或领导小组，不必处理{hint}"
    ),
    "SCHEME_SECTION_NAME": Entry(
        ERROR, "科室名称“{value}”不能作表名和文件名：{reason}", "改一个名称；原来的称呼可写在“别名”里"
    ),
    "SCHEME_ALIAS_CLASH": Entry(
        ERROR, "“{value}”既是“{first}”又是“{second}”的名称或别名", "一个名称只能指一个科室，从其中一行删去"
    ),
    "SCHEME_SECTION_EMPTY": Entry(
        ERROR,
        "“{value}”没有业务工作考评项",
        "在“考评项”表中补上，或在“业务标准”中写明采用哪个科室的细则",
    ),
    "SCHEME_CONDITION": Entry(
        ERROR,
        "参评条件“{value}”读不懂或永远不成立",
        "写成“口径=取值”，例如 联合科室=合并；取值须是该口径的读法之一{hint}",
    ),
    "SCHEME_ITEM_UNUSED": Entry(
        WARNING, "没有参评科室要填考评项“{value}”", "检查“责任科室”“别名”“参评条件”；确实不用的请删去"
    ),
    # --- parts, items, sums
    "SCHEME_PART_MISSING": Entry(ERROR, "“部分”表缺少“{part}”", "补上一行；不考评的部分满分可填 0"),
    "SCHEME_POINTS_MISSING": Entry(ERROR, "{part}的考评项没有填分值", "补填分值"),
    "SCHEME_SUM": Entry(
        ERROR,
        "{owner}的{part}考评项分值合计 {found} 分，应为 {full} 分",
        "核对这些考评项的分值（共 {count} 项）和“部分”表的满分",
    ),
    "SCHEME_DIRECTION": Entry(
        ERROR,
        "方向“{value}”与考评项的计分方式“{mode}”不符",
        "改正方向；既有扣分又有得分的考评项，计分方式选“得扣并用”",
    ),
    "SCHEME_CAP_ABOVE_ITEM": Entry(
        WARNING, "本条封顶 {value} 分高于本项分值 {points} 分，封顶不起作用", "核对原文；只受本项分值限制的请清空"
    ),
    # --- clauses by kind
    "SCHEME_ATTRIBUTE_MISSING": Entry(ERROR, "“{kind}”的细则必须填“{column}”", "补填“{column}”，或改正“类型”"),
    "SCHEME_ATTRIBUTE_UNUSED": Entry(
        ERROR, "“{kind}”的细则不用“{column}”，现在填了“{value}”", "清空这一格，或改正“类型”"
    ),
    "SCHEME_NOT_POSITIVE": Entry(
        ERROR, "“{column}”应大于{low}，现在是 {value}", "分数一律填正数，扣还是得由“方向”决定"
    ),
    "SCHEME_BOUNDS": Entry(ERROR, "下限大于上限 {high}，现在是 {value}", "对照原文改正下限和上限"),
    "SCHEME_BEST_ONLY": Entry(ERROR, "填了“只计最好”，却不是可多项", "“可多项”改为“是”，或清空“只计最好”"),
    "SCHEME_DOUBLING_BASE": Entry(
        ERROR,
        "加倍所依赖的细则“{value}”{reason}",
        "所依赖的细则须在同一考评项中、类型为“按次计”、排在加倍这一条之前{hint}",
    ),
    "SCHEME_POOL_SINGLE": Entry(
        WARNING, "取高组“{value}”在本考评项中只有一条细则", "核对组名是否写错；不需要取高的请清空"
    ),
    "SCHEME_STEPS_MISSING": Entry(
        ERROR, "“{kind}”的细则“{value}”在“{wanted}”表中没有任何行", "在“{wanted}”表中补上，或改正“类型”"
    ),
    "SCHEME_TEXT_NUMBER": Entry(WARNING, "原文“{words}”里找不到 {value}", "核对数字与原文；原文确实没有写的，可不理会"),
    # --- tiers, ranks, options
    "SCHEME_TIER_BOUND": Entry(
        ERROR, "“界限”和“参照”须填其中一个，现在{reason}", "已知的数填“界限”，待定的数据在“参照”里写名称"
    ),
    "SCHEME_TIER_REFERENCE": Entry(
        ERROR,
        "同一细则的各档参照不一致：“{value}”与“{first}”",
        "一条细则只能看一个待定数据；把其余的改为界限或分成两条细则",
    ),
    "SCHEME_TIER_ORDER": Entry(
        ERROR,
        "各档没有从轻到重排列：“{value}”",
        "“低于”类的界限应越来越低、“达到”类的应越来越高，分值越来越大，同一细则不混用两类",
    ),
    "SCHEME_RANK_BAND": Entry(ERROR, "名次从 {value} 到 {last} 不成一段", "“起”至少为 1，且不大于“止”"),
    "SCHEME_RANK_OVERLAP": Entry(ERROR, "第 {value} 名与前一段（到第 {last} 名）重叠", "改正“起”或“止”"),
    "SCHEME_RANK_GAP": Entry(
        ERROR, "第 {value} 名之前有空缺：第 {low} 至 {high} 名没有分值", "补上这些名次，不得分的填 0"
    ),
    "SCHEME_RANK_BEYOND": Entry(ERROR, "第 {value} 名超出名次总数 {total}", "改正名次，或在“基本信息”中改“名次总数”"),
    "SCHEME_OPTION_RESERVED": Entry(ERROR, "“{value}”另有用处，不能作选项", "换一个说法"),
    # --- policies
    "SCHEME_POLICY_MISSING": Entry(ERROR, "“口径”表缺少“{name}”", "补上一行，取值填以下之一：{readings}{hint}"),
    "SCHEME_POLICY_VALUE": Entry(ERROR, "口径“{name}”不能取“{value}”", "只能取以下之一：{readings}{hint}"),
    "SCHEME_POLICY_REPEATED": Entry(
        ERROR, "口径“{name}”的取值“{value}”又列在其他读法中，或其他读法有重复", "“其他读法”改为：{others}"
    ),
    "SCHEME_EFFECT_POLICY": Entry(ERROR, "“口径”表中没有“{value}”", "改正名称，或删去这一行{hint}"),
    "SCHEME_EFFECT_VALUE": Entry(
        ERROR, "“{value}”不是口径“{name}”的取值或其他读法", "改为以下之一：{readings}；或删去这一行"
    ),
    "SCHEME_EFFECT_TARGET": Entry(ERROR, "没有编号为“{value}”的细则或考评项", "改正编号，或删去这一行{hint}"),
    "SCHEME_EFFECT_ATTRIBUTE": Entry(ERROR, "{target}没有“{value}”可改", "可改的有：{choices}；或改正“对象”"),
    "SCHEME_EFFECT_CLASH": Entry(
        ERROR, "“{value}”同时被口径“{first}”和“{second}”改动", "同一对象的同一属性只能由一条生效的口径改动，删去一行"
    ),
    # --- basics, forms, grades, raters
    "SCHEME_BASIC_UNKNOWN": Entry(WARNING, "“基本信息”中的“{value}”不认识，不会用到", "核对项目名称{hint}"),
    "SCHEME_BASIC_MISSING": Entry(ERROR, "“基本信息”中没有填“{name}”", "补上“{name}”的内容"),
    "SCHEME_PERIOD": Entry(ERROR, "考评周期结束（{value}）早于开始（{start}）", "改正“周期起”或“周期止”"),
    "SCHEME_YEAR": Entry(WARNING, "年度 {value} 与考评周期 {start} 至 {end} 对不上", "核对“年度”“周期起”“周期止”"),
    "SCHEME_YEAR_LEFT": Entry(WARNING, "{key}里写的是 {found}，年度是 {year}", "换年时一并修改"),
    "SCHEME_SPECIAL_BOUNDS": Entry(
        ERROR, "特色工作分值区间不对：下限 {low}、上限 {high}、满分 {full}", "应为 0 ≤ 下限 ≤ 上限 ≤ 特色工作满分"
    ),
    "SCHEME_GRADE_ORDER": Entry(
        ERROR, "等次没有从高到低排列：“{column}” {value}", "前几名应越来越大，最低分应越来越低"
    ),
    "SCHEME_WEIGHTS": Entry(ERROR, "测评组权重合计为 {total}，应为 1", "改正权重，例如 0.6 和 0.4"),
}
