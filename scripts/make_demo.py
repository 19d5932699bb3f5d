"""samples/demo/填报.yaml → samples/demo/2回收/: the returns and attachments that `kaoping demo` shows.

Run it after every change of 填报.yaml, of the form or of the 2021 scheme. What the program writes is the same every
time. The three files saved by LibreOffice are made anew only if they no longer hold what 填报.yaml says on the current
form, or with --afresh: LibreOffice writes the time into them.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
import zipfile
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from edits import Edited  # noqa: E402
from office import Office  # noqa: E402

from workbook_builder.building import bundled_template, section_workbook  # noqa: E402
from workbook_builder.excel.stable import write_part  # noqa: E402
from workbook_builder.layout.book import SECTION_BOOK, plan_book, section_print  # noqa: E402
from workbook_builder.layout.plan import address  # noqa: E402
from workbook_builder.pipeline import Reader  # noqa: E402
from workbook_builder.rules.items import Rulebook  # noqa: E402
from workbook_builder.rules.sheet import CONFIRM  # noqa: E402
from workbook_builder.scheme import load_scheme  # noqa: E402

FOLDER = ROOT / "samples" / "demo"
SOURCE = FOLDER / "填报.yaml"
TARGET = FOLDER / "2回收"
SCHEME = ROOT / "samples" / "2021" / "方案.xlsx"
OFFICE, ZIP, ORIGINAL = "LibreOffice", "压缩包", "原样"


def source() -> dict:
    return yaml.safe_load(SOURCE.read_text(encoding="utf-8"))


def answers(section: dict) -> dict[str, object]:
    """The fields of one section as they are meant."""
    entries = {CONFIRM: "是", **{name: _value(value) for name, value in section["填报"].items()}}
    for number, form in enumerate(section.get("申报", ()), 1):
        entries |= {f"申报/{number}#{name}": text for name, text in form.items()}
    return entries


def typed(section: dict) -> dict[str, object]:
    """The fields of one section as they were typed."""
    entries = answers(section) | section.get(ORIGINAL, {})
    for name in section.get("百分比", ()):
        entries[name] = entries[name] / 100
    return entries


def _value(value: object) -> object:
    return Decimal(str(value)) if isinstance(value, int | float) else value


class Maker:
    """Makes the files; LibreOffice is started only if it is needed."""

    def __init__(self) -> None:
        self.scheme = load_scheme(SCHEME)
        self.rules = Rulebook(self.scheme)
        self.template = bundled_template()
        self.source = source()
        self.mark = self.source["标记"]

    def returns(self, office: Office, afresh: bool) -> dict[str, bytes]:
        """Name below 2回收 → bytes, for every returned workbook."""
        files = {}
        for name, section in self.source["科室"].items():
            path = "/".join(filter(None, [section.get(ZIP), section["文件"]]))
            if section["保存"] != OFFICE:
                files[path] = self.written(name)
                continue
            kept = TARGET / path
            if afresh or not kept.exists() or not self.is_current(name, path, kept.read_bytes()):
                files[path] = self.saved_by_office(office, name, path)
            else:
                files[path] = kept.read_bytes()
        return files

    def written(self, name: str) -> bytes:
        """The return of a section, by this program alone."""
        section = self.source["科室"][name]
        data = section_workbook(
            self.rules, self.scheme.section(name), self.template, typed(section), mark=self.mark
        )
        if not {"百分比", "表名"} & section.keys():
            return data
        edited = Edited(data)
        for field in section.get("百分比", ()):
            sheet, cell = self.places(name)[field]
            edited.book[sheet][cell].number_format = "0.0%"
        if "表名" in section:
            edited.book[name].title = section["表名"]
        return edited.bytes()

    def saved_by_office(self, office: Office, name: str, path: str) -> bytes:
        """The blank form filled in and saved by LibreOffice, as a section without Excel does it."""
        blank = section_workbook(self.rules, self.scheme.section(name), self.template, mark=self.mark)
        places, sets = self.places(name), {}
        for field, value in typed(self.source["科室"][name]).items():
            sheet, cell = places[field]
            sets.setdefault(sheet, {})[cell] = value
        with tempfile.TemporaryDirectory() as folder:
            form = Path(folder) / "blank.xlsx"
            form.write_bytes(blank)
            extension = path.rpartition(".")[2]
            return office.fill_and_save(form, sets, extension, Path(folder) / f"filled.{extension}").read_bytes()

    def is_current(self, name: str, path: str, data: bytes) -> bool:
        """Whether the file holds what 填报.yaml says, on today's form and with today's figures."""
        returned = [r for reading in Reader.of(self.scheme).read(path, data) for r in reading.returns]
        old = any(p.code in ("OLD_FORM", "FIGURE_DIFFERS", "FIGURE_BY_OLD_POLICY") for r in returned for p in r.problems)
        return len(returned) == 1 and not old and dict(returned[0].entries) == answers(self.source["科室"][name])

    def places(self, name: str) -> dict[str, tuple[str, str]]:
        """Field → (sheet, cell) on the form of a section."""
        book = plan_book(self.rules, (self.scheme.section(name),), SECTION_BOOK)
        return {place.name: (place.sheet, address(place.row, place.col)) for place in book.fields}

    def attachments(self) -> dict[str, bytes]:
        """Name below 2回收 → bytes of every document."""
        make = {"docx": docx, "pdf": pdf}
        return {
            name: make[name.rpartition(".")[2]]([f"【{self.mark}】{title}", *paragraphs])
            for name, (title, *paragraphs) in self.source["附件"].items()
        }

    def fingerprint(self, name: str) -> str:
        return section_print(self.rules, self.scheme.section(name))


# --- documents ----------------------------------------------------------------------------------------------------


def docx(paragraphs: list[str]) -> bytes:
    """A Word document of plain paragraphs."""
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    office = "http://schemas.openxmlformats.org"
    body = "".join(f'<w:p><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>' for text in paragraphs)
    return packed(
        {
            "[Content_Types].xml": f'<Types xmlns="{office}/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            'wordprocessingml.document.main+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{office}/package/2006/relationships"><Relationship Id="rId1" '
            f'Type="{office}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
            "</Relationships>",
            "word/document.xml": f'<w:document xmlns:w="{w}"><w:body>{body}</w:body></w:document>',
        }
    )


def packed(parts: dict[str, bytes | str]) -> bytes:
    """A zip whose bytes depend on its parts alone."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            if isinstance(content, str):
                content = ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + content).encode()
            write_part(archive, name, content)
    return stream.getvalue()


def pdf(lines: list[str]) -> bytes:
    """One A4 page; the Chinese font is one every reader supplies itself."""
    shown = "".join(f"<{line.encode('utf-16-be').hex()}> Tj 0 -24 Td " for line in lines)
    content = f"BT /F1 14 Tf 72 760 Td {shown}ET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 4 0 R>>>>/Contents 6 0 R>>",
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[5 0 R]>>",
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)"
        "/Supplement 4>>/DW 1000/FontDescriptor 7 0 R>>",
        f"<</Length {len(content)}>>stream\n{content}\nendstream",
        "<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880"
        "/Descent -120/CapHeight 880/StemV 93>>",
    ]
    out, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    out += f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF\n"
    return out.encode("ascii")


# --- the folder ---------------------------------------------------------------------------------------------------


def archived(files: dict[str, bytes]) -> dict[str, bytes]:
    """Files below a name ending in .zip put into that archive."""
    plain = {name: data for name, data in files.items() if ".zip/" not in name}
    inside: dict[str, dict[str, bytes]] = {}
    for name, data in files.items():
        if name not in plain:
            outer, _, member = name.partition(".zip/")
            inside.setdefault(f"{outer}.zip", {})[member] = data
    return plain | {name: packed(members) for name, members in inside.items()}


def main() -> None:
    maker = Maker()
    with tempfile.TemporaryDirectory() as folder, _LazyOffice() as office:
        returns = maker.returns(office, "--afresh" in sys.argv[1:])
        for twin, original in maker.source["重复"].items():
            returns[twin] = returns[original]
        made = Path(folder) / TARGET.name
        for name, data in archived(returns | maker.attachments()).items():
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        if TARGET.exists():
            shutil.rmtree(TARGET)
        shutil.copytree(made, TARGET)


class _LazyOffice:
    """`Office`, started by its first call and closed at the end."""

    def __init__(self) -> None:
        self._office = Office()

    def __enter__(self) -> _LazyOffice:
        return self

    def fill_and_save(self, *args):
        return self._office.fill_and_save(*args)

    def __exit__(self, *_) -> None:
        self._office.close()


if __name__ == "__main__":
    main()
