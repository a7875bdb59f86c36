"""The figures of the dashboards: each with its definition in words, its value, its table and the way to its rows."""

from . import (  # noqa: F401 - each registers its figures
    addressees,
    closures,
    context,
    correspondence,
    coverage,
    divergence,
    follow_up,
    forces,
    grades,
    heatmap,
    quality,
    recurrence,
    shares,
    spread,
    themes,
)
from .figure import FIGURES, Figure, Section, Value
from .scope import Scope

__all__ = ["FIGURES", "Figure", "Scope", "Section", "Value"]
