"""A folder of reports, read two at a time: one that cannot be read takes no other with it."""

from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from inspections.reading import Unreadable, read_file

from .as_json import failed, read
from .proposing import propose

AT_ONCE = 2  # `read_file` opens each file in a process of its own


def reports_in(folder):
    """Every PDF beneath the folder, by name, in the order of their paths."""
    return sorted(
        path for path in Path(folder).rglob("*") if path.suffix.lower() == ".pdf" and path.is_file()
    )


def read_folder(folder):
    """Yields (path, its object for the JSON file) as each is done. A file that could not be read has its error there."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        waiting = {threads.submit(read_one, path): path for path in reports_in(folder)}
        for done in as_completed(waiting):
            path = waiting[done]
            yield path, {"file": str(path.relative_to(folder)), **done.result()}


def read_one(path):
    """What the JSON file says of one report, without its name."""
    try:
        report = read_file(path)
        return read(report, propose(report))
    except Unreadable as error:
        return failed(str(error))
    except Exception as error:  # whatever a file does to us, the others are read
        return failed(f"Reading it failed ({type(error).__name__}).")
