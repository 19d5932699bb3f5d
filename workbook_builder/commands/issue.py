"""build: 方案.xlsx → what is issued in 1下发. A workbook that somebody has filled in is never replaced.

Comes in: a working folder. Goes out: an `Outcome`; files appear all together or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from workbook_builder.building import SECTION_FOLDER, bundled_template
from workbook_builder.building import build as build_files
from workbook_builder.commands.issued import UNREADABLE, form_verdict, print_verdict
from workbook_builder.commands.outcome import Outcome, misuse
from workbook_builder.commands.session import Session, in_folder, own_template, read_template
from workbook_builder.folder import Outputs, batch_number
from workbook_builder.folder.disk import reason
from workbook_builder.model import Scheme
from workbook_builder.problems import Problem, Where, problem

POLICY_FILE = "口径确认表.xlsx"
#: How a new form is called where the old one stays.
_ASIDE = "（新表{}）"
Verdict = Callable[[bytes, bytes, str], str]


def build(directory: str | Path = ".") -> Outcome:
    """Issue the scheme: 考评表, one workbook per section, 口径确认表 to be signed."""
    return in_folder("build", directory, _build)


def _build(session: Session, scheme: Scheme, remarks: list[Problem]) -> Outcome:
    from workbook_builder.policy_sheet import policy_workbook

    template, template_bytes, found = _template(session)
    if template is None:
        return misuse("build", *remarks, *found, next="改正模板中列出的问题，再运行 kaoping build")
    files, wrong = build_files(scheme, template)
    placing = Placing(session)
    for name, data in files.items():
        placing.place(name, data, form_verdict)
    placing.place(POLICY_FILE, policy_workbook(scheme), lambda old, new, _: print_verdict(old, new))
    placing.remove_stale()
    batch = batch_number([("scheme", scheme.text_hash), ("template", template_bytes)])
    # A file that cannot even be read must not be overwritten blindly, nor half of the forms be issued.
    written = () if placing.blocked else session.publish(placing.outputs, batch)
    return Outcome(
        "build",
        outputs=written,
        problems=(*remarks, *found, *wrong, *placing.problems),
        data={
            "batch": batch,
            "sections": [section.name for section in scheme.sections],
            "next": _next(scheme, bool(written)),
        },
    )


def _next(scheme: Scheme, written: bool) -> str:
    if not written:
        return "先处理上面的错误，再运行 kaoping build"
    due = f"（报送截止 {scheme.deadline}）" if scheme.deadline else ""
    return (
        f"打印口径确认表请领导签字；把 1下发/{SECTION_FOLDER} 里的表发给各科室{due}，"
        "收回的放进 2回收，再运行 kaoping collect"
    )


def _template(session: Session):
    """(template or None, its bytes, problems): the folder's own, else the bundled one."""
    own = own_template(session.folder)
    if own is None:
        template = bundled_template()
        return template, template.data, []
    name = session.folder.relative(own)
    try:
        data = own.read_bytes()
    except OSError as error:
        return None, b"", [problem("UNREADABLE", Where(name), reason=reason(error))]
    template, problems = read_template(data, name)
    return template, data, problems


class Placing:
    """Finds a place for each new form: its own name, or another where a filled form stands."""

    def __init__(self, session: Session) -> None:
        self._folder = session.folder
        self.outputs = Outputs(session.folder)
        self.problems: list[Problem] = []
        self.blocked = False
        self._taken: set[str] = set()

    def place(self, name: str, data: bytes, verdict: Verdict) -> None:
        """Plan `name` (relative to 1下发), or the first free name beside it."""
        kept: list[tuple[str, str]] = []
        for candidate in _candidates(f"{self._folder.issued.name}/{name}"):
            old = self._read(candidate)
            if self.blocked:
                return
            code = "" if old is None or old == data else verdict(old, data, candidate)
            self._taken.add(candidate)
            if not code:
                based_on = "" if old is None else hashlib.sha256(old).hexdigest()
                self.outputs.add(candidate, data, based_on=based_on)
                self.problems += [problem(c, Where(file), other=candidate) for file, c in kept]
                return
            kept.append((candidate, code))

    def remove_stale(self) -> None:
        """Forms of sections no longer in the scheme, and new forms no longer needed: removed while blank."""
        for place in (self._folder.issued, self._folder.issued_sections):
            for path in sorted(place.glob("*.xlsx")):
                name = f"{path.relative_to(self._folder.root).as_posix()}"
                if name in self._taken or path.name.startswith("~$") or not path.is_file():
                    continue
                old = self._read(name)
                code = UNREADABLE if old is None else form_verdict(old, None, name)
                if not code:
                    self.outputs.remove(name)
                elif code != UNREADABLE:  # what is not ours is none of our business
                    self.problems.append(problem("KEPT_STALE", Where(name)))

    def _read(self, name: str) -> bytes | None:
        path = self._folder.root / name
        try:
            return path.read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None  # publish says what is in the way
        except OSError as error:
            self.problems.append(problem("UNREADABLE", Where(name), reason=reason(error)))
            self.blocked = True
            return None


def _candidates(name: str) -> Iterator[str]:
    yield name
    stem, dot, suffix = name.rpartition(".")
    number = 0
    while True:
        number += 1
        yield f"{stem}{_ASIDE.format(number)}{dot}{suffix}"
