"""One run of a writing command in a working folder: find it, lock it, mend what was interrupted, work, publish, log.

Comes in: where the person stands and the work to do. Goes out: an `Outcome`; whatever prevents the work is in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from zipfile import BadZipFile

from workbook_builder.commands.outcome import Outcome, misuse, shown_path
from workbook_builder.commands.watching import Progress, untold
from workbook_builder.folder import SUBFOLDERS, Folder, Outputs, log, recover, run_lock
from workbook_builder.gathering import Opened
from workbook_builder.model import Scheme
from workbook_builder.problems import Problem, Where, has_errors, problem, sort_problems
from workbook_builder.results import InputFile

OWN_TEMPLATE = "考评表模板.xlsx"
#: What openpyxl raises on workbooks that other programs still open (ParseError is a SyntaxError).
_BROKEN = (KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError, BadZipFile)


@dataclass
class Session:
    """A folder under lock. `remarks` are problems of the run itself (lock, recovery); they go into no output file.

    source    the scheme in force, with the decisions that made it so
    progress  is told what the run is at
    """

    command: str
    folder: Folder
    remarks: list[Problem] = field(default_factory=list)
    source: Opened | None = None
    progress: Progress = untold

    def publish(self, files: Iterable[tuple[str, bytes]] | Outputs, batch: str) -> tuple[str, ...]:
        """Write all files or none; the names written. What stood in the way joins the remarks."""
        outputs = files if isinstance(files, Outputs) else Outputs(self.folder)
        if outputs is not files:
            for name, data in files:
                outputs.add(name, data)
        found = outputs.publish(batch)
        self.remarks += found
        return () if has_errors(found) else outputs.names


Work = Callable[[Session], Outcome]


def locked(command: str, folder: Folder, work: Work) -> Outcome:
    """`work` under the lock of `folder`, after whatever an interrupted run left has been finished or undone."""
    with run_lock(folder) as lock:
        session = Session(command, folder, list(lock.problems))
        if lock.held:
            session.remarks += recover(folder)
        if not lock.held or has_errors(session.remarks):
            return Outcome(command, problems=sort_problems(session.remarks), folder=folder)
        outcome = work(session)
        outcome = replace(outcome, folder=folder, problems=sort_problems([*session.remarks, *outcome.problems]))
        log(folder, _line(outcome))
        return outcome


def in_folder(
    command: str,
    directory: str | Path,
    work: Callable[[Session, Scheme, list[Problem]], Outcome],
    progress: Progress | None = None,
) -> Outcome:
    """`work` on the folder that `directory` is or lies in, with its scheme and the remarks on the scheme."""
    folder, missing = find(directory)
    if folder is None:
        return misuse(command, missing)

    def with_scheme(session: Session) -> Outcome:
        session.progress = progress or untold
        source, problems = open_scheme(folder)
        if source is None:
            return misuse(command, *problems, next="打开 方案.xlsx 改正上面列出的错误，再运行 kaoping check")
        _complete(folder)
        session.source = source
        return work(session, source.scheme, problems)

    return locked(command, folder, with_scheme)


def _complete(folder: Folder) -> None:
    """The empty folders that got lost on the way, as a copy or a mail loses them."""
    for name in SUBFOLDERS:
        with suppress(OSError):  # whoever needs it says what is in the way
            (folder.root / name).mkdir(exist_ok=True)


def find(directory: str | Path) -> tuple[Folder | None, Problem | None]:
    """The working folder, or why there is none."""
    folder = Folder.find(Path(directory))
    if folder is not None:
        return folder, None
    shown = shown_path(Path(directory).absolute())
    return None, problem("NO_FOLDER" if Path(directory).exists() else "FILE_NOT_FOUND", Where(), shown)


def open_scheme(folder: Folder) -> tuple[Opened | None, list[Problem]]:
    """The folder's scheme with the changes of 决定 applied, None if it has errors, and everything found in 方案."""
    from workbook_builder.pipeline import opened

    seen: list[InputFile] = []
    scheme, problems, document = read_scheme_file(folder.scheme, folder.relative(folder.scheme), seen)
    return (None if scheme is None else opened(folder, scheme, document, seen)), problems


def read_scheme_file(path: Path, name: str, seen: list[InputFile] | None = None):
    """(scheme or None, problems, document) of a scheme file called `name` in problems; the file itself joins `seen`."""
    from workbook_builder.folder.disk import reason
    from workbook_builder.inputs import SCHEME_FILE, input_file
    from workbook_builder.scheme import read_scheme

    try:
        data = path.read_bytes()
    except OSError as error:
        return None, [problem("SCHEME_UNREADABLE", Where(name), name, reason=reason(error))], {}
    if seen is not None:
        seen.append(input_file(SCHEME_FILE, name, data))
    return read_scheme(data, name)


def own_template(folder: Folder | None) -> Path | None:
    """The template of this folder, if the office has put one there."""
    path = None if folder is None else folder.root / OWN_TEMPLATE
    return path if path is not None and path.is_file() else None


def read_template(data: bytes, name: str):
    """(template or None, problems); a file that is no workbook at all is a problem too."""
    from workbook_builder.excel.template import load_template
    from workbook_builder.intake import read_book

    book, found = read_book(data, name)
    if book is None or book.kind != "xlsx":
        return None, list(found) or [problem("TEMPLATE_UNREADABLE", Where(name))]
    try:
        return load_template(data, name)
    except _BROKEN:
        return None, [problem("TEMPLATE_UNREADABLE", Where(name))]


def _line(outcome: Outcome) -> str:
    errors = sum(has_errors((p,)) for p in outcome.problems)
    codes = ",".join(sorted({p.code for p in outcome.problems if p.code.startswith(("RUN_", "OUTPUT_", "KEPT_"))}))
    batch = f" 批次 {outcome.data['batch']}" if "batch" in outcome.data else ""
    return (
        f"{outcome.command}{batch} 输出 {len(outcome.outputs)} 个，问题 {len(outcome.problems)} 条（错误 {errors}）"
        f" 退出码 {outcome.exit_code} {codes}"
    )
