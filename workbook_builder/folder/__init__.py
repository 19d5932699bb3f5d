"""The working folder: its named places, its lock, outputs that appear whole or not at all, its memory, its returns.

    folder = Folder.find(Path.cwd())
    with run_lock(folder) as lock:
        if not lock.held:
            return lock.problems
        problems = recover(folder)
        ...
        problems += outputs.publish(batch)
"""

from workbook_builder.folder.disk import digest
from workbook_builder.folder.lock import RunLock, run_lock
from workbook_builder.folder.outputs import Outputs, recover
from workbook_builder.folder.paths import SUBFOLDERS, Folder, relative_name
from workbook_builder.folder.records import History, batch_number, log, log_trace, remember_summary, remembered_summary
from workbook_builder.folder.returns import Listing, list_returns

__all__ = [
    "SUBFOLDERS",
    "Folder",
    "History",
    "Listing",
    "Outputs",
    "RunLock",
    "batch_number",
    "digest",
    "list_returns",
    "log",
    "log_trace",
    "recover",
    "relative_name",
    "remember_summary",
    "remembered_summary",
    "run_lock",
]
