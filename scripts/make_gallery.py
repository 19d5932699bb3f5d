"""Every sheet of every kind of workbook, every letter, some screens → docs/画廊/*.png and docs/画廊.md.

Comes in: the year at its stages and its PDFs (scripts/year_stages.py). Goes out: pictures by name; the page that shows
them is written here. Run scripts/make_pictures.py, which makes both this gallery and the pictures of the handbook.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from printed import Printed  # noqa: E402
from terminal_pictures import screen  # noqa: E402
from year_stages import AFTER, CONSOLE, CORRECTED, DURING, EARLY, Papers  # noqa: E402

from workbook_builder.scheme import load_scheme  # noqa: E402

PAGE = ROOT / "docs" / "画廊.md"
TARGET = ROOT / "docs" / "画廊"
DPI = 118
#: The section that stands for all of them where a workbook has a sheet for each.
SECTION = "办公室"
TEMPLATE = ROOT / "templates" / "考评表模板.xlsx"


@dataclass(frozen=True)
class Book:
    """A workbook or letter: which of its sheets are shown (none named: every one), and whether their last pages too."""

    title: str
    stage: str
    file: str
    sheets: tuple[str, ...] = ()
    ends: bool = False


CHAPTERS: dict[str, tuple[Book, ...]] = {
    "发给科室的表": (
        Book("空白考评表", EARLY, "1下发/分科室/01-办公室.xlsx", ends=True),
        Book("填好的考评表", DURING, "2回收/办公室考评表.xlsx", ("办公室", "申报1-办公室"), True),
        Book("退回修改", EARLY, "4汇总/退回修改/01-办公室.xlsx", ("退回说明", "办公室")),
        Book("口径确认表", EARLY, "1下发/口径确认表.xlsx"),
    ),
    "核定": (
        Book("核定表", DURING, "3核定/核定表-政治处.xlsx", ends=True),
        Book("审定表", DURING, "3核定/审定表.xlsx"),
        Book("核对稿", DURING, "4汇总/核对稿/01-办公室.docx", ends=True),
    ),
    "述职测评": (
        Book("测评票", DURING, "测评/测评票-局领导.xlsx"),
        Book("测评录入表", AFTER, "测评/测评录入表.xlsx", ("说明", "局领导·第一遍", "局领导·第二遍")),
    ),
    "登记": (
        Book("台账", DURING, "台账.xlsx"),
        Book("市局反馈", DURING, "市局反馈.xlsx"),
        Book("决定", AFTER, "决定.xlsx"),
    ),
    "汇总": (
        Book("审定稿", AFTER, "4汇总/汇总表.xlsx"),
        Book("核定稿", DURING, "4汇总/汇总表.xlsx", ("#1",)),
        Book("自评汇总", EARLY, "4汇总/汇总表.xlsx", ("#1",)),
        Book("更正稿", CORRECTED, "4汇总/汇总表.xlsx", ("#1", "更正对照")),
        Book("问题清单", EARLY, "4汇总/问题清单.xlsx"),
    ),
    "文书": (
        Book("打印的首页", AFTER, "4汇总/汇总首页.docx", ends=True),
        Book("通报", AFTER, "4汇总/通报.docx", ends=True),
        Book("反馈", AFTER, "4汇总/反馈/01-办公室.docx", ends=True),
    ),
    "控制台": (Book("考评控制台", EARLY, CONSOLE),),
    "方案和模板": (
        Book("方案", AFTER, "方案.xlsx"),
        Book("模板", "", str(TEMPLATE.relative_to(ROOT))),
    ),
}
#: Screens: title, stage, arguments, most lines.
SCREENS = (
    ("看进度", DURING, ["status"], 45),
    ("收集校验", EARLY, ["collect"], 45),
    ("汇总", AFTER, ["summarize"], 45),
    ("检查方案", AFTER, ["check"], 45),
    ("帮助", AFTER, ["--help"], 45),
)
_HEAD = """# 画廊

每一种表、每一封文书、几屏命令，照打印的样子。内容是演示数据；字体是替代字体，在装有方正小标宋、黑体、仿宋、宋体的电脑上更好看。
由 `python scripts/make_pictures.py` 生成，不要手改。每张工作表只放第一页，写明“末页”的除外；各科室一样的表只放“办公室”。
"""


def gallery(folders: dict[str, Path], papers: Papers, png: Callable[[Image.Image], bytes]) -> dict[str, bytes]:
    """Name of a picture → its bytes; writes the page that shows them."""
    made: dict[str, bytes] = {}
    lines = [_HEAD]
    others = {section.name for section in load_scheme(folders[AFTER] / "方案.xlsx").sections} - {SECTION}
    for chapter, books in CHAPTERS.items():
        lines.append(f"## {chapter}\n")
        for book in books:
            lines.append(f"### {book.title}\n")
            for name, image in _pages(book, folders, papers, others):
                made[name] = png(image)
                lines.append(f"![{name}](画廊/{name}.png)\n")
            print(f"画廊：{book.title}", flush=True)
    lines.append("## 命令的样子（80 列）\n")
    for title, stage, arguments, most in SCREENS:
        name = f"屏幕-{title}"
        made[name] = png(screen(arguments, folders[stage], most))
        lines.append(f"![{name}](画廊/{name}.png)\n")
    PAGE.write_text("\n".join(lines), encoding="utf-8")
    return made


def _pages(book: Book, folders: dict[str, Path], papers: Papers, others: set[str]) -> Iterator[tuple[str, Image.Image]]:
    file = folders[book.stage] / book.file if book.stage else ROOT / book.file
    printed = Printed(papers.pdf(file))
    parts = printed.sheets or {"": range(len(printed.pages))}
    wanted = [list(parts)[0] if name == "#1" else name for name in book.sheets] or _one_of_each(list(parts), others)
    for sheet in wanted:
        name = f"{book.title}-{sheet}" if sheet else book.title
        yield name, _trimmed(printed.image(parts[sheet][0], DPI))
        if book.ends and len(parts[sheet]) > 1:
            yield f"{name}-末页", _trimmed(printed.image(parts[sheet][-1], DPI))


def _one_of_each(sheets: list[str], others: set[str]) -> list[str]:
    """Sheets of all sections but one are left out, and second forms of the same section."""
    kept = [name for name in sheets if not any(name == other or name.endswith(f"-{other}") for other in others)]
    return [name for name in kept if not name.startswith("申报") or name.startswith("申报1")]


def _trimmed(page: Image.Image) -> Image.Image:
    """The page with a thin frame, so that paper is seen on white."""
    framed = Image.new("RGB", (page.width + 2, page.height + 2), "#BFBFBF")
    framed.paste(page, (1, 1))
    return framed
