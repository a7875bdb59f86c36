"""Files that people send in: checked by their content, kept outside the database, given back as downloads.

`forms.EvidenceFileField` checks a file in a form, `store` keeps it together with its row, `download` gives it
back, `manage.py sweep_files` compares folder and database. A file is never opened, changed or shown here.
"""

from .giving import download
from .keys import StoredKeyField
from .names import safe_name
from .store import Stored, discard, store, write

__all__ = ["Stored", "StoredKeyField", "discard", "download", "safe_name", "store", "write"]
