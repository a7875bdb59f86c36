"""Where the words of passages are looked for."""

from agencies.search.index import TextIndex

PASSAGES = TextIndex("inspections_passage", main=("text",))
