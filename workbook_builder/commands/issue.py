"""build: 方案.xlsx → what is issued in 1下发. A workbook that somebody has filled in is never replaced.

Comes in: a working folder. Goes out: an `Outcome`; files appear all together or not at all.
"""

from __future__ import annotations

from pathlib import Path

from workbook_builder.building import SECTION_FOLDER, bundled_template
from workbook_builder.building import build as build_files
from workbook_builder.commands import advice
from workbook_builder.commands.issued import form_verdict, print_verdict
from workbook_builder.commands.outcome import Outcome, misuse
from workbook_builder.commands.placing import Placing
from workbook_builder.commands.registering import plan_registers
from workbook_builder.commands.session import Session, in_folder, own_template, read_template
from workbook_builder.commands.watching import Progress, counting, each
from workbook_builder.folder import Folder, Outputs, batch_number, list_returns
from workbook_builder.folder.disk import reason
from workbook_builder.model import Scheme
from workbook_builder.problems import Problem, Where, problem

POLICY_FILE = "口径确认表.xlsx"


def build(directory: str | Path = ".", progress: Progress | None = None) -> Outcome:
    """Issue the scheme: 考评表, one workbook per section, 口径确认表 to be signed."""
    return in_folder("build", directory, _build, progress)


def _build(session: Session, scheme: Scheme, remarks: list[Problem]) -> Outcome:
    from workbook_builder.ballots import ballot_books
    from workbook_builder.policy_sheet import policy_workbook

    template, template_bytes, found = _template(session)
    if template is None:
        return misuse("build", *remarks, *found, next="改正模板中列出的问题，再运行 kaoping build")
    files, wrong = build_files(scheme, template, counting(session.progress, "生成考评表"))
    folder = session.folder
    placing = Placing(folder, Outputs(folder))
    for name, data in each(session.progress, "核对 1下发 里已有的表", list(files.items())):
        placing.place(f"{folder.issued.name}/{name}", data, form_verdict)
    session.progress("生成口径确认表、测评票", 0, 0)
    printed = {f"{folder.issued.name}/{POLICY_FILE}": policy_workbook(scheme)}
    printed |= {f"{folder.ballots.name}/{name}": data for name, data in ballot_books(scheme).items()}
    for name, data in printed.items():
        placing.place(name, data, lambda old, new, _: print_verdict(old, new))
    placing.remove_stale()
    plan_registers(placing, scheme)
    batch = batch_number([("scheme", scheme.text_hash), ("template", template_bytes)])
    # A file that cannot even be read must not be overwritten blindly, nor half of the forms be issued.
    written = () if placing.blocked else session.publish(placing.outputs, batch)
    return Outcome(
        "build",
        outputs=written,
        problems=(*remarks, *found, *wrong, *placing.problems),
        data={
            "batch": batch,
            "sections": [section.name for section in scheme.sections],
            "next": _next(session.folder, scheme, bool(written)),
        },
    )


def _next(folder: Folder, scheme: Scheme, written: bool) -> str:
    if not written:
        return advice.unwritten("build")
    if advice.summarized(folder).get("approved"):
        return "结果已审定，不用再发表；运行 kaoping status 看进度"
    if list_returns(folder.returned).files:
        return "要换用新表的，发给科室重填；2回收 里已交回的还能不能用，运行 kaoping collect 核对"
    due = f"（报送截止 {scheme.deadline}）" if scheme.deadline else ""
    return (
        f"打印口径确认表请领导签字；把 1下发/{SECTION_FOLDER} 里的表发给各科室{due}，"
        "收回的放进 2回收，再运行 kaoping collect"
    )


def _template(session: Session):
    """(template or None, its bytes, problems): the folder's own, else the bundled one."""
    own = own_template(session.folder)
    if own is None:
        template = bundled_template()
        return template, template.data, []
    name = session.folder.relative(own)
    try:
        data = own.read_bytes()
    except OSError as error:
        return None, b"", [problem("UNREADABLE", Where(name), reason=reason(error))]
    template, problems = read_template(data, name)
    return template, data, problems
