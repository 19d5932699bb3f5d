"""What the program remembers between runs: 批次号, history, log. Nothing here is needed to compute a result.

A 批次号 names a set of inputs; the history keeps what a batch led to, for 与上次相比.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from workbook_builder.folder import disk
from workbook_builder.folder.paths import Folder
from workbook_builder.problems import Problem, Where, problem

_FORMAT = 1
_ENTRY_NAME = re.compile(r"([0-9]{4,})-([0-9a-f]+)\.json")


def batch_number(parts: Iterable[tuple[str, bytes | str]]) -> str:
    """批次号 of named inputs: 12 hex digits that depend on names and contents, not on their order.

    Text counts as its UTF-8 bytes, names as NFC. Parts are taken one at a time, so a generator keeps memory low.
    """
    rows = []
    for name, content in parts:
        raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        key = unicodedata.normalize("NFC", name).encode("utf-8", "surrogatepass")
        rows.append((key, hashlib.sha256(raw).digest()))
    total = hashlib.sha256()
    for key, content_hash in sorted(rows):
        # Length first: ("ab", "c") and ("a", "bc") must not look the same.
        total.update(len(key).to_bytes(8, "big") + key + content_hash)
    return total.hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class History:
    """The history of one folder: .kaoping/history/<NNNN>-<batch>.json, newest number last."""

    folder: Folder

    def append(self, batch: str, entry: dict) -> list[Problem]:
        """Keeps `entry` (JSON values only) as the newest, unless the newest is of the same batch.

        Damaged entries count as absent (HISTORY_DAMAGED); a disk that refuses gives HISTORY_UNWRITTEN.
        """
        if not re.fullmatch(r"[0-9a-f]+", batch):
            raise ValueError(f"not a batch number: {batch!r}")
        numbered = self._numbered()
        newest, problems = self._newest(numbered, lambda _: True)
        if newest is not None and newest["batch"] == batch:
            return problems
        number = numbered[0][0] + 1 if numbered else 1
        value = {"format": _FORMAT, "batch": batch, "entry": entry}
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1)
        try:
            self.folder.history.mkdir(parents=True, exist_ok=True)
            # An unprintable character of a file name becomes \udc80, which is what JSON wants.
            data = text.encode("utf-8", "backslashreplace")
            disk.write_whole(self.folder.history / f"{number:04d}-{batch}.json", data)
        except OSError:
            problems.append(problem("HISTORY_UNWRITTEN", Where(file=self.folder.relative(self.folder.history))))
        return problems

    def last_different(self, batch: str) -> tuple[dict | None, list[Problem]]:
        """The newest entry of another batch than `batch`, None when there is none; and HISTORY_DAMAGED problems."""
        found, problems = self._newest(self._numbered(), lambda known: known != batch)
        return (None if found is None else found["entry"]), problems

    def _numbered(self) -> list[tuple[int, str, Path]]:
        """Entries as (number, batch, path), newest first."""
        try:
            names = [(path, _ENTRY_NAME.fullmatch(path.name)) for path in self.folder.history.iterdir()]
        except OSError:
            return []
        return sorted(((int(m[1]), m[2], path) for path, m in names if m), reverse=True)

    def _newest(self, numbered, wanted) -> tuple[dict | None, list[Problem]]:
        problems: list[Problem] = []
        for _, batch, path in numbered:
            if not wanted(batch):
                continue
            value = _read_entry(path, batch)
            if value is not None:
                return value, problems
            problems.append(problem("HISTORY_DAMAGED", Where(file=self.folder.relative(path))))
        return None, problems


def _read_entry(path: Path, batch: str) -> dict | None:
    try:
        value = json.loads(path.read_bytes().decode("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or value.get("format") != _FORMAT or value.get("batch") != batch:
        return None
    return value if isinstance(value.get("entry"), dict) else None


def log_trace(folder: Folder, trace: str) -> bool:
    """Adds the details of a fault of ours to the log; whether the disk took them."""
    try:
        folder.log_file.parent.mkdir(exist_ok=True)
        with open(folder.log_file, "ab") as file:
            file.write(trace.encode("utf-8", "backslashreplace"))
    except OSError:
        return False
    return True


def remember_summary(folder: Folder, data: bytes) -> list[Problem]:
    """Keeps 汇总表 as it was just written; a disk that refuses gives HISTORY_UNWRITTEN."""
    try:
        disk.write_whole(folder.written_summary, data)
    except OSError:
        return [problem("HISTORY_UNWRITTEN", Where(file=folder.relative(folder.written_summary)))]
    return []


def remembered_summary(folder: Folder) -> bytes | None:
    """汇总表 as it was last written; None if that is not known."""
    try:
        return folder.written_summary.read_bytes()
    except OSError:
        return None


def log(folder: Folder, line: str) -> None:
    """Adds a line with the local time to .kaoping/日志.txt; the only place where a clock is read.

    A log that cannot be written is no reason to stop a run: OSError is swallowed.
    """
    stamp = datetime.now().astimezone().isoformat(sep=" ", timespec="seconds")
    text = f"{stamp} {' '.join(line.split())}\n"
    try:
        folder.state.mkdir(exist_ok=True)
        with open(folder.log_file, "ab") as file:
            file.write(text.encode("utf-8", "backslashreplace"))
    except OSError:
        return
