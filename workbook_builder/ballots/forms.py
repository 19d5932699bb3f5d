"""What the forms of 述职测评 are called and what identifies them: file and sheet names, keys, manifest.

Comes in: a scheme. Goes out: names and keys; the writers put them there, the readers look for them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable

from workbook_builder import model as m
from workbook_builder.ballots.votes import scale_of
from workbook_builder.rules.excel import number

BALLOT_KIND, ENTRY_KIND = "测评票", "测评录入表"
ENTRY_FILE = "测评录入表.xlsx"
BALLOT_SHEET, GUIDE_SHEET = "测评票", "说明"
PASSES = ("第一遍", "第二遍")

#: First cell of the hidden row of column keys; a sheet is known by it, whatever it is called.
_ID = "@测评"
#: Column and row keys.
NUMBER_KEY, MARK_KEY, OWN_KEY, VOTE_KEY, EXTRA_KEY = "票号", "特别情况", "填票科室", "打分", "补充"
_SECTION_KEY = "科室/"

_NOT_IN_FILES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_NOT_IN_SHEETS = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
_LONGEST_SHEET = 31


def sheet_id(group: str, which: str) -> str:
    """What stands in the key cell of a sheet."""
    return f"{_ID}|{which}|{group}"


def parse_id(text: str) -> tuple[str, str] | None:
    """(group, which) of a key cell, None for any other text."""
    head, _, rest = text.partition("|")
    which, bar, group = rest.partition("|")
    return (group, which) if head == _ID and bar else None


def section_key(name: str) -> str:
    return _SECTION_KEY + name


def section_of(scheme: m.Scheme, key: str) -> str | None:
    """Section of a key, under its present name; None for other keys."""
    if not key.startswith(_SECTION_KEY):
        return None
    name = key.removeprefix(_SECTION_KEY)
    section = scheme.section(name)
    return section.name if section else name


def ballot_files(scheme: m.Scheme) -> dict[str, str]:
    """Rater group → name of its blank ballot."""
    names = (f"测评票-{_NOT_IN_FILES.sub('_', group.name)}" for group in scheme.rater_groups)
    unique = _unique(names, 80)
    return {group.name: f"{name}.xlsx" for group, name in zip(scheme.rater_groups, unique, strict=True)}


def pass_sheets(groups: Iterable[str]) -> dict[tuple[str, str], str]:
    """(group, pass) → sheet of the entry workbook."""
    groups = tuple(groups)
    room = _LONGEST_SHEET - len(PASSES[0]) - 1
    stems = _unique((_NOT_IN_SHEETS.sub("_", group) for group in groups), room)
    return {(g, p): f"{stem}·{p}" for g, stem in zip(groups, stems, strict=True) for p in PASSES}


def _unique(names: Iterable[str], longest: int) -> list[str]:
    """`names` cut to `longest`, the later of two alike numbered."""
    taken: list[str] = []
    for name in names:
        made, count = name[:longest], 1
        while made.casefold() in {other.casefold() for other in taken}:
            count += 1
            made = f"{name[: longest - 4]}({count})"
        taken.append(made)
    return taken


def fingerprint(scheme: m.Scheme, group: str) -> str:
    """Of a ballot: what a rater of `group` was asked. Sections in any order, since each has its own line."""
    asked = [scheme.id, scheme.year, group, number(scale_of(scheme)), sorted(s.name for s in scheme.sections)]
    return hashlib.sha256(json.dumps(asked, ensure_ascii=False).encode()).hexdigest()[:16]


def meta(scheme: m.Scheme, kind: str, recipient: str, print_: str, scale: str) -> tuple[tuple[str, str], ...]:
    """Metadata rows of the manifest."""
    return (
        ("@scheme", scheme.id),
        ("@year", str(scheme.year)),
        ("@version", scheme.version),
        ("@kind", kind),
        ("@recipient", recipient),
        ("@fingerprint", print_),
        ("@scale", scale),
    )
