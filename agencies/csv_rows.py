"""The register's own CSV files, cell by cell: what is wrong is told with file, line, field and what is right.

A bad row does not end the reading: problems are gathered over all files, and `finish` raises them together.
A file that cannot be read as a whole does, since the rows of the others refer to its rows.
"""

import csv
from datetime import date
from pathlib import Path

from django.db import models

SEPARATOR = ";"  # between several values in one cell


class BadRows(Exception):
    """One or more rows cannot be used; `problems` has a line of text for each."""

    def __init__(self, problems):
        super().__init__("\n".join(problems))
        self.problems = problems


class Files:
    """The CSV files below one folder, and what is wrong with them so far."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.problems = []
        self._read = {}

    def rows(self, path, columns):
        """The rows of one file, which has exactly these columns, in any order. A file is read once."""
        if path not in self._read:
            self._read[path] = self._open(path, columns)
        return self._read[path]

    def _open(self, path, columns):
        try:
            with open(self.folder / path, encoding="utf-8-sig", newline="") as file:
                return list(self._rows(csv.DictReader(file, strict=True), Path(path).name, columns))
        except FileNotFoundError:
            problem = f"there is no such file in {self.folder}"
        except UnicodeDecodeError:
            problem = "the text is not in UTF-8"
        except csv.Error as error:
            problem = str(error)
        raise BadRows([*self.problems, f"{path}: {problem}"])

    def _rows(self, reader, name, columns):
        found = reader.fieldnames or []
        wrong = [f"the column “{column}” is missing" for column in columns if column not in found]
        wrong += [
            f"“{column}” is not one of the columns {', '.join(columns)}"
            for column in found
            if column not in columns
        ]
        wrong += [
            f"the column “{column}” stands there twice" for column in set(found) if found.count(column) > 1
        ]
        if wrong:
            raise BadRows([*self.problems, *(f"{name} line 1: {problem}" for problem in wrong)])
        line = reader.line_num + 1
        for cells in reader:
            row = Row(self, name, line, cells)
            line = reader.line_num + 1
            if None in cells or None in cells.values():
                row.complain("", f"the row does not have {len(columns)} cells")
            else:
                yield row

    def finish(self):
        """Raises BadRows if anything was wrong."""
        if self.problems:
            raise BadRows(self.problems)


class Row:
    """One row: cells as text by `row["column"]`, or as a model field wants them by `read`."""

    def __init__(self, files, file, line, cells):
        self.files, self.file, self.line, self.cells = files, file, line, cells
        self.is_bad = False

    def __getitem__(self, column):
        return self.cells[column].strip()

    def complain(self, column, problem):
        """Notes what is wrong with the row; an empty column means the row as a whole."""
        self.is_bad = True
        place = f"{self.file} line {self.line}" + (f", {column}" if column else "")
        self.files.problems.append(f"{place}: {problem}")

    def complain_of(self, error, fields=()):
        """Notes a ValidationError of the record made from this row; {column: field} where names differ."""
        columns = {field: column for column, field in dict(fields).items()}
        for field, messages in error.message_dict.items():
            column = columns.get(field, field)
            for message in messages:
                self.complain(column if column in self.cells else "", message)

    def read(self, field, column, known):
        """The cell as a value of the model field; None, with a complaint, when it cannot be one.

        `known`: {model: {key: record}}, the records that a relation may name. A record of None stands for a
        bad row, which has been complained of already.
        """
        text = self[column]
        if field.many_to_many:
            keys = [key.strip() for key in text.split(SEPARATOR) if key.strip()]
            return [self.find(column, key, known[field.related_model]) for key in keys]
        if isinstance(field, models.BooleanField):
            return self._among(column, text, {"yes": True, "no": False})
        if not text:
            return None if field.null or not field.empty_strings_allowed else ""
        if field.is_relation:
            return self.find(column, text, known[field.related_model])
        if isinstance(field, models.DateField):
            return self._date(column, text)
        if isinstance(field, models.IntegerField):
            return self._number(column, text)
        if field.choices:
            return self._among(column, text, {value: value for value, _label in field.flatchoices})
        if field.max_length and len(text) > field.max_length:
            return self.complain(column, f"{len(text)} characters are more than {field.max_length}")
        return text

    def read_all(self, model, fields, known):
        """{field: value} after {column: field}."""
        return {
            name: self.read(model._meta.get_field(name), column, known) for column, name in fields.items()
        }

    def find(self, column, key, known):
        """The record with this key."""
        if key not in known:
            return self.complain(column, f"“{key}” is not known")
        if known[key] is None:
            self.is_bad = True
        return known[key]

    def _among(self, column, text, values):
        if text not in values:
            return self.complain(column, f"“{text}” is not one of {', '.join(values)}")
        return values[text]

    def _date(self, column, text):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = None
        if day is None or day.isoformat() != text:
            return self.complain(column, f"“{text}” is not a date such as 2016-08-05")
        return day

    def _number(self, column, text):
        if not (text.isascii() and text.isdigit()):
            return self.complain(column, f"“{text}” is not a whole number")
        return int(text)
