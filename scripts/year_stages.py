"""The demonstration year at several stages, and its files as PDFs: what pictures and checks of the looks are made from.

Comes in: an empty folder. Goes out: working folders by stage. Needs LibreOffice; the program itself does not.
"""

from __future__ import annotations

import shutil
import sys
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import yearhands as hands  # noqa: E402
from office import Office  # noqa: E402

from workbook_builder.collecting.manifest import read_manifest  # noqa: E402
from workbook_builder.commands import build, collect, demo, review, summarize  # noqa: E402
from workbook_builder.console import console  # noqa: E402
from workbook_builder.intake import read_book  # noqa: E402
from workbook_builder.layout.plan import address  # noqa: E402
from workbook_builder.registers import city_workbook, decisions_workbook, read_city, read_decisions  # noqa: E402
from workbook_builder.scheme import load_scheme  # noqa: E402

#: The year while returns come in, before anything is decided, when it is over, and with a correction after that.
EARLY, DURING, AFTER, CORRECTED = "收表", "途中", "年终", "更正"
STAGES = (EARLY, DURING, AFTER, CORRECTED)
#: What a section typed that cannot be accepted; None leaves the cell blank.
FAULTS = {"业务/办公室/1/2": "大约3次", "业务/办公室/2/3": "2.5", "自评确认": None}
FAULTY = "2回收/办公室考评表.xlsx"
CITY, CONSOLE = "市局反馈.xlsx", "考评控制台.xlsm"
#: The row of 市局反馈 that the city corrects after the approval, and what it then says.
MENDED = {"科室": "公服科", "细则": "业务/公服科/3/1"}
MENDING = {"市局数据": 17, "文号（来源）": "第三方评估报告（更正，演示）", "备注": "综合得分85分，按20分折算"}
#: Seconds for one file to become a PDF.
PATIENCE = 180


def years(place: Path) -> dict[str, Path]:
    """Stage → its working folder below `place`, with the outputs of that stage."""
    folders = {stage: place / stage for stage in STAGES}
    after, during, early, corrected = (folders[stage] for stage in (AFTER, DURING, EARLY, CORRECTED))
    _told("演示", demo, after)
    for source, target in ((after, corrected), (after, during)):
        shutil.copytree(source, target)
    (during / "决定.xlsx").unlink()
    shutil.rmtree(during / "5归档")
    shutil.copytree(during, early)
    for step in (build, summarize, review):
        _told(DURING, step, during)
    for name in ("3核定", "测评", "4汇总"):
        shutil.rmtree(early / name)
    (early / CITY).unlink()
    _spoil(early / FAULTY)
    for step in (build, collect, summarize, console):
        _told(EARLY, step, early)
    _print_button(early / CONSOLE)
    city = corrected / CITY
    hands.save(city, hands.change_row(city.read_bytes(), hands.CITY, MENDED, MENDING))
    _told(CORRECTED, summarize, corrected)
    for folder in (during, after, corrected):
        _regrow(folder)
    return folders


def _told(stage: str, step, folder: Path) -> None:
    began = time.monotonic()
    step(folder)
    print(f"{stage}：{step.__name__}，{time.monotonic() - began:.1f} 秒", flush=True)


def _spoil(path: Path) -> None:
    """The return as a section sends it that has made the mistakes of FAULTS."""
    data = path.read_bytes()
    places = read_manifest(read_book(data, path.name)[0]).places["办公室"]
    cells: hands.Cells = {}
    for field, value in FAULTS.items():
        sheet, row, col = places[field]
        cells.setdefault(sheet, {})[address(row, col)] = value
    hands.save(path, cells)


def _print_button(path: Path) -> None:
    """The console with its button on paper, too: on a picture it must be seen."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(path, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data.replace(b"<x:PrintObject>False", b"<x:PrintObject>True") if name.endswith(".vml") else data)


def _regrow(folder: Path) -> None:
    """Registers as an office program shows them: rows as high as their texts."""
    scheme = load_scheme(folder / "方案.xlsx")
    for name, read, write in ((CITY, read_city, city_workbook), ("决定.xlsx", read_decisions, decisions_workbook)):
        path = folder / name
        path.write_bytes(write(scheme, read(scheme, path.read_bytes(), name)[0]))


class Papers:
    """PDFs of workbooks and letters, each made once; a context manager."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._office = Office(timeout=PATIENCE)
        self._made: dict[Path, Path] = {}

    def __enter__(self) -> Papers:
        self._office.__enter__()
        return self

    def __exit__(self, *about: object) -> None:
        self._office.__exit__(*about)

    def pdf(self, file: Path) -> Path:
        """`file` as it is printed."""
        if file not in self._made:
            self._made[file] = self._office.convert(file, "pdf", self.place / f"pdf{len(self._made)}")
        return self._made[file]
