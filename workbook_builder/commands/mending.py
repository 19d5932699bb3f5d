"""What goes back to the sections after a collection: 退回修改 and 催办.

Comes in: what was gathered. Goes out: planned files. A workbook there that somebody has saved since stays.
"""

from __future__ import annotations

from collections.abc import Mapping

from workbook_builder.building import bundled_template, section_file
from workbook_builder.commands.issued import saved_since
from workbook_builder.commands.placing import Placing
from workbook_builder.commands.session import own_template, read_template
from workbook_builder.commands.watching import Progress, each, untold
from workbook_builder.excel.stable import as_saved_here
from workbook_builder.excel.template import Template
from workbook_builder.folder import Folder
from workbook_builder.pipeline import Prepared
from workbook_builder.results import Results
from workbook_builder.returns import SectionReturn
from workbook_builder.rules.items import Rulebook


def plan_mending(placing: Placing, prepared: Prepared, results: Results, progress: Progress = untold) -> list[str]:
    """Plan 退回修改 and 催办文字.txt; the names of the sections whose workbook goes back.

    Once the result is approved nobody is asked for anything any more.
    """
    from workbook_builder.returning import reminders

    folder, collected = placing.folder, prepared.collected
    returns = {} if results.reached.approved else collected.adopted.returns
    back = _plan_sent_back(placing, results, returns, progress)
    wanted = {folder.relative(folder.sent_back / section_file(results.scheme.section(name))) for name in back}
    for path in sorted(folder.sent_back.glob("*.xlsx")):
        name = folder.relative(path)
        if name not in wanted and not path.name.startswith("~$") and as_saved_here(path.read_bytes()):
            placing.outputs.remove(name)
    if results.reached.approved:
        placing.outputs.remove(folder.relative(folder.reminders))
        return back
    undecided = collected.adopted.undecided
    text = reminders(results.scheme, returns, results.problems, collected.received, collected.refused, undecided)
    signed = f"{text}\r\n（批次号 {results.batch}）\r\n"
    placing.outputs.add(folder.relative(folder.reminders), signed.encode("utf-8"))
    return back


def _plan_sent_back(
    placing: Placing, results: Results, returns: Mapping[str, SectionReturn], progress: Progress
) -> list[str]:
    from workbook_builder.returning import sent_back

    folder, scheme = placing.folder, results.scheme
    rules, template = Rulebook(scheme), template_of(folder)
    back: list[str] = []
    for section in each(progress, "写退回修改的表", scheme.sections):
        returned = returns.get(section.name)
        data = None if returned is None else sent_back(rules, template, returned, results.problems, scheme.mark)
        if data is not None:
            name = folder.relative(folder.sent_back / section_file(section))
            placing.place(name, data, lambda old, new, _: "KEPT_FILLED" if saved_since(old, new) else "")
            back.append(section.name)
    return back


def template_of(folder: Folder) -> Template:
    """The office's own template where it is sound, else the program's."""
    own = own_template(folder)
    if own is not None:
        template, _ = read_template(own.read_bytes(), own.name)
        if template is not None:
            return template
    return bundled_template()
