"""Write macros/导入用 from macros: the same VBA text in the encoding and with the line ends that the VBA editor imports.

Comes in: macros/*.bas, UTF-8 and LF, for people. Goes out: macros/导入用/*.bas, GBK and CRLF. The editor reads a file in
the encoding of Chinese Windows only; UTF-8 would become garbage in every message box.

    python scripts/make_macros.py
"""

from __future__ import annotations

from pathlib import Path

MACROS = Path(__file__).resolve().parent.parent / "macros"
IMPORTABLE = "导入用"
#: What the VBA editor takes in one line.
LONGEST_LINE = 1023


def sources() -> tuple[Path, ...]:
    """The files for people, in order."""
    return tuple(sorted(MACROS.glob("*.bas")))


def importable(text: str) -> bytes:
    """The text as the VBA editor imports it; ValueError if it cannot be."""
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LONGEST_LINE:
            raise ValueError(f"line {number}: {len(line)} characters, the editor takes {LONGEST_LINE}")
    return text.replace("\n", "\r\n").encode("gbk")


def main() -> None:
    """Write every file; what has no source any more goes."""
    target = MACROS / IMPORTABLE
    target.mkdir(exist_ok=True)
    wanted = {path.name: importable(path.read_text(encoding="utf-8")) for path in sources()}
    for old in target.glob("*.bas"):
        if old.name not in wanted:
            old.unlink()
    for name, data in wanted.items():
        (target / name).write_bytes(data)
        print(f"macros/{IMPORTABLE}/{name}")


if __name__ == "__main__":
    main()
