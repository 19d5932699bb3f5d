"""The demonstration year → docs/图/*.png, the pictures of the handbook (docs/使用手册.md).

Needs LibreOffice, pdftoppm and pdftotext (poppler) and pillow; none of them is needed by the program. Run it after a
change of what the workbooks or letters look like, and look at every picture; it also makes the gallery
(scripts/make_gallery.py). A page is found by words on it, so that pages may move; a picture whose words are on no page
ends the script. About two minutes.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import make_gallery  # noqa: E402
from printed import Printed  # noqa: E402
from year_stages import AFTER, DURING, EARLY, Papers, years  # noqa: E402

TARGET = ROOT / "docs" / "图"
MOST_BYTES, MOST_WIDTH = 200_000, 1400
DPI = 130
#: Room left around what is printed, in pixels.
MARGIN = 12


@dataclass(frozen=True)
class Picture:
    """`name`.png: the page of `file` in the folder `year` on which all `words` stand, from `top` to `bottom` of its
    printed part."""

    name: str
    year: str
    file: str
    words: tuple[str, ...]
    bottom: float = 1.0
    top: float = 0.0


PICTURES = (
    Picture("口径确认表", EARLY, "1下发/口径确认表.xlsx", ("口径确认表", "小数位数"), 0.5),
    Picture("考评表", DURING, "2回收/办公室考评表.xlsx", ("考评表", "1.1", "进度"), 0.62),
    Picture("考评表末尾", DURING, "2回收/办公室考评表.xlsx", ("自评确认：", "填表人", "校验码"), 1.0, 0.25),
    Picture("问题清单", EARLY, "4汇总/问题清单.xlsx", ("问题清单", "单元格", "怎么办"), 0.6),
    Picture("退回说明", EARLY, "4汇总/退回修改/01-办公室.xlsx", ("退回修改说明", "怎么办")),
    Picture("退回的格子", EARLY, "4汇总/退回修改/01-办公室.xlsx", ("考评表", "1.1", "进度"), 0.62),
    Picture("台账", DURING, "台账.xlsx", ("日常检查台账", "次数或分值"), 0.75),
    Picture("市局反馈", DURING, "市局反馈.xlsx", ("市局反馈数据", "参照数据"), 0.6),
    Picture("核定表", DURING, "3核定/核定表-政治处.xlsx", ("被核定科室：办公室", "核定"), 0.8),
    Picture("突破底线", DURING, "3核定/审定表.xlsx", ("突破底线", "第1起", "政治处"), 0.6),
    Picture("决定", DURING, "决定.xlsx", ("考评决定", "原为", "改为")),
    Picture("核对稿", DURING, "4汇总/核对稿/01-办公室.docx", ("核对稿", "办公室"), 0.75),
    Picture("测评票", DURING, "测评/测评票-局领导.xlsx", ("测评票", "弃权")),
    Picture("测评录入表", AFTER, "测评/测评录入表.xlsx", ("局领导", "第一遍", "两遍一致"), 0.55),
    Picture("决定答复后", AFTER, "决定.xlsx", ("考评决定", "原为", "改为")),
    Picture("汇总", AFTER, "4汇总/汇总表.xlsx", ("考评结果", "与下一名", "审定稿")),
    Picture("核定调整", AFTER, "4汇总/汇总表.xlsx", ("核定调整", "同一考评项有几处调整"), 0.8),
    Picture("口径说明", AFTER, "4汇总/汇总表.xlsx", ("口径说明", "换一种读法", "名次依据"), 0.7),
    Picture("通报", AFTER, "4汇总/通报.docx", ("通报", "优秀")),
    Picture("反馈", AFTER, "4汇总/反馈/08-公服科.docx", ("公服科", "反馈")),
)


def page(papers: Papers, file: Path, words: tuple[str, ...]) -> Image.Image | None:
    """The first page of `file` with all these words."""
    printed = Printed(papers.pdf(file))
    for number, text in enumerate(printed.pages):
        if all(word in text for word in words):
            return printed.image(number, DPI)
    return None


def cropped(page: Image.Image, top: float, bottom: float) -> Image.Image:
    """What is printed between `top` and `bottom`, without the empty margins and the page number."""
    body = page.crop((0, 0, page.width, int(page.height * 0.93)))
    body = body.crop(_printed(body))
    first = _line(body, int(body.height * top)) if top else 0
    last = _line(body, int(body.height * bottom)) if bottom < 1 else body.height - 1
    part = body.crop((0, first, body.width, last + 1))
    framed = Image.new("RGB", (part.width + 2 * MARGIN, part.height + 2 * MARGIN), "white")
    framed.paste(part, (MARGIN, MARGIN))
    return framed


def _printed(image: Image.Image) -> tuple[int, int, int, int]:
    box = ImageChops.difference(image, Image.new("RGB", image.size, "white")).getbbox()
    assert box, "an empty page"
    return box


def _line(image: Image.Image, row: int) -> int:
    """The nearest ruled line of the table at or above `row`; `row` itself if there is none."""
    grey = image.convert("L")
    for found in range(row, 0, -1):
        dark = sum(grey.crop((0, found, image.width, found + 1)).histogram()[:235])
        if dark > image.width * 0.85:
            return found
    return row


def png(image: Image.Image) -> bytes:
    """The picture in few colours, as wide and as heavy as allowed."""
    if image.width > MOST_WIDTH:
        image = image.resize((MOST_WIDTH, round(image.height * MOST_WIDTH / image.width)), Image.Resampling.LANCZOS)
    for colours in (256, 96, 48):
        stream = io.BytesIO()
        # This way of choosing colours keeps the few red signs of a page.
        chosen = image.quantize(colours, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        chosen.save(stream, "PNG", optimize=True)
        if stream.tell() <= MOST_BYTES:
            break
    return stream.getvalue()


def pictures(folders: dict[str, Path], papers: Papers) -> None:
    """docs/图, all or nothing."""
    pages = {p: page(papers, folders[p.year] / p.file, p.words) for p in PICTURES}
    if lost := [f"{p.name}：{p.file} 里没有一页有 {'、'.join(p.words)}" for p, found in pages.items() if found is None]:
        raise SystemExit("\n".join(lost))
    write(TARGET, {p.name: png(cropped(found, p.top, p.bottom)) for p, found in pages.items() if found})


def write(target: Path, made: dict[str, bytes]) -> None:
    """The pictures `made`, and nothing else, in the folder `target`."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name, data in made.items():
        (target / f"{name}.png").write_bytes(data)
    print(f"{target.relative_to(ROOT)}：{len(made)} 张，共 {sum(map(len, made.values())) // 1000} kB", flush=True)


def main() -> None:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name, Papers(Path(name)) as papers:
        folders = years(Path(name))
        pictures(folders, papers)
        write(make_gallery.TARGET, make_gallery.gallery(folders, papers, png))
    print(f"用时 {time.monotonic() - began:.0f} 秒")


if __name__ == "__main__":
    main()
