"""new and demo: a year's working folder, empty or with the bundled story in it.

Comes in: a directory that is not yet a working folder. Goes out: an `Outcome`. Files already there are left alone.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from workbook_builder import resources
from workbook_builder.commands.issue import build
from workbook_builder.commands.outcome import Outcome, misuse, shown_path
from workbook_builder.commands.session import Session, locked, read_scheme_file
from workbook_builder.commands.tally import summarize
from workbook_builder.commands.templates import TEMPLATES
from workbook_builder.commands.watching import Progress, untold
from workbook_builder.excel.stable import as_saved_here
from workbook_builder.folder import SUBFOLDERS, Folder, batch_number, list_returns
from workbook_builder.folder.disk import write_problem
from workbook_builder.folder.paths import SCHEME, STATE_FOLDER
from workbook_builder.problems import Problem, Where, has_errors, problem

DEMO_FOLDER = "考评演示"
_BASICS, _MARK = "基本信息", "页眉标记"
DEMO_MARK = "演示数据"
#: In the program's own folder from the first to the last step of a demonstration.
_UNFINISHED = "演示未完"
_OTHER_NAME = "换一个文件夹名，再运行 kaoping new；要接着用它，进入该文件夹，运行 kaoping status"
#: What to do first in a new folder, by whether its scheme has errors.
_FIRST = {False: "按通知核对 方案.xlsx", True: "打开 方案.xlsx 改正上面列出的错误"}


def new(directory: str | Path, scheme: str | Path | None = None, from_dir: str | Path | None = None) -> Outcome:
    """Lay out one year's work: 方案.xlsx (bundled, `scheme`, or last year's) and the folders of the work."""
    return _new("new", Path(directory), *_source(scheme, from_dir))


def demo(directory: str | Path = DEMO_FOLDER, progress: Progress | None = None) -> Outcome:
    """The whole year on the bundled scheme and 演示数据, step by step. The folder is then an ordinary working folder."""
    root = Path(directory)
    if root.is_dir() and not _unfinished(Folder(root)) and any(path.name != STATE_FOLDER for path in root.iterdir()):
        return misuse("demo", problem("FOLDER_NOT_EMPTY", Where(), shown_path(root)))
    made = _new("demo", root, *_source(None, None), mark=DEMO_MARK)
    if made.folder is None or made.exit_code:
        return made
    steps, story = [made, build(root, progress)], []
    for title, places in _STORY:
        if any(has_errors(step.problems) or step.misuse for step in steps):
            break
        steps.append(locked("demo", made.folder, lambda session, places=places: _copy(session, places)))
        reached = summarize(root, _within(title, progress))
        story.append({"step": title, **{key: reached.data.get(key) for key in ("stage", "approved", "standings")}})
        if title == _STORY[-1][0]:
            steps.append(replace(reached, command="demo"))
    told = steps[-1]
    failed = told.command != "demo" or not told.outputs or any(has_errors(step.problems) for step in steps[:-1])
    if not failed:
        with suppress(OSError):  # the next demo in this folder is refused all the same: it is not empty
            (made.folder.state / _UNFINISHED).unlink(missing_ok=True)
    return Outcome(
        "demo",
        outputs=tuple(sorted({name for step in steps for name in step.outputs})),
        problems=told.problems if not failed else tuple(p for step in steps for p in step.problems),
        received=told.received,
        data={**told.data, "story": story, "next": f"进入“{shown_path(root)}”，先看 4汇总/汇总表.xlsx，再看 问题清单.xlsx；可改动 2回收 里的表再运行 kaoping summarize"},
        folder=made.folder,
        misuse=any(step.misuse for step in steps),
        forgiven=not failed,
    )


#: The year of the demonstration: what happens, and what then lies in the folder.
_STORY = (
    ("日常检查登记、各科室报送自评", ("台账.xlsx", "2回收")),
    ("市局反馈到达，各核定人交回核定表", ("市局反馈.xlsx", "3核定")),
    ("述职测评录入，领导小组审定", ("测评", "决定.xlsx")),
)


def _within(title: str, progress: Progress | None) -> Progress:
    """Progress of a step of the story, told with its place in the story."""
    place = next(number for number, (known, _) in enumerate(_STORY, 1) if known == title)
    tell = progress or untold
    return lambda what, done, total: tell(f"演示第 {place} 段（共 {len(_STORY)} 段），{what}", done, total)


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


def _new(command: str, root: Path, source: Path | None, last: Path | None, mark: str = "") -> Outcome:
    if root.exists() and not root.is_dir():
        return misuse(command, problem("NOT_A_FOLDER", Where(), shown_path(root)))
    if source is None:
        return misuse(command, problem("BUNDLE_MISSING", Where(), resources.SCHEME_2021))
    if not source.is_file():
        return misuse(command, problem("FILE_NOT_FOUND", Where(), shown_path(source)))
    data, problems = scheme_book(source, mark)
    if data is None:
        return misuse(command, *problems)
    folder = Folder(root.absolute())
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return Outcome(command, problems=(write_problem(error, shown_path(root)),))
    files = [(SCHEME, data), *_registers(folder, data)]
    if last is not None:
        problems.append(problem("YEAR_COPIED", Where(SCHEME, _BASICS), shown_path(last)))
        for name in TEMPLATES:
            template = last / name
            if template.is_file() and not (root / name).exists():
                files.append((name, template.read_bytes()))
    return locked(command, folder, lambda session: _lay_out(session, files, problems))


def _lay_out(session: Session, files: list[tuple[str, bytes]], problems: list[Problem]) -> Outcome:
    folder, name = session.folder, SCHEME
    resumed = any(p.code == "RUN_FINISHED" for p in session.remarks) or _unfinished(folder)
    try:
        # What an interrupted run wrote is gone on with only as long as nobody has edited it.
        if folder.scheme.exists() and not (resumed and folder.scheme.read_bytes() == dict(files)[SCHEME]):
            return misuse(session.command, problem("FOLDER_EXISTS", Where(), shown_path(folder.root)), next=_OTHER_NAME)
        if session.command == "demo":
            (folder.state / _UNFINISHED).touch()
        for name in SUBFOLDERS:
            (folder.root / name).mkdir(exist_ok=True)
    except OSError as error:
        return Outcome(session.command, problems=(write_problem(error, name),))
    outputs = session.publish(files, batch_number(files))
    return Outcome(
        session.command,
        outputs=outputs,
        problems=tuple(problems),
        data={"folders": list(SUBFOLDERS), "next": f"进入“{shown_path(folder.root)}”，{_FIRST[has_errors(problems)]}，再运行 kaoping check"},
    )


def _registers(folder: Folder, scheme_data: bytes) -> list[tuple[str, bytes]]:
    """Blank 决定, 台账, 市局反馈 where there are none; a scheme with errors gets them from build."""
    from workbook_builder.registers import city_workbook, decisions_workbook, ledger_workbook
    from workbook_builder.scheme import read_scheme

    scheme, _, _ = read_scheme(scheme_data, SCHEME)
    if scheme is None:
        return []
    makers = {folder.decisions: decisions_workbook, folder.ledger: ledger_workbook, folder.city_feedback: city_workbook}
    return [(folder.relative(path), make(scheme)) for path, make in makers.items() if not path.exists()]


def scheme_book(source: Path, mark: str = "") -> tuple[bytes | None, list[Problem]]:
    """方案.xlsx made of any scheme file: an .xlsx as it stands, other forms written anew; None if it cannot be read.

    `mark` is set as 页眉标记.
    """
    from workbook_builder.scheme import write_book

    scheme, problems, document = read_scheme_file(source, source.name)
    if scheme is None and not document:
        return None, problems
    # Places are the same in the copy.
    problems = [replace(p, where=replace(p.where, file=SCHEME)) for p in problems]
    if source.suffix.lower() == ".xlsx" and not mark:
        return source.read_bytes(), problems
    return write_book(_marked(document, mark)), problems


def _marked(document, mark: str):
    """The document with 页眉标记 set to `mark`."""
    if not mark:
        return document
    rows = [
        replace(row, values={**row.values, "内容": mark}) if row.values.get("项目") == _MARK else row
        for row in document[_BASICS]
    ]
    return {**document, _BASICS: rows}


def _copy(session: Session, places: tuple[str, ...]) -> Outcome:
    """Files and folders of the bundled year, as the people of the story put them into the working folder."""
    try:
        root = resources.path(resources.DEMO)
    except FileNotFoundError:
        return misuse("demo", problem("BUNDLE_MISSING", Where(), resources.DEMO))
    files: list[tuple[str, bytes]] = []
    for place in places:
        path = root / place
        found = [(place, path)] if path.is_file() else [(f"{place}/{n}", p) for n, p in list_returns(path, path).files]
        files += [(name, path.read_bytes()) for name, path in found]
    saved = [name for name, data in files if _saved_by_hand(session.folder.root / name, data)]
    session.remarks += [problem("RUN_KEPT", Where(name)) for name in saved]
    files = [(name, data) for name, data in files if name not in saved]
    return Outcome("demo", outputs=session.publish(files, batch_number(files)))


def _unfinished(folder: Folder) -> bool:
    """Whether a demonstration in this folder was interrupted."""
    return (folder.state / _UNFINISHED).exists()


def _saved_by_hand(path: Path, data: bytes) -> bool:
    """Whether somebody has saved something else at `path` while the demonstration was interrupted."""
    try:
        found = path.read_bytes()
    except OSError:
        return False  # nothing there; or publish says what is in the way
    return found != data and not as_saved_here(found)
