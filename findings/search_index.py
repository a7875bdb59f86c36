"""Where the words of findings are looked for."""

from agencies.search.index import TextIndex

# Not why it is so severe: before publication that is not shown to everybody who sees the finding.
FINDINGS = TextIndex("findings_finding", main=("summary", "reference"), further=("detail",))
