"""The figures of the dashboards: each with its definition in words, its value, its table and the way to its rows."""

from . import agencies, context, grades, national, quality, shares, themes  # noqa: F401 - each registers its figures
from .figure import FIGURES, Figure, Section, Value
from .scope import Scope

__all__ = ["FIGURES", "Figure", "Scope", "Section", "Value"]
