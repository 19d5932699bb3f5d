"""The reader of foreign files and the loader of schemes never raise and end in time: a corpus, and a time-boxed run."""

import os

import fuzz
import pytest

#: Seconds of the run; KAOPING_LONG=N makes it N minutes.
SECONDS = 60 * int(os.environ.get("KAOPING_LONG", "0")) or 8
CORPUS = fuzz.corpus()


@pytest.mark.parametrize(("name", "data"), CORPUS, ids=[name for name, _ in CORPUS])
def test_what_is_kept_still_holds(name, data):
    assert fuzz.feed(name, data) == ""


def test_nothing_new_breaks_the_law():
    done = fuzz.run(SECONDS, 2021, [*CORPUS, fuzz.scheme_book()])
    assert done.tried > len(CORPUS) + 100
    assert list(done.broken.values()) == []


def test_the_fuzzer_finds_what_is_wrong(monkeypatch):
    """A reader that raises on one unlucky text is caught, by following the lines it reaches."""
    real = fuzz.read_book

    def fragile(data, name):
        book, problems = real(data, name)
        if book is None and problems[0].code == "XML_BROKEN":
            raise KeyError("unlucky")
        return book, problems

    monkeypatch.setattr(fuzz, "read_book", fragile)
    done = fuzz.run(3, 1, [entry for entry in CORPUS if entry[0].startswith("seed-a")])
    assert any("unlucky" in wrong for wrong in done.broken.values())


def test_the_corpus_is_small():
    assert 20 <= len(CORPUS) <= 200
    assert all(len(data) < 10_000 for _, data in CORPUS)
