"""The demonstration year → docs/图/*.png, the pictures of the handbook (docs/使用手册.md).

Needs LibreOffice, pdftoppm and pdftotext (poppler) and pillow; none of them is needed by the program. Run it after a
change of what the workbooks or letters look like, and look at every picture. A page is found by words on it, so that
pages may move; a picture whose words are on no page ends the script.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import yearhands as hands  # noqa: E402
from office import find_soffice  # noqa: E402

from workbook_builder.collecting.manifest import read_manifest  # noqa: E402
from workbook_builder.commands import build, collect, demo, review, summarize  # noqa: E402
from workbook_builder.intake import read_book  # noqa: E402
from workbook_builder.layout.plan import address  # noqa: E402
from workbook_builder.registers import city_workbook, decisions_workbook, read_city, read_decisions  # noqa: E402
from workbook_builder.scheme import load_scheme  # noqa: E402

TARGET = ROOT / "docs" / "图"
MOST_BYTES, MOST_WIDTH = 200_000, 1400
DPI = 130
#: Room left around what is printed, in pixels.
MARGIN = 12
#: The year while returns come in, before anything is decided, and when it is over.
EARLY, DURING, AFTER = "收表", "途中", "年终"
#: What a section typed that cannot be accepted; None leaves the cell blank.
FAULTS = {"业务/办公室/1/2": "大约3次", "业务/办公室/2/3": "2.5", "自评确认": None}
FAULTY = "2回收/办公室考评表.xlsx"


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
    Picture("核定调整", AFTER, "4汇总/汇总表.xlsx", ("核定调整", "各科室合计"), 0.8),
    Picture("口径说明", AFTER, "4汇总/汇总表.xlsx", ("口径说明", "换一种读法", "名次依据"), 0.7),
    Picture("通报", AFTER, "4汇总/通报.docx", ("通报", "优秀")),
    Picture("反馈", AFTER, "4汇总/反馈/08-公服科.docx", ("公服科", "反馈")),
)


def years(place: Path) -> dict[str, Path]:
    """The demonstration when it is over, before anything is decided, and with a faulty return."""
    after, during, early = place / AFTER, place / DURING, place / EARLY
    demo(after)
    shutil.copytree(after, during)
    (during / "决定.xlsx").unlink()
    shutil.rmtree(during / "5归档")
    shutil.copytree(during, early)
    for step in (build, summarize, review):
        step(during)
    for name in ("3核定", "测评", "4汇总"):
        shutil.rmtree(early / name)
    (early / "市局反馈.xlsx").unlink()
    _spoil(early / FAULTY)
    for step in (build, collect):
        step(early)
    for folder in (during, after):
        _regrow(folder)
    return {EARLY: early, DURING: during, AFTER: after}


def _spoil(path: Path) -> None:
    """The return as a section sends it that has made the mistakes of FAULTS."""
    data = path.read_bytes()
    places = read_manifest(read_book(data, path.name)[0]).places["办公室"]
    cells: hands.Cells = {}
    for field, value in FAULTS.items():
        sheet, row, col = places[field]
        cells.setdefault(sheet, {})[address(row, col)] = value
    hands.save(path, cells)


def _regrow(folder: Path) -> None:
    """Registers as an office program shows them: rows as high as their texts."""
    scheme = load_scheme(folder / "方案.xlsx")
    for name, read, write in (
        ("市局反馈.xlsx", read_city, city_workbook),
        ("决定.xlsx", read_decisions, decisions_workbook),
    ):
        path = folder / name
        path.write_bytes(write(scheme, read(scheme, path.read_bytes(), name)[0]))


class Pages:
    """PDFs of office files, each made once, and their pages as pictures."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._made: dict[Path, Path] = {}

    def page(self, file: Path, words: tuple[str, ...]) -> Image.Image:
        pdf = self._made.get(file) or self._pdf(file)
        for number, text in enumerate(_text(pdf).split("\f")[:-1], 1):
            if all(word in text for word in words):
                return _image(pdf, number)
        raise SystemExit(f"{file.name}: {words} 都在的一页没有找到")

    def _pdf(self, file: Path) -> Path:
        folder = self.place / f"pdf{len(self._made)}"
        soffice = find_soffice()
        assert soffice, "LibreOffice is needed"
        profile = f"-env:UserInstallation={(self.place / 'profile').as_uri()}"
        order = [soffice, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(file)]
        subprocess.run(order, check=True, capture_output=True, timeout=180)
        self._made[file] = folder / f"{file.stem}.pdf"
        return self._made[file]


def _text(pdf: Path) -> str:
    return subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True).stdout.decode()


def _image(pdf: Path, number: int) -> Image.Image:
    order = ["pdftoppm", "-r", str(DPI), "-f", str(number), "-l", str(number), "-png", str(pdf)]
    made = subprocess.run(order, check=True, capture_output=True).stdout
    return Image.open(io.BytesIO(made)).convert("RGB")


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


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        folders, pages = years(place), Pages(place)
        made = {
            p.name: png(cropped(pages.page(folders[p.year] / p.file, p.words), p.top, p.bottom)) for p in PICTURES
        }
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    for name, data in made.items():
        (TARGET / f"{name}.png").write_bytes(data)


if __name__ == "__main__":
    main()
