"""templates: the program's own templates copied into the working folder, for the office to restyle in Excel and Word.

Comes in: a working folder. Goes out: an `Outcome`. A template that is there already stays as it is.
"""

from __future__ import annotations

from pathlib import Path

from workbook_builder import resources
from workbook_builder.commands.outcome import Outcome, misuse
from workbook_builder.commands.session import OWN_TEMPLATE, Session, find, locked
from workbook_builder.folder import Outputs, batch_number

#: Name in the working folder → where the program has it.
TEMPLATES = {
    OWN_TEMPLATE: resources.TEMPLATE,
    "核对稿模板.docx": resources.CHECK_COPY_TEMPLATE,
    "通报模板.docx": resources.NOTICE_TEMPLATE,
    "反馈模板.docx": resources.FEEDBACK_TEMPLATE,
    "汇总首页模板.docx": resources.OUTCOME_TEMPLATE,
}


def templates(directory: str | Path = ".") -> Outcome:
    """Copy every template that the folder does not have yet."""
    folder, missing = find(directory)
    if folder is None:
        return misuse("templates", missing)
    return locked("templates", folder, _copy)


def _copy(session: Session) -> Outcome:
    outputs = Outputs(session.folder)
    kept = [name for name in TEMPLATES if (session.folder.root / name).exists()]
    new = {name: resources.read(place) for name, place in TEMPLATES.items() if name not in kept}
    for name, data in new.items():
        outputs.add(name, data, based_on="")
    written = session.publish(outputs, batch_number(new.items())) if new else ()
    return Outcome(
        "templates",
        outputs=written,
        data={"kept": kept, "next": "在 Excel、Word 里改样子，{{ }} 里的字不要改；改好后运行 kaoping check 检查"},
    )
