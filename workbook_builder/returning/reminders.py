"""Reminders ready to be pasted into a chat: one block per section that owes something.

Comes in: the scheme and what was collected. Goes out: one text for Windows' Notepad, with a byte order mark and CRLF.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from workbook_builder import model as m
from workbook_builder import returns as ret
from workbook_builder.building import section_file
from workbook_builder.collecting.attachments import applies_to
from workbook_builder.problems import ERROR, Problem, sort_problems
from workbook_builder.returning.mending import to_mend
from workbook_builder.returns import Received, SectionReturn

_BOM, _NEWLINE = "\ufeff", "\r\n"


def reminders(
    scheme: m.Scheme,
    returns: Mapping[str, SectionReturn],
    problems: Sequence[Problem],
    received: Sequence[Received],
    refused: Collection[str] = (),
    undecided: Collection[str] = (),
) -> str:
    """What each section still owes, in the scheme's order; at the end, who owes nothing.

    `returns`: section → the return adopted. `refused`: sections of which a file came that could not be adopted;
    `undecided`: sections with different returns. Any other section without a return has sent none.
    """
    blocks, complete = [], []
    for section in scheme.sections:
        name = section.name
        owed = list(_form_owed(scheme, section, returns.get(name), problems, received, name in refused, name in undecided))
        materials = _materials_owed(scheme, section, received)
        if materials:
            owed.append(f"应交材料还缺：{'、'.join(materials)}（文件名请写明科室和材料名称）。")
        if owed:
            blocks.append(_block(scheme, section, owed))
        else:
            complete.append(name)
    blocks.append(f"已报齐、无须提醒的科室：{'、'.join(complete) or '暂无'}。")
    return _BOM + (_NEWLINE * 2).join(blocks) + _NEWLINE


def _block(scheme: m.Scheme, section: m.Section, owed: Sequence[str]) -> str:
    lines = [f"【考评提醒】{section.name}：", *_numbered(owed), _closing(scheme)]
    return _NEWLINE.join(lines)


def _numbered(owed: Sequence[str]) -> list[str]:
    return list(owed) if len(owed) == 1 else [f"{number}. {text}" for number, text in enumerate(owed, 1)]


def _closing(scheme: m.Scheme) -> str:
    due = scheme.deadline.strip()
    when = f"于{due if due.endswith('前') else due + '前'}" if due else "尽快"
    contact = f"（联系方式：{scheme.contact.strip()}）" if scheme.contact.strip() else ""
    return f"请{when}报送{contact}。如已报送请忽略，谢谢！"


def _form_owed(
    scheme: m.Scheme,
    section: m.Section,
    returned: SectionReturn | None,
    problems: Sequence[Problem],
    received: Sequence[Received],
    refused: bool,
    undecided: bool,
) -> Iterator[str]:
    if undecided:
        yield "收到几份内容不同的考评表，请告知以哪一份为准。"
    elif refused:
        yield f"收到的考评表无法采用{_why(section.name, problems, received)}，请用下发的原表填写后重新报送。"
    elif returned is None:
        yield f"{scheme.title.removesuffix('考评')}考评表尚未收到。"
    else:
        yield from _mending_owed(scheme, section, returned, problems)


def _why(name: str, problems: Sequence[Problem], received: Sequence[Received]) -> str:
    """In brackets, what is wrong with the section's files: of each the first error."""
    files = {receipt.file for receipt in received if (receipt.section, receipt.outcome) == (name, ret.REFUSED)}
    reasons: dict[str, str] = {}
    for found in sort_problems(problems):
        if found.where.file in files and found.severity == ERROR:
            reasons.setdefault(found.where.file, f"“{found.where.file.rsplit('/', 1)[-1]}”{found.message}")
    return f"（{'；'.join(reasons.values())}）" if reasons else ""


def _mending_owed(
    scheme: m.Scheme, section: m.Section, returned: SectionReturn, problems: Sequence[Problem]
) -> Iterator[str]:
    found = to_mend(scheme, returned, problems)
    if not found:
        return
    errors = sum(p.severity == ERROR for p in found)
    counts = "、".join(
        text for count, text in ((errors, f"必须改正 {errors} 处"), (len(found) - errors, f"请核对 {len(found) - errors} 处"))
        if count
    )
    yield f"考评表有 {len(found)} 处要改（{counts}），见随附的“{section_file(section)}”，请直接在其中修改后发回。"
    if any(p.code == "NOT_CONFIRMED" for p in found):
        yield "还没有做“自评确认”，逐条核对后请选“是”。"


def _materials_owed(scheme: m.Scheme, section: m.Section, received: Sequence[Received]) -> list[str]:
    have = {receipt.material for receipt in received if (receipt.section, receipt.outcome) == (section.name, ret.ATTACHMENT)}
    return [
        material.name
        for material in scheme.materials
        if material.required and material.form == "附件" and applies_to(material, section) and material.name not in have
    ]
