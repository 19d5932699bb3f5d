"""What the reader of foreign files has to say: a file is empty, damaged, dangerous, or not what its name says."""

from __future__ import annotations

from workbook_builder.problems.core import ERROR, INFO, WARNING, Entry

_RESAVE = "请用 Excel 或 WPS 打开原文件，另存为 .xlsx 后重新报送；打不开的，请填报科室重新报送。"
_UNPACK = "请解压后，把里面的文件放进回收文件夹。"
_FROM_FORM = "请用下发的考评表填写，另存为 .xlsx 后报送。"

ENTRIES: dict[str, Entry] = {
    # --- not a workbook ---
    "FILE_EMPTY": Entry(ERROR, "文件是空的，没有任何内容", "多为传输中断所致，请填报科室重新报送。"),
    "FILE_TOO_LARGE": Entry(ERROR, "文件超过 {limit} MB，未读取", "请删去表中的图片等附件，图片和佐证材料另行报送。"),
    "FILE_ENCRYPTED": Entry(
        ERROR, "文件设有打开密码（已加密），无法读取", "请填报科室打开文件，取消打开密码，另存为 .xlsx 后重新报送。"
    ),
    "FILE_IS_XLSB": Entry(
        ERROR, "这是 Excel 二进制工作簿（.xlsb），不能读取", "请用 Excel 打开，另存为 .xlsx 后重新报送。"
    ),
    "FILE_IS_HTML": Entry(
        ERROR, "这是网页（HTML）文件，不是工作簿，虽然 Excel 可能打得开", "请用 Excel 打开，另存为 .xlsx 后重新报送。"
    ),
    "FILE_IS_XML": Entry(
        ERROR, "这是 XML 文件，不是可读取的工作簿", "请用 Excel 或 WPS 打开，另存为 .xlsx 后重新报送。"
    ),
    "FILE_IS_TEXT": Entry(ERROR, "这是文本（如 CSV）文件，不是工作簿", _FROM_FORM),
    "FILE_IS_ARCHIVE": Entry(ERROR, "这是压缩包，不是工作簿", _UNPACK),
    "FILE_IS_DOCUMENT": Entry(ERROR, "这是文档或图片（{kind}），不是工作簿", _FROM_FORM),
    "FILE_NOT_WORKBOOK": Entry(ERROR, "认不出文件的格式，不是工作簿", _FROM_FORM),
    "FILE_NOT_ARCHIVE": Entry(ERROR, "这不是 zip 压缩包", "请确认文件完整，或直接报送压缩前的文件。"),
    "ARCHIVE_UNSUPPORTED": Entry(ERROR, "不能解开 {kind} 压缩包", _UNPACK),
    "ARCHIVE_TOO_LARGE": Entry(
        ERROR, "压缩包超过 {limit} MB，未打开", "请分成几个较小的压缩包；或解压后，把里面的文件放进回收文件夹。"
    ),
    "ARCHIVE_EMPTY": Entry(ERROR, "压缩包里没有文件", "请确认要报送的表已放进压缩包，重新报送。"),
    "ARCHIVE_NESTED": Entry(ERROR, "压缩包层层嵌套，最里面的“{value}”未打开", _UNPACK),
    # --- damaged or dangerous packages ---
    "ZIP_DAMAGED": Entry(ERROR, "文件已损坏或不完整，无法解压{part}", _RESAVE),
    "ZIP_TOO_MANY_PARTS": Entry(ERROR, "文件内部的部件超过 {limit} 个，未读取", _RESAVE),
    "ZIP_INFLATES_TOO_LARGE": Entry(ERROR, "文件解压后大得不正常（上限 {limit} MB），为安全起见未读取", _RESAVE),
    "ZIP_DUPLICATE_ENTRY": Entry(ERROR, "文件内部有重名的部件“{value}”，无法断定以哪个为准", _RESAVE),
    "ZIP_UNSAFE_NAME": Entry(ERROR, "文件内部有不安全的路径“{value}”，未读取", _RESAVE),
    "ZIP_ENTRY_ENCRYPTED": Entry(ERROR, "压缩包设有密码，“{value}”无法读取", "请解密后重新报送。"),
    "ZIP_METHOD_UNKNOWN": Entry(ERROR, "“{value}”采用了不常用的压缩方式，无法读取", _RESAVE),
    # --- broken contents ---
    "XML_BROKEN": Entry(ERROR, "文件内容已损坏（{part} 第 {line} 行起无法解析）", _RESAVE),
    "XML_DOCTYPE": Entry(ERROR, "文件内含不应有的 DOCTYPE 声明，为安全起见未读取", _RESAVE),
    "XML_TOKEN_TOO_LONG": Entry(ERROR, "文件内容不正常（{part} 中有超长的标记），为安全起见未读取", _RESAVE),
    "XML_TOO_DEEP": Entry(ERROR, "文件内容不正常（{part} 中的标记层层嵌套），为安全起见未读取", _RESAVE),
    "WORKBOOK_PART_MISSING": Entry(ERROR, "文件不完整：缺少部件 {part}", _RESAVE),
    "SHEET_PART_MISSING": Entry(ERROR, "文件不完整：缺少工作表“{value}”的内容", _RESAVE),
    "SHEET_TWICE": Entry(ERROR, "文件内容已损坏：有两张同名的工作表“{value}”，无法断定以哪张为准", _RESAVE),
    "SHARED_STRING_MISSING": Entry(ERROR, "文件不完整：单元格引用的第 {value} 条文字不存在", _RESAVE),
    "CELL_UNREADABLE": Entry(ERROR, "文件内容已损坏：“{value}”无法读成单元格的值或地址", _RESAVE),
    "CELL_TWICE": Entry(ERROR, "文件内容已损坏：同一单元格 {cell} 出现两次，值不相同", _RESAVE),
    # --- too much ---
    "TOO_LARGE_EXTENT": Entry(
        ERROR,
        "单元格 {cell} 有内容，离表格太远（最多读到第 {rows} 行、{columns} 列）",
        "请删除该处误填的内容后重新报送。",
    ),
    "TOO_MANY_CELLS": Entry(
        ERROR, "工作簿的内容过多（上限 {limit} 个有值单元格），未读取", "请删除与考评无关的工作表和内容后重新报送。"
    ),
    "TOO_MANY_STRINGS": Entry(
        ERROR, "工作簿的文字条目过多（上限 {limit} 条），未读取", "请删除与考评无关的工作表和内容后重新报送。"
    ),
    "TOO_MANY_STYLES": Entry(
        ERROR,
        "工作簿的单元格样式过多（上限 {limit} 种），未读取",
        "请用下发的考评表重新填写（可从旧表复制，选择性粘贴为“值”），再报送。",
    ),
    "CELL_TEXT_TOO_LONG": Entry(
        ERROR, "有单元格的文字超过 {limit} 个字，未读取", "请把长篇文字另存为文档作为附件报送，单元格里只写要点。"
    ),
    # --- the .xls reader ---
    "XLS_DAMAGED": Entry(ERROR, "旧版 .xls 文件已损坏，无法读取", _RESAVE),
    "READER_CRASHED": Entry(ERROR, "读取这个 .xls 文件时出错，已跳过该文件", _RESAVE),
    "READER_TIMEOUT": Entry(ERROR, "读取这个文件超过 {seconds} 秒，已跳过该文件", _RESAVE),
    "READER_OUT_OF_MEMORY": Entry(ERROR, "读取这个文件所需的内存过多，已跳过该文件", _RESAVE),
    # --- read, with a remark ---
    "EXTENSION_MISMATCH": Entry(INFO, "文件实际是 .{kind} 格式，与扩展名不符，已按实际格式读取", "无需处理。"),
    "FORMULAS_UNSEEN": Entry(
        WARNING,
        "旧版 .xls 文件看不到公式的内容，只读取了显示的值",
        "请核对数值；最好另存为 .xlsx 后重新报送。",
    ),
    "MACROS_PRESENT": Entry(WARNING, "文件含有宏，未运行，只读取了内容", "来历不明的，请勿启用宏。"),
    "EXTERNAL_LINKS": Entry(
        WARNING, "文件含有指向其他工作簿的链接，未更新，只读取了现有的值", "请填报科室把链接改为数值。"
    ),
    "COMMENTS_UNREAD": Entry(WARNING, "文件里有批注，批注里的内容没有读取", "请打开看一看；要报的内容请写在格里，不要写在批注里。"),
}
