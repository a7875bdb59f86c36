"""Charts as geometry: plain numbers in, frozen shapes out, for the templates in templates/components/charts.

Nothing here reads the database. Lengths are units of a view box 360 wide, about one CSS pixel each on a telephone.
Every chart has `width`, `height` and a `summary` in words for those who do not see it.
"""

from .distribution import grade_bars
from .force_map import tile_map
from .over_time import grade_history
from .trend import quarters

__all__ = ["grade_bars", "grade_history", "quarters", "tile_map"]
