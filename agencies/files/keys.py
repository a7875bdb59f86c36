"""Keys: the random names under which files are kept, and the column of a row that holds one."""

import re
import secrets
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.core.exceptions import FieldDoesNotExist
from django.db import models

KEY_LENGTH = 32
KEY = re.compile(r"[0-9a-f]{32}\Z")
INCOMING = "incoming"  # the folder of files that are still being written


def new_key():
    """A name that says nothing of the file and that nobody can guess."""
    return secrets.token_hex(KEY_LENGTH // 2)


def root():
    """The folder that holds all stored files; it need not exist yet."""
    return Path(settings.FILES_DIR)


def path_of(key):
    """Where the file of this key lies. ValueError for what is no key, so that no text leads out of the folder."""
    if not isinstance(key, str) or not KEY.match(key):
        raise ValueError(f"Not the key of a stored file: {key!r}")
    return root() / key[:2] / key[2:4] / key


class StoredKeyField(models.CharField):
    """The key of a row's file. `sweep_files` finds every model that has one.

    The model also has a field `sha256`, with which the sweep tells a changed file. A row whose file was destroyed
    on purpose has no key any more: such a column is made with null=True.
    """

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", KEY_LENGTH)
        kwargs.setdefault("unique", True)
        super().__init__(*args, **kwargs)

    def check(self, **kwargs):
        return [*super().check(**kwargs), *self._check_digest()]

    def _check_digest(self):
        try:
            self.model._meta.get_field("sha256")
        except FieldDoesNotExist:
            yield checks.Error("A model with a StoredKeyField also has a field sha256.", obj=self)
