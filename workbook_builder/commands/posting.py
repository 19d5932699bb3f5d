"""Letters into 4汇总: 汇总首页 at every stage, 核对稿 once a section is reviewed, 通报 and 反馈 once it is approved.

Comes in: results. Goes out: planned files. A letter that somebody has edited in Word since stays, the new one beside it.
"""

from __future__ import annotations

from collections.abc import Mapping

from workbook_builder.building import section_file
from workbook_builder.commands.issued import saved_since
from workbook_builder.commands.placing import Placing
from workbook_builder.commands.watching import Progress, each, untold
from workbook_builder.folder import Folder
from workbook_builder.problems import Where, has_errors, problem
from workbook_builder.results import Results


def plan_check_copies(placing: Placing, results: Results, progress: Progress = untold) -> list[str]:
    """核对稿 of every section whose parts are reviewed; their names."""
    from workbook_builder.correspondence import Correspondence, final_names
    from workbook_builder.letters import CHECK_COPY, check_copy

    names = list(final_names(results)) if results.is_final and not results.reached.approved else []
    template = _templates(placing, CHECK_COPY) if names else None
    if template is None:
        return []
    letters = Correspondence(results)
    for section in each(progress, "写核对稿", results.scheme.sections):
        if section.name in names:
            data = check_copy(template, letters.check_copy(section.name))
            _place(placing, placing.folder.check_copies / _docx(section), data)
    return names


def plan_printed(placing: Placing, results: Results) -> None:
    """汇总首页, of any stage."""
    from workbook_builder.letters import OUTCOME, outcome_page
    from workbook_builder.summary.printed import outcome_of

    template = _templates(placing, OUTCOME)
    if template is not None:
        _place(placing, placing.folder.printed_summary, outcome_page(template, outcome_of(results)))


def plan_letters(placing: Placing, results: Results, progress: Progress = untold) -> None:
    """通报 and 反馈 of an approved result; nothing before."""
    from workbook_builder.correspondence import Correspondence
    from workbook_builder.letters import FEEDBACK, NOTICE, feedback, notice

    if not results.reached.approved:
        return
    letters, folder = Correspondence(results), placing.folder
    template = _templates(placing, NOTICE)
    if template is not None:
        _place(placing, folder.notice, notice(template, letters.notice()))
    template = _templates(placing, FEEDBACK)
    if template is not None:
        for section in each(progress, "写反馈", results.scheme.sections):
            _place(placing, folder.feedback / _docx(section), feedback(template, letters.feedback(section.name)))


def _docx(section) -> str:
    return section_file(section).removesuffix(".xlsx") + ".docx"


def _place(placing: Placing, path, data: bytes) -> None:
    placing.place(placing.folder.relative(path), data, lambda old, new, _: "KEPT_FILLED" if saved_since(old, new) else "")


def _templates(placing: Placing, kind: str) -> bytes | None:
    """The template of `kind`, None (and a problem) if the office's own is faulty."""
    from workbook_builder.letters import OFFICE_TEMPLATES, check_letter_templates

    own = OFFICE_TEMPLATES[kind]
    usable, problems = check_letter_templates(_office_files(placing.folder))
    if has_errors(problems):
        placing.problems += [p for p in problems if p.where.file == own and p not in placing.problems]
    if kind not in usable:
        placing.problems.append(problem("LETTER_FAILED", Where(own), kind))
    return usable.get(kind)


def _office_files(folder: Folder) -> Mapping[str, bytes]:
    from workbook_builder.letters import OFFICE_TEMPLATES

    paths = {name: folder.root / name for name in OFFICE_TEMPLATES.values()}
    return {name: path.read_bytes() for name, path in paths.items() if path.is_file()}
