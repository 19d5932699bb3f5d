"""A small coverage-guided fuzzer: mutate what reached new lines, keep what reaches new lines again.

    python tests/fuzz.py SECONDS     runs, and adds to tests/data/corpus what reached new lines or broke the law

Comes in: the corpus, a seed and a time. Goes out: `Run`. The law: the reader of files and the loader of schemes never
raise, and end in time, whatever they are given. atheris would be faster, but is 35 MB and not to be had for Windows.
"""

import io
import random
import sys
import time
import traceback
import zipfile
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import intake_samples as samples

import workbook_builder
from workbook_builder.intake import read_book
from workbook_builder.problems import ERROR, has_errors
from workbook_builder.scheme import read_document, read_scheme, write_book

CORPUS = Path(__file__).resolve().parent / "data" / "corpus"
PACKAGE = str(Path(workbook_builder.__file__).resolve().parent)
WATCHED = tuple(f"{PACKAGE}/{room}/" for room in ("intake", "scheme"))
#: Longest that one small input may take, traced, on a busy machine.
SECONDS_EACH = 10.0
#: Larger inputs stay out of the repository.
LARGEST = 6_000

TOKENS = (
    b"<", b">", b"/>", b"</row>", b'<c r="A1">', b'<c r="XFD1048576">', b't="s"', b't="inlineStr"', b't="d"', b't="e"',
    b"<v>1e309</v>", b"<v>nan</v>", b"<f>", b"<is><t>", b"&#0;", b"&amp;", b"&x;", b"<!DOCTYPE a>", b"<![CDATA[", b"]]>",
    b"_x0041_", b"_xD83D_", b"\x00", b"\xff", b"\xef\xbb\xbf", b"-1", b"0", b"99999999999", "是".encode(), "第".encode(),
    b'encoding="GBK"', b'encoding="utf-16"', b"xmlns:x=", b"x:", b"- ", b": ", b"\n", b"\n  - ", b"|", b"&a ", b"*a", b"!!int ",
    b"{", b"}", b"[", b"]", b"'", b'"', b"#", b"%", b"\t", b"~", b"null", b"1/0", b"2021-02-30", b"1e5", b'Target="../../x"',
    b'number-columns-repeated="1000000"', b'number-rows-repeated="0"', b'office:value-type="float"', b'office:value="x"',
)  # fmt: skip


@dataclass
class Run:
    """What one run did. `broken`: input that broke the law → how."""

    tried: int = 0
    lines: set = field(default_factory=set)
    corpus: list = field(default_factory=list)
    kept: list = field(default_factory=list)
    broken: dict = field(default_factory=dict)


def feed(name: str, data: bytes) -> str:
    """Give the input to its readers; how the law was broken, "" if it held."""
    start = time.monotonic()
    try:
        wrong = _as_scheme(name, data) or ("" if name.endswith(".yaml") else _as_book(name, data))
    except Exception:
        return traceback.format_exc(limit=-4)
    spent = time.monotonic() - start
    return wrong or (f"took {spent:.1f} seconds" if spent > SECONDS_EACH else "")


def _as_book(name: str, data: bytes) -> str:
    book, problems = read_book(data, name)
    errors = [p for p in problems if p.severity == ERROR]
    if any("{" in p.message + p.fix for p in problems if not p.value):
        return "a problem without its facts"
    return "" if len(errors) == (book is None) and (book is not None or len(problems) == 1) else f"{problems}"


def _as_scheme(name: str, data: bytes) -> str:
    scheme, problems, _ = read_scheme(data, name)
    return "" if (scheme is None) == has_errors(problems) else f"scheme {scheme is not None}, {problems}"


def traced(name: str, data: bytes) -> tuple[str, set]:
    """(how the law was broken, the lines of the watched rooms that ran)."""
    lines: set = set()

    def local(frame, event, _):
        if event == "line":
            lines.add((frame.f_code.co_filename, frame.f_lineno))
        return local

    def outer(frame, event, _):
        return local if frame.f_code.co_filename.startswith(WATCHED) else None

    before = sys.gettrace()
    sys.settrace(outer)
    try:
        wrong = feed(name, data)
    finally:
        sys.settrace(before)
    return wrong, lines


def mutated(rnd: random.Random, name: str, data: bytes, others: list) -> bytes:
    """Another input made from `data`; of a package oftener a part than the package itself."""
    if name.endswith(".yaml") or rnd.random() < 0.15:
        return _bent(rnd, data, [d for n, d in others if n.endswith(".yaml") == name.endswith(".yaml")])
    try:
        parts = samples.unzipped(data)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, RuntimeError, EOFError, KeyError):
        return _bent(rnd, data, [data])
    if not parts:
        return _bent(rnd, data, [data])
    part = rnd.choice(sorted(parts))
    how = rnd.random()
    if how < 0.05:
        del parts[part]
    elif how < 0.1:
        parts[part] = parts[rnd.choice(sorted(parts))]
    else:
        parts[part] = _bent(rnd, parts[part], list(parts.values()))
    return packed(parts)


def packed(parts: dict[str, bytes]) -> bytes:
    """Uncompressed, so that the corpus is the same on every machine."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return stream.getvalue()


def _bent(rnd: random.Random, data: bytes, others: list[bytes]) -> bytes:
    for _ in range(rnd.choice((1, 1, 2, 4))):
        place, length = rnd.randrange(len(data) + 1), rnd.choice((1, 2, 8, 40))
        how = rnd.randrange(6)
        if how == 0:
            data = data[:place] + rnd.choice(TOKENS) + data[place:]
        elif how == 1:
            data = data[:place] + rnd.choice(TOKENS) + data[place + length :]
        elif how == 2:
            data = data[:place] + data[place + length :]
        elif how == 3 and data:
            place = min(place, len(data) - 1)
            data = data[:place] + bytes([data[place] ^ 1 << rnd.randrange(8)]) + data[place + 1 :]
        elif how == 4:
            data = data[:place] + data[place : place + length] * 3 + data[place + length :]
        else:
            other = rnd.choice(others)
            start = rnd.randrange(len(other) + 1)
            data = data[:place] + other[start : start + 40] + data[place:]
    return data


def corpus() -> list[tuple[str, bytes]]:
    """(name, bytes) of every input kept in the repository."""
    return [(path.name, path.read_bytes()) for path in sorted(CORPUS.iterdir())]


def scheme_book() -> tuple[str, bytes]:
    """The small scheme of the corpus as a workbook; too large to be kept as one."""
    document, _ = read_document((CORPUS / "seed-c.yaml").read_bytes(), "方案.yaml")
    return "方案.xlsx", write_book(document)


def run(seconds: float, seed: int, inputs: list[tuple[str, bytes]]) -> Run:
    """Fuzz for that long, the inputs first."""
    rnd, done = random.Random(seed), Run()
    until = time.monotonic() + seconds
    for name, data in inputs:
        _try(done, name, data, always=True)
    done.kept.clear()
    while time.monotonic() < until:
        name, data = rnd.choice(done.corpus)
        _try(done, name, mutated(rnd, name, data, done.corpus))
    return done


def _try(done: Run, name: str, data: bytes, always: bool = False) -> None:
    wrong, lines = traced(name, data)
    done.tried += 1
    if wrong:
        done.broken[data] = wrong
    elif always or lines - done.lines:
        done.corpus.append((name, data))
        done.kept.append((name, data))
    done.lines |= lines


def main() -> None:
    """Grow the corpus."""
    done = run(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1, [*corpus(), scheme_book()])
    for data, wrong in done.broken.items():
        print(wrong)
        (CORPUS / f"broke-{sha256(data).hexdigest()[:8]}.xlsx").write_bytes(data)
    small = [(name, data) for name, data in done.kept if len(data) <= LARGEST]
    for name, data in small:
        (CORPUS / f"{sha256(data).hexdigest()[:8]}{Path(name).suffix}").write_bytes(data)
    print(f"{done.tried} tried, {len(done.lines)} lines, {len(small)} kept, {len(done.broken)} broke the law")


if __name__ == "__main__":
    main()
