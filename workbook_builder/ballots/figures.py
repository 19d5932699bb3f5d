"""Ballots → 述职测评 of every section: the mean of each group first, then 60/40 (notice 三（二）, open points 1 to 3).

Comes in: a scheme and `Votes`. Goes out: section → `Evaluation`, and problems. The arithmetic itself stands in `rank`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder.ballots.paper import excludes_own
from workbook_builder.ballots.votes import FOLDER, Ballot, Votes
from workbook_builder.problems import Problem, Where, problem
from workbook_builder.rank import group_mean, weighted_means
from workbook_builder.records import Evaluation, GroupFigure
from workbook_builder.rules.sheet import tidy

#: Group → section → its valid votes.
_Cast = Mapping[str, Mapping[str, list[Decimal]]]


def evaluate(scheme: m.Scheme, votes: Votes) -> tuple[dict[str, Evaluation], list[Problem]]:
    """Every section's figures. An open group has none, and while one group has none there is no result."""
    excluded = excludes_own(scheme)
    cast = {
        group.name: {s.name: _valid(votes.ballots.get(group.name, ()), s.name, excluded) for s in scheme.sections}
        for group in scheme.rater_groups
    }
    evaluations = {section.name: _evaluation(scheme, section.name, cast, votes.open) for section in scheme.sections}
    if not votes.given:
        return evaluations, []
    problems = [p for group in cast for p in _remarks(scheme, group, cast[group]) if group not in votes.open]
    closed = [votes.ballots.get(group, ()) for group in cast if group not in votes.open]
    dropped = sum(ballot.own in ballot.votes for ballots in closed for ballot in ballots)
    if excluded and dropped:
        problems.append(problem("BALLOT_OWN_DROPPED", Where(FOLDER), count=dropped))
    return evaluations, problems


def _valid(ballots: tuple[Ballot, ...], section: str, excluded: bool) -> list[Decimal]:
    """Votes for `section`, from low to high, so that the order of ballots leaves no trace."""
    counted = (ballot for ballot in ballots if not (excluded and ballot.own == section))
    return sorted(ballot.votes[section] for ballot in counted if section in ballot.votes)


def _evaluation(scheme: m.Scheme, section: str, cast: _Cast, open_: frozenset[str]) -> Evaluation:
    found = {group: [] if group in open_ else cast[group][section] for group in cast}
    means = {group: group_mean(scheme, votes) for group, votes in found.items()}
    least = int(scheme.policy(m.P_SMALL_GROUP))
    groups = tuple(_figure(group, found[group], means[group], least, group in open_) for group in found)
    return Evaluation(section, groups, weighted_means(scheme, list(means.values())))


def _figure(group: str, votes: list[Decimal], mean: Decimal | None, least: int, open_: bool) -> GroupFigure:
    """What may be shown of a group. The mean of one vote is that vote."""
    if open_:
        return GroupFigure(group, None, None, None)
    if not votes:
        return GroupFigure(group, None, 0, None)
    if len(votes) < least:
        return GroupFigure(group, mean if len(votes) > 1 else None, None, None, small=True)
    return GroupFigure(group, mean, len(votes), tidy(votes[-1] - votes[0]))


def _remarks(scheme: m.Scheme, group: str, cast: Mapping[str, list[Decimal]]) -> Iterator[Problem]:
    """Sections without any vote of this group, and how many have so few that one might be guessed."""
    least = int(scheme.policy(m.P_SMALL_GROUP))
    missing = [section for section, votes in cast.items() if not votes]
    few = sum(0 < len(votes) < least for votes in cast.values())
    if missing:
        sections = "各科室" if len(missing) == len(cast) else f"“{'”“'.join(missing)}”"
        yield problem("BALLOT_GROUP_EMPTY", Where(FOLDER), group=group, sections=sections)
    if few:
        yield problem("BALLOT_GROUP_SMALL", Where(FOLDER), group=group, count=few, least=least)
