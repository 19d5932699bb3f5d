"""The working folder: outputs whole or not at all, one run at a time, nothing a person saved is overwritten."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook_builder.folder import (
    SUBFOLDERS,
    Folder,
    History,
    Outputs,
    batch_number,
    digest,
    disk,
    list_returns,
    log,
    recover,
    run_lock,
)
from workbook_builder.problems import folders

REPOSITORY = Path(__file__).resolve().parent.parent
BATCH = "0123456789ab"
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
posix_only = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals, links or pipes")

BOOK, RESULT, LETTER, STALE = "4汇总/汇总表.xlsx", "4汇总/结果.json", "4汇总/退回修改/01-办公室.xlsx", "4汇总/退回修改/旧.xlsx"
OLD = {BOOK: b"old book", RESULT: b"old result", STALE: b"old letter"}
NEW = {BOOK: b"new book", RESULT: b"new result", LETTER: b"new letter"}
#: Every point at which a publication of NEW over OLD can stop, and whether the new outputs then win.
STEPS = {
    f"stage:{BOOK}": False,
    f"stage:{RESULT}": False,
    f"stage:{LETTER}": False,
    "journal": False,
    f"rename:{BOOK}": True,
    f"rename:{RESULT}": True,
    f"rename:{LETTER}": True,
    f"rename:{STALE}": True,
    "clean": True,
    "clean:stage": True,
}


class Stop(Exception):
    """The interruption of a test; not an OSError, so nothing may handle it."""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    root = tmp_path / "2021 考评"
    root.mkdir()
    (root / "方案.xlsx").write_bytes(b"scheme")
    for name, data in OLD.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return Folder(root)


def planned(folder: Folder) -> Outputs:
    outputs = Outputs(folder)
    for name, data in NEW.items():
        outputs.add(name, data)
    outputs.remove(STALE)
    return outputs


def present(folder: Folder) -> dict[str, bytes]:
    """Every output there is."""
    found = sorted(path for path in folder.summary.rglob("*") if path.is_file())
    return {folder.relative(path): path.read_bytes() for path in found}


def codes(problems) -> list[str]:
    return [p.code for p in problems]


def stop_at(monkeypatch, step: str, error: BaseException | None = None) -> None:
    def fault(name: str) -> None:
        if name == step:
            raise error or Stop(name)

    monkeypatch.setattr(disk, "FAULT", fault)


def python(code: str, *arguments: object) -> subprocess.Popen:
    search = os.pathsep.join(filter(None, (str(REPOSITORY), os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": search, "PYTHONUTF8": "1"},
        text=True,
        encoding="utf-8",
    )


def no_traces(folder: Folder) -> bool:
    return not folder.stage.exists() and not folder.journal.exists()


# --- outputs, whole


def test_publish_writes_replaces_and_removes(folder):
    assert planned(folder).publish(BATCH) == []
    assert present(folder) == NEW
    assert no_traces(folder)


def test_the_steps_that_are_interrupted_below_are_all_there_are(folder, monkeypatch):
    seen = []
    monkeypatch.setattr(disk, "FAULT", seen.append)
    planned(folder).publish(BATCH)
    assert seen == list(STEPS)


def test_identical_content_is_not_rewritten(folder):
    os.utime(folder.summary_book, ns=(10**18, 10**18))
    inode = folder.summary_book.stat().st_ino
    outputs = Outputs(folder)
    outputs.add(BOOK, OLD[BOOK])
    outputs.add(RESULT, b"other")
    assert outputs.publish(BATCH) == []
    assert (folder.summary_book.stat().st_mtime_ns, folder.summary_book.stat().st_ino) == (10**18, inode)
    assert folder.result.read_bytes() == b"other"


def test_nothing_to_change_touches_nothing(folder):
    outputs = Outputs(folder)
    outputs.add(BOOK, OLD[BOOK])
    outputs.remove("4汇总/没有.xlsx")
    assert outputs.publish(BATCH) == []
    assert not folder.state.exists()


def test_names_are_nfc_sorted_and_without_removals(folder):
    outputs = Outputs(folder)
    outputs.add("e\u0301.txt", b"")
    outputs.add("a.txt", b"")
    outputs.remove("b.txt")
    assert outputs.names == ("a.txt", "\u00e9.txt")


@pytest.mark.parametrize(
    "name", ["", "/etc/x", "../x", "a/../x", "a//b", "a\\b", "C:/x", ".kaoping/journal.json", ".Kaoping/x", "./a", "a/"]
)
def test_names_outside_the_folder_are_a_bug_of_ours(folder, name):
    with pytest.raises(ValueError, match="not an output name"):
        Outputs(folder).add(name, b"")


def test_a_name_planned_twice_is_a_bug_of_ours(folder):
    outputs = Outputs(folder)
    outputs.add("a/X.xlsx", b"")
    with pytest.raises(ValueError, match="twice"):
        outputs.remove("A/x.xlsx")


@pytest.mark.parametrize("name", ["4汇总/综合:科.xlsx", "4汇总/a?.xlsx", "1下发 /a.xlsx", "4汇总/a.", '4汇总/"a".xlsx'])
def test_a_name_windows_refuses_stops_the_whole(folder, name):
    outputs = planned(folder)
    outputs.add(name, b"x")
    assert codes(outputs.publish(BATCH)) == ["OUTPUT_NAME"]
    assert present(folder) == OLD


@posix_only
def test_access_follows_the_umask_and_bytes_do_not(folder):
    before = os.umask(0o077)
    try:
        planned(folder).publish(BATCH)
    finally:
        os.umask(before)
    assert folder.summary_book.stat().st_mode & 0o777 == 0o600
    assert present(folder) == NEW


# --- interruptions


@pytest.mark.parametrize("step", STEPS)
def test_an_exception_at_any_step(folder, monkeypatch, step):
    stop_at(monkeypatch, step)
    with pytest.raises(Stop):
        planned(folder).publish(BATCH)
    monkeypatch.setattr(disk, "FAULT", None)
    check_recovery(folder, step)


KILLED = """
import os, sys
from pathlib import Path
sys.path.insert(0, os.path.join(sys.argv[3], "tests"))
from test_folder import BATCH, Folder, disk, planned, run_lock
disk.FAULT = lambda name: os._exit(77) if name == sys.argv[2] else None
folder = Folder(Path(sys.argv[1]))
with run_lock(folder) as lock:
    assert lock.held
    planned(folder).publish(BATCH)
"""


@pytest.mark.parametrize("step", STEPS)
def test_a_process_that_dies_at_any_step(folder, step):
    assert python(KILLED, folder.root, step, REPOSITORY).wait(60) == 77
    with run_lock(folder) as lock:
        assert lock.held
        check_recovery(folder, step)


def check_recovery(folder: Folder, step: str) -> None:
    problems = recover(folder)
    assert present(folder) == (NEW if STEPS[step] else OLD)
    first_file_staged = step != f"stage:{BOOK}"
    told = "RUN_FINISHED" if STEPS[step] else "RUN_UNDONE"
    # Before the first staged file and after the journal is gone there is nothing to tell.
    assert codes(problems) == ([told] if first_file_staged and step != "clean:stage" else [])
    assert no_traces(folder)
    assert recover(folder) == []
    assert planned(folder).publish(BATCH) == []
    assert present(folder) == NEW


@pytest.mark.parametrize("first", [step for step, new in STEPS.items() if new])
@pytest.mark.parametrize("second", [step for step, new in STEPS.items() if new])
def test_a_recovery_that_is_interrupted_too(folder, monkeypatch, first, second):
    stop_at(monkeypatch, first)
    with pytest.raises(Stop):
        planned(folder).publish(BATCH)
    stop_at(monkeypatch, second)
    with contextlib.suppress(Stop):  # steps already done are not done again, so not every pair stops twice
        recover(folder)
    monkeypatch.setattr(disk, "FAULT", None)
    recover(folder)
    assert present(folder) == NEW
    assert no_traces(folder)


def test_the_next_publication_finishes_the_last_one_first(folder, monkeypatch):
    stop_at(monkeypatch, f"rename:{RESULT}")
    with pytest.raises(Stop):
        planned(folder).publish(BATCH)
    monkeypatch.setattr(disk, "FAULT", None)
    outputs = Outputs(folder)
    outputs.add(RESULT, b"newest")
    problems = outputs.publish("ffffffffffff")
    assert [(p.code, p.value) for p in problems] == [("RUN_FINISHED", BATCH)]
    assert present(folder) == {**NEW, RESULT: b"newest"}


def interrupted(folder, monkeypatch, step: str) -> None:
    stop_at(monkeypatch, step)
    with pytest.raises(Stop):
        planned(folder).publish(BATCH)
    monkeypatch.setattr(disk, "FAULT", None)


def test_what_a_person_saved_after_the_interruption_is_kept(folder, monkeypatch):
    interrupted(folder, monkeypatch, f"rename:{RESULT}")  # the book is new already
    folder.result.write_bytes(b"by hand")
    problems = recover(folder)
    assert [(p.code, p.where.file) for p in problems] == [("RUN_FINISHED", ""), ("RUN_KEPT", RESULT)]
    assert present(folder) == {**NEW, RESULT: b"by hand"}
    assert no_traces(folder)


def test_a_change_by_hand_before_any_rename_undoes_the_whole(folder, monkeypatch):
    interrupted(folder, monkeypatch, f"rename:{BOOK}")
    folder.result.write_bytes(b"by hand")
    problems = recover(folder)
    assert [(p.code, p.where.file) for p in problems] == [("RUN_UNDONE", ""), ("RUN_KEPT", RESULT)]
    assert present(folder) == {**OLD, RESULT: b"by hand"}
    assert no_traces(folder)


def test_an_output_edited_after_it_was_renamed_does_not_hold_back_the_rest(folder, monkeypatch):
    interrupted(folder, monkeypatch, f"rename:{RESULT}")
    folder.summary_book.write_bytes(b"new book, edited")
    assert codes(recover(folder)) == ["RUN_FINISHED"]
    assert present(folder) == {**NEW, BOOK: b"new book, edited"}


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"new re")])
def test_staged_content_lost_before_any_rename_undoes_the_whole(folder, monkeypatch, damage):
    interrupted(folder, monkeypatch, f"rename:{BOOK}")
    damage(folder.stage / "0001")
    assert codes(recover(folder)) == ["RUN_UNDONE"]
    assert present(folder) == OLD


def test_staged_content_lost_midway_is_told(folder, monkeypatch):
    interrupted(folder, monkeypatch, f"rename:{RESULT}")
    (folder.stage / "0001").write_bytes(b"new re")
    assert [(p.code, p.where.file) for p in recover(folder)] == [("RUN_FINISHED", ""), ("RUN_LOST", RESULT)]
    assert present(folder) == {**NEW, RESULT: OLD[RESULT]}
    assert no_traces(folder)


def test_a_deleted_state_folder_only_means_running_again(folder, monkeypatch):
    interrupted(folder, monkeypatch, f"rename:{RESULT}")
    for path in sorted(folder.state.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    assert recover(folder) == []
    assert planned(folder).publish(BATCH) == []
    assert present(folder) == NEW


GOOD_JOURNAL = {
    "format": 1,
    "batch": BATCH,
    "changes": [{"name": BOOK, "stage": "0000", "sha256": "0" * 64, "previous": None}],
}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "7",
        "\udcff",
        json.dumps({**GOOD_JOURNAL, "format": 2}),
        json.dumps({**GOOD_JOURNAL, "batch": 7}),
        json.dumps({**GOOD_JOURNAL, "changes": 7}),
        json.dumps({**GOOD_JOURNAL, "changes": [{"name": BOOK}]}),
        *(
            json.dumps({**GOOD_JOURNAL, "changes": [{**GOOD_JOURNAL["changes"][0], **wrong}]})
            for wrong in ({"name": "../../x"}, {"stage": "../../方案.xlsx"}, {"stage": None}, {"name": 7}, {"stage": 7})
        ),
    ],
)
def test_a_damaged_journal_is_told_and_dropped(folder, text):
    folder.stage.mkdir(parents=True)
    folder.journal.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert [(p.code, p.where.file) for p in recover(folder)] == [("JOURNAL_DAMAGED", ".kaoping/journal.json")]
    assert present(folder) == OLD
    assert no_traces(folder)


def test_a_journal_that_cannot_be_opened_now_is_not_thrown_away(folder, monkeypatch):
    interrupted(folder, monkeypatch, f"rename:{RESULT}")
    kept = folder.journal.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", lambda self: (_ for _ in ()).throw(PermissionError(errno.EACCES, "no")))
        assert codes(planned(folder).publish(BATCH)) == ["UNREADABLE"]
    assert folder.journal.read_bytes() == kept
    assert codes(recover(folder)) == ["RUN_FINISHED"]


# --- outputs that cannot be replaced


def deny(monkeypatch, target: Path, error: OSError) -> None:
    """What Excel on Windows does: opening for writing is refused, reading is not."""
    real = open

    def guarded(file, mode="r", *args, **kwargs):
        if mode == "r+b" and Path(file) == target:
            raise error
        return real(file, mode, *args, **kwargs)

    monkeypatch.setattr("builtins.open", guarded)


def test_an_output_open_in_excel_stops_all_of_them(folder, monkeypatch):
    deny(monkeypatch, folder.result, PermissionError(errno.EACCES, "sharing violation"))
    (folder.summary / "~$汇总表.xlsx").touch()
    problems = planned(folder).publish(BATCH)
    assert [(p.code, p.where.file) for p in problems] == [("OUTPUT_IN_USE", RESULT)]
    (folder.summary / "~$汇总表.xlsx").unlink()
    assert present(folder) == OLD
    assert no_traces(folder)


def test_all_open_outputs_are_named_at_once(folder, monkeypatch):
    deny(monkeypatch, folder.result, PermissionError(errno.EACCES, "sharing violation"))
    deny(monkeypatch, folder.summary_book, OSError(errno.EBUSY, "busy"))
    assert [p.where.file for p in planned(folder).publish(BATCH)] == [BOOK, RESULT]


def test_an_output_that_may_be_written_but_not_renamed_is_in_use(folder, monkeypatch):
    real = os.rename

    def rename(source, target):
        if Path(source) == folder.result:
            raise PermissionError(errno.EACCES, "a preview shares writing, not deleting")
        real(source, target)

    monkeypatch.setattr(os, "rename", rename)
    assert codes(planned(folder).publish(BATCH)) == ["OUTPUT_IN_USE"]
    assert present(folder) == OLD


def test_an_open_output_whose_content_stays_is_no_problem(folder, monkeypatch):
    deny(monkeypatch, folder.result, PermissionError(errno.EACCES, "sharing violation"))
    outputs = Outputs(folder)
    outputs.add(RESULT, OLD[RESULT])
    outputs.add(BOOK, b"x")
    assert outputs.publish(BATCH) == []
    assert folder.summary_book.read_bytes() == b"x"


def test_a_read_only_output_is_told_from_an_open_one(folder, monkeypatch):
    folder.result.chmod(0o444)
    deny(monkeypatch, folder.result, PermissionError(errno.EACCES, "denied"))  # root is never denied
    assert codes(planned(folder).publish(BATCH)) == ["OUTPUT_READONLY"]
    assert present(folder) == OLD


@pytest.mark.parametrize(
    "mark", ["~$汇总表.xlsx", ".~lock.汇总表.xlsx#", ".~汇总表.xlsx"], ids=["excel", "libreoffice", "wps"]
)
def test_an_owner_file_beside_a_replaced_output_is_a_warning(folder, mark):
    (folder.summary / mark).touch()
    problems = planned(folder).publish(BATCH)
    assert [(p.code, p.severity, p.where.file) for p in problems] == [("OUTPUT_OPEN", "warning", BOOK)]
    assert folder.summary_book.read_bytes() == NEW[BOOK]


def test_word_shortens_its_owner_files(folder):
    name = "4汇总/二〇二一年度考评结果通报.docx"
    (folder.root / name).write_bytes(b"old")
    (folder.summary / "~$二一年度考评结果通报.docx").touch()
    outputs = Outputs(folder)
    outputs.add(name, b"new")
    assert codes(outputs.publish(BATCH)) == ["OUTPUT_OPEN"]


def test_a_folder_of_the_output_s_name(folder):
    folder.notice.mkdir()
    outputs = planned(folder)
    outputs.add("4汇总/通报.docx", b"x")
    assert [(p.code, p.value) for p in outputs.publish(BATCH)] == [("OUTPUT_BLOCKED", "4汇总/通报.docx")]
    assert present(folder) == OLD


def test_a_file_where_a_folder_is_needed(folder):
    folder.feedback.write_bytes(b"a note")
    outputs = planned(folder)
    outputs.add("4汇总/反馈/a.docx", b"x")
    assert [(p.code, p.value) for p in outputs.publish(BATCH)] == [("OUTPUT_BLOCKED", "4汇总/反馈")]
    assert present(folder) == {**OLD, "4汇总/反馈": b"a note"}


@posix_only
def test_a_folder_linked_to_another_disk(folder):
    other = Path("/dev/shm")
    if not other.is_dir() or other.stat().st_dev == folder.root.stat().st_dev:
        pytest.skip("no second file system here")
    folder.archive.symlink_to(other)
    outputs = planned(folder)
    outputs.add("5归档/a.json", b"x")
    assert codes(outputs.publish(BATCH)) == ["OUTPUT_ELSEWHERE"]
    assert present(folder) == OLD


def test_a_workbook_saved_during_the_run_is_not_overwritten(folder):
    read = digest(folder.result)
    outputs = planned(folder)
    folder.decisions.write_bytes(b"rows")
    outputs.add("决定.xlsx", b"rows and more", based_on=digest(folder.decisions))
    folder.decisions.write_bytes(b"rows by hand")
    assert [(p.code, p.where.file) for p in outputs.publish(BATCH)] == [("OUTPUT_CHANGED", "决定.xlsx")]
    assert (present(folder), folder.decisions.read_bytes()) == (OLD, b"rows by hand")
    again = Outputs(folder)
    again.add("决定.xlsx", b"all rows", based_on=digest(folder.decisions))
    again.add(RESULT, b"x", based_on=read)
    assert again.publish(BATCH) == []
    assert folder.decisions.read_bytes() == b"all rows"


def test_a_file_that_appeared_during_the_run_is_not_overwritten(folder):
    outputs = Outputs(folder)
    outputs.add("决定.xlsx", b"new", based_on="")
    folder.decisions.write_bytes(b"by hand")
    assert codes(outputs.publish(BATCH)) == ["OUTPUT_CHANGED"]
    assert folder.decisions.read_bytes() == b"by hand"


def test_a_save_between_staging_and_renaming_is_not_overwritten(folder, monkeypatch):
    def save(step: str) -> None:
        if step == "journal":
            folder.result.write_bytes(b"by hand")

    monkeypatch.setattr(disk, "FAULT", save)
    assert [(p.code, p.where.file) for p in planned(folder).publish(BATCH)] == [("OUTPUT_CHANGED", RESULT)]
    assert present(folder) == {**OLD, RESULT: b"by hand"}
    assert no_traces(folder)


def test_a_stage_that_reads_back_wrong_replaces_nothing(folder, monkeypatch):
    def spoil(step: str) -> None:
        if step == "journal":
            (folder.stage / "0000").write_bytes(b"rot")

    monkeypatch.setattr(disk, "FAULT", spoil)
    assert [(p.code, p.where.file) for p in planned(folder).publish(BATCH)] == [("OUTPUT_FAILED", BOOK)]
    assert present(folder) == OLD


# --- disks that refuse


@pytest.mark.parametrize("step", [s for s in STEPS if s.startswith("stage:")] + ["journal", f"rename:{BOOK}"])
@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "DISK_FULL"),
        (errno.EROFS, "FOLDER_READONLY"),
        (errno.EIO, "OUTPUT_FAILED"),
    ],
)
def test_a_disk_that_refuses_leaves_the_old_outputs(folder, monkeypatch, step, number, code):
    stop_at(monkeypatch, step, OSError(number, os.strerror(number)))
    assert codes(planned(folder).publish(BATCH)) == [code]
    assert present(folder) == OLD
    assert no_traces(folder)


def test_a_journal_that_was_renamed_but_not_synced_is_withdrawn(folder, monkeypatch):
    def refuse(path: Path) -> None:
        if path == folder.state:
            raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(disk, "sync_directory", refuse)
    assert codes(planned(folder).publish(BATCH)) == ["DISK_FULL"]
    assert present(folder) == OLD
    assert no_traces(folder)


FULL = """
import resource, sys
from pathlib import Path
from workbook_builder.folder import Folder, Outputs
outputs = Outputs(Folder(Path(sys.argv[1])))
outputs.add("4汇总/结果.json", b"short")
outputs.add("4汇总/汇总表.xlsx", b"x" * 100_000)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
print([p.code for p in outputs.publish("0123456789ab")])
"""


@posix_only
def test_a_write_that_really_breaks_off(folder):
    assert python(FULL, folder.root).communicate(timeout=60)[0].strip() == "['DISK_FULL']"
    assert present(folder) == OLD
    assert no_traces(folder)


def test_a_sub_folder_that_is_read_only_stops_all(folder, monkeypatch):
    folder.issued.mkdir()
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != folder.issued)
    outputs = planned(folder)
    outputs.add("1下发/分科室/01.xlsx", b"x")
    assert [(p.code, p.where.file) for p in outputs.publish(BATCH)] == [("FOLDER_READONLY", "1下发")]
    assert present(folder) == OLD


def test_a_read_only_disk_is_told_once(folder, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert codes(planned(folder).publish(BATCH)) == ["FOLDER_READONLY"]
    assert present(folder) == OLD


@pytest.mark.skipif(AS_ROOT or os.name == "nt", reason="permissions do not bind root")
def test_a_really_read_only_folder(folder):
    folder.root.chmod(0o555)
    try:
        assert set(codes(planned(folder).publish(BATCH))) == {"FOLDER_READONLY"}
        with run_lock(folder) as lock:
            assert (lock.held, codes(lock.problems)) == (False, ["FOLDER_READONLY"])
    finally:
        folder.root.chmod(0o755)
    assert present(folder) == OLD


def test_a_rename_refused_midway_is_told_and_completed_next_time(folder, monkeypatch):
    stop_at(monkeypatch, f"rename:{RESULT}", PermissionError(errno.EACCES, "opened this very moment"))
    problems = planned(folder).publish(BATCH)
    assert [(p.code, p.where.file) for p in problems] == [("OUTPUT_IN_USE", RESULT), ("RUN_HALF", "")]
    assert present(folder) == {**NEW, RESULT: OLD[RESULT]}
    assert codes(recover(folder)) == ["OUTPUT_IN_USE", "RUN_HALF"]  # still refused
    monkeypatch.setattr(disk, "FAULT", None)
    assert codes(recover(folder)) == ["RUN_FINISHED"]
    assert present(folder) == NEW


def test_recovery_before_an_open_output_undoes_when_nothing_was_replaced(folder, monkeypatch):
    interrupted(folder, monkeypatch, f"rename:{BOOK}")
    deny(monkeypatch, folder.result, PermissionError(errno.EACCES, "sharing violation"))
    assert codes(recover(folder)) == ["RUN_UNDONE"]
    assert present(folder) == OLD


def test_cleaning_that_fails_does_not_spoil_the_run(folder, monkeypatch):
    stop_at(monkeypatch, "clean", PermissionError(errno.EACCES, "scanner"))
    assert planned(folder).publish(BATCH) == []
    monkeypatch.setattr(disk, "FAULT", None)
    assert codes(recover(folder)) == ["RUN_FINISHED"]
    assert present(folder) == NEW
    assert no_traces(folder)


# --- the lock

HOLD = """
import sys
from pathlib import Path
from workbook_builder.folder import Folder, run_lock
with run_lock(Folder(Path(sys.argv[1]))) as lock:
    print(lock.held, [p.code for p in lock.problems], flush=True)
    sys.stdin.readline()
"""


def test_a_second_run_is_refused_from_another_process(folder):
    with run_lock(folder) as lock:
        assert (lock.held, lock.problems) == (True, ())
        out, _ = python(HOLD, folder.root).communicate("\n", timeout=60)
        assert out.strip() == "False ['RUN_IN_PROGRESS']"
    out, _ = python(HOLD, folder.root).communicate("\n", timeout=60)
    assert out.strip() == "True []"


def test_a_second_run_in_the_same_process_is_refused_and_frees_nothing(folder):
    with run_lock(folder):
        for _ in range(2):
            with run_lock(folder) as second:
                assert (second.held, codes(second.problems)) == (False, ["RUN_IN_PROGRESS"])


def test_the_lock_ends_with_a_killed_process(folder):
    holder = python(HOLD, folder.root)
    assert holder.stdout.readline().strip() == "True []"
    with run_lock(folder) as lock:
        assert not lock.held
    holder.kill()
    holder.wait(60)
    with run_lock(folder) as lock:
        assert lock.held


def test_the_lock_ends_with_an_exception(folder):
    with pytest.raises(Stop), run_lock(folder):
        raise Stop
    with run_lock(folder) as lock:
        assert lock.held


FORKS = """
import os, sys, time
from pathlib import Path
from workbook_builder.folder import Folder, run_lock
with run_lock(Folder(Path(sys.argv[1]))) as lock:
    assert lock.held
    if not os.fork():
        print(os.getpid(), flush=True)
        time.sleep(60)
        os._exit(0)
    sys.stdin.readline()
"""


@posix_only
def test_an_orphaned_worker_does_not_keep_the_lock_and_does_not_free_it(folder):
    holder = python(FORKS, folder.root)
    worker = int(holder.stdout.readline())
    try:
        with run_lock(folder) as lock:
            assert not lock.held
        holder.kill()
        holder.wait(60)
        with run_lock(folder) as lock:
            assert lock.held
        os.kill(worker, 0)  # alive all the while, or the test proves nothing
    finally:
        os.kill(worker, 9)


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.EROFS, "FOLDER_READONLY"), (errno.EACCES, "FOLDER_READONLY"), (errno.ENOSPC, "DISK_FULL")],
)
def test_a_folder_that_cannot_hold_a_lock(folder, monkeypatch, number, code):
    def refuse(*args, **kwargs):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with run_lock(folder) as lock:
        assert (lock.held, codes(lock.problems)) == (False, [code])


@posix_only
def test_a_disk_without_locks_still_works_with_a_warning(folder, monkeypatch):
    def refuse(*args):
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr("fcntl.flock", refuse)
    with run_lock(folder) as lock:
        assert (lock.held, codes(lock.problems)) == (True, ["LOCK_UNSUPPORTED"])


# --- batch number, history, log

PARTS = st.lists(st.tuples(st.text(max_size=4), st.binary(max_size=4)), max_size=6)


@given(PARTS, st.randoms())
def test_the_batch_number_does_not_depend_on_order(parts, random):
    mixed = list(parts)
    random.shuffle(mixed)
    assert re.fullmatch(r"[0-9a-f]{12}", batch_number(parts))
    assert batch_number(iter(mixed)) == batch_number(parts)


SMALL = st.lists(st.tuples(st.text("ab", max_size=3), st.text("ab", max_size=3)), max_size=4)


@given(SMALL, SMALL)
def test_different_parts_have_different_numbers(one, other):
    assert (batch_number(one) == batch_number(other)) == (sorted(one) == sorted(other))


def test_the_batch_number_is_the_same_everywhere():
    assert batch_number([("方案.xlsx", b"1"), ("台账.xlsx", "2")]) == batch_number([("台账.xlsx", b"2"), ("方案.xlsx", "1")])
    assert batch_number([("e\u0301", b"")]) == batch_number([("\u00e9", b"")])
    # Pinned, because it is printed on paper: another value would make every issued workbook look foreign.
    assert batch_number([]) == "e3b0c44298fc"
    assert batch_number([("方案.xlsx", b"1"), ("台账.xlsx", b"2")]) == "bed8d75d3b9d"


def test_history_compares_with_the_last_different_batch(folder):
    history = History(folder)
    assert history.last_different("aa") == (None, [])
    for batch, value in [("aa", 1), ("aa", 2), ("bb", 3), ("aa", 4)]:
        assert history.append(batch, {"值": value}) == []
    assert sorted(path.name for path in folder.history.iterdir()) == ["0001-aa.json", "0002-bb.json", "0003-aa.json"]
    assert history.last_different("aa") == ({"值": 3}, [])
    assert history.last_different("bb") == ({"值": 4}, [])
    assert history.last_different("cc") == ({"值": 4}, [])


def test_history_is_ordered_by_number_not_by_name(folder):
    folder.history.mkdir(parents=True)
    for number, batch in [("9999", "aa"), ("10000", "bb")]:
        value = {"format": 1, "batch": batch, "entry": {"n": number}}
        (folder.history / f"{number}-{batch}.json").write_text(json.dumps(value), encoding="utf-8")
    assert History(folder).last_different("cc")[0] == {"n": "10000"}
    History(folder).append("cc", {})
    assert (folder.history / "10001-cc.json").exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1, "batch": "bb", "entry": 7}', '{"format": 9}', "[" * 99999])
def test_damaged_history_counts_as_absent(folder, text):
    history = History(folder)
    history.append("aa", {"n": 1})
    history.append("bb", {"n": 2})
    (folder.history / "0002-bb.json").write_text(text, encoding="utf-8")
    entry, problems = history.last_different("cc")
    assert entry == {"n": 1}
    assert [(p.code, p.where.file) for p in problems] == [("HISTORY_DAMAGED", ".kaoping/history/0002-bb.json")]
    assert codes(history.append("bb", {"n": 3})) == ["HISTORY_DAMAGED"]
    assert history.last_different("cc") == ({"n": 3}, [])


def test_history_takes_names_that_are_not_unicode(folder):
    assert History(folder).append("aa", {"file": "\udcb0.xlsx"}) == []
    assert History(folder).last_different("bb")[0] == {"file": "\udcb0.xlsx"}


def test_history_that_cannot_be_written_is_a_warning(folder):
    folder.state.mkdir()
    folder.history.write_bytes(b"in the way")
    assert codes(History(folder).append("aa", {})) == ["HISTORY_UNWRITTEN"]


def test_a_batch_of_history_is_hexadecimal(folder):
    with pytest.raises(ValueError, match="not a batch number"):
        History(folder).append("../x", {})


def test_the_log_is_one_line_per_entry(folder):
    log(folder, "生成\n考评表")
    log(folder, "第二行 \udcb0")
    lines = folder.log_file.read_text(encoding="utf-8").splitlines()
    assert [re.sub(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d ", "", line) for line in lines] == [
        "生成 考评表",
        "第二行 \\udcb0",
    ]


def test_a_log_that_cannot_be_written_stops_nothing(folder):
    folder.log_file.mkdir(parents=True)
    assert log(folder, "x") is None


# --- paths


def test_named_places(folder):
    places = {
        folder.relative(getattr(folder, name))
        for name, value in vars(Folder).items()
        if isinstance(value, property)
    }
    assert {
        *("方案.xlsx", "决定.xlsx", "台账.xlsx", "市局反馈.xlsx"),
        *SUBFOLDERS,
        *("1下发/考评表.xlsx", "1下发/分科室", "测评/测评录入表.xlsx"),
        *("4汇总/汇总表.xlsx", "4汇总/结果.json", "4汇总/问题清单.xlsx", "4汇总/退回修改", "4汇总/核对稿"),
        *("4汇总/催办文字.txt", "4汇总/通报.docx", "4汇总/反馈", ".kaoping", ".kaoping/lock", ".kaoping/stage"),
        *("4汇总/汇总首页.docx", ".kaoping/汇总表.xlsx"),
        *(".kaoping/journal.json", ".kaoping/history", ".kaoping/日志.txt"),
    } == places


@pytest.mark.parametrize("below", ["", "2回收", "4汇总/反馈", "2回收/甲/乙"])
def test_find_from_inside(folder, below):
    start = folder.root / below
    start.mkdir(parents=True, exist_ok=True)
    assert Folder.find(start) == folder


def test_find_goes_no_further_than_three_levels(folder):
    start = folder.root / "2回收/甲/乙/丙"
    start.mkdir(parents=True)
    assert Folder.find(start) is None


def test_find_from_a_file_and_from_elsewhere(folder, tmp_path):
    assert Folder.find(folder.scheme) == folder
    assert Folder.find(tmp_path) is None


@pytest.mark.parametrize("below", ["5归档", "2回收/办公室"])
def test_an_archived_or_returned_scheme_makes_no_folder(folder, below):
    place = folder.root / below
    place.mkdir(parents=True)
    (place / "方案.xlsx").write_bytes(b"copy")
    assert Folder.find(place) == folder


def test_a_year_inside_a_year_is_its_own(folder):
    inner = folder.root / "2022"
    inner.mkdir()
    (inner / "方案.xlsx").write_bytes(b"scheme")
    assert Folder.find(inner) == Folder(inner)


def test_relative_names(folder, tmp_path, monkeypatch):
    assert folder.relative(folder.root / "2回收" / "e\u0301.xlsx") == "2回收/\u00e9.xlsx"
    assert folder.relative(tmp_path / "secret" / "a.xlsx") == "a.xlsx"
    monkeypatch.chdir(folder.root)
    assert folder.relative(Path("2回收/../2回收/a.xlsx")) == "2回收/a.xlsx"
    assert Folder(Path(".")).relative(folder.result) == "4汇总/结果.json"


# --- what came back


def lay_out(folder: Folder, *names: str) -> None:
    for name in names:
        path = folder.returned / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def test_every_file_at_any_depth_in_one_order(folder, monkeypatch):
    lay_out(folder, "b.xlsx", "a/z.xlsx", "a/深/深/深/x.zip", "B.XLS", "政治处.ods")
    want = ["2回收/B.XLS", "2回收/a/z.xlsx", "2回收/a/深/深/深/x.zip", "2回收/b.xlsx", "2回收/政治处.ods"]
    real = os.scandir
    for order in (list, lambda entries: list(entries)[::-1]):
        with monkeypatch.context() as patch:
            patch.setattr(os, "scandir", lambda place, order=order: order(real(place)))
            listing = list_returns(folder.returned, folder.root)
        assert [name for name, _ in listing.files] == want
        assert all(path.read_bytes() == b"x" for _, path in listing.files)
        assert (listing.ignored, listing.problems) == ((), ())


def test_names_are_relative_to_the_directory_unless_told(folder):
    lay_out(folder, "甲/e\u0301.xlsx")
    assert [name for name, _ in list_returns(folder.returned).files] == ["甲/\u00e9.xlsx"]


def test_two_files_of_one_nfc_name_are_both_listed(folder):
    lay_out(folder, "e\u0301.xlsx", "\u00e9.xlsx")
    paths = [path for _, path in list_returns(folder.returned).files]
    assert sorted(path.name for path in paths) == sorted(os.listdir(folder.returned))


def test_system_files_are_listed_apart(folder):
    system = [".DS_Store", "Thumbs.db", "a/desktop.ini", "~$办公室.xlsx", ".~lock.办公室.xlsx#", "._办公室.xlsx", "THUMBS.DB"]
    lay_out(folder, "办公室.xlsx", ".隐藏.xlsx", "~$ 文件夹/纪检.xlsx", *system)
    listing = list_returns(folder.returned)
    assert [name for name, _ in listing.files] == [".隐藏.xlsx", "~$ 文件夹/纪检.xlsx", "办公室.xlsx"]
    assert {name for name, _ in listing.ignored} >= set(system) - {"THUMBS.DB", "Thumbs.db"}
    assert listing.problems == ()


def test_an_absent_folder_holds_nothing(folder):
    listing = list_returns(folder.root / "没有")
    assert (listing.files, listing.ignored, listing.problems) == ((), (), ())


@posix_only
def test_links_are_followed_only_to_files_inside(folder, tmp_path):
    outside = tmp_path / "secret"
    outside.mkdir()
    (outside / "a.xlsx").write_bytes(b"secret")
    lay_out(folder, "a.xlsx", "甲/b.xlsx")
    for name, target in {
        "outside-file": outside / "a.xlsx",
        "outside-folder": outside,
        "scheme": folder.scheme,
        "inside-file": folder.returned / "a.xlsx",
        "inside-folder": folder.returned / "甲",
        "round": folder.returned,
        "broken": folder.returned / "没有.xlsx",
    }.items():
        (folder.returned / name).symlink_to(target)
    (folder.returned / "loop").symlink_to("loop")
    listing = list_returns(folder.returned, folder.root)
    assert [name for name, _ in listing.files] == ["2回收/a.xlsx", "2回收/inside-file", "2回收/甲/b.xlsx"]
    assert {(p.where.file, p.code) for p in listing.problems} == {
        ("2回收/outside-file", "LINK_OUTSIDE"),
        ("2回收/outside-folder", "LINK_OUTSIDE"),
        ("2回收/scheme", "LINK_OUTSIDE"),
        ("2回收/inside-folder", "LINK_FOLDER"),
        ("2回收/round", "LINK_FOLDER"),
        ("2回收/broken", "UNREADABLE"),
        ("2回收/loop", "UNREADABLE"),
    }


@posix_only
def test_a_folder_of_returns_that_is_itself_a_link_is_read(folder, tmp_path):
    real = tmp_path / "share"
    real.mkdir()
    (real / "a.xlsx").write_bytes(b"x")
    folder.returned.symlink_to(real)
    assert [name for name, _ in list_returns(folder.returned, folder.root).files] == ["2回收/a.xlsx"]


@posix_only
def test_a_pipe_does_not_stop_the_listing(folder):
    lay_out(folder, "a.xlsx")
    os.mkfifo(folder.returned / "pipe.xlsx")
    listing = list_returns(folder.returned)
    assert [name for name, _ in listing.files] == ["a.xlsx"]
    assert [(p.code, p.where.file) for p in listing.problems] == [("UNREADABLE", "pipe.xlsx")]


def test_unreadable_files_and_folders_are_told_and_the_rest_is_listed(folder, monkeypatch):
    lay_out(folder, "a.xlsx", "b.xlsx", "锁/c.xlsx")
    real_open, real_scan = open, os.scandir

    def refuse(path, real, *rest):
        if Path(path).name in ("b.xlsx", "锁"):
            raise PermissionError(errno.EACCES, "denied")
        return real(path, *rest)

    monkeypatch.setattr("builtins.open", lambda path, *rest: refuse(path, real_open, *rest))
    monkeypatch.setattr(os, "scandir", lambda path: refuse(path, real_scan))
    listing = list_returns(folder.returned)
    monkeypatch.undo()
    assert [name for name, _ in listing.files] == ["a.xlsx"]
    assert [(p.code, p.where.file) for p in listing.problems] == [("UNREADABLE", "b.xlsx"), ("UNREADABLE", "锁")]


@posix_only
def test_names_in_gbk_become_printable(folder):
    folder.returned.mkdir()
    try:
        with open(os.fsencode(folder.returned) + b"/" + "办公室.xlsx".encode("gbk"), "wb"):
            pass
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    assert [name for name, _ in list_returns(folder.returned).files] == ["办公室.xlsx"]


# --- the catalogue


@pytest.mark.parametrize("code", folders.ENTRIES)
def test_every_code_is_made_here_and_needs_known_facts_only(code):
    entry = folders.ENTRIES[code]
    fields = {field for text in (entry.message, entry.fix) for _, field, _, _ in Formatter().parse(text) if field}
    assert fields <= {"file", "value", "reason"}
    sources = [path.read_text(encoding="utf-8") for path in (REPOSITORY / "workbook_builder/folder").glob("*.py")]
    assert any(f'"{code}"' in source for source in sources), "never made"
    assert re.search(f"[\"']{code}[\"']", Path(__file__).read_text(encoding="utf-8")), "never tested"
