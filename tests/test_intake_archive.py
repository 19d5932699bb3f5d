"""What a file is by its content, and what a returned .zip holds."""

import intake_samples as samples
import pytest

from workbook_builder.intake import LIMITS, MB, iter_zip, sniff

GOOD = samples.xlsxwriter_book()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "image"),
        (b"\x89PNG\r\n\x1a\n", "image"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"{\\rtf1", "rtf"),
        (samples.zipped({"ppt/presentation.xml": ""}), "pptx"),
        (samples.zipped({"OFD.xml": ""}), "ofd"),
        (samples.zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": ""}), "odt"),
        (samples.ole_file({"WordDocument": b""}), "doc"),
        (samples.ole_file({"Book": b""}), "xls"),
        (samples.small()[:300], "xlsx"),
        ("\ufeff甲,乙".encode("utf-16-le"), "csv/text"),
    ],
)
def test_sniff(data, kind):
    assert sniff(data, "x.xlsx") == kind


def test_zip_members():
    inner = samples.zipped({"附件/考评表.xlsx": GOOD, "深.zip": samples.zipped({"x": "1"})})
    data = samples.zipped(
        [
            ("办公室/考评表.xlsx", GOOD),
            ("办公室/", ""),
            ("__MACOSX/._考评表.xlsx", "junk"),
            (".DS_Store", "junk"),
            ("办公室/~$考评表.xlsx", "junk"),
            ("内.zip", inner),
            ("../逃.xlsx", "x"),
            ("a.txt", "1"),
            ("A.txt", "2"),
        ]
    )
    members, problems = iter_zip(data, "2回收/全部.zip")
    assert [name for name, _ in members] == ["办公室/考评表.xlsx", "内.zip/附件/考评表.xlsx", "a.txt"]
    assert members[0][1] == GOOD
    assert [(problem.code, problem.where.file) for problem in problems] == [
        ("ARCHIVE_NESTED", "2回收/全部.zip/内.zip/深.zip"),
        ("ZIP_UNSAFE_NAME", "2回收/全部.zip/../逃.xlsx"),
        ("ZIP_DUPLICATE_ENTRY", "2回收/全部.zip/A.txt"),
    ]


def test_zip_names_of_chinese_windows():
    names = ["办公室\\考评表.xlsx", "秘书科.txt", "誠\\x.txt"]  # 誠 ends in a backslash byte in GBK
    data = samples.named_zip([(name.encode("gbk"), b"1") for name in names] + [("指挥中心.txt".encode(), b"2")])
    members, problems = iter_zip(data, "a.zip")
    assert [name for name, _ in members] == ["办公室/考评表.xlsx", "秘书科.txt", "誠/x.txt", "指挥中心.txt"]
    assert problems == []


def test_bad_archives():
    codes = [[p.code for p in iter_zip(data, "a.rar")[1]] for data in (b"Rar!\x1a\x07\x00", b"", b"x", GOOD[:500])]
    assert codes == [["ARCHIVE_UNSUPPORTED"], ["FILE_EMPTY"], ["FILE_NOT_ARCHIVE"], ["ZIP_DAMAGED"]]
    assert [p.code for p in iter_zip(samples.flagged(samples.zipped({"a": "1"}), 1), "a.zip")[1]] == [
        "ZIP_ENTRY_ENCRYPTED"
    ]
    assert [p.code for p in iter_zip(samples.zeros_part(150 * MB), "a.zip")[1]] == ["ZIP_INFLATES_TOO_LARGE"]
    large = b"PK\x03\x04" + bytes(LIMITS.file_size)
    assert [p.code for p in iter_zip(large, "a.zip")[1]] == ["ARCHIVE_TOO_LARGE"]
