"""Police forces as tiles, roughly where they lie."""

from dataclasses import dataclass
from math import ceil

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.geography import tiles

from .drawing import DASH, LINE, WIDTH, KeyEntry, n_of

COLUMNS, ROWS = 8, 9
TILE_WIDTH, TILE_HEIGHT, TILE_GAP = 43, 50, 2
LEVELS = 4  # shades above none
UNKNOWN = "unknown"


@dataclass(frozen=True)
class TileMark:
    """One force: its label and number in a square at x, y. `level` is 0 to 4, or "unknown"."""

    slug: str
    label: str
    title: str
    url: str
    x: int
    y: int
    number: str
    of: str
    level: int | str


@dataclass(frozen=True)
class TileMap:
    """Police forces as tiles, roughly where they lie."""

    width: int
    height: int
    tile_width: int
    tile_height: int
    tiles: tuple[TileMark, ...]
    key: tuple[KeyEntry, ...]
    summary: str


def tile_map(forces, *, shade_by="number"):
    """A map of forces: each {slug, name, url, n, total, note}; n of None means that nothing is known, total may be None.

    The darkness follows the number itself, or with shade_by="share" its share of the total; the number is written in
    either way. Forces without a tile are left out: the table beside the map holds them.
    """
    places = {tile.slug: tile for tile in tiles()}
    forces = [force for force in forces if force["slug"] in places]
    # The keyboard goes through them as the eye does.
    forces.sort(key=lambda force: (places[force["slug"]].row, places[force["slug"]].column))
    known = [force for force in forces if _is_known(force)]
    step = ceil(max((force["n"] for force in known), default=0) / LEVELS) or 1

    def level(force):
        if not _is_known(force):
            return UNKNOWN
        if shade_by == "share" and force["total"]:
            return min(ceil(LEVELS * force["n"] / force["total"]), LEVELS)
        return ceil(force["n"] / step)

    marks = tuple(_tile(force, places[force["slug"]], level(force)) for force in forces)
    darkest = max((mark.level for mark in marks if mark.level != UNKNOWN), default=-1)
    labels = _shares() if shade_by == "share" else _ranges(step)
    key = [KeyEntry(f"{n}", label) for n, label in enumerate(labels) if n <= darkest]
    if any(mark.level == UNKNOWN for mark in marks):
        key.append(KeyEntry(UNKNOWN, _("nothing known")))
    height = ROWS * (TILE_HEIGHT + TILE_GAP) if marks else 3 * LINE
    summary = _tile_map_in_words(len(marks), len(forces) - len(known), shade_by)
    return TileMap(WIDTH, height, TILE_WIDTH, TILE_HEIGHT, marks, tuple(key), summary)


def _is_known(force):
    return force["n"] is not None and force["total"] != 0


def _tile(force, place, level):
    known, total = level != UNKNOWN, force["total"]
    if not known:
        figure = _("nothing known")
    else:
        figure = str(force["n"]) if total is None else n_of(force["n"], total)
    title = _("%(name)s: %(figure)s") % {"name": force["name"], "figure": figure}
    return TileMark(
        slug=force["slug"],
        label=place.label,
        title=f"{title}. {force['note']}" if force.get("note") else title,
        url=force["url"],
        x=place.column * (TILE_WIDTH + TILE_GAP) + TILE_GAP // 2,
        y=place.row * (TILE_HEIGHT + TILE_GAP) + TILE_GAP // 2,
        number=str(force["n"]) if known else DASH,
        of=_("of %(total)s") % {"total": total} if known and total is not None else "",
        level=level,
    )


def _ranges(step):
    """What the levels stand for, as numbers: 0, 1–3, 4–6 …"""
    starts = [1 + step * n for n in range(LEVELS)]
    return ["0", *(f"{n}" if step == 1 else f"{n}{DASH}{n + step - 1}" for n in starts)]


def _shares():
    return [
        _("none"),
        _("up to a quarter"),
        _("up to half"),
        _("up to three quarters"),
        _("more than three quarters"),
    ]


def _tile_map_in_words(drawn, unknown, shade_by):
    if not drawn:
        return _("There is nothing to draw.")
    words = [_("Each tile is a police force, roughly where it lies, with its number written in it.")]
    if shade_by == "share":
        words.append(_("The larger the share, the darker the tile."))
    else:
        words.append(_("The larger the number, the darker the tile."))
    if unknown:
        words.append(
            ngettext("Nothing is known of %(n)s force.", "Nothing is known of %(n)s forces.", unknown)
            % {"n": unknown}
        )
    return " ".join(words)
