"""Attachments: which section a file belongs to and which material it is, from names of file and folders alone.

Also what their arrival settles: a 申报表 sent as a document, evidence that a return names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from workbook_builder import model as m
from workbook_builder import returns as ret
from workbook_builder.layout.form import EVIDENCE
from workbook_builder.problems import Problem, problem
from workbook_builder.returns import Received, SectionReturn
from workbook_builder.rules.sheet import NOTE_SUFFIX

#: Stands in the name of the material that is the annex-4 form.
_FORM_WORD = "申报"
_EVIDENCE_FIELD = re.compile(rf"申报/\d+#{EVIDENCE}")
#: A file name in running text: what leads up to an extension.
_MENTION = re.compile(r"[^\s，。；：、,;:《》“”\"]+?\.(?:pdf|docx?|jpe?g|png|xlsx|zip)(?![A-Za-z0-9])", re.IGNORECASE)


def section_of(scheme: m.Scheme, file: str) -> str:
    """The one section named in the path of `file`, nearest component first; "" if none or more than one."""
    for component in reversed(unicodedata.normalize("NFKC", file).split("/")):
        named = _sections_in(scheme, component)
        if len(named) == 1:
            return named.pop()
        if named:
            return ""
    return ""


def _sections_in(scheme: m.Scheme, text: str) -> set[str]:
    """Sections whose name or alias stands in `text`, with or without what a name has in brackets.

    A name inside a longer matching name does not count.
    """
    names = [
        (spoken, section.name)
        for section in scheme.sections
        for name in (section.name, *section.aliases)
        for spoken in _spoken(unicodedata.normalize("NFKC", name))
    ]
    found = [(name, section) for name, section in names if name in text]
    return {
        section
        for name, section in found
        if not any(name != longer and name in longer for longer, _ in found)
    }


def _spoken(name: str) -> set[str]:
    return {name, re.sub(r"\([^()]*\)", "", name)} - {""}


def material_of(scheme: m.Scheme, file: str) -> str:
    """The material due whose words stand in the name of `file`; "" if none does."""
    stem = unicodedata.normalize("NFKC", file.rsplit("/", 1)[-1])
    for material in scheme.materials:
        if any(word in stem for word in material.words):
            return material.name
    return ""


def applies_to(material: m.Material, section: m.Section) -> bool:
    """Whether `section` owes `material`."""
    return material.section == m.EVERY_SECTION or section.answers_to(material.section)


# --- a 申报表 that came as a document --------------------------------------------------------------------------------


def settle_forms(problems: Iterable[Problem], received: Iterable[Received]) -> list[Problem]:
    """`problems`, where a missing 申报表 is none if the section has sent it as a document (notice 四（二）)."""
    receipts = sorted(received, key=lambda receipt: receipt.file)
    owners = {receipt.file: receipt.section for receipt in receipts}
    forms: dict[str, list[str]] = {}
    for receipt in receipts:
        if receipt.outcome == ret.ATTACHMENT and receipt.section and _FORM_WORD in receipt.material:
            forms.setdefault(receipt.section, []).append(receipt.file)
    return [_settled(found, owners, forms) for found in problems]


def _settled(found: Problem, owners: Mapping[str, str], forms: Mapping[str, list[str]]) -> Problem:
    if found.code != "SPECIAL_WITHOUT_FORM":
        return found
    # The sheet may have been renamed, the file may hold the sheets of several sections: either name tells.
    files = forms.get(found.where.sheet) or forms.get(owners.get(found.where.file, ""))
    if not files:
        return found
    return problem("FORM_AS_ATTACHMENT", found.where, found.value, other="、".join(files))


# --- evidence ------------------------------------------------------------------------------------------------------


def missing_evidence(returned: SectionReturn, received: Iterable[Received]) -> Iterator[Problem]:
    """Documents that a return names as evidence and that have not come from its section."""
    have = {
        name
        for receipt in received
        if receipt.section == returned.section and receipt.outcome == ret.ATTACHMENT
        for name in _spellings(receipt.file)
    }
    for field, text in sorted(returned.entries.items()):
        if not isinstance(text, str):
            continue
        if _EVIDENCE_FIELD.fullmatch(field):
            missing = (name for name in _listed(text, have) if _plain(name) not in have)
        elif field.endswith(NOTE_SUFFIX):
            missing = (name for name in _MENTION.findall(text) if not _mentioned(name, have))
        else:
            continue
        yield from (problem("EVIDENCE_NOT_FOUND", returned.where(field), name) for name in dict.fromkeys(missing))


def _listed(text: str, have: set[str]) -> Iterator[str]:
    """The names in a list of evidence: a line each, or several on a line that is no name itself."""
    for line in text.splitlines():
        parts = [line] if _plain(line) in have else re.split(r"[、，,；;]", line)
        yield from (part.strip() for part in parts if _plain(part))


def _mentioned(name: str, have: set[str]) -> bool:
    """In running text nothing parts a name from the words around it."""
    plain = _plain(name)
    return any(_ends(plain, known) or _ends(known, plain) for known in have if "." in known)


def _ends(text: str, name: str) -> bool:
    """Whether `text` ends in `name`, not in the middle of a number or a Latin word: 11.pdf is not 1.pdf."""
    before = text[: -len(name)][-1:]
    return text.endswith(name) and not (before.isascii() and before.isalnum() and name[0].isascii() and name[0].isalnum())


def _spellings(file: str) -> set[str]:
    """The name of a file with and without its extension."""
    name = _plain(file.rsplit("/", 1)[-1])
    return {name, name.rpartition(".")[0] or name}


def _plain(name: str) -> str:
    """A file name as it is compared: width, case, white space and quotation marks aside."""
    return re.sub(r"[\s《》“”\"]", "", unicodedata.normalize("NFKC", name)).casefold()
