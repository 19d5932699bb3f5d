"""kaoping: workbook-driven appraisal. The Python names that outside programs may rely on (contract: 7).

Heavy libraries are imported only where they are used, so importing this package is cheap.
"""

from __future__ import annotations

import importlib

_EXPORTS = {
    "load_scheme": "workbook_builder.scheme",
    "SchemeError": "workbook_builder.scheme",
    "score_answers": "workbook_builder.answers",
    "AnswerError": "workbook_builder.answers",
    "special_score": "workbook_builder.answers",
    "evaluation": "workbook_builder.rank",
    "total": "workbook_builder.rank",
    "grades": "workbook_builder.rank",
    "build": "workbook_builder.commands",
    "collect": "workbook_builder.commands",
    "review": "workbook_builder.commands",
    "summarize": "workbook_builder.commands",
    "Scheme": "workbook_builder.model",
    "Folder": "workbook_builder.folder",
    "Problem": "workbook_builder.problems",
}

__all__ = sorted(_EXPORTS)

def __getattr__(name: str):

    if name in _EXPORTS:
        return getattr(importlib.import_module(_EXPORTS[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
