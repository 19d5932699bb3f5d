"""Files that travel with the program: the templates, the 2021 scheme, the demonstration returns, launchers, handbook.

In an installed wheel they lie in the package; in a source tree beside it.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_BUNDLED = _PACKAGE / "bundled"
_SOURCE = _PACKAGE.parent

TEMPLATE = "templates/考评表模板.xlsx"
CHECK_COPY_TEMPLATE = "templates/核对稿.docx"
NOTICE_TEMPLATE = "templates/通报.docx"
FEEDBACK_TEMPLATE = "templates/反馈.docx"
OUTCOME_TEMPLATE = "templates/汇总首页.docx"
SCHEME_2021 = "samples/2021/方案.xlsx"
DEMO = "samples/demo"
LAUNCHERS = "launchers"
DOCS = "docs"


def path(name: str) -> Path:
    """Where the bundled file or folder `name` (with "/") lies; FileNotFoundError if the installation is broken."""
    for root in (_BUNDLED, _SOURCE):
        candidate = root.joinpath(*name.split("/"))
        if candidate.exists():
            return candidate
    raise FileNotFoundError(f"bundled file missing: {name}")


def read(name: str) -> bytes:
    return path(name).read_bytes()
