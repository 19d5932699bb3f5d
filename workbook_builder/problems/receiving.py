"""Problems of `receive` (what was dropped is not what a section sent back) and of `bundle` (the offline folder)."""

from __future__ import annotations

from workbook_builder.problems.core import ERROR, INFO, WARNING, Entry

_RETURNS = "请拖科室交回来的文件或文件夹"

ENTRIES: dict[str, Entry] = {
    # --- receive: into which year
    "RECEIVE_NO_YEAR": Entry(
        ERROR,
        "不知道收进哪个年度：附近没有年度文件夹，什么都没有存放",
        "把年度文件夹和程序放在同一个地方，或用 --to 写明年度文件夹；还没有的，用 kaoping new 文件夹名 新建",
    ),
    "RECEIVE_WHICH_YEAR": Entry(
        ERROR, "不知道收进哪个年度：附近有 {count} 个年度文件夹（{value}），什么都没有存放", "用 --to 写明收进哪一个，如 --to \"{first}\""
    ),
    "RECEIVE_MANY_YEARS": Entry(
        ERROR, "拖来的东西属于几个不同的年度文件夹（{value}），什么都没有存放", "一次只收一个年度；要存进另一个年度的，用 --to 写明"
    ),
    "RECEIVE_OTHER_YEAR": Entry(
        ERROR, "拖来的“{value}”本身是年度文件夹，不能存进另一个年度“{year}”，什么都没有存放", "要收集它，只拖它，不写 --to"
    ),
    "RECEIVE_IN_ARCHIVE": Entry(
        ERROR,
        "年度文件夹“{value}”还在压缩包里（现在看到的是临时文件，关掉窗口就没有了），没有收集",
        "先把整个压缩包解压到电脑上，再用解压出来的文件夹",
    ),
    # --- receive: what was dropped
    "RECEIVE_DRIVE": Entry(ERROR, "“{value}”是整个磁盘或U盘，什么都没有存放", "打开它，" + _RETURNS),
    "RECEIVE_TOO_MUCH": Entry(
        ERROR,
        "拖来的太多，什么都没有存放：一次最多 {files} 个文件、共 {megabytes} MB",
        "看看是不是拖错了文件夹；没有拖错的，分几次拖",
    ),
    "RECEIVE_HOLDS_YEAR": Entry(
        ERROR, "“{file}”里有年度文件夹“{value}”，没有存放", _RETURNS + "；要收集那个年度，拖那个年度文件夹本身"
    ),
    "RECEIVE_NOT_RETURNED": Entry(
        WARNING,
        "“{file}”是年度文件夹自己的内容，不是交回来的，没有存放",
        _RETURNS + "；其中如有科室填好的表，把那一份移到 2回收",
    ),
    "RECEIVE_LINK": Entry(WARNING, "“{file}”是链接，不是文件本身，没有存放", "请拖它指向的那个文件"),
    "RECEIVE_SHORTCUT": Entry(WARNING, "“{file}”是快捷方式，不是文件本身，没有存放", "请拖它指向的那个文件"),
    "RECEIVE_SYSTEM": Entry(INFO, "“{file}”是系统或办公软件自己的文件，没有存放", "无须处理"),
    "RECEIVE_EMPTY": Entry(WARNING, "文件夹“{file}”里没有可以存放的文件", "看看是不是拖错了文件夹，或文件还没有解压、下载完"),
    "RECEIVE_OPEN": Entry(
        WARNING, "“{file}”好像正开着，存放的是上次保存的内容", "刚改过的，先保存、关闭，再拖一次"
    ),
    # --- receive: what became of it
    "RECEIVE_SAME": Entry(INFO, "“{file}”已有，未重复存放", "无须处理"),
    "RECEIVE_RENAMED": Entry(
        WARNING,
        "2回收 里已有同名、内容不同的“{file}”，没有覆盖；这一份另存为“{value}”",
        "两份都在。同一张表的新旧两份，不要的那份移出 2回收；都留着的，要在 决定.xlsx 写明采用哪份",
    ),
    "RECEIVE_NAME": Entry(INFO, "文件名“{file}”含有 Windows 不允许的字符，存放为“{value}”", "无须处理"),
    # --- bundle
    "BUNDLE_OCCUPIED": Entry(ERROR, "“{value}”里已有别的东西，不是以前做的离线安装文件夹，没有改动", "换一个文件夹名，如 kaoping bundle 考评程序2"),
    "BUNDLE_INSIDE_YEAR": Entry(ERROR, "“{value}”在年度文件夹里面，没有做", "换一个地方，如桌面：kaoping bundle 桌面上的路径/考评程序"),
    "BUNDLE_TARGET": Entry(ERROR, "--{option} 的“{value}”写得不对", "照这样写：{example}"),
    "BUNDLE_NO_PIP": Entry(ERROR, "这个 Python 没有 pip，取不到程序包", "用带 pip 的 Python（python -m ensurepip 可以补上），再运行 kaoping bundle"),
    "BUNDLE_NO_NETWORK": Entry(
        ERROR, "连不上程序包的网站，没有做成离线安装文件夹", "接上网（或设好代理、镜像），再运行 kaoping bundle；这一步只能在能上网的电脑上做"
    ),
    "BUNDLE_NO_WHEEL": Entry(
        ERROR,
        "没有适合 {target} 的程序包“{value}”，没有做成离线安装文件夹",
        "换一个 Python 版本（如 --python 3.12）；龙芯等没有现成程序包的电脑，要在同样的电脑上请人编译",
    ),
    "BUNDLE_PIP_FAILED": Entry(ERROR, "取程序包时出错：{value}", "过一会儿再运行一次；仍然出错，把这句话发给维护人员"),
}
