"""Folder and database compared: files without a row, and rows whose file is missing or was changed."""

import hashlib
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from django.apps import apps

from .keys import INCOMING, StoredKeyField, path_of, root

DAY = 24 * 3600  # seconds; a younger file may still get its row
FEW = 10  # files without a row that are removed without a second look


@dataclass
class Sweep:
    """What was found. `missing` and `changed`: (model, primary key, key) of rows; the rest: paths of files."""

    rows: int = 0
    missing: list[tuple[str, int, str]] = field(default_factory=list)
    changed: list[tuple[str, int, str]] = field(default_factory=list)
    orphans: list[Path] = field(default_factory=list)
    leftovers: list[Path] = field(default_factory=list)
    young: list[Path] = field(default_factory=list)
    foreign: list[Path] = field(default_factory=list)

    @property
    def looks_wrong(self):
        """Whether most files have no row: rather the wrong database, or an old copy of it, than crashes."""
        return len(self.orphans) > max(FEW, self.rows - len(self.missing))

    def remove(self):
        """Removes the files without a row and what was left half written."""
        for path in [*self.orphans, *self.leftovers]:
            path.unlink(missing_ok=True)


def compare(now=None):
    """Reads every row and every file; changes nothing. `now`: seconds since 1970."""
    now = time.time() if now is None else now
    found, keys = Sweep(), set()
    for model, column in stored_columns():
        for pk, key, digest in model._base_manager.values_list("pk", column, "sha256").iterator():
            if not key:
                continue
            found.rows += 1
            keys.add(key)
            problem = _problem(key, digest)
            # Asked again: the row may have let its file go since it was read.
            if problem and model._base_manager.filter(**{"pk": pk, column: key}).exists():
                getattr(found, problem).append((model._meta.label, pk, key))
    # After the rows: a file that came meanwhile is younger than a day.
    for path in _files():
        _sort_file(found, path, keys, now)
    return found


def stored_columns():
    """(model, name of its column) of every column that names a stored file."""
    for model in apps.get_models():
        for column in model._meta.local_concrete_fields:
            if isinstance(column, StoredKeyField):
                yield model, column.attname


def _problem(key, digest):
    """Missing, changed or neither: the name of the list in Sweep, or nothing."""
    try:
        with open(path_of(key), "rb") as file:
            return "" if hashlib.file_digest(file, "sha256").hexdigest() == digest else "changed"
    except (OSError, ValueError):
        return "missing"


def _files():
    for folder, _folders, names in os.walk(root()):
        yield from (Path(folder, name) for name in sorted(names))


def _sort_file(found, path, keys, now):
    half_written = path.parent == root() / INCOMING
    if not half_written and not _is_stored(path):
        found.foreign.append(path)
    elif half_written or path.name not in keys:
        try:
            is_young = now - path.lstat().st_mtime < DAY
        except FileNotFoundError:
            return  # finished or taken back meanwhile
        (found.young if is_young else found.leftovers if half_written else found.orphans).append(path)


def _is_stored(path):
    try:
        return path == path_of(path.name) and not path.is_symlink()
    except ValueError:
        return False
