"""Finding a place for each new form: its own name, or another where somebody has filled in the old one.

Comes in: names and bytes. Goes out: planned `Outputs`, and problems that say what was kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from workbook_builder.commands.issued import UNREADABLE, form_verdict
from workbook_builder.folder import Folder, Outputs
from workbook_builder.folder.disk import reason
from workbook_builder.problems import Problem, Where, problem

#: How a new form is called where the old one stays.
_ASIDE = "（新表{}）"
#: (old bytes, new bytes, name) → "" if the old one may give way, else the code of the problem that says why it stays.
Verdict = Callable[[bytes, bytes, str], str]


class Placing:
    """Plans forms one by one; `blocked` once a file could not be read: then nothing may be written blindly."""

    def __init__(self, folder: Folder, outputs: Outputs) -> None:
        self.folder, self.outputs = folder, outputs
        self.problems: list[Problem] = []
        self.blocked = False
        self._taken: set[str] = set()

    def place(self, name: str, data: bytes, verdict: Verdict) -> None:
        """Plan `name` (relative to the working folder), or the first free name beside it."""
        kept: list[tuple[str, str]] = []
        for candidate in _candidates(name):
            old = self.read(candidate)
            if self.blocked:
                return
            code = "" if old is None or old == data else verdict(old, data, candidate)
            self._taken.add(candidate)
            if not code:
                self.outputs.add(candidate, data, based_on=sha_of(old))
                self.problems += [problem(c, Where(file), other=candidate) for file, c in kept]
                return
            kept.append((candidate, code))

    def remove_stale(self) -> None:
        """Forms in 1下发 of sections no longer in the scheme, and new forms no longer needed: removed while blank."""
        for place in (self.folder.issued, self.folder.issued_sections):
            for path in sorted(place.glob("*.xlsx")):
                name = f"{path.relative_to(self.folder.root).as_posix()}"
                if name in self._taken or path.name.startswith("~$") or not path.is_file():
                    continue
                old = self.read(name)
                code = UNREADABLE if old is None else form_verdict(old, None, name)
                if not code:
                    self.outputs.remove(name)
                elif code != UNREADABLE:  # what is not ours is none of our business
                    self.problems.append(problem("KEPT_STALE", Where(name)))

    def read(self, name: str) -> bytes | None:
        """What stands at `name`; None if nothing does, or if it cannot be read (then `blocked`)."""
        try:
            return (self.folder.root / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None  # publish says what is in the way
        except OSError as error:
            self.problems.append(problem("UNREADABLE", Where(name), reason=reason(error)))
            self.blocked = True
            return None


def sha_of(data: bytes | None) -> str:
    """What `Outputs.add(based_on=…)` wants of a file that was read; "" of one that is not there."""
    return "" if data is None else hashlib.sha256(data).hexdigest()


def _candidates(name: str) -> Iterator[str]:
    yield name
    stem, dot, suffix = name.rpartition(".")
    number = 0
    while True:
        number += 1
        yield f"{stem}{_ASIDE.format(number)}{dot}{suffix}"
