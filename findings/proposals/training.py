"""Learning from examples: passages about which somebody has decided what they say."""

from dataclasses import dataclass

from . import rules
from .features import Passage, about, gravity, sentence_features
from .learning import Classifier
from .weights import Weights

# How much an example of each type counts: weaknesses of the police are few, and must not be missed.
TYPES = {"police weakness": 3.0, "strength": 1.5, "other weakness": 1.0, "neither": 1.0}
THRESHOLDS = {"police weakness": 0.4, "strength": 0.5, "other weakness": 0.5}
PARTIES = ["police", "partnership", "local authority", "health", "probation", "other"]
SEVERITIES = ["serious", "moderate", "minor"]
HOLD = {"type": 30.0, "attributed to": 10.0, "theme": 30.0, "severity": 100.0}


@dataclass(frozen=True)
class Example:
    """A sentence of a passage, by its place in it, and what was decided. An answer that nobody gave is empty.

    `source` says where it is from; a word is learnt only from several sources.
    """

    passage: Passage
    place: int
    type: str
    attributed_to: str = ""
    theme: str = ""
    severity: str = ""
    source: str = ""


def learn(examples, *, themes, start=None):
    """Weights from the examples, held to those of `start` where given. Deterministic."""
    rows = {"type": [], "attributed to": [], "theme": [], "severity": []}
    for example in examples:
        seen = sentence_features(example.passage, example.place)
        rows["type"].append((seen, example.type, TYPES[example.type], example.source))
        if example.attributed_to:
            rows["attributed to"].append((seen, example.attributed_to, 1.0, example.source))
        if example.theme:
            near = about(example.passage, example.place)
            weight = 3.0 if example.type == "police weakness" else 1.0
            rows["theme"].append((near, example.theme, weight, example.source))
        if example.severity:
            weight = 2.0 if example.type == "police weakness" else 1.0
            grave = gravity(example.passage, example.place)
            rows["severity"].append((grave, example.severity, weight, example.source))
    classes = {"type": list(TYPES), "attributed to": PARTIES, "theme": list(themes), "severity": SEVERITIES}
    known = start.classifiers if start else {**dict.fromkeys(rows), **rules.known(list(TYPES), list(themes))}
    spread = {"least": 2, "sources": 1} if start else {}
    return Weights(
        {
            question: Classifier.learn(
                rows[question],
                classes[question],
                hold=HOLD[question],
                start=known[question],
                **spread,
            )
            for question in rows
        },
        start.thresholds if start else THRESHOLDS,
    )
