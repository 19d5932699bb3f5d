"""samples/2021/方案.yaml → samples/2021/方案.xlsx, its twin that a clerk edits. Run after every change of the text."""

from __future__ import annotations

from pathlib import Path

from workbook_builder.scheme import read_document, write_book

FOLDER = Path(__file__).resolve().parent.parent / "samples" / "2021"


def main() -> None:
    source = FOLDER / "方案.yaml"
    document, problems = read_document(source.read_bytes(), source.name)
    if document is None or problems:
        raise SystemExit("\n".join(p.message for p in problems))
    (FOLDER / "方案.xlsx").write_bytes(write_book(document))


if __name__ == "__main__":
    main()
