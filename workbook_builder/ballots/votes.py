"""The nouns of the room: one ballot, all that were cast, and how one cell is read as a vote.

Comes in: a cell. Goes out: a vote, None for 弃权, or the word that it is refused. Ballots never show themselves: their
`repr` is empty, so that no log and no traceback can quote one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.intake import Cell
from workbook_builder.problems import Where
from workbook_builder.rules import slots as sl
from workbook_builder.rules.slots import Slot
from workbook_builder.validate.text import clean
from workbook_builder.validate.values import is_blank, read_value

#: Typed by somebody who wants to be clear about leaving a line blank.
ABSTAINED = "弃权"
#: What stands in 特别情况 of a ballot without any vote, and of one that does not count.
BLANK_BALLOT, VOID_BALLOT = "空白票", "作废票"
FOLDER = "测评/"


@dataclass(frozen=True, slots=True)
class Ballot:
    """One ballot: section → vote, absent where the rater abstained. `own` is the rater's section, "" if not said."""

    votes: Mapping[str, Decimal] = field(repr=False)
    own: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Votes:
    """Ballots by rater group. `open`: groups some of whose ballots cannot be counted yet, so that they have no result."""

    ballots: Mapping[str, tuple[Ballot, ...]] = field(default_factory=dict, repr=False)
    open: frozenset[str] = frozenset()

    @property
    def given(self) -> bool:
        """Whether anything was handed in, countable or not."""
        return bool(self.open) or any(self.ballots.values())

    def joined(self, other: Votes) -> Votes:
        """Both together; the order never matters to a figure."""
        groups = [*self.ballots, *(group for group in other.ballots if group not in self.ballots)]
        both = {group: (*self.ballots.get(group, ()), *other.ballots.get(group, ())) for group in groups}
        return Votes(both, self.open | other.open)


class Refused(Exception):
    """This cell does not count. Carries nothing: nothing of a ballot is ever quoted."""


def scale_of(scheme: m.Scheme) -> Decimal:
    """测评满分."""
    return Decimal(scheme.policy(m.P_EVALUATION_SCALE))


def vote_slot(scale: Decimal) -> Slot:
    """What one line of a ballot may hold."""
    return Slot("", sl.NUMBER, high=scale, blank=sl.EMPTY, unit="分")


def read_vote(slot: Slot, cell: Cell) -> Decimal | None:
    """The vote in `cell`, None for 弃权. `Refused` for whatever is not certainly a number of the scale."""
    if is_blank(cell) or (cell.formula is None and isinstance(cell.value, str) and clean(cell.value) == ABSTAINED):
        return None
    reading = read_value(slot, cell, Where(), None)
    if reading.refused or not isinstance(reading.value, Decimal):
        raise Refused
    return reading.value


def read_own(scheme: m.Scheme, cell: Cell) -> str:
    """The rater's own section, "" if not said. `Refused` for anything that is no section."""
    if is_blank(cell):
        return ""
    word = clean(cell.value) if cell.formula is None and isinstance(cell.value, str) else ""
    for section in scheme.sections:
        if word in map(clean, (section.name, *section.aliases)):
            return section.name
    raise Refused


def read_mark(cell: Cell) -> str:
    """特别情况 of a ballot."""
    if is_blank(cell):
        return ""
    word = clean(cell.value) if cell.formula is None and isinstance(cell.value, str) else ""
    if word not in (BLANK_BALLOT, VOID_BALLOT):
        raise Refused
    return word
