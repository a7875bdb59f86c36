"""Reference data: the themes by which findings are told apart."""

from .models import Theme


def load(loader):
    loader.load(
        Theme,
        "findings/data/themes.csv",
        key=["code"],
        columns=["code", "name", "definition", "includes", "excludes", "order"],
    )
