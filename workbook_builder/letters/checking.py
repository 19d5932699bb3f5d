"""An office's own template: may it be used?

Comes in: the bytes of Word files. Goes out: templates that can make any letter, and problems. What the tags say is
checked by reading them; what they do to the document, and that every page says 未审定, by making trial letters.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping

from docx import Document
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml

from workbook_builder import resources
from workbook_builder.letters import nouns as n
from workbook_builder.letters.language import check_language
from workbook_builder.letters.making import as_word_writes, compile_parts, make
from workbook_builder.letters.names import NAMES, OMITTED, REQUIRED, UNAPPROVED, Names, Values
from workbook_builder.letters.package import DOCUMENT, Parts, place, read_parts, written
from workbook_builder.problems import Problem, Where, problem

#: Kind → the name of the office's own template in its working folder.
OFFICE_TEMPLATES = {kind: f"{kind}模板.docx" for kind in n.KINDS}
_BUNDLED = {
    n.CHECK_COPY: resources.CHECK_COPY_TEMPLATE,
    n.NOTICE: resources.NOTICE_TEMPLATE,
    n.FEEDBACK: resources.FEEDBACK_TEMPLATE,
    n.OUTCOME: resources.OUTCOME_TEMPLATE,
}
#: docxtpl's mark of a tag, what the tag stands for as a whole, and what people call that.
_WHOLE = (("p", "w:p", "段"), ("tc", "w:tc", "格"), ("tr", "w:tr", "行"))
_TRIAL_MARK = "【试印】"


def check_letter_templates(folder_files: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[Problem]]:
    """Kind → template to be used: the office's own if it has one, else the program's. A faulty one is left out.

    `folder_files`  the files of the working folder itself, by name; others than templates are ignored
    """
    usable: dict[str, bytes] = {}
    problems: list[Problem] = []
    for kind, file in OFFICE_TEMPLATES.items():
        if file not in folder_files:
            usable[kind] = bundled(kind)
            continue
        template, found = load_letter_template(folder_files[file], file, kind)
        problems += found
        if template is not None:
            usable[kind] = template
    return usable, problems


def bundled(kind: str) -> bytes:
    """The program's own template of `kind`."""
    return resources.read(_BUNDLED[kind])


def load_letter_template(data: bytes, name: str, kind: str) -> tuple[bytes | None, list[Problem]]:
    """`data` if it is a good template of `kind`, else None; every problem found, at file `name`."""
    parts, problems = read_parts(data, name)
    if parts is None:
        return None, problems
    problems = _check_words(parts, name, kind)
    if not problems:
        problems = _check_trials(parts, name, kind)
    return (None if problems else data), problems


def _check_words(parts: Parts, file: str, kind: str) -> list[Problem]:
    problems: list[Problem] = []
    used: set[str] = set()
    for part in written(parts):
        where = Where(file, place(part))
        try:
            xml = as_word_writes(parts[part])
        except SyntaxError:  # what the XML parser raises
            return [problem("LETTER_TEMPLATE_UNREADABLE", Where(file))]
        found, names = check_language(xml, NAMES[kind], where)
        problems += [*_not_alone(parse_xml(parts[part]), where), *found]
        used |= names
    if problems:
        return list(dict.fromkeys(problems))
    missing = [name for name in REQUIRED[kind] if name not in used]
    return [problem("LETTER_TEMPLATE_PLACEHOLDER_MISSING", Where(file, field=name), name) for name in missing]


def _not_alone(root, where: Where) -> Iterator[Problem]:
    """Tags that take their whole paragraph, cell or row away, and with it whatever else stands there."""
    for mark, element, unit in _WHOLE:
        for piece in root.iter(qn(element)):
            # Not what stands in a text box or a table within.
            own = (run for run in piece.iter(qn("w:t")) if next(run.iterancestors(qn(element))) is piece)
            text = "".join(run.text or "" for run in own)
            found = re.findall(rf"\{{[{{%]{mark}\s.*?(?:[}}%]\}}|$)", text)
            if found and text.strip() != found[0]:
                yield problem("LETTER_TEMPLATE_TAG_NOT_ALONE", where, found[0], unit=unit)


def _check_trials(parts: Parts, file: str, kind: str) -> list[Problem]:
    """Letters that are full, empty and in between: whole documents, and headed as they must be."""
    template = compile_parts(parts)
    for rows in (2, 1, 0):
        for flags in (True, False):
            filling = trial(NAMES[kind], rows, flags) | {"标记": _TRIAL_MARK}
            try:
                letter = make(template, filling)
                sound = all(_is_sound(parse_xml(data)) for data in _texts(letter, file))
            except SyntaxError:
                sound = False
            if not sound:
                return [problem("LETTER_TEMPLATE_TORN", Where(file))]
    draft = trial(NAMES[kind], 1, True) | {"标记": _TRIAL_MARK, "稿次提示": UNAPPROVED}
    pages = [words for words, header in headers(make(template, draft)) if not {_TRIAL_MARK, UNAPPROVED} <= header]
    if pages:
        return [problem("LETTER_TEMPLATE_HEADER", Where(file, "页眉"), pages="、".join(dict.fromkeys(pages)))]
    return []


def trial(names: Names, rows: int, flags: bool) -> Values:
    """Values for every name: its own name as its text, `rows` rows in every list, every flag alike."""
    lists = {name: [trial(row, rows, flags) for _ in range(rows)] for name, row in names.lists.items()}
    texts = {name: name if flags else OMITTED if name in names.heads else "" for name in names.texts}
    omitted = {"略去本列": OMITTED} if "略去本列" in names.texts else {}
    return {**texts, **omitted, **dict.fromkeys(names.flags, flags), **lists}


def headers(letter: bytes) -> list[tuple[str, set[str]]]:
    """Which pages a header is for, and what of 【试印】 and 未审定 it says, for all pages of all sections."""
    document = Document(io.BytesIO(letter))
    found = []
    for section in document.sections:
        kinds = [("各页", section.header)]
        if section.different_first_page_header_footer:
            kinds.append(("首页", section.first_page_header))
        if document.settings.odd_and_even_pages_header_footer:
            kinds.append(("偶数页", section.even_page_header))
        for words, header in kinds:
            text = "".join(piece.text or "" for piece in header._element.iter(qn("w:t")))
            found.append((words, {word for word in (_TRIAL_MARK, UNAPPROVED) if word in text}))
    return found


def _texts(letter: bytes, file: str) -> Iterator[bytes]:
    parts, _ = read_parts(letter, file)
    for name in written(parts or {DOCUMENT: b""}):
        yield (parts or {})[name]


def _is_sound(root) -> bool:
    """Word refuses a table without rows, a row without cells and a cell that does not end in a paragraph.

    A column that could not be left out still bears its mark.
    """
    return (
        all(table.find(qn("w:tr")) is not None for table in root.iter(qn("w:tbl")))
        and all(row.find(qn("w:tc")) is not None for row in root.iter(qn("w:tr")))
        and all(len(cell) and cell[-1].tag == qn("w:p") for cell in root.iter(qn("w:tc")))
        and all(piece.getparent().tag == qn("w:r") for piece in root.iter(qn("w:t")))
        and all(OMITTED not in (piece.text or "") for piece in root.iter(qn("w:t")))
    )
