"""The catalogue of problem codes → docs/问题代码.md. A test holds the page equal to the catalogue."""

from __future__ import annotations

from pathlib import Path

from workbook_builder.problems import CATALOGUE, SEVERITY_LABELS

TARGET = Path(__file__).resolve().parent.parent / "docs" / "问题代码.md"
HEAD = """# 问题代码

程序发现的每个问题都有一个固定代码。代码不变，文字可以改进。`{…}` 处在实际提示中换成具体内容。

严重程度：**错误**＝必须处理，相应内容没有采用；**提醒**＝已采用或不影响采用，但需要人看一眼；**提示**＝仅供了解。
退出码：有“错误”为 1，没有为 0，用法不对或方案读不了为 2。

| 代码 | 程度 | 问题 | 怎么办 |
| --- | --- | --- | --- |
"""


def page() -> str:
    """The page, codes in alphabetical order."""
    rows = [
        f"| `{code}` | {SEVERITY_LABELS[entry.severity]} | {_cell(entry.message)} | {_cell(entry.fix)} |"
        for code, entry in sorted(CATALOGUE.items())
    ]
    return HEAD + "\n".join(rows) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(page(), encoding="utf-8", newline="\n")
