"""The process that reads one report: told the file by its argument, the gazetteer by its input; answers in JSON.

It is started by `read_file` alone. Its limits are set before the file is touched: a file made to do harm costs this
process its life, and nothing else.
"""

import json
import resource
import sys
from dataclasses import asdict

MEMORY = 1024 * 1024 * 1024  # bytes of address space; a real report takes 41 MB of it
SECONDS = 40  # of processor time; a real report takes less than one
ANSWER = 24 * 1024 * 1024  # bytes
OUT_OF_MEMORY = (
    "The file needs more memory to read than a report does. Get it again from where it was published."
)


def limit():
    """Sets the limits of this process, which it cannot raise again."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, ANSWER),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def answer(path, gazetteer):
    """What is written: {"report": …} or {"unreadable": why}."""
    # Imported under the limits: the library is a part of what they are for.
    from .gazetteer import Gazetteer
    from .reader import read
    from .report import Unreadable

    try:
        return {"report": asdict(read(path, Gazetteer.from_json(gazetteer)))}
    except Unreadable as error:
        return {"unreadable": str(error)}
    except (MemoryError, RecursionError):
        return {"unreadable": OUT_OF_MEMORY}


if __name__ == "__main__":
    limit()
    json.dump(answer(sys.argv[1], sys.stdin.read()), sys.stdout)
