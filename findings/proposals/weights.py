"""The file of weights: what the reader has learnt, as JSON that people can read."""

import hashlib
import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.conf import settings

from .learning import Classifier

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "reader.json"
QUESTIONS = ("type", "attributed to", "theme", "severity")


@dataclass(frozen=True)
class Weights:
    """A classifier for each question, and how likely a type must be before it is proposed ({type: probability})."""

    classifiers: dict[str, Classifier]
    thresholds: dict[str, float] = field(default_factory=dict)

    @property
    def version(self):
        """Changes whenever any weight does."""
        return hashlib.sha256(self.dumps().encode()).hexdigest()[:12]

    def dumps(self):
        """One feature a line, so that two versions can be compared."""
        lines = [f'{{"thresholds": {json.dumps(self.thresholds, sort_keys=True)}']
        for question in QUESTIONS:
            value = self.classifiers[question].as_json()
            rows = ",\n".join(
                f"{json.dumps(f, ensure_ascii=False)}: {row}" for f, row in value["weights"].items()
            )
            classes = json.dumps(value["classes"])
            lines.append(f'{json.dumps(question)}: {{"classes": {classes}, "weights": {{\n{rows}\n}}}}')
        return ",\n".join(lines) + "}\n"

    @classmethod
    def loads(cls, text):
        value = json.loads(text)
        return cls(
            {question: Classifier.from_json(value[question]) for question in QUESTIONS}, value["thresholds"]
        )


@cache
def _loaded(path, changed):
    return Weights.loads(path.read_text())


def shipped():
    """The weights that come with the product."""
    return _loaded(SHIPPED, SHIPPED.stat().st_mtime_ns)


def current():
    """The weights that were learnt here (`READER_FILE`), or else those that come with the product."""
    path = settings.READER_FILE if settings.READER_FILE.is_file() else SHIPPED
    return _loaded(path, path.stat().st_mtime_ns)
