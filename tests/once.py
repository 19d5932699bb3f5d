"""What takes long to make and many tests look at: made once in a run, by whichever test of whichever xdist worker asks first."""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Callable
from pathlib import Path

#: Longer than anything takes on a busy machine; then the worker that makes it has died.
PATIENCE = 600


def once(tmp_path_factory, name: str, make: Callable[[Path], object]) -> tuple[Path, object]:
    """(folder, what `make(folder)` returned). Whoever wants to change anything there takes a copy.

    A folder is claimed by making it, which only one process can.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    place, told = shared / "once" / name, shared / "once" / f"{name}.pickle"
    place.parent.mkdir(exist_ok=True)
    try:
        place.mkdir()
    except FileExistsError:
        return place, _awaited(told)
    answer: tuple[object, str] = (None, "broken off")
    try:
        answer = (make(place), "")
    except BaseException as raised:
        answer = (None, repr(raised))
        raise
    finally:
        half = told.with_suffix(".half")
        half.write_bytes(pickle.dumps(answer))
        half.rename(told)
    return place, answer[0]


def _awaited(told: Path) -> object:
    """What the other worker tells, once it is done."""
    began = time.monotonic()
    while not told.exists():
        assert time.monotonic() - began < PATIENCE, f"{told.stem} was never finished"
        time.sleep(0.2)
    found, failure = pickle.loads(told.read_bytes())
    assert not failure, failure
    return found
