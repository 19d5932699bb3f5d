"""The working folder of one year and its named places.

Comes in: a directory. Goes out: paths, and the names by which problems and 结果.json speak of files.
No file is read or written here.
"""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass
from pathlib import Path

SCHEME = "方案.xlsx"
STATE_FOLDER = ".kaoping"
REVIEW_FOLDER = "3核定"
#: In every archived stage: the sums of its files.
CHECKSUMS = "校验清单.txt"
#: Folders below the root, in the order of the work; `kaoping new` creates them.
SUBFOLDERS = ("1下发", "2回收", REVIEW_FOLDER, "测评", "4汇总", "5归档")
#: How far above the starting point the working folder is looked for.
LEVELS_UP = 3


@dataclass(frozen=True, slots=True)
class Folder:
    """One year's working folder; every property is a path that may or may not exist yet."""

    root: Path

    @classmethod
    def find(cls, start: Path) -> Folder | None:
        """The working folder that `start` is, or lies in, at most three levels up; None when there is none.

        A 方案.xlsx inside one of our own sub-folders (archived, or sent back by a section) does not make that
        sub-folder a working folder of its own.
        """
        here = Path(os.path.abspath(start))
        if here.is_file():
            here = here.parent
        chain = [here, *here.parents][: LEVELS_UP + 1]
        candidates = [place for place in chain if (place / SCHEME).is_file()]
        for outer in candidates[1:]:
            if candidates[0].relative_to(outer).parts[0] in SUBFOLDERS:
                return cls(outer)
        return cls(candidates[0]) if candidates else None

    def relative(self, path: Path) -> str:
        """`path` as problems name it: relative to the root, with "/", NFC, always encodable as UTF-8.

        A path outside the folder gives its last name only, so that no outside folder name leaks into an output.
        """
        return relative_name(self.root, path)

    # --- what people fill in
    @property
    def scheme(self) -> Path:
        return self.root / SCHEME

    @property
    def decisions(self) -> Path:
        return self.root / "决定.xlsx"

    @property
    def ledger(self) -> Path:
        return self.root / "台账.xlsx"

    @property
    def city_feedback(self) -> Path:
        return self.root / "市局反馈.xlsx"

    # --- 1下发
    @property
    def issued(self) -> Path:
        return self.root / "1下发"

    @property
    def issued_book(self) -> Path:
        return self.issued / "考评表.xlsx"

    @property
    def issued_sections(self) -> Path:
        return self.issued / "分科室"

    # --- what comes back
    @property
    def returned(self) -> Path:
        return self.root / "2回收"

    @property
    def review(self) -> Path:
        return self.root / REVIEW_FOLDER

    @property
    def ballots(self) -> Path:
        return self.root / "测评"

    @property
    def ballot_entry(self) -> Path:
        return self.ballots / "测评录入表.xlsx"

    # --- 4汇总
    @property
    def summary(self) -> Path:
        return self.root / "4汇总"

    @property
    def summary_book(self) -> Path:
        return self.summary / "汇总表.xlsx"

    @property
    def printed_summary(self) -> Path:
        return self.summary / "汇总首页.docx"

    def kept_summary(self, mark: str) -> Path:
        """Where a 汇总表 goes that somebody has altered, when a new one takes its place."""
        return self.summary / "留存" / f"汇总表-{mark}.xlsx"

    @property
    def result(self) -> Path:
        return self.summary / "结果.json"

    @property
    def problem_list(self) -> Path:
        return self.summary / "问题清单.xlsx"

    @property
    def reminders(self) -> Path:
        return self.summary / "催办文字.txt"

    @property
    def sent_back(self) -> Path:
        return self.summary / "退回修改"

    @property
    def check_copies(self) -> Path:
        return self.summary / "核对稿"

    @property
    def notice(self) -> Path:
        return self.summary / "通报.docx"

    @property
    def feedback(self) -> Path:
        return self.summary / "反馈"

    @property
    def archive(self) -> Path:
        return self.root / "5归档"

    def archived_sums(self, stage: str) -> Path:
        """The list of checksums of an archived stage: the stage is archived once it is there."""
        return self.archive / stage / CHECKSUMS

    def approved_result(self, number: int) -> Path:
        """The archived figures of 审定稿 (0) or of 更正稿`number`."""
        return self.archive / ("审定结果.json" if number == 0 else f"更正稿{number}结果.json")

    # --- the program's own state; deleting it loses no data
    @property
    def state(self) -> Path:
        return self.root / STATE_FOLDER

    @property
    def lock(self) -> Path:
        return self.state / "lock"

    @property
    def stage(self) -> Path:
        return self.state / "stage"

    @property
    def journal(self) -> Path:
        return self.state / "journal.json"

    @property
    def history(self) -> Path:
        return self.state / "history"

    @property
    def written_summary(self) -> Path:
        """汇总表 as this program last wrote it, to tell whether anybody has altered it since."""
        return self.state / "汇总表.xlsx"

    @property
    def log_file(self) -> Path:
        return self.state / "日志.txt"


def relative_name(root: Path, path: Path) -> str:
    """`path` relative to `root` with "/", NFC; its last name alone when it lies elsewhere."""
    full = Path(os.path.abspath(path))
    try:
        inside = full.relative_to(os.path.abspath(root))
    except ValueError:
        inside = Path(full.name)
    return "/".join(unicodedata.normalize("NFC", _readable(part)) for part in inside.parts)


def _readable(name: str) -> str:
    """A file name as text that can be printed.

    Archives made on Chinese Windows and unpacked on Linux leave GBK bytes as names; Python shows these as lone
    surrogates, which no UTF-8 stream accepts.
    """
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raw = os.fsencode(name)
        try:
            return raw.decode("gb18030")
        except UnicodeDecodeError:
            return raw.decode("utf-8", "backslashreplace")
    return name
