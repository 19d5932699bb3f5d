"""What a folder of returns may hold beside the returns: each kind of file with the one outcome it must have.

`KINDS` is run by test_hostile_folder (a real folder, a real collect) and printed in docs/可靠性.md. The bytes are made
afresh, most of them from a filled return, so that nothing but the damage keeps it from being read.
"""

import functools
import io
import os
import random
import re
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import intake_samples as samples
from story import neutral

from workbook_builder import model as m
from workbook_builder.building import bundled_template, section_workbook
from workbook_builder.intake import LIMITS, MB
from workbook_builder.rules.items import Rulebook
from workbook_builder.scheme import read_scheme

GOOD, OTHER = "政治处", "法律援助中心"
SHEET1 = "xl/worksheets/sheet1.xml"
STRINGS, STYLES, WORKBOOK = "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"
WORKBOOK_RELS = "xl/_rels/workbook.xml.rels"
READ = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing: `what` it is, its name in 2回收, its bytes.

    code   of the only problem that names it, `READ` if there is none
    taken  whether answers are taken from it all the same
    place  what follows the name of the file where the problem stands ("/member" of an archive)
    """

    what: str
    name: str
    data: Callable[[], bytes]
    code: str
    taken: bool = False
    place: str = ""


@functools.cache
def rules() -> Rulebook:
    """The scheme of the small year."""
    from small_year import scheme_book

    scheme, _, _ = read_scheme(scheme_book(), "方案.xlsx")
    return Rulebook(scheme)


@functools.cache
def filled(section: str = OTHER) -> bytes:
    """A complete return."""
    found = rules()
    entries = neutral(found, found.scheme.section(section))
    if section == OTHER:
        # One point of special work, as another form of the same answers would give it.
        entries |= {"特色工作#自评分": Decimal(0), "特色工作#市局加分": m.NO}
    return section_workbook(found, found.scheme.section(section), bundled_template(), entries)


def sheet_part(data: bytes) -> str:
    """The part of the sheet that the section fills in."""
    parts = samples.unzipped(data)
    sheets = [name for name in parts if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)]
    return max(sheets, key=lambda name: len(parts[name]))


def changed(part: str | None, change: Callable[[bytes], bytes]) -> Callable[[], bytes]:
    """The filled return with `change` done to one part; None: the sheet that is filled in."""

    def make() -> bytes:
        data = filled()
        name = part or sheet_part(data)
        return samples.replaced(data, name, change(samples.unzipped(data)[name]))

    return make


@functools.cache
def with_shared_strings() -> bytes:
    """The filled return as Excel saves it: every text in one table."""
    return samples.shared_strings(filled())


def reshared(part: str, change: Callable[[bytes], bytes] | None) -> Callable[[], bytes]:
    """The same with one part changed, or gone."""

    def make() -> bytes:
        data = with_shared_strings()
        name = part or sheet_part(data)
        return samples.replaced(data, name, change and change(samples.unzipped(data)[name]))

    return make


def without(part: str) -> Callable[[], bytes]:
    return lambda: samples.replaced(filled(), part, None)


def cut(eighths: int) -> Callable[[], bytes]:
    return lambda: filled()[: len(filled()) * eighths // 8]


def put(before: bytes, text: bytes) -> Callable[[bytes], bytes]:
    def change(part: bytes) -> bytes:
        assert part.count(before) >= 1, before
        return part.replace(before, text + before, 1)

    return change


def packed(*members: tuple[str, bytes]) -> Callable[[], bytes]:
    return lambda: samples.zipped(list(members))


@functools.cache
def zeros(size: int) -> bytes:
    return samples.zeros_part(size)


@functools.cache
def bloated_styles() -> bytes:
    """98 MB of named cell styles, as books grow them that have been copied together for years."""
    data = filled()
    line = "".join(f'<cellStyle name="style{n * 7919 % 9973}" xfId="0"/>' for n in range(1000)).encode()
    head, mark, tail = samples.unzipped(data)[STYLES].partition(b"</cellStyles>")
    assert mark
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in samples.unzipped(data).items():
            if name != STYLES:
                archive.writestr(name, content)
        with archive.open(STYLES, "w") as part:
            part.write(head)
            for _ in range(98 * MB // len(line)):
                part.write(line)
            part.write(mark + tail)
    return stream.getvalue()


def many_styles(part: bytes) -> bytes:
    rows = random.Random(1)
    more = "".join(f'<xf numFmtId="{rows.randrange(400)}"/>' for _ in range(LIMITS.styles + 1)).encode()
    return part.replace(b"</cellXfs>", more + b"</cellXfs>")


def laughs(part: bytes) -> bytes:
    entities = "".join(f'<!ENTITY {chr(97 + n)} "{f"&{chr(96 + n)};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE w [<!ENTITY a "ha">{entities}]><worksheet>&j;</worksheet>'.encode()


def spaces_ods() -> bytes:
    """5 KB that ask for 2.5 GB of blanks."""
    ns = "urn:oasis:names:tc:opendocument:xmlns:"
    names = " ".join(f'xmlns:{name}="{ns}{name}:1.0"' for name in ("office", "table", "text"))
    body = "<text:s text:c='32767'/>" * 80_000
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet><table:table table:name='S'><table:table-row>"
        f"<table:table-cell><text:p>{body}</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    return samples.zipped([("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content)])


def renamed_sheet_rel(target: str) -> Callable[[bytes], bytes]:
    """Every worksheet relationship points to `target`."""
    return lambda part: re.sub(rb'Target="[^"]*worksheets/[^"]*"', f'Target="{target}"'.encode(), part)


def doubled_sheet(part: bytes) -> bytes:
    return re.sub(rb"(<sheet [^>]*/>)", rb"\1\1", part, count=1)


def to_utf16(part: bytes) -> bytes:
    text = part.decode("utf-8").replace("utf-8", "utf-16").replace("UTF-8", "UTF-16")
    return text.encode("utf-16")


def to_gbk(declared: bool) -> Callable[[bytes], bytes]:
    def change(part: bytes) -> bytes:
        body = re.sub(r"^<\?xml[^>]*\?>", "", part.decode("utf-8"))
        head = '<?xml version="1.0" encoding="GBK"?>' if declared else ""
        return (head + body.replace("<sheetData>", "<!-- 中文 --><sheetData>", 1)).encode("gbk", "xmlcharrefreplace")

    return change


def last_string(part: bytes) -> bytes:
    """The first shared string of the sheet asks for one that is not there."""
    return re.sub(rb'(<c [^>]*t="s"[^>]*>(?:<f>[^<]*</f>)?<v>)\d+', rb"\g<1>999999", part, count=1)


CSV = "科室,得分\n法律援助中心,60\n"
HTML = b"<html><table><tr><td>60</td></tr></table></html>"


def kinds() -> list[Kind]:
    """All of them, in the order of the document."""
    return [*_whole(), *_renamed(), *_system(), *_packages(), *_markup(), *_archives(), *_sizes()]


def _whole() -> list[Kind]:
    ole = samples.ole_file
    return [
        Kind("空文件", "空.xlsx", lambda: b"", "FILE_EMPTY"),
        Kind("设了打开密码的 .xlsx", "密.xlsx", lambda: ole({"EncryptionInfo": b"", "EncryptedPackage": b""}), "FILE_ENCRYPTED"),
        Kind(
            "设了打开密码的 .xls",
            "密.xls",
            lambda: ole({"Workbook": struct.pack("<2H4x2H", 0x809, 4, 0x2F, 6)}),
            "FILE_ENCRYPTED",
        ),
        *(Kind(f"只传来前 {n}/8 的 .xlsx", f"断{n}.xlsx", cut(n), "ZIP_DAMAGED") for n in range(1, 8)),
        Kind("损坏的 .xls", "坏.xls", lambda: ole({"Workbook": b"\x09\x08\x10\x00" + b"\x00\x06\x05\x00" + b"z" * 5000}), "XLS_DAMAGED"),
        Kind("二进制工作簿 .xlsb", "二进制.xlsb", packed(("xl/workbook.bin", b"b")), "FILE_IS_XLSB"),
        Kind("含宏的 .xlsm", "宏.xlsm", changed_with("xl/vbaProject.bin", b"\xd0\xcf"), "MACROS_PRESENT", taken=True),
        Kind("乱码", "乱码.xlsx", lambda: bytes(range(256)) * 4, "FILE_NOT_WORKBOOK"),
        Kind("rar 压缩包", "包.rar", lambda: b"Rar!\x1a\x07\x01\x00", "ARCHIVE_UNSUPPORTED"),
    ]


def changed_with(part: str, content: bytes) -> Callable[[], bytes]:
    return lambda: samples.zipped({**samples.unzipped(filled()), part: content})


def _renamed() -> list[Kind]:
    found = []
    for ending in ("xlsx", "xls", "ods", "csv", "html"):
        if ending != "xlsx":
            found.append(Kind(f".xlsx 改名为 .{ending}", f"表.{ending}", filled, "EXTENSION_MISMATCH", taken=True))
        found.append(Kind(f"文本（CSV）{_named('csv', ending)}", f"文本.{ending}", CSV.encode, "FILE_IS_TEXT"))
        found.append(Kind(f"网页 {_named('html', ending)}", f"网页.{ending}", lambda: HTML, "FILE_IS_HTML"))
    found.append(Kind("GBK 编码的文本", "文本gbk.xlsx", lambda: CSV.encode("gbk"), "FILE_IS_TEXT"))
    return found


def _named(kind: str, ending: str) -> str:
    return f".{ending}" if kind == ending else f"改名为 .{ending}"


def _system() -> list[Kind]:
    names = ("~$政治处.xlsx", ".~lock.政治处.xlsx#", "._政治处.xlsx", ".DS_Store", "Thumbs.db", "desktop.ini")
    return [Kind(f"系统或锁定文件 {name}", name, lambda: b"\x00\x01", "FILE_IGNORED") for name in names]


def _packages() -> list[Kind]:
    return [
        Kind("解开后大得不正常的 .xlsx（zip 炸弹）", "炸弹.xlsx", lambda: zeros(110 * MB), "ZIP_INFLATES_TOO_LARGE"),
        Kind("zip 目录少报大小", "少报.xlsx", lambda: samples.lying_size(filled(), sheet_part(filled()), 50), "ZIP_DAMAGED"),
        Kind(
            "zip 目录多报大小",
            "多报.xlsx",
            lambda: samples.lying_size(filled(), sheet_part(filled()), 0x7FFFFFFF),
            "ZIP_INFLATES_TOO_LARGE",
        ),
        Kind(
            "炸弹的 zip 目录只报 1 KB",
            "炸弹少报.xlsx",
            lambda: samples.lying_size(zeros(110 * MB), SHEET1, 1024),
            "ZIP_DAMAGED",
        ),
        Kind("重名的部件", "重名.xlsx", lambda: _twice(), "ZIP_DUPLICATE_ENTRY"),
        Kind("部件的路径含 ..", "上级.xlsx", changed_with("xl/../../e.xml", b"x"), "ZIP_UNSAFE_NAME"),
        Kind("部件用绝对路径", "绝对.xlsx", changed_with("/etc/x", b"x"), "ZIP_UNSAFE_NAME"),
        Kind("部件带盘符", "盘符.xlsx", changed_with("C:\\x", b"x"), "ZIP_UNSAFE_NAME"),
        Kind("部件设有密码", "部件密.xlsx", lambda: samples.flagged(filled(), 1), "ZIP_ENTRY_ENCRYPTED"),
        Kind("部件太多", "件多.xlsx", packed(*((f"p{n}", b"") for n in range(LIMITS.part_count + 1))), "ZIP_TOO_MANY_PARTS"),
        Kind("缺 workbook.xml", "缺簿.xlsx", without(WORKBOOK), "WORKBOOK_PART_MISSING"),
        Kind("缺工作表", "缺表.xlsx", lambda: samples.replaced(filled(), sheet_part(filled()), None), "SHEET_PART_MISSING"),
        Kind("缺共享文字", "缺文字.xlsx", reshared(STRINGS, None), "WORKBOOK_PART_MISSING"),
        Kind("缺关系表", "缺关系.xlsx", without(WORKBOOK_RELS), "SHEET_PART_MISSING"),
        Kind("两张同名的工作表", "同名.xlsx", changed(WORKBOOK, doubled_sheet), "SHEET_TWICE"),
        Kind("关系绕回工作簿自己", "绕回.xlsx", changed(WORKBOOK_RELS, renamed_sheet_rel("workbook.xml")), "XML_BROKEN"),
        Kind("关系指向自己", "自指.xlsx", changed(WORKBOOK_RELS, renamed_sheet_rel("_rels/workbook.xml.rels")), "XML_BROKEN"),
        Kind("关系指向包外", "包外.xlsx", changed(WORKBOOK_RELS, renamed_sheet_rel("../../../../etc/passwd")), "SHEET_PART_MISSING"),
    ]


def _twice() -> bytes:
    return samples.zipped([*samples.unzipped(filled()).items(), (WORKBOOK.upper(), b"x")])


def _markup() -> list[Kind]:
    return [
        Kind("XML 断在半路", "半截.xlsx", changed(None, lambda part: part[: len(part) // 2]), "XML_BROKEN"),
        Kind("XML 标记不配对", "不配对.xlsx", changed(None, put(b"</sheetData>", b"<a></b>")), "XML_BROKEN"),
        Kind("工作表是空部件", "空表.xlsx", changed(None, lambda part: b""), "XML_BROKEN"),
        Kind("工作表其实是网页", "表网页.xlsx", changed(None, lambda part: b"<html/>"), "XML_BROKEN"),
        Kind("含 DOCTYPE", "声明.xlsx", changed(None, lambda part: b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><worksheet/>'), "XML_DOCTYPE"),
        Kind("实体炸弹", "实体.xlsx", changed(None, laughs), "XML_DOCTYPE"),
        Kind("UTF-16 编码的工作表", "utf16.xlsx", changed(None, to_utf16), READ, taken=True),
        Kind("GBK 编码而未声明", "gbk.xlsx", changed(None, to_gbk(False)), "XML_BROKEN"),
        Kind("声明为 GBK 编码", "gbk声明.xlsx", changed(None, to_gbk(True)), "XML_BROKEN"),
        Kind("不认识的编码", "编码.xlsx", changed(None, lambda part: b'<?xml version="1.0" encoding="zz"?><worksheet/>'), "XML_BROKEN"),
        Kind("文字序号越界", "越界.xlsx", reshared("", last_string), "SHARED_STRING_MISSING"),
        Kind("XFD1048576 有内容", "远.xlsx", changed(None, put(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')), "TOO_LARGE_EXTENT"),
        Kind("同一格出现两次", "两次.xlsx", changed(None, put(b"</sheetData>", b'<row r="9"><c r="F9"><v>1</v></c><c r="F9"><v>2</v></c></row>')), "CELL_TWICE"),
        Kind("数值不是数", "非数.xlsx", changed(None, put(b"</sheetData>", b'<row r="900"><c r="F900"><v>1,5</v></c></row>')), "CELL_UNREADABLE"),
        Kind("标记层层嵌套", "嵌套.xlsx", changed(None, put(b"</sheetData>", b"<a>" * MB)), "XML_TOO_DEEP"),
        Kind("超长的标记", "长标记.xlsx", changed(None, put(b"</sheetData>", b'<a b="' + b"x" * 2 * MB + b'"/>')), "XML_TOKEN_TOO_LONG"),
        Kind("样式过多", "样式.xlsx", changed(STYLES, many_styles), "TOO_MANY_STYLES"),
        Kind("98 MB 的样式表（历年复制积下的命名样式）", "样式表.xlsx", bloated_styles, READ, taken=True),
        Kind("一格里的文字超长", "长文.xlsx", reshared(STRINGS, put(b"</sst>", b"<si><t>" + b"x" * (LIMITS.text + 1) + b"</t></si>")), "CELL_TEXT_TOO_LONG"),
        Kind("几 KB 的 .ods 要求 2.5 GB 空格", "空格.ods", spaces_ods, "CELL_TEXT_TOO_LONG"),
    ]


def _archives() -> list[Kind]:
    inner = samples.zipped([("c.txt", b"x")])
    return [
        Kind("zip 里套 zip 再套 zip", "套.zip", lambda: samples.zipped([("a.zip", samples.zipped([("b.zip", inner)]))]), "ARCHIVE_NESTED", place="/a.zip/b.zip"),
        Kind("压缩包炸弹", "包炸弹.zip", lambda: samples.zipped([("a.bin", bytes(110 * MB))]), "ZIP_INFLATES_TOO_LARGE"),
        Kind("包中包炸弹", "包中包.zip", lambda: samples.zipped([("a.zip", samples.zipped([("a.bin", bytes(110 * MB))]))]), "ZIP_INFLATES_TOO_LARGE", place="/a.zip"),
        Kind("压缩包里的路径含 ..", "包上级.zip", packed(("../外.xlsx", b"x")), "ZIP_UNSAFE_NAME", place="/../外.xlsx"),
        Kind("压缩包里的绝对路径", "包绝对.zip", packed(("/外.xlsx", b"x")), "ZIP_UNSAFE_NAME", place="//外.xlsx"),
        Kind("断了的压缩包", "包断.zip", lambda: samples.zipped([("甲.txt", b"x" * 999)])[:60], "ZIP_DAMAGED"),
        Kind("空压缩包", "包空.zip", lambda: b"PK\x05\x06" + bytes(18), "ARCHIVE_EMPTY"),
    ]


def _sizes() -> list[Kind]:
    return [
        Kind("超过 50 MB 的工作簿", "大.xlsx", lambda: b"PK\x03\x04xl/" + bytes(LIMITS.file_size), "FILE_TOO_LARGE"),
        Kind("名字长 255 字节", "长" * 83 + ".xlsx", filled, READ, taken=True),
        Kind("藏在很深的文件夹里", "深/" * 20 + "表.xlsx", filled, READ, taken=True),
    ]


# --- what only a real disk can hold -----------------------------------------------------------------------------------


def outside(root: Path) -> Path:
    """A file that is none of the folder's business."""
    path = root.parent / "外面.xlsx"
    path.write_bytes(filled())
    return path


def _closed(path: Path) -> None:
    path.chmod(0)


#: What → (how it is made at a path of a folder, code).
DISK: dict[str, tuple[Callable[[Path, Path], object], str]] = {
    "链接到文件夹外的文件": (lambda path, root: path.symlink_to(outside(root)), "LINK_OUTSIDE"),
    "链接到上级文件夹": (lambda path, root: path.symlink_to(root), "LINK_OUTSIDE"),
    "链接到自己所在的文件夹": (lambda path, root: path.symlink_to(path.parent), "LINK_FOLDER"),
    "断了的链接": (lambda path, root: path.symlink_to(root / "没有"), "UNREADABLE"),
    "链接到自己": (lambda path, root: path.symlink_to(path), "UNREADABLE"),
    "管道": (lambda path, root: os.mkfifo(path), "UNREADABLE"),
    "没有权限的文件": (lambda path, root: (path.write_bytes(b"x"), _closed(path)), "UNREADABLE"),
    "没有权限的文件夹": (lambda path, root: (path.mkdir(), _closed(path)), "UNREADABLE"),
}
#: What the reader of .xls does → (its code, the outcome).
DYING: dict[str, tuple[str, str]] = {
    "读 .xls 的子进程不动了": ("import time; time.sleep(60)", "READER_TIMEOUT"),
    "读 .xls 的子进程被强行结束": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "READER_CRASHED"),
    "读 .xls 的子进程崩溃": ("import os; os.abort()", "READER_CRASHED"),
    "读 .xls 的子进程答非所问": ("print('[' * 100000)", "READER_CRASHED"),
}
#: What else test_hostile_folder does, by tests of their own.
STALLED: dict[str, str] = {
    "读得太慢的 .xlsx": "READER_TIMEOUT",
    "读得太慢的压缩包（其余成员）": "READER_TIMEOUT",
    "使读取进程死掉的文件": "READER_FAILED",
    "超过 200 MB、不是附件的文件": "FILE_TOO_LARGE",
    "压缩包里层层共 40 万个空文件": "ZIP_TOO_MANY_PARTS",
}
