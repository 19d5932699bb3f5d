"""Any changed number in the outcome is explained by a changed input cell or a reported problem.

Hypothesis draws the damage, `mutations` does it; a reader of its own looks into the file. `KAOPING_LONG=N` makes the run
N times as long and draws afresh.
"""

import os
import random

import mutations
import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

LONG = int(os.environ.get("KAOPING_LONG", "0"))


def check(way, number):
    verdict = mutations.judge(mutations.mutate(random.Random(number), way))
    assert not verdict.unexplained, (way, number, verdict)
    return verdict


@pytest.mark.parametrize("way", mutations.WAYS)
def test_no_number_changes_without_a_reason(way):
    @settings(max_examples=mutations.EXAMPLES[way] * (LONG or 1), deadline=None, derandomize=not LONG, database=None)
    @given(st.integers(0, 2**64))
    def law(number):
        check(way, number)

    (seed(random.SystemRandom().getrandbits(32))(law) if LONG else law)()


#: Found by longer runs; each was read wrongly, or stopped the run.
FOUND = [(mutations.MARKUP, 279), (mutations.MARKUP, 110047489)]


@pytest.mark.parametrize(("way", "number"), FOUND)
def test_what_was_once_found_stays_mended(way, number):
    check(way, number)


# --- the judge is no rubber stamp ------------------------------------------------------------------------------------


def test_the_judge_sees_what_nothing_explains(monkeypatch):
    """An answer that comes out otherwise although its cell says the same, without a word."""
    _, good = mutations.original()
    name = next(name for name, value in good.entries.items() if value == 9)
    real = mutations.reader().read

    class Liar:
        def read(self, file, data):
            import dataclasses

            (found,) = real(file, data)
            (returned,) = found.returns
            changed = dataclasses.replace(returned, entries={**returned.entries, name: returned.entries[name] + 1})
            return [dataclasses.replace(found, returns=(changed,))]

    monkeypatch.setattr(mutations, "reader", Liar)
    assert mutations.judge(mutations.packages()[0]).unexplained == (name,)


def test_both_packages_hold_the_same_and_the_own_reader_agrees():
    assert mutations.stored(mutations.packages()[1]) == mutations.stored_original()
    assert mutations.judge(mutations.packages()[1]) == mutations.Verdict(mutations.SAME)
    _, good = mutations.original()
    for name, value in good.entries.items():
        text = mutations.stored_original()[good.sheets.get(name, good.sheet), good.places[name]][1]
        assert text == str(value) or float(text) == float(value)
