"""The frameworks whose reports can be read. Another is one module here with the names that these have.

CODE, that of the reference data; `recognises(printed)`, from what the first pages say; `facts(printed, gazetteer)`,
which returns Facts; `paragraphs(printed)`, which returns the report's paragraphs in order.
"""

from . import ilacs, jtai, sif

# The first that recognises a report reads it: letters of joint inspections name Ofsted's own in passing.
FRAMEWORKS = (jtai, sif, ilacs)


def framework_of(printed):
    """The module that reads this report, or None."""
    return next((module for module in FRAMEWORKS if module.recognises(printed)), None)
