"""Every workbook that people fill in, filled in and saved by other programs: the answers are what was typed.

One test per program, so that none runs twice; docs/其他软件.md says what they see.
"""

import os

import programs
import programs_kept as kept
import programs_seen as seen_by
import programs_year as py
import pytest

FIGURES, OLD = "FIGURE_DIFFERS", "NOT_CALCULATED"
UNSEEN, GONE, NOT_READ = "FORMULAS_UNSEEN", "FORMULAS_GONE", "REGISTER_NOT_READ"
CUT = "TEXT_MAY_BE_CUT"
READABLE = (py.SECTION, py.WHOLE, py.BACK, py.REVIEW, py.CHIEF)
REGISTERS = (py.LEDGER, py.CITY, py.DECISIONS)
TRIAL = {py.SUMMARY: {("SUMMARY_TRIAL_KEPT", py.TRIAL, "")}}
#: A program that does not calculate leaves figures as they were: no section's sheet has any, a review sheet old ones.
STALE = {
    py.SECTION: {(OLD, py.OFFICE, "")},
    py.WHOLE: {(OLD, name, "") for name in (py.OFFICE, py.APPEALS, py.AID)},
    py.REVIEW: {(FIGURES, py.APPEALS, "L19")},
    py.CHIEF: {(FIGURES, py.APPEALS, "L12"), (FIGURES, py.OFFICE, "L52")},
}
#: What its .xls lacks: formulas, and signs of a text beyond these.
SHEETJS_TEXT = 255


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    """The year by openpyxl."""
    return seen_by.before(tmp_path_factory.mktemp("programs"))


def test_the_year_by_openpyxl_says_what_was_typed(known):
    assert {part: known.said.answers[part] for part in known.expected} == known.expected
    assert set(known.made.books) == set(py.KINDS)


@pytest.fixture
def see(known, tmp_path):
    """See the year through a program; skipped if it is not here, unless KAOPING_REQUIRE_OFFICE=1."""

    def _see(program, office=None):
        reason = programs.missing(program)
        if reason and os.environ.get("KAOPING_REQUIRE_OFFICE") == "1":
            pytest.fail(reason)
        if reason:
            pytest.skip(reason)
        return seen_by.see(program, known, tmp_path, office)

    return _see


def codes(seen, ext):
    """Kind → what is reported of it in one format."""
    return {kind: set(found) for (kind, found_ext), found in seen.codes.items() if found_ext == ext}


def merged(*parts):
    """Kind → all that any of the parts says of it."""
    kinds = {kind for part in parts for kind in part}
    return {kind: set().union(*(part.get(kind, set()) for part in parts)) for kind in kinds}


def unread(*also):
    """Registers in another format; with formulas that nobody can read in what people have filled in."""
    return {**{kind: {(NOT_READ, "", "")} for kind in REGISTERS}, **{kind: {(UNSEEN, "", "")} for kind in also}}


def looks(seen, feature):
    return {ext: found[feature] for ext, found in seen.kept.items()}


def check_page(seen):
    told = seen_by.told(seen.program)
    assert told == seen_by.section(seen), "run python scripts/make_programs.py"


@pytest.mark.slow
def test_libreoffice(see, office):
    seen = see(programs.LIBRE, office)
    assert (seen.wrong, seen.closed) == ({}, ())
    assert codes(seen, "xlsx") == TRIAL
    assert codes(seen, "xls") == unread(*READABLE)
    assert codes(seen, "ods") == unread()
    for feature in (kept.LOCKED, kept.PASSWORD, kept.FREE, kept.LISTS, kept.PROMPTS, kept.HIDDEN, kept.KEYS, kept.FORMULAS):
        assert looks(seen, feature) == dict.fromkeys(("xlsx", "xls", "ods"), seen_by.KEPT), feature
    check_page(seen)


@pytest.mark.office
@pytest.mark.slow
def test_gnumeric(see):
    """It shows every sheet in .xlsx and unlocks them in .ods: nothing is reported of that, and nothing relies on it."""
    seen = see(programs.GNUMERIC)
    assert (seen.wrong, seen.closed) == ({}, ())
    assert codes(seen, "xlsx") == TRIAL
    assert codes(seen, "xls") == unread(*READABLE)
    assert codes(seen, "ods") == unread()
    assert looks(seen, kept.HIDDEN) == {"xlsx": seen_by.GONE, "xls": seen_by.KEPT, "ods": seen_by.KEPT}
    assert looks(seen, kept.LOCKED) == {"xlsx": seen_by.KEPT, "xls": seen_by.KEPT, "ods": seen_by.GONE}
    check_page(seen)


@pytest.mark.office
@pytest.mark.slow
def test_sheetjs(see):
    """Locks and lists are gone and figures are old; the long texts of its .xls are cut and told, the dates of its .ods are numbers."""
    seen = see(programs.SHEETJS)
    assert seen.closed == ()
    check_sheetjs_losses(seen)
    assert codes(seen, "xlsx") == merged(TRIAL, STALE)
    gone = {
        py.SECTION: {(GONE, py.OFFICE, ""), (CUT, py.OFFICE, "K55")},
        py.BACK: {(GONE, py.APPEALS, ""), (CUT, f"申报1-{py.APPEALS}", "C5")},
        py.WHOLE: {(GONE, name, "") for name in (py.OFFICE, py.APPEALS, py.AID)} | {(CUT, py.OFFICE, "K55")},
    }
    assert codes(seen, "xls") == merged(unread(*READABLE), STALE, gone)
    dates = {
        py.LEDGER: {("REGISTER_DATE", "台账", "A4"), ("REGISTER_DATE", "台账", "A5")},
        py.DECISIONS: {("REGISTER_DATE", "决定", "H4"), ("REGISTER_DATE", "决定", "H5")},
    }
    assert codes(seen, "ods") == merged(unread(), STALE, dates)
    assert looks(seen, kept.LOCKED) == dict.fromkeys(("xlsx", "xls", "ods"), seen_by.GONE)
    check_page(seen)


def check_sheetjs_losses(seen):
    """Nothing but texts: whole up to the 255th sign; and rows whose date is reported."""
    cut = {place: found for place, found in seen.wrong.items() if place[1] == "xls"}
    assert {place[0]: set(found) for place, found in cut.items()} == {
        py.SECTION: {"队伍/各科室/1/1#说明"},
        py.WHOLE: {f"{py.OFFICE} 队伍/各科室/1/1#说明"},
        py.BACK: {"申报/1#主要内容"},
    }
    for found in cut.values():
        assert all(read == typed[:SHEETJS_TEXT] for typed, read in found.values())
    dated = {place: set(found) for place, found in seen.wrong.items() if place[1] != "xls"}
    assert dated == {(py.LEDGER, "ods"): {"第1行 date", "第2行 date"}, (py.DECISIONS, "ods"): {"第1行", "第2行"}}


@pytest.mark.office
@pytest.mark.slow
def test_exceljs(see):
    """It opens what we write; what it saves comes back whole, with old figures."""
    seen = see(programs.EXCELJS)
    assert (seen.wrong, seen.closed) == ({}, ())
    assert codes(seen, "xlsx") == merged(TRIAL, STALE)
    assert looks(seen, kept.LOCKED) == {"xlsx": seen_by.KEPT}
    check_page(seen)


def test_a_scheme_as_xls_is_refused_by_its_name():
    _, problems, _ = seen_by.read_scheme(b"", "方案.xls")
    assert [(p.code, p.where.cell) for p in problems] == [("SCHEME_FILE_KIND", "")]


def test_the_page_is_of_these_programs():
    text = seen_by.PAGE.read_text(encoding="utf-8")
    assert text == seen_by.HEAD + "".join(seen_by.told(program) for program in programs.PROGRAMS)
