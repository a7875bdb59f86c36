"""What is known before anything is learnt: how far a feature speaks for a weakness of the police, or against it.

Weights begin here and are held to it, so that examples can correct a rule but a few of them cannot overthrow it.
"""

from .learning import Classifier

# Feature: what it adds to the logarithm of the odds.
FOR_A_STRENGTH = {"nothing praised": -1.5, "has praise": 0.5}
FOR_A_POLICE_WEAKNESS = {
    "clause police and shortfall": 1.0,
    "shortfall of police": 0.7,
    "has delay by police": 1.5,
    "police attendance, falling short": 1.2,
    "police gave, falling short": 0.7,
    "police act, falling short": 0.7,
    "in improvement: police": 1.5,
    "in priority action: police": 2.0,
    "speaks on of police, shortfall": 0.7,
    "points back to police with shortfall": 0.7,
    # Who is left out of a discussion that only police and social care have is not the police.
    "has only police": -3.0,
    "has because of the council": -2.5,
    "has police mentioned": -1.2,
    "has police asked": -1.5,
    "has police received": -1.2,
    "shortfall of council": -0.7,
    "shortfall after council": -0.7,
    "in body: nothing short": -1.0,
    "in board: nothing short": -1.0,
    "in strengths: nothing short": -1.0,
    "has past": -0.3,
}


# Topics (topics.py) and the theme that their words speak for.
THEMES_OF_TOPICS = {
    "domestic abuse": ("domestic-abuse-information-sharing", 1.5),
    "missing": ("missing-children", 1.0),
    "exploitation": ("child-sexual-exploitation", 1.5),
    "strategy": ("strategy-discussions", 2.0),
    "conferences": ("child-protection-conferences", 1.5),
    "investigation": ("joint-investigation", 1.0),
    "checks": ("vetting-and-checks", 1.0),
    "custody": ("police-custody-and-protection-powers", 1.5),
    "front door": ("front-door-and-referrals", 1.0),
    "governance": ("partnership-governance", 0.7),
    "radicalisation": ("radicalisation-gangs-fgm", 1.5),
    "allegations": ("allegations-against-professionals", 1.5),
}
AROUND = 0.4  # how much of that a topic counts that stands elsewhere in the passage


def known(types, themes):
    """{question: classifier} that know the rules and nothing else."""
    by_type = {}
    for type_, weights in (("police weakness", FOR_A_POLICE_WEAKNESS), ("strength", FOR_A_STRENGTH)):
        for feature, weight in weights.items():
            by_type[feature] = [weight if name == type_ else 0.0 for name in types]
    by_theme = {}
    for topic, (theme, weight) in THEMES_OF_TOPICS.items():
        row = [weight if name == theme else 0.0 for name in themes]
        by_theme[f"topic {topic}"] = row
        by_theme[f"passage topic {topic}"] = [AROUND * value for value in row]
    return {"type": Classifier(types, by_type), "theme": Classifier(themes, by_theme)}
