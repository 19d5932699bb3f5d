"""A folder of anything: one good return beside each kind of hostile file. The good one is collected unchanged.

Comes in: `hostile.KINDS`, written to a real folder. Each has exactly one outcome with exactly one code, in bounded time.
"""

import dataclasses
import hashlib
import multiprocessing
import os
import shutil
import signal
import time
from pathlib import Path

import appraisals
import hostile
import intake_samples as samples
import pytest
from small_year import scheme_book

from workbook_builder import commands, inputs, pipeline, reading
from workbook_builder import returns as ret
from workbook_builder.commands import tally
from workbook_builder.intake import LIMITS, MB, iter_zip, package, read_book, sniff, xls
from workbook_builder.intake.package import inflate

NAME = f"{hostile.GOOD}.xlsx"
#: Far above what any of them takes here, far below what would spoil an afternoon.
SECONDS = 20
KINDS = hostile.kinds()


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A folder in use, with one good return."""
    place = tmp_path_factory.mktemp("hostile")
    (place / "方案.xlsx").write_bytes(scheme_book())
    root = place / "考评"
    assert commands.new(root, place / "方案.xlsx").ok
    return root


@pytest.fixture
def collect(root, monkeypatch):
    """Put things beside the good return and collect: (outcome, what was read)."""
    returned, seen = root / "2回收", []
    shutil.rmtree(returned)
    returned.mkdir()
    (returned / NAME).write_bytes(hostile.filled(hostile.GOOD))
    year = tally.pipeline.year
    monkeypatch.setattr(tally.pipeline, "year", lambda *given: seen.append(year(*given)) or seen[-1])

    def run():
        before = hostile_tree(returned)
        start = time.monotonic()
        outcome = commands.collect(root)
        assert time.monotonic() - start < SECONDS
        assert hostile_tree(returned) == before
        assert outcome.outputs
        return outcome, seen[-1][0].collected

    yield run
    shutil.rmtree(returned, ignore_errors=True)
    returned.mkdir(exist_ok=True)


def hostile_tree(place):
    """What lies there: names and sizes, and the bytes of the good return."""
    found = {str(path): path.lstat().st_size for path in sorted(place.rglob("*"))}
    return found, (place / NAME).read_bytes()


@pytest.fixture(scope="module")
def alone(root):
    """The good return as it is read where nothing else lies."""
    (found,) = pipeline.Reader.of(hostile.rules().scheme).read(f"2回收/{NAME}", hostile.filled(hostile.GOOD))
    (returned,) = found.returns
    assert returned.entries and not found.problems
    return returned


def about(outcome, name):
    """(code, place) of every problem in that file, or in what it holds."""
    file = f"2回收/{name}"
    return [(p.code, p.where.file.removeprefix(file)) for p in outcome.problems if p.where.file.startswith(file)]


def check_good(outcome, collected, alone):
    returned = collected.adopted.returns[hostile.GOOD]
    assert returned == alone
    assert about(outcome, NAME) == []
    assert [r.outcome for r in outcome.received if r.file == f"2回收/{NAME}"] == [ret.ADOPTED]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.what)
def test_each_thing_has_one_outcome_and_the_good_return_is_untouched(collect, root, alone, kind):
    path = root / "2回收" / kind.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(kind.data())
    outcome, collected = collect()
    check_good(outcome, collected, alone)
    noise = ("SPECIAL_WITHOUT_FORM", "MATERIAL_MISSING") if kind.taken else ()
    found = [pair for pair in about(outcome, kind.name) if pair[0] not in noise]
    assert found == ([(kind.code, kind.place)] if kind.code else [])
    outcomes = {r.outcome for r in outcome.received if r.file == f"2回收/{kind.name}"}
    assert len(outcomes) == 1
    assert (hostile.OTHER in collected.adopted.returns) == kind.taken
    if kind.taken:
        assert outcomes == {ret.ADOPTED}
        assert collected.adopted.returns[hostile.OTHER].entries == taken_entries()


def taken_entries():
    (found,) = pipeline.Reader.of(hostile.rules().scheme).read("a.xlsx", hostile.filled())
    return found.returns[0].entries


# --- what only a real disk can hold -----------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="links, pipes and modes of Unix")
@pytest.mark.parametrize("what", hostile.DISK)
def test_what_a_disk_may_hold(collect, root, alone, what):
    if "权限" in what and os.geteuid() == 0:
        pytest.skip("permissions do not bind root")
    make, code = hostile.DISK[what]
    path = root / "2回收" / "东西.xlsx"
    make(path, root)
    try:
        outcome, collected = collect()
    finally:
        if not path.is_symlink():
            path.chmod(0o700)
    check_good(outcome, collected, alone)
    assert about(outcome, path.name) == [(code, "")]
    assert hostile.OTHER not in collected.adopted.returns


def test_a_film_is_never_held_in_memory(collect, root, alone, monkeypatch):
    """Larger than what may be read at all: an attachment by its first bytes, anything else refused."""
    monkeypatch.setattr(reading, "LIMITS", dataclasses.replace(LIMITS, unread_size=60_000))
    scan, film = root / "2回收" / f"{hostile.OTHER}总结.pdf", root / "2回收" / "录像.mp4"
    scan.write_bytes(b"%PDF-1.4" + bytes(70_000))
    film.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(70_000))
    outcome, collected = collect()
    check_good(outcome, collected, alone)
    assert about(outcome, scan.name) == []
    assert about(outcome, film.name) == [("FILE_TOO_LARGE", "")]
    receipts = {r.file.removeprefix("2回收/"): r for r in outcome.received}
    assert (receipts[scan.name].outcome, receipts[scan.name].section) == (ret.ATTACHMENT, hostile.OTHER)
    assert receipts[scan.name].sha256 == hashlib.sha256(scan.read_bytes()).hexdigest()
    assert receipts[film.name].outcome == ret.REFUSED


def test_a_register_beyond_all_size_is_not_read(collect, root, monkeypatch):
    monkeypatch.setattr(inputs, "LIMITS", dataclasses.replace(LIMITS, unread_size=60_000))
    huge = root / "台账（扫描）.xlsx"
    huge.write_bytes(bytes(70_000))
    outcome, _ = collect()
    huge.unlink()
    assert [p.where.file for p in outcome.problems if p.code == "FILE_TOO_LARGE"] == [huge.name]


# --- readers that stall or die ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", hostile.DYING)
def test_the_reader_of_old_files_stalls_or_dies(collect, root, alone, monkeypatch, tmp_path, what):
    child, code = hostile.DYING[what]
    (tmp_path / "child.py").write_text(child, encoding="utf-8")
    monkeypatch.setattr(xls, "_CHILD", tmp_path / "child.py")
    monkeypatch.setattr(xls, "LIMITS", dataclasses.replace(LIMITS, xls_seconds=0.5))
    (root / "2回收" / "旧.xls").write_bytes(samples.ole_file({"Workbook": b""}))
    outcome, collected = collect()
    check_good(outcome, collected, alone)
    assert about(outcome, "旧.xls") == [(code, "")]


def slow(archive, info):
    """As a very slow machine would inflate the large part of a file."""
    for piece in inflate(archive, info):
        if info.file_size > MB:
            time.sleep(0.05)
        yield piece


def test_a_file_that_takes_too_long_costs_itself_alone(collect, root, alone, monkeypatch):
    monkeypatch.setattr(package, "inflate", slow)
    monkeypatch.setattr(package, "LIMITS", dataclasses.replace(LIMITS, seconds=0.3))
    (root / "2回收" / "慢.xlsx").write_bytes(samples.small("<a/>" * MB))
    outcome, collected = collect()
    check_good(outcome, collected, alone)
    assert about(outcome, "慢.xlsx") == [("READER_TIMEOUT", "")]


def test_an_archive_has_no_more_time_than_a_file(collect, root, alone, monkeypatch):
    monkeypatch.setattr(package, "inflate", slow)
    monkeypatch.setattr(reading, "LIMITS", dataclasses.replace(LIMITS, seconds=0.2))
    members = {f"{n}.xlsx": samples.small("<a/>" * (MB // 3)) for n in range(3)}
    (root / "2回收" / "慢.zip").write_bytes(samples.zipped(members))
    outcome, collected = collect()
    check_good(outcome, collected, alone)
    assert about(outcome, "慢.zip")[1:] == [("READER_TIMEOUT", f"/{n}.xlsx") for n in (1, 2)]


DEADLY = b"deadly"


def deadly_sniff(data, name=""):
    if data.startswith(DEADLY):
        os.kill(os.getpid(), signal.SIGKILL)
    return sniff(data, name)


@pytest.mark.skipif(multiprocessing.get_start_method() != "fork", reason="the workers must inherit what is patched")
def test_a_file_that_kills_its_worker_costs_itself_alone(collect, root, alone, monkeypatch):
    monkeypatch.setattr(reading, "sniff", deadly_sniff)
    for number in range(28):
        deadly = number in (0, 5, 6, 27)
        (root / "2回收" / f"{number:02}.txt").write_bytes(DEADLY if deadly else b"a note")
    outcome, collected = collect()
    check_good(outcome, collected, alone)
    failed = [p.where.file for p in outcome.problems if p.code == "READER_FAILED"]
    assert failed == [f"2回收/{number:02}.txt" for number in (0, 5, 6, 27)]
    assert len(outcome.received) == 29
    assert {r.file for r in outcome.received if r.outcome == ret.REFUSED} == set(failed)


# --- formats that need their true programs ------------------------------------------------------------------------------


DEMO = Path(__file__).resolve().parent.parent / "samples" / "demo" / "2回收"


@pytest.mark.parametrize(
    ("source", "kind"), [("执法监督科.xls", "xls"), ("复议应诉科考评表.ods", "ods")], ids=["xls", "ods"]
)
def test_every_ending_of_a_file_of_another_program(source, kind):
    """.et of WPS is .xls; any ending is read for what the file is, and the wrong ones are said."""
    scheme = appraisals.scheme_2021()
    data = (DEMO / source).read_bytes()
    reader = pipeline.Reader.of(scheme)
    (usual,) = reader.read(f"a.{kind}", data)
    assert usual.returns[0].entries
    for ending in ("xlsx", "xls", "et", "ods", "csv", "html"):
        (found,) = reader.read(f"a.{ending}", data)
        assert found.returns[0].entries == usual.returns[0].entries
        expected = ending == kind or (kind, ending) == ("xls", "et")
        assert ("EXTENSION_MISMATCH" in {p.code for p in found.problems}) != expected


@pytest.mark.parametrize("eighth", range(1, 8))
@pytest.mark.parametrize(
    ("source", "codes"),
    [("执法监督科.xls", {"XLS_DAMAGED", "READER_CRASHED"}), ("复议应诉科考评表.ods", {"ZIP_DAMAGED"})],
    ids=["xls", "ods"],
)
def test_cut_files_of_other_programs(source, codes, eighth):
    data = (DEMO / source).read_bytes()
    book, problems = read_book(data[: len(data) * eighth // 8], source)
    assert book is None
    assert len(problems) == 1 and problems[0].code in codes


# --- every part of a return ---------------------------------------------------------------------------------------------


PARTS = sorted(samples.unzipped(hostile.filled()))


@pytest.mark.parametrize("part", PARTS)
def test_a_part_gone_or_broken_never_changes_an_answer_in_silence(part):
    """Either nothing that counts was in it, or the file is refused with one code."""
    reader = pipeline.Reader.of(hostile.rules().scheme)
    whole = hostile.filled()
    (good,) = reader.read("a.xlsx", whole)
    content = samples.unzipped(whole)[part]
    for broken in (None, b"", content[: len(content) // 2], b"<html/>", content + content, b"\xff" + content):
        (found,) = reader.read("a.xlsx", samples.replaced(whole, part, broken))
        if found.returns:
            assert [r.entries for r in found.returns] == [r.entries for r in good.returns]
        else:
            assert found.received.outcome in (ret.REFUSED, ret.ARCHIVE)
            assert found.problems


def test_members_are_counted_through_all_the_archives_of_one():
    """Two hundred small archives in one, each with two thousand empty files: not four hundred thousand outcomes."""
    inner = samples.zipped({f"{n}": b"" for n in range(LIMITS.part_count)})
    members, problems = iter_zip(samples.zipped({f"{n}.zip": inner for n in range(200)}), "a.zip")
    assert len(members) <= LIMITS.part_count
    assert [p.code for p in problems] == ["ZIP_TOO_MANY_PARTS"]


def test_relations_are_counted():
    many = "".join(f'<Relationship Id="x{n}" Type="a/b" Target="c"/>' for n in range(LIMITS.part_count))
    data = samples.replaced(samples.small(), "xl/_rels/workbook.xml.rels", f"<Relationships>{many}<Relationship/></Relationships>")
    book, problems = read_book(data, "a.xlsx")
    assert (book, [p.code for p in problems]) == (None, ["ZIP_TOO_MANY_PARTS"])


def test_styles_of_an_ods_are_counted():
    ns = "urn:oasis:names:tc:opendocument:xmlns:"
    many = '<style:style style:name="a" style:family="table-cell"/>' * (LIMITS.styles + 1)
    styles = f'<a xmlns:style="{ns}style:1.0">{many}</a>'
    parts = {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "styles.xml": styles, "content.xml": "<a/>"}
    book, problems = read_book(samples.zipped(parts), "a.ods")
    assert (book, [p.code for p in problems]) == (None, ["TOO_MANY_STYLES"])


#: Codes that only this table brings about.
ONLY_HERE = {"ARCHIVE_EMPTY", "SHEET_TWICE", "XML_TOO_DEEP", "TOO_MANY_STYLES", "CELL_TEXT_TOO_LONG"}


def test_the_table_brings_about_what_nothing_else_does():
    assert {kind.code for kind in KINDS} >= ONLY_HERE


@pytest.mark.parametrize(
    "data",
    [samples.small(samples.cell_xml(f'<c r="C1" t="str"><v>{"x" * (LIMITS.text + 1)}</v></c>')),
     samples.small(samples.cell_xml(f'<c r="C1"><f>{"x" * (LIMITS.text + 1)}</f><v>1</v></c>'))],
    ids=["text", "formula"],
)  # fmt: skip
def test_a_text_too_long_is_named_at_its_cell(data):
    book, (found,) = read_book(data, "a.xlsx")
    assert (book, found.code, found.where.sheet, found.where.cell) == (None, "CELL_TEXT_TOO_LONG", "S", "C1")


def test_blanks_without_end_are_named_at_their_cell():
    book, (found,) = read_book(hostile.spaces_ods(), "a.ods")
    assert (book, found.code, found.where.sheet, found.where.cell) == (None, "CELL_TEXT_TOO_LONG", "S", "A1")


def test_the_longest_text_of_excel_is_read():
    book, _ = read_book(samples.small(samples.cell_xml(f'<c r="C1" t="str"><v>{"字" * 32_767}</v></c>')), "a.xlsx")
    assert len(book.sheets[0].cell(1, 3).value) == 32_767
