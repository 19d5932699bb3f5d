"""check, dump and load: the scheme as people edit it, as text for version control, and the templates beside it.

Comes in: a file, or a working folder. Goes out: an `Outcome`.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from workbook_builder import resources
from workbook_builder.commands.outcome import Outcome, misuse, shown_path
from workbook_builder.commands.session import (
    OWN_TEMPLATE,
    Session,
    find,
    locked,
    open_scheme,
    own_template,
    read_scheme_file,
    read_template,
)
from workbook_builder.folder import Folder, batch_number, digest
from workbook_builder.folder.disk import reason, write_problem, write_whole
from workbook_builder.problems import Problem, Where, has_errors, problem, sort_problems

#: Letters that another command than summarize makes.
_MAKERS = {"核对稿": "review"}
_BOOKS, _TEXTS, _LETTERS = (".xlsx",), (".yaml", ".yml"), (".docx",)


def check(target: str | Path = ".") -> Outcome:
    """Every problem of a scheme file, of a template, or of the scheme and template of a working folder."""
    path = Path(target)
    if path.is_file():
        return _check_file(path)
    folder, missing = find(path)
    if folder is None:
        return misuse("check", missing)
    outcome = _check_scheme(folder.scheme, folder.relative(folder.scheme))
    own = own_template(folder)
    name = resources.TEMPLATE.rpartition("/")[2]
    found = _template_problems(own if own is not None else resources.path(resources.TEMPLATE), name)
    letters, wrong = _office_letters(folder)
    data = {**outcome.data, "checked": ["方案", "模板", *letters]}
    problems = sort_problems([*outcome.problems, *found, *wrong])
    data["next"] = _next(problems, _after_check(folder))
    return replace(outcome, problems=problems, data=data, folder=folder)


def _after_check(folder: Folder) -> str:
    """What sound scheme and templates call for."""
    from workbook_builder.commands.progress import CURRENT, issued_state

    source, _ = open_scheme(folder)
    if source is None or issued_state(folder, source.scheme) != CURRENT:
        return "运行 kaoping build 生成下发表"
    own = own_template(folder)
    restyled = "考评表模板改过样子的，运行 kaoping build 重新生成；" if own is not None else ""
    return f"下发表与方案一致；{restyled}运行 kaoping status 看进度"


def _office_letters(folder: Folder) -> tuple[list[str], list[Problem]]:
    """The office's own templates of letters that lie in `folder`, by name, and their problems."""
    from workbook_builder.letters import OFFICE_TEMPLATES, check_letter_templates

    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    for name in OFFICE_TEMPLATES.values():
        path = folder.root / name
        try:
            if path.is_file():
                files[name] = path.read_bytes()
        except OSError as error:
            problems.append(problem("UNREADABLE", Where(name), reason=reason(error)))
    return list(files), [*problems, *(check_letter_templates(files)[1] if files else ())]


def _check_letter(path: Path) -> Outcome:
    """One template of a letter; what letter it makes is said by its name."""
    from workbook_builder.letters import KINDS, OFFICE_TEMPLATES, load_letter_template

    kind = next((kind for kind in KINDS if kind in path.stem), None)
    if kind is None:
        known = "、".join(OFFICE_TEMPLATES.values())
        return misuse("check", problem("LETTER_KIND_UNKNOWN", Where(path.name), path.name, known=known))
    try:
        found = load_letter_template(path.read_bytes(), path.name, kind)[1]
    except OSError as error:
        found = [problem("UNREADABLE", Where(path.name), reason=reason(error))]
    problems = sort_problems(found)
    advised = _put_in_place(path, OFFICE_TEMPLATES[kind], _MAKERS.get(kind, "summarize"))
    return Outcome("check", problems=problems, data={"checked": [f"{kind}模板"], "next": _next(problems, advised)})


def _put_in_place(path: Path, name: str, command: str) -> str:
    """What a sound template waits for: its place, and the command that uses it."""
    folder = Folder.find(path)
    there = folder is not None and _same_file(path, folder.root / name)
    return f"运行 kaoping {command}，就用它生成" if there else f"放进年度文件夹，名为 {name}，再运行 kaoping {command}"


def _check_file(path: Path) -> Outcome:
    if path.suffix.lower() in _LETTERS:
        return _check_letter(path)
    if path.suffix.lower() == ".xlsx" and _is_template(path):
        problems = sort_problems(_template_problems(path, path.name))
        told = _next(problems, _put_in_place(path, OWN_TEMPLATE, "build"))
        return Outcome("check", problems=problems, data={"checked": ["模板"], "next": told})
    return _check_scheme(path, path.name)


def _check_scheme(path: Path, name: str) -> Outcome:
    scheme, problems, document = read_scheme_file(path, name)
    problems = sort_problems(problems)
    data: dict[str, object] = {"checked": ["方案"]}
    if scheme is not None:
        data |= {
            "scheme": {
                "id": scheme.id,
                "year": scheme.year,
                "title": f"{scheme.unit}{scheme.title}",
                "sections": len(scheme.sections),
                "items": len(scheme.items),
                "clauses": len(scheme.clause_by_id),
                "policies": len(scheme.policies),
            }
        }
    data["next"] = _next(problems, f"要用它建年度文件夹，运行 kaoping new 文件夹名 --scheme {shown_path(path)}")
    return Outcome("check", problems=problems, data=data, misuse=scheme is None and not document)


def _next(problems: tuple[Problem, ...], otherwise: str) -> str:
    return "按上面列出的位置改正，再运行 kaoping check" if has_errors(problems) else otherwise


def _is_template(path: Path) -> bool:
    from workbook_builder.excel.template import GUIDE_SHEET, SECTION_SHEET
    from workbook_builder.intake import read_book

    try:
        book, _ = read_book(path.read_bytes(), path.name)
    except OSError:
        return False
    return book is not None and any(book.sheet(name) for name in (SECTION_SHEET, GUIDE_SHEET))


def _template_problems(path: Path, name: str) -> list[Problem]:
    from workbook_builder.excel.proofing import proof

    try:
        template, problems = read_template(path.read_bytes(), name)
        return problems if template is None else [*problems, *proof(template, name)]
    except OSError as error:
        return [problem("UNREADABLE", Where(name), reason=reason(error))]


# --- workbook ⇄ text ------------------------------------------------------------------------------------------------


def dump(file: str | Path, target: str | Path | None = None) -> Outcome:
    """方案.xlsx → 方案.yaml beside it, or `target`. Text only; an older text is replaced."""
    from workbook_builder.scheme import write_text

    source = Path(file)
    goal = Path(target) if target is not None else source.with_suffix(".yaml")
    return _convert("dump", source, goal, _TEXTS, lambda document: write_text(document).encode("utf-8"), force=True)


def load(file: str | Path, target: str | Path | None = None, force: bool = False) -> Outcome:
    """方案.yaml → 方案.xlsx beside it, or `target`. A workbook that says something else stays, unless `force`."""
    from workbook_builder.scheme import write_book

    source = Path(file)
    goal = Path(target) if target is not None else source.with_suffix(".xlsx")
    return _convert("load", source, goal, _BOOKS, write_book, force)


def _convert(command: str, source: Path, goal: Path, suffixes: tuple[str, ...], write, force: bool) -> Outcome:
    from workbook_builder.scheme import check_document, read_document

    if not source.is_file():
        return misuse(command, problem("FILE_NOT_FOUND", Where(), shown_path(source)))
    if goal.suffix.lower() not in suffixes or _same_file(source, goal):
        return misuse(command, problem("TARGET_KIND", Where(), shown_path(goal), wanted=" 或 ".join(suffixes)))
    if not goal.absolute().parent.is_dir():
        return misuse(command, problem("FILE_NOT_FOUND", Where(), shown_path(goal.parent)))
    try:
        document, known = read_document(source.read_bytes(), source.name)
    except OSError as error:
        return misuse(command, problem("SCHEME_UNREADABLE", Where(source.name), source.name, reason=reason(error)))
    if has_errors(known):
        # Rows that could not be read would be missing from the other form.
        return misuse(command, *known)
    problems = [*known, *(p for p in check_document(document, source.name) if p not in known)]
    before = _content(goal)
    if before is not None and before == document:
        return Outcome(command, problems=sort_problems(problems), data={"same": True, "next": _after(command, goal)})
    if goal.exists() and not force:
        return misuse(command, problem("LOAD_DIFFERS", Where(), shown_path(goal)))
    outcome = _write(command, goal, write(document))
    data = {"next": _after(command, goal)} if outcome.outputs else {}
    return replace(outcome, problems=sort_problems([*outcome.problems, *problems]), data=data)


def _after(command: str, goal: Path) -> str:
    if command == "dump":
        return f"文本可以留存、比较；改好后用 kaoping load {shown_path(goal)} 变回工作簿"
    folder = Folder.find(goal.absolute().parent)
    if folder is not None and _same_file(folder.scheme, goal):
        return "运行 kaoping check 检查方案，再运行 kaoping build"
    return f"用 kaoping check {shown_path(goal)} 检查；要用它建年度文件夹，运行 kaoping new 文件夹名 --scheme {shown_path(goal)}"


def _same_file(source: Path, goal: Path) -> bool:
    return os.path.abspath(source) == os.path.abspath(goal)


def _content(goal: Path):
    """The document in `goal`, None if there is none that can be read whole."""
    from workbook_builder.scheme import read_document

    try:
        document, known = read_document(goal.read_bytes(), goal.name)
    except OSError:
        return None
    return None if known else document


def _write(command: str, goal: Path, data: bytes) -> Outcome:
    """Write one file: through the folder's journal where it lies in a working folder."""
    folder = Folder.find(goal.absolute().parent)
    if folder is None:
        try:
            write_whole(goal, data)
        except OSError as error:
            return Outcome(command, problems=(write_problem(error, shown_path(goal)),))
        return Outcome(command, outputs=(shown_path(goal),))

    def work(session: Session) -> Outcome:
        from workbook_builder.folder import Outputs

        name = folder.relative(goal)
        outputs = Outputs(folder)
        outputs.add(name, data, based_on=digest(goal) or "")
        return Outcome(command, outputs=session.publish(outputs, batch_number([(name, data)])))

    return locked(command, folder, work)
