"""Problems of the commands themselves: no working folder, something in the way, a filled workbook that was kept."""

from __future__ import annotations

from workbook_builder.problems.core import ERROR, INFO, WARNING, Entry

ENTRIES: dict[str, Entry] = {
    # --- the place
    "NO_FOLDER": Entry(
        ERROR,
        "“{value}”不是考评工作文件夹（它和它的上级里都没有 方案.xlsx）",
        "先进入工作文件夹再运行；还没有的，用 kaoping new 文件夹名 新建",
    ),
    "NOT_A_FOLDER": Entry(ERROR, "“{value}”是一个文件，不是文件夹", "换一个文件夹名"),
    "FOLDER_EXISTS": Entry(ERROR, "“{value}”里已经有 方案.xlsx，没有改动", "换一个文件夹名；要接着用它，直接进入该文件夹"),
    "FOLDER_NOT_EMPTY": Entry(ERROR, "“{value}”不是空文件夹，没有改动", "换一个文件夹名，如 kaoping demo 演示2；或先把它改名、移走"),
    "FILE_NOT_FOUND": Entry(ERROR, "找不到“{value}”", "检查名称和路径是否写对"),
    "BUNDLE_MISSING": Entry(ERROR, "程序安装不完整，缺少自带的“{value}”", "重新安装 kaoping"),
    "USAGE": Entry(ERROR, "命令写得不对：{value}", "用 {command} --help 看用法"),
    "INTERNAL_ERROR": Entry(
        ERROR, "程序内部出错（{value}），这不是填报的问题", "再运行一次；仍然出错，请把{log}发给维护人员"
    ),
    # --- the console
    "XLWINGS_MISSING": Entry(
        ERROR,
        "没有安装 xlwings，不能生成考评控制台",
        "运行 安装.bat（或 pip install \"kaoping[console]\"）后再试；不用控制台也能做全部工作：在菜单里做",
    ),
    "XLWINGS_BROKEN": Entry(ERROR, "安装的 xlwings 里没有“{value}”，不能生成考评控制台", "重新安装 xlwings；不用控制台也能做全部工作：在菜单里做"),
    "CONSOLE_PATH": Entry(
        ERROR, "程序所在的路径里有 Excel 的宏读不出的字“{value}”，不能生成考评控制台", "把程序装到路径里没有这些字的文件夹，再运行 kaoping console"
    ),
    "CONSOLE_KEPT": Entry(
        INFO, "“{file}”已有，没有改动；只更新了它旁边的设置", "要换成新的，先把它关闭、改名或删除，再运行 kaoping console"
    ),
    # --- 方案
    "YEAR_COPIED": Entry(
        INFO,
        "方案是从“{value}”原样复制的，仍写着上一年的内容",
        "在“基本信息”中改方案编号、年度、版本、标题、文号、周期和报送截止，再按新通知核对各表",
    ),
    "LOAD_DIFFERS": Entry(
        ERROR, "“{value}”的内容与要写入的不同，没有覆盖", "确认不再需要其中的内容后，加 --force 重新运行；或先把它改名留存"
    ),
    "LETTER_KIND_UNKNOWN": Entry(
        ERROR, "看不出“{value}”是哪种文书的模板", "文件名里写上文书的名称，如 {known}"
    ),
    "TARGET_KIND": Entry(ERROR, "“{value}”的扩展名不对", "输出文件名应以 {wanted} 结尾"),
    # --- workbooks that were issued
    "KEPT_FILLED": Entry(
        WARNING,
        "“{file}”里已有填写的内容，原样保留；新表另存为“{other}”",
        "填好的表请移到“2回收”；填写的内容不要的，删除原表后再生成一次",
    ),
    "KEPT_UNREADABLE": Entry(
        WARNING,
        "“{file}”不是本程序写出的样子，原样保留；新表另存为“{other}”",
        "看一看原文件是什么：要留的移到别处，不要的删除，再生成一次",
    ),
    "KEPT_STALE": Entry(
        WARNING, "“{file}”不在这次的下发名单里，但其中有填写的内容，没有删除", "填好的表请移到“2回收”；不要的请自行删除"
    ),
    # --- 汇总表 that somebody has altered
    "SUMMARY_ALTERED": Entry(
        WARNING,
        "“{file}”“{sheet}”{cell} 被改动：原为“{was}”，被改为“{value}”；以系统结果为准",
        "新表已按系统结果写出。要改变结果，在“决定.xlsx”中登记；被改动的表留存在“{kept}”",
    ),
    "SUMMARY_ALTERED_MORE": Entry(
        WARNING, "“{file}”另有 {value} 处被改动，没有逐条列出；以系统结果为准", "被改动的表留存在“{kept}”，可与新表对照"
    ),
    "SUMMARY_UNCOMPARED": Entry(
        INFO,
        "“{file}”有人保存过，上次写出的样子没有记录，看不出改了什么；以系统结果为准",
        "新表已按系统结果写出；原来的表留存在“{kept}”，可与新表对照，不要的可以删除",
    ),
    "SUMMARY_TRIAL_KEPT": Entry(
        INFO, "“{file}”的“试算”里填有 {value} 处加减分；新表的“试算”从空白开始", "填过的表留存在“{kept}”；不要的可以删除"
    ),
    "SUMMARY_ILLEGIBLE": Entry(
        WARNING, "原来的“{file}”已不是本程序写出的样子，无法核对有没有被改动", "新表已按系统结果写出；原表留存在“{kept}”，可自行对照"
    ),
    # --- review and archive
    "REVIEW_BOOK_KEPT": Entry(
        WARNING,
        "“{file}”没有更新：正在使用的是“{value}”，或它的内容无法读取",
        "只留一份要用的核定表，改名为“{file}”放回原处，其余移走，再运行 kaoping review",
    ),
    "LETTER_FAILED": Entry(ERROR, "“{value}”的模板有错，没有生成这类文书", "按列出的问题改好模板，或删去自己的模板改用自带的"),
    "NOT_APPROVED": Entry(ERROR, "现在是{value}，还没有审定，不能归档", "领导小组审定后，在 决定.xlsx 的“审定”一行填“同意”，再运行 kaoping summarize 和 kaoping archive"),
    "SUMMARY_OLD": Entry(ERROR, "4汇总 里的结果不是按现在的文件生成的", "先运行 kaoping summarize，再运行 kaoping archive"),
    "ARCHIVED_DIFFERS": Entry(ERROR, "归档的“{file}”已被改动，与校验清单不符", "从备份中找回原文件；归档的文件不能改动"),
}
