"""explain: where a figure comes from, down to file, sheet, cell and SHA-256. Reads only; nothing is written.

Comes in: a working folder, a section and a figure as people say them. Goes out: an `Outcome` whose data holds the walk.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from workbook_builder import pipeline
from workbook_builder.commands.outcome import Outcome, misuse
from workbook_builder.commands.session import find, open_scheme
from workbook_builder.commands.watching import READING, Progress, counting, untold
from workbook_builder.folder import Folder, list_returns
from workbook_builder.intake import iter_zip
from workbook_builder.model import Scheme, Section
from workbook_builder.problems import Where, problem
from workbook_builder.results import Results
from workbook_builder.scheme.names import similar


def explain(
    section: str, field: str = "总分", directory: str | Path = ".", progress: Progress | None = None
) -> Outcome:
    """The walk from a figure of a section to the cells it comes from."""
    folder, missing = find(directory)
    if folder is None:
        return misuse("explain", missing)
    source, problems = open_scheme(folder)
    if source is None:
        return misuse("explain", *problems, folder=folder, next="打开 方案.xlsx 改正上面列出的错误，再运行 kaoping check")
    what, wrong = _understood(source.scheme, section, field)
    if what is None:
        return misuse("explain", wrong, folder=folder)
    prepared, year = pipeline.year(folder, source, counting(progress or untold, READING))
    return _outcome(folder, year.results, prepared, *what)


def _outcome(folder: Folder, results: Results, prepared: pipeline.Prepared, who: Section, what) -> Outcome:
    from workbook_builder.tracing import Case, Library, traced

    case = Case.of(results, prepared, Library(files_of(folder)))
    step = traced(case, who.name, what)
    data = {
        "batch": results.batch,
        "stage": results.reached.name,
        "approved": results.reached.approved,
        "section": who.name,
        "field": what.key,
        "value": as_json(step.value),
        "tree": tree_json(results.scheme, step),
        "next": "",
    }
    return Outcome("explain", folder=folder, data=data)


def _understood(scheme: Scheme, name: str, text: str):
    """((section, what is asked), None), or (None, why it cannot be told)."""
    from workbook_builder.tracing import asked, choices, clauses_there, section_of, sections_like

    section = section_of(scheme, name)
    if section is None:
        like = sections_like(scheme, name)
        known = tuple(s.name for s in scheme.sections)
        if len(like) > 1:
            return None, problem("EXPLAIN_SECTION_SEVERAL", Where(), name, known="、".join(f"“{n}”" for n in like))
        hint = f"；是否应为“{like[0]}”" if like else similar(name, known)
        return None, problem("EXPLAIN_SECTION_UNKNOWN", Where(), name, known="、".join(f"“{n}”" for n in known), hint=hint)
    found = asked(scheme, section, text)
    if len(found) == 1:
        return (section, found[0]), None
    facts = {"section": section.name}
    if found:
        places = "、".join(_said(scheme, one.key) for one in found)
        return None, problem("EXPLAIN_FIELD_SEVERAL", Where(), text, known=places, **facts)
    there = clauses_there(scheme, section, text)
    hint = f"；{there}" if there else similar(text, choices(scheme, section))
    return None, problem("EXPLAIN_FIELD_UNKNOWN", Where(), text, hint=hint, **facts)


def _said(scheme: Scheme, key: str) -> str:
    """An item or clause as it can be asked for."""
    clause = scheme.clause_by_id.get(key)
    item = scheme.item_by_key[clause.item if clause is not None else key]
    return f"{item.part}第{item.no}项" + (f"细则{clause.no}" if clause is not None else "")


def files_of(folder: Folder) -> Callable[[str], bytes | None]:
    """File name as results tell it → bytes, members of archives too; None for what is not there any more."""
    listed = {name: path for place in (folder.returned, folder.review) for name, path in list_returns(place, folder.root).files}
    listed |= {folder.relative(path): path for path in folder.root.iterdir() if path.is_file()}

    def load(name: str) -> bytes | None:
        if name in listed:
            return _bytes(listed[name])
        archive = next((file for file in listed if name.startswith(f"{file}/")), None)
        data = _bytes(listed[archive]) if archive is not None else None
        if data is None:
            return None
        members = dict(iter_zip(data, archive)[0])
        return members.get(name.removeprefix(f"{archive}/"))

    return load


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


# --- JSON ----------------------------------------------------------------------------------------------------------------


def tree_json(scheme: Scheme, step) -> dict[str, object]:
    """A step and everything below it, for --json and for the screen."""
    from workbook_builder.tracing import in_words

    source = step.source
    return {
        "name": step.name,
        "label": step.title,
        "value": as_json(step.value),
        "formula": in_words(scheme, step),
        "how": step.how,
        "factor": as_json(step.factor),
        "least": as_json(step.least),
        "most": as_json(step.most),
        "rounded": step.by_policy,
        "source": None
        if source is None
        else {
            "file": source.file,
            "sheet": source.sheet,
            "cell": source.cell,
            "sha256": source.sha256,
            "raw": as_json(source.raw),
        },
        "children": [tree_json(scheme, child) for child in step.children],
    }


def as_json(value: object) -> object:
    """Numbers without float noise, words as they are, null where nothing is known."""
    from workbook_builder.summary.result import json_number

    return json_number(value) if isinstance(value, Decimal) else value


