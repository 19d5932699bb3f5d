"""Attachments: which section a file belongs to and which material it is, from names of file and folders alone."""

from __future__ import annotations

import re
import unicodedata

from workbook_builder import model as m


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
