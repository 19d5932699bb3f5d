"""Names that are almost right: what a person probably meant."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

_SEPARATORS = re.compile(r"[；;]")


def split_names(text: str) -> tuple[str, ...]:
    """The names in a cell that holds several, parted by ；"""
    return tuple(name.strip() for name in _SEPARATORS.split(text) if name.strip())


def near(name: str, known: Iterable[str]) -> str:
    """The known name closest to `name`, or ""."""
    folded = {_fold(candidate): candidate for candidate in sorted(set(known), reverse=True)}
    matches = difflib.get_close_matches(_fold(name), sorted(folded), n=1, cutoff=0.6)
    return folded[matches[0]] if matches else ""


def similar(name: str, known: Iterable[str]) -> str:
    """A clause of a remedy that suggests the closest known name, or "" if there is none."""
    match = near(name, known)
    return f"；是否应为“{match}”" if match else ""


def _fold(name: str) -> str:
    """Full-width and half-width alike, without blanks."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()
