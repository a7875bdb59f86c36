"""Figures by theme: inspections and findings, recurrence, spread, themes on the rise, forces by theme: counted again."""

from dataclasses import replace

from .agencies import three
from .asked import is_serious, is_weakness, months_back
from .expected import Number, Told, expect


def findings(asked):
    counts = three(asked.findings_within)
    if not asked.read and not any(counts):
        counts = (None, None, None)  # no report was read, so that nothing can be said
    weaknesses, serious, strengths = counts
    return expect(Number(serious), Number(weaknesses), Number(strengths))


def by_theme(asked, found):
    """{theme: its findings}, merged ones under the theme that took them over by the day."""
    themes = {}
    for finding in found:
        themes.setdefault(asked.counted_as(finding["theme_id"]), []).append(finding)
    return themes


def _councils(asked):
    """{council: inspections read}: councils inspected while the force policed them."""
    councils = {}
    for pk, row in asked.read.items():
        council = row["inspected_agency_id"]
        last = row["fieldwork_to"] or row["published_on"]
        if asked.rows.is_council(council) and asked.force in asked.rows.policed_by(council, last):
            councils.setdefault(council, set()).add(pk)
    return councils


def _inspections_with(found):
    return {finding["inspection_id"] for finding in found if is_weakness(finding)}


def _spread(asked, found):
    """(in how many councils or forces the weaknesses were found, of how many)."""
    weaknesses = [finding for finding in found if is_weakness(finding)]
    if asked.force:
        councils = _councils(asked)
        return sum(1 for read in councils.values() if read & _inspections_with(found)), len(councils)
    forces = {finding["attributed_to_id"] for finding in weaknesses} & asked.forces
    return len(forces), len(asked.forces_inspected)


def _came_back(asked, weakness):
    """An earlier one of the same force and theme, of an inspection published at most 36 months before."""
    day = weakness["inspection"]["published_on"]
    return any(
        is_weakness(earlier)
        and earlier["attributed_to_id"] == weakness["attributed_to_id"]
        and asked.counted_as(earlier["theme_id"]) == asked.counted_as(weakness["theme_id"])
        and earlier["inspection_id"] != weakness["inspection_id"]
        and months_back(day, 36) <= earlier["inspection"]["published_on"] < day
        for earlier in asked.known_findings  # of any inspection, whatever the scope
    )


def _pairs(asked):
    """{(force, theme): (weaknesses in the window, those that came back)}."""
    pairs = {}
    for finding in asked.findings_within:
        if is_weakness(finding) and asked.is_of_theme(finding):
            pair = finding["attributed_to_id"], asked.counted_as(finding["theme_id"])
            weaknesses, back = pairs.get(pair, (0, 0))
            pairs[pair] = weaknesses + 1, back + _came_back(asked, finding)
    return pairs


def themes(asked):
    pairs = _pairs(asked)
    rows = []
    for theme, found in by_theme(asked, asked.findings_within).items():
        recurring = sum(1 for (_force, of), (_all, back) in pairs.items() if of == theme and back)
        rows.append(
            (
                asked.rows.themes[theme]["name"],
                len(_inspections_with(found) & set(asked.read)),
                len(asked.read),
                *three(found),
                *(() if asked.council or asked.inspection else _spread(asked, found)),
                recurring,
            )
        )
    return expect(rows=rows)


def recurrence(asked):
    pairs = _pairs(asked)
    number = Number(sum(1 for _all, back in pairs.values() if back), len(pairs))
    rows = [
        (
            asked.rows.name(force),
            asked.rows.themes[theme]["name"],
            "Yes" if back else "No",
            weaknesses,
            back,
        )
        for (force, theme), (weaknesses, back) in pairs.items()
    ]
    return expect(number, rows=rows)


def linked(asked):
    weaknesses = [finding for finding in asked.findings_within if is_weakness(finding)]
    linked = sum(1 for finding in weaknesses if finding["recurrence_of_id"] is not None)
    return expect(Number(linked, len(weaknesses)))


def rising(asked):
    if asked.before is None:
        return expect()
    start, end = asked.before
    earlier = replace(asked, start=start, end=end)
    total, total_before = len(asked.read), len(earlier.read)
    rows = []
    if total >= 5 and total_before >= 5:
        before = by_theme(earlier, earlier.findings_within)
        for theme, found in by_theme(asked, asked.findings_within).items():
            n = len(_inspections_with(found) & set(asked.read))
            n_before = len(_inspections_with(before.get(theme, [])) & set(earlier.read))
            if n * total_before > n_before * total:
                rows.append((asked.rows.themes[theme]["name"], n, total, n_before, total_before))
    return expect(rows=rows)


def spread(asked):
    found = [f for f in asked.findings_within if is_weakness(f) and asked.is_of_theme(f)]
    number = Number(*_spread(asked, found))
    rows = []
    if asked.force:
        for council, read in _councils(asked).items():
            n = len(read & _inspections_with(found))
            rows.append((asked.rows.name(council), "Yes" if n else "No", n, len(read)))
    else:
        for force in asked.forces_inspected:
            n = sum(1 for finding in found if finding["attributed_to_id"] == force)
            rows.append((asked.rows.name(force), "Yes" if n else "No", n))
    return expect(number, rows=rows)


def forces_by_theme(asked):
    weaknesses = [finding for finding in asked.findings_within if is_weakness(finding)]
    forces = asked.forces | {finding["attributed_to_id"] for finding in weaknesses}
    themes = [pk for pk in asked.rows.themes if asked.counted_as(pk) == pk]
    rows = []
    for force in forces:
        read = sum(1 for pk in asked.read if force in asked.rows.concerned[pk])
        of_it = [finding for finding in weaknesses if finding["attributed_to_id"] == force]
        under_themes = by_theme(asked, of_it)
        cells = []
        for theme in themes:
            under = under_themes.get(theme, [])
            serious = sum(1 for finding in under if is_serious(finding))
            value = len(under) if read or under else None
            cells.append(Told(value, note=f"{serious} serious" if serious else ""))
        total = len(of_it) if read or of_it else None
        rows.append((asked.rows.agencies[force]["name"], read, total, *cells))
    names = [asked.rows.themes[theme]["name"] for theme in themes]
    return expect(rows=rows, columns=["Force", "Reports read", "All weaknesses", *names])
