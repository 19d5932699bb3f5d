"""Problems of the working folder itself: lock, outputs, interrupted runs, links, unreadable places."""

from __future__ import annotations

from workbook_builder.problems.core import ERROR, INFO, WARNING, Entry

_AGAIN = "再运行一次同一命令"

ENTRIES: dict[str, Entry] = {
    # --- the folder and its lock
    "RUN_IN_PROGRESS": Entry(
        ERROR,
        "另一个 kaoping 正在处理这个文件夹，本次没有运行",
        "等它结束后再运行；如果确认没有别的窗口在运行，重启电脑后再试",
    ),
    "LOCK_UNSUPPORTED": Entry(
        WARNING,
        "这个磁盘不支持文件锁，无法防止两个人同时运行",
        "请确认此刻只有一个人在运行，或把文件夹移到本机硬盘上",
    ),
    "FOLDER_READONLY": Entry(
        ERROR,
        "文件夹不能写入，写不出新的输出",
        "检查文件夹是否只读、在光盘或他人的共享中，或复制到自己的硬盘后再运行",
    ),
    "DISK_FULL": Entry(
        ERROR,
        "磁盘空间不足，写不下新的输出",
        "清理磁盘或换一个位置，然后" + _AGAIN,
    ),
    # --- writing outputs
    "OUTPUT_IN_USE": Entry(
        ERROR,
        "“{file}”正被 Excel、WPS 或其他程序占用，没有覆盖",
        "关闭该文件，然后" + _AGAIN,
    ),
    "OUTPUT_OPEN": Entry(
        WARNING,
        "“{file}”好像正开着，文件已换成新的，窗口里看到的仍是旧内容",
        "不保存，关闭后重新打开该文件",
    ),
    "OUTPUT_READONLY": Entry(
        ERROR,
        "“{file}”被设为只读，没有覆盖",
        "在文件属性中去掉“只读”，或把它改名留存，然后" + _AGAIN,
    ),
    "OUTPUT_BLOCKED": Entry(
        ERROR,
        "“{file}”写不进去：该位置上有同名但不是文件（或不是文件夹）的东西“{value}”",
        "把“{value}”改名或移走，然后" + _AGAIN,
    ),
    "OUTPUT_ELSEWHERE": Entry(
        ERROR,
        "“{file}”所在的文件夹其实在另一个磁盘上，无法保证输出完整",
        "不要把子文件夹链接到别的磁盘；恢复为普通文件夹后再运行",
    ),
    "OUTPUT_CHANGED": Entry(
        ERROR,
        "“{file}”在运行期间被人改动并保存，没有覆盖，所有输出保持原样",
        _AGAIN + "，新填的内容就会被读到",
    ),
    "OUTPUT_NAME": Entry(
        ERROR,
        "输出文件名“{value}”含有 Windows 不允许的字符，没有写出任何输出",
        '在方案中改掉名称里的 < > : " | ? * \\ 以及末尾的空格和句点',
    ),
    "OUTPUT_FAILED": Entry(
        ERROR,
        "写“{file}”时系统报错：{reason}",
        "检查磁盘和路径（路径不要太长），然后" + _AGAIN,
    ),
    # --- an interrupted run
    "RUN_FINISHED": Entry(
        INFO,
        "上次运行在更新输出时中断，现已补完（批次 {value}）",
        "不需要处理",
    ),
    "RUN_UNDONE": Entry(
        INFO,
        "上次运行没有写完就中断，未完成的输出已清除，原有输出没有改动",
        "需要上次的结果时，再运行一次那条命令",
    ),
    "RUN_KEPT": Entry(
        WARNING,
        "上次运行中断后“{file}”又被人改动，已保留现在的内容，没有用上次的输出覆盖",
        "再运行一次上次的命令，使各输出批次一致",
    ),
    "RUN_LOST": Entry(
        WARNING,
        "上次运行中断，“{file}”的新内容已损坏，仍是旧的，与其他输出批次不同",
        "再运行一次上次的命令，使各输出批次一致",
    ),
    "RUN_HALF": Entry(
        ERROR,
        "输出只更新了一部分（批次 {value}），下次运行会先补完",
        "先处理同时列出的问题再运行；仍然不行时，删除 .kaoping 文件夹（不会丢失数据）后重新运行",
    ),
    "JOURNAL_DAMAGED": Entry(
        INFO,
        "上次运行的更新记录“{file}”已损坏，按没有处理",
        "再运行一次上次的命令，使各输出批次一致",
    ),
    "HISTORY_DAMAGED": Entry(
        INFO,
        "历史记录“{file}”无法读取，按没有处理，“与上次相比”可能缺少这一次",
        "不需要处理；也可以删除该文件",
    ),
    "HISTORY_UNWRITTEN": Entry(
        WARNING,
        "历史记录没有写成，下次“与上次相比”会缺少这一次",
        "检查磁盘空间和 .kaoping 文件夹的权限",
    ),
    # --- what was found in a folder of returns
    "LINK_OUTSIDE": Entry(
        WARNING,
        "“{file}”是指向文件夹之外的链接，没有读取",
        "把真正的文件复制进来，删除链接",
    ),
    "LINK_FOLDER": Entry(
        INFO,
        "“{file}”是指向本文件夹之内的链接，没有重复读取",
        "不需要处理；也可以删除该链接",
    ),
    "UNREADABLE": Entry(
        ERROR,
        "“{file}”无法读取：{reason}",
        "检查文件是否损坏、被占用或没有权限，重新复制一份后再运行",
    ),
}
