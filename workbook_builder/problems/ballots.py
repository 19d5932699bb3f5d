"""Problems of 述职测评.

Nothing of a single ballot is ever quoted: no file name of a ballot, no cell, no value, no ballot number. A place is at
most the entry workbook and its sheet; everything else is a count.
"""

from __future__ import annotations

from workbook_builder.problems.core import ERROR, INFO, WARNING, Entry

ENTRIES: dict[str, Entry] = {
    # --- 测评录入表
    "BALLOT_PASSES_DIFFER": Entry(
        ERROR,
        "两遍录入有 {count} 处不一致，该组测评结果暂缺",
        "打开录入表，标红的格就是；对照纸质票改正录错的一遍。",
    ),
    "BALLOT_ONE_PASS": Entry(
        ERROR,
        "有 {count} 张票在这一遍还没有录，该组测评结果暂缺",
        "请另一人对照纸质票录入这一遍；另一遍多录的，在那一遍清除。",
    ),
    "BALLOT_ENTRY_REFUSED": Entry(
        ERROR,
        "有 {count} 格填写的内容不能采用，该组测评结果暂缺",
        "打开录入表，标红的格就是：打分填 0 至 {scale} 的数字，弃权的空着，“特别情况”和“填票科室”从下拉框选；空白票这一行不填别的。",
    ),
    "BALLOT_ENTRY_CHANGED": Entry(
        ERROR,
        "录入表的版面被改动，或与方案中的测评组、科室对不上，该组测评结果暂缺",
        "请勿增删表、行、列，勿改票号；方案中的测评组或科室改过的，重新生成录入表，已录的会保留。",
    ),
    "BALLOT_ENTRY_OTHER": Entry(
        ERROR,
        "这份录入表属于另一年度、另一方案，或测评满分改过，没有采用",
        "往年的录入表请移出“测评”文件夹；满分改过的，核对已录的分数是按哪种满分打的，再与口径保持一致。",
    ),
    "BALLOT_ENTRY_TWICE": Entry(
        ERROR,
        "“测评”文件夹里有 {count} 份内容不同的录入表，分不清用哪一份，测评结果暂缺",
        "只留一份，其余移出“测评”文件夹。",
    ),
    "BALLOT_ROWS_SKIPPED": Entry(
        WARNING,
        "录过的票中间有 {count} 个票号整行空着",
        "整张空白的票请在“特别情况”选“空白票”；漏录的请补录；票号确实没有用的不必处理。",
    ),
    # --- files
    "BALLOT_UNREADABLE": Entry(
        ERROR,
        "有 {count} 个文件读不了，其中可能有测评票，测评结果暂缺",
        "请逐个试着打开：打不开、有密码或是 rar、7z 压缩包的，请重新取得或改存为 .xlsx；与测评无关的移出“测评”文件夹。",
    ),
    "BALLOT_FILE_OTHER": Entry(
        ERROR,
        "有 {count} 份电子测评票不是本年度现行的票样，没有采用，测评结果暂缺",
        "往年的票和被改动过版面的票请移出“测评”文件夹；下发后科室或满分改过的，请用现行票样重新测评。",
    ),
    "BALLOT_FILE_UNKNOWN": Entry(
        WARNING,
        "有 {count} 个工作簿不是测评票，没有采用",
        "如有人另做了表打分，请改用测评票填写；与测评无关的不必处理。",
    ),
    "BALLOT_VOTE_REFUSED": Entry(
        ERROR,
        "电子测评票中有 {count} 格填写的内容不能采用，有关测评组的结果暂缺",
        "打开电子票，右侧写着“有误”的就是：打分填 0 至 {scale} 的数字，弃权的空着；请填票人改正，或在“测评录入表”中按纸质票重录。",
    ),
    "BALLOT_COPIES": Entry(
        WARNING,
        "有 {count} 个电子测评票文件与别的文件完全相同，按同一份计，没有重复计票",
        "如果确是两个人分别交的，请其中一人重新填写、保存后再交。",
    ),
    # --- figures
    "BALLOT_GROUP_EMPTY": Entry(
        WARNING, "{group}对{sections}没有有效票，测评结果无法得出", "请核对票是否录全；确实没有票的，由领导小组决定如何处理。"
    ),
    "BALLOT_GROUP_SMALL": Entry(
        WARNING,
        "{group}对 {count} 个科室的有效票少于 {least} 张，不列票数和最高、最低分",
        "加权结果仍可能让人推知某一张票，公布前请领导小组斟酌。",
    ),
    "BALLOT_OWN_DROPPED": Entry(INFO, "按口径不计给本科室打的分，共 {count} 个", "无须处理。"),
}
