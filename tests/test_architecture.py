"""The house keeps its shape: imports only upwards, Excel libraries behind their doors, rooms of a bearable size."""

import ast
from pathlib import Path

import pytest

import workbook_builder

PACKAGE = Path(workbook_builder.__file__).resolve().parent
#: From the ground up: a module imports only from floors below its own (or from within its own room).
FLOORS = (
    ("problems",),
    ("resources",),
    ("model",),
    ("duties",),
    ("intake", "folder"),
    ("rules",),
    ("excel.stable", "excel.measure", "excel.palette"),
    ("excel.dress",),
    ("scheme",),
    ("layout",),
    ("excel",),
    ("building", "returns", "policy_sheet"),
    ("records",),
    ("collecting",),
    ("validate",),
    ("registers",),
    ("reading",),
    ("results",),
    ("score", "answers"),
    ("basis",),
    ("reviewing",),
    ("final",),
    ("rank",),
    ("ballots", "stages", "rulings"),
    ("inputs",),
    ("gathering",),
    ("pipeline",),
    ("returning", "letters"),
    ("correspondence",),
    ("summary",),
    ("tracing",),
    ("commands",),
    ("console",),
    ("cli",),
    ("__main__",),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
#: Library → rooms that may import it.
DOORS = {
    "openpyxl": {"excel", "scheme", "registers", "ballots", "returning"},
    "docxtpl": {"letters"},
    "docx": {"letters"},
    "xlsxwriter": {"excel", "summary", "policy_sheet", "ballots", "console"},
    "xlwings": {"console"},
    "pandas": {"summary"},
    "jinja2": {"excel", "letters"},
    "yaml": {"scheme"},
    "pydantic": {"scheme"},
    "xlrd": {"intake"},
    "typer": {"cli"},
    "rich": {"cli"},
}
#: Not what is installed beside them, to be copied onto other computers.
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "bundled" not in path.relative_to(PACKAGE).parts)
LONGEST_MODULE = 430
LONGEST_FUNCTION = 60


def name_of(path):
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def room_of(module):
    """The room of a dotted module below the package: its longest prefix that has a floor."""
    parts = module.split(".")
    return next((".".join(parts[:n]) for n in range(len(parts), 0, -1) if ".".join(parts[:n]) in FLOOR), "")


def imports_of(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            if node.module == "workbook_builder":
                yield from (f"workbook_builder.{alias.name}" for alias in node.names)


def test_every_module_has_a_floor():
    rooms = {name_of(path) for path in MODULES} - {""}
    assert len(rooms) > 30
    assert {module for module in rooms if not room_of(module)} == set()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_down(path):
    module = name_of(path)
    if not module:
        return
    room = room_of(module)
    for target in imports_of(ast.parse(path.read_text(encoding="utf-8"))):
        if not target.startswith("workbook_builder."):
            continue
        other = room_of(target.removeprefix("workbook_builder."))
        inside = other.split(".")[0] == room.split(".")[0]
        assert inside or FLOOR[other] < FLOOR[room], f"{module} imports {target}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_libraries_stay_behind_their_doors(path):
    room = name_of(path).split(".")[0]
    for target in imports_of(ast.parse(path.read_text(encoding="utf-8"))):
        allowed = DOORS.get(target.split(".")[0])
        assert allowed is None or room in allowed, f"{name_of(path)} imports {target}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_rooms_stay_small(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST_MODULE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < LONGEST_FUNCTION, f"{node.name} is too long"


def test_only_cli_prints():
    for path in MODULES:
        if room_of(name_of(path)) in ("cli", "__main__") or "child" in path.name:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
        assert not [n for n in calls if n.func.id == "print"], path.name
