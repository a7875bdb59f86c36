"""Logistic regression over features that are there or not, in plain Python: weights that can be read, and added up by hand."""

import math
import random
from collections import Counter, defaultdict

SEED = 20161017
PASSES = 14
STEP = 0.25


class Classifier:
    """Says how likely each class is: a bias and a weight for each feature, as many as there are classes."""

    def __init__(self, classes, weights=None):
        self.classes = list(classes)
        self.weights = weights or {}  # feature: [weight for each class]; "" is the bias

    def likelihoods(self, features):
        """{class: probability}, summing to 1."""
        sums = list(self.weights.get("", [0.0] * len(self.classes)))
        for feature in features:
            row = self.weights.get(feature)
            if row:
                for at, weight in enumerate(row):
                    sums[at] += weight
        top = max(sums)
        raised = [math.exp(value - top) for value in sums]
        total = sum(raised)
        return {name: value / total for name, value in zip(self.classes, raised, strict=True)}

    def best(self, features):
        likely = self.likelihoods(features)
        return max(self.classes, key=likely.get)

    def pull(self, feature, name):
        """How much the feature speaks for the class, beside the average of the classes."""
        row = self.weights.get(feature)
        return row[self.classes.index(name)] - sum(row) / len(row) if row else 0.0

    def as_json(self):
        kept = {
            feature: [round(weight, 3) for weight in row]
            for feature, row in sorted(self.weights.items())
            if not feature or max(row) - min(row) >= 0.05
        }
        return {"classes": self.classes, "weights": kept}

    @classmethod
    def from_json(cls, value):
        return cls(value["classes"], value["weights"])

    @classmethod
    def learn(cls, examples, classes, *, hold, least=4, sources=3, start=None):
        """From (features, class, weight, source): the source says where from, so that one report alone teaches no word.

        `hold` is how strongly each weight is held to where it starts: at nought, or at the weights of the classifier
        `start`. The same examples in the same order always give the same weights.
        """
        counts, where = Counter(), defaultdict(set)
        for features, _, _, source in examples:
            counts.update(iter(features))
            for feature in features:
                if len(where[feature]) < sources:
                    where[feature].add(source)
        known = start.weights if start else {}
        kept = {f for f, n in counts.items() if f in known or (n >= least and len(where[f]) >= sources)}
        width = len(classes)
        origin = {feature: list(known.get(feature, [0.0] * width)) for feature in [*sorted(kept), ""]}
        weights = {feature: list(row) for feature, row in origin.items()}
        slope = {feature: [1e-3] * width for feature in weights}
        rows = [
            ([*(f for f in sorted(features) if f in kept), ""], classes.index(name), weight)
            for features, name, weight, _ in examples
        ]
        counts[""] = max(len(rows), 1)
        order, chance = list(range(len(rows))), random.Random(SEED)  # nosec B311 # the same order each time, no secret
        for turn in range(PASSES):
            chance.shuffle(order)
            step = STEP / (1 + turn / 4)
            for at in order:
                features, right, weight = rows[at]
                sums = [0.0] * width
                for feature in features:
                    for k, value in enumerate(weights[feature]):
                        sums[k] += value
                top = max(sums)
                raised = [math.exp(value - top) for value in sums]
                total = sum(raised)
                errors = [weight * (value / total - (k == right)) for k, value in enumerate(raised)]
                for feature in features:
                    row, first, steep = weights[feature], origin[feature], slope[feature]
                    pull = hold / counts[feature] if feature or known.get("") else 0.0
                    for k in range(width):
                        gradient = errors[k] + pull * (row[k] - first[k])
                        steep[k] += gradient * gradient
                        row[k] -= step * gradient / math.sqrt(steep[k])
        return cls(classes, {**{f: list(row) for f, row in known.items()}, **weights})
