"""Recommendations closed: within a year, claimed and waiting, reopened, and found again afterwards."""

from django.utils.translation import gettext_lazy as _

from .figure import Section, figure
from .measured import SUPERSEDED, TAKES, and_whom, share


@figure(
    "closure",
    takes=TAKES,
    number="15",
    title=_("Verified and closed within 12 months"),
    counts=_(
        "Recommendations about the police that were verified and closed no later than the same day a year after they "
        "were first issued (of 29 February: 28 February). One that was reopened later counts: that is counted apart."
    ),
    of=_(
        "Recommendations about the police first issued in the 12 months that ended 12 months before the as-of day, "
        "whatever the window."
    ),
    leaves_out=and_whom(SUPERSEDED),
    windowed=False,
)
def closure(scope):
    label = _("recommendations issued 12 to 24 months before were verified and closed within 12 months")
    nothing = _("None issued then")
    return Section(values=(share(scope, "closed-in-time", "closure-due", label, nothing=nothing),))


@figure(
    "claims",
    takes=TAKES,
    number="16",
    title=_("Claimed and not verified; reopened"),
    counts=_(
        "Recommendations about the police whose completion was claimed more than 60 days before the day and is neither "
        "verified nor found wanting; and those that were reopened after they had been closed."
    ),
    of=_(
        "Those with a claim that waits on the day; and all that were ever closed before it, verified or as not "
        "implemented. Each counts once."
    ),
    leaves_out=and_whom(_("A claim of exactly 60 days before.")),
    windowed=False,
)
def claims(scope):
    return Section(
        values=(
            share(
                scope,
                "claimed-long",
                "claimed",
                _("claims of completion are not verified after 60 days"),
                nothing=_("No claims"),
                alert=True,
            ),
            share(
                scope,
                "reopened",
                "closed",
                _("recommendations once closed were reopened"),
                nothing=_("None closed"),
            ),
        )
    )


@figure(
    "found-again",
    takes=TAKES,
    number="9",
    title=_("Found again after closure"),
    counts=_(
        "Recommendations about the police that were verified and closed, and whose finding an inspector linked to a "
        "weakness published later, within 24 months after the closure."
    ),
    of=_(
        "Recommendations about the police with a verified closure more than 24 months before the as-of day, whatever the "
        "window and whether or not they were reopened since."
    ),
    leaves_out=and_whom(
        _("Likenesses that nobody linked: those are counted as recurrence. Closures as not implemented.")
    ),
    windowed=False,
)
def found_again(scope):
    label = _("closures were followed by a linked weakness within 24 months")
    nothing = _("None old enough")
    return Section(
        values=(share(scope, "found-again", "closed-long-ago", label, nothing=nothing, alert=True),)
    )
