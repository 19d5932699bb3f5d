"""Problems of the Word templates from which 核对稿, 通报 and 反馈 are made."""

from __future__ import annotations

from workbook_builder.problems.core import ERROR, Entry

_OR_OURS = "；删去“{file}”则用程序自带的模板"

ENTRIES: dict[str, Entry] = {
    "LETTER_TEMPLATE_UNREADABLE": Entry(
        ERROR, "模板“{file}”不是能打开的 Word 文档（.docx）", "用 Word 或 WPS 打开后另存为 .docx，不要加密" + _OR_OURS
    ),
    "LETTER_TEMPLATE_TOO_LARGE": Entry(ERROR, "模板“{file}”太大，超过 {limit} MB", "压缩其中的图片后再保存" + _OR_OURS),
    "LETTER_TEMPLATE_FEATURE": Entry(
        ERROR, "模板“{file}”里有不能带进文书的内容：{what}", "在模板中删去它（修订要先接受，批注要删除）再保存" + _OR_OURS
    ),
    "LETTER_TEMPLATE_SYNTAX": Entry(
        ERROR,
        "模板“{file}”的{sheet}里有写得不完整的占位符：“{value}”",
        "占位符写成 {{{{ 名称 }}}}，两边各两个花括号；{{% if %}} 要有 {{% endif %}}，{{% for %}} 要有 {{% endfor %}}" + _OR_OURS,
    ),
    "LETTER_TEMPLATE_TAG": Entry(
        ERROR,
        "模板“{file}”的{sheet}里有不能用的写法：“{value}”",
        "只能写名称、{{% if 名称 %}} 和 {{% for 行 in 表名 %}}，不写算式、函数" + _OR_OURS,
    ),
    "LETTER_TEMPLATE_TAG_NOT_ALONE": Entry(
        ERROR,
        "模板“{file}”的{sheet}里，“{value}”和别的内容写在一起，同一{unit}里的其他文字会丢失",
        "把它单独放在一{unit}里，一{unit}只放一个" + _OR_OURS,
    ),
    "LETTER_TEMPLATE_PLACEHOLDER_UNKNOWN": Entry(
        ERROR, "模板“{file}”的{sheet}里，占位符“{value}”不认识（写在“{tag}”）", "这里可用的有：{known}" + _OR_OURS
    ),
    "LETTER_TEMPLATE_PLACEHOLDER_MISUSED": Entry(
        ERROR, "模板“{file}”的{sheet}里，“{value}”不能这样用（写在“{tag}”）", "这里可用的有：{known}" + _OR_OURS
    ),
    "LETTER_TEMPLATE_PLACEHOLDER_MISSING": Entry(
        ERROR, "模板“{file}”里没有用到“{value}”，该内容会印不出来", "从程序自带的模板中把这一处复制回来" + _OR_OURS
    ),
    "LETTER_TEMPLATE_TORN": Entry(
        ERROR,
        "模板“{file}”里的 {{% if %}} 或 {{% for %}} 没有放对位置，填好的文书会打不开",
        "成对的 {{%p … %}} 各占一段，成对的 {{%tr … %}} 各占表格的一行，表格单元格里至少留一个段落；“略去本列”只用在没有合并单元格的表头里" + _OR_OURS,
    ),
    "LETTER_TEMPLATE_HEADER": Entry(
        ERROR,
        "模板“{file}”的页眉（{pages}）缺少“标记”或“稿次提示”，未审定的文书会看不出来",
        "在每一种页眉（各页、首页、偶数页）里写上 {{{{ 标记 }}}}{{{{ 稿次提示 }}}}" + _OR_OURS,
    ),
}
