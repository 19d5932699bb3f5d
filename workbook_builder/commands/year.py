"""new and demo: a year's working folder, empty or with the bundled story in it.

Comes in: a directory that is not yet a working folder. Goes out: an `Outcome`. Files already there are left alone.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from workbook_builder import pipeline, resources
from workbook_builder.commands.issue import build
from workbook_builder.commands.outcome import Outcome, misuse, shown_path
from workbook_builder.commands.session import OWN_TEMPLATE, Session, locked, read_scheme_file
from workbook_builder.commands.tally import summarize
from workbook_builder.folder import SUBFOLDERS, Folder, batch_number, list_returns
from workbook_builder.folder.disk import write_problem
from workbook_builder.folder.paths import SCHEME
from workbook_builder.problems import Problem, Where, has_errors, problem

DEMO_FOLDER = "考评演示"
_DEMO_RETURNS = "2回收"
_BASICS = "基本信息"


def new(directory: str | Path, scheme: str | Path | None = None, from_dir: str | Path | None = None) -> Outcome:
    """Lay out one year's work: 方案.xlsx (bundled, `scheme`, or last year's) and the folders of the work."""
    return _new("new", Path(directory), *_source(scheme, from_dir))


def demo(directory: str | Path = DEMO_FOLDER, progress: pipeline.Progress | None = None) -> Outcome:
    """The whole story on the bundled scheme and returns. The folder is then an ordinary working folder."""
    root = Path(directory)
    if root.is_dir() and any(root.iterdir()):
        return misuse("demo", problem("FOLDER_NOT_EMPTY", Where(), shown_path(root)))
    made = _new("demo", root, *_source(None, None))
    if made.folder is None or made.exit_code:
        return made
    steps = [made, build(root), locked("demo", made.folder, _copy_returns)]
    if not any(has_errors(step.problems) or step.misuse for step in steps):
        steps.append(replace(summarize(root, progress), command="demo"))
    told = steps[-1]
    failed = told.command != "demo" or not told.outputs or any(has_errors(step.problems) for step in steps[:-1])
    return Outcome(
        "demo",
        outputs=tuple(sorted({name for step in steps for name in step.outputs})),
        problems=told.problems if not failed else tuple(p for step in steps for p in step.problems),
        received=told.received,
        data={**told.data, "next": f"进入“{shown_path(root)}”，先看 4汇总/汇总表.xlsx，再看 问题清单.xlsx；可改动 2回收 里的表再运行 kaoping summarize"},
        folder=made.folder,
        misuse=any(step.misuse for step in steps),
        forgiven=not failed,
    )


# --- the parts ------------------------------------------------------------------------------------------------------


def _source(scheme: str | Path | None, from_dir: str | Path | None) -> tuple[Path | None, Path | None]:
    """(file of the scheme or None if the bundled one is missing, folder it is taken over from or None)."""
    if from_dir is not None:
        last = Folder.find(Path(from_dir)) or Folder(Path(from_dir))
        return last.scheme, last.root
    if scheme is not None:
        return Path(scheme), None
    return bundled_scheme(), None


def bundled_scheme() -> Path | None:
    """The 2021 scheme that comes with the program; None if the installation is broken."""
    try:
        return resources.path(resources.SCHEME_2021)
    except FileNotFoundError:
        return None


def _new(command: str, root: Path, source: Path | None, last: Path | None) -> Outcome:
    if root.exists() and not root.is_dir():
        return misuse(command, problem("NOT_A_FOLDER", Where(), shown_path(root)))
    if source is None:
        return misuse(command, problem("BUNDLE_MISSING", Where(), resources.SCHEME_2021))
    if not source.is_file():
        return misuse(command, problem("FILE_NOT_FOUND", Where(), shown_path(source)))
    data, problems = scheme_book(source)
    if data is None:
        return misuse(command, *problems)
    folder = Folder(root.absolute())
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return misuse(command, write_problem(error, shown_path(root)))
    files = [(SCHEME, data)]
    if last is not None:
        problems.append(problem("YEAR_COPIED", Where(SCHEME, _BASICS), shown_path(last)))
        template = last / OWN_TEMPLATE
        if template.is_file() and not (root / OWN_TEMPLATE).exists():
            files.append((OWN_TEMPLATE, template.read_bytes()))
    return locked(command, folder, lambda session: _lay_out(session, files, problems))


def _lay_out(session: Session, files: list[tuple[str, bytes]], problems: list[Problem]) -> Outcome:
    folder = session.folder
    resumed = any(p.code == "RUN_FINISHED" for p in session.remarks)
    if folder.scheme.exists() and not resumed:
        return misuse(session.command, problem("FOLDER_EXISTS", Where(), shown_path(folder.root)))
    try:
        for name in SUBFOLDERS:
            (folder.root / name).mkdir(exist_ok=True)
    except OSError as error:
        return misuse(session.command, write_problem(error, name))
    outputs = session.publish(files, batch_number(files))
    return Outcome(
        session.command,
        outputs=outputs,
        problems=tuple(problems),
        data={"folders": list(SUBFOLDERS), "next": f"进入“{shown_path(folder.root)}”，按通知核对 方案.xlsx，再运行 kaoping check"},
    )


def scheme_book(source: Path) -> tuple[bytes | None, list[Problem]]:
    """方案.xlsx made of any scheme file: an .xlsx as it stands, other forms written anew; None if it cannot be read."""
    from workbook_builder.scheme import write_book

    scheme, problems, document = read_scheme_file(source, source.name)
    if scheme is None and not document:
        return None, problems
    # Places are the same in the copy.
    problems = [replace(p, where=replace(p.where, file=SCHEME)) for p in problems]
    if source.suffix.lower() == ".xlsx":
        return source.read_bytes(), problems
    return write_book(document), problems


def _copy_returns(session: Session) -> Outcome:
    try:
        place = resources.path(resources.DEMO) / _DEMO_RETURNS
    except FileNotFoundError:
        return misuse("demo", problem("BUNDLE_MISSING", Where(), resources.DEMO))
    listing = list_returns(place, place)
    files = [(f"{_DEMO_RETURNS}/{name}", path.read_bytes()) for name, path in listing.files]
    return Outcome("demo", outputs=session.publish(files, batch_number(files)))
