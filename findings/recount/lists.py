"""How many rows stand behind a link of a figure: what the person would count in the list that it opens."""

from ..behind import NoList, records_behind


class Lists:
    """Counts the rows behind addresses for one person, each address once."""

    def __init__(self, user):
        self.user = user
        self.counted = {}

    def rows_behind(self, url):
        """Their number, or in words why the list shows an error. Who sees nothing finds an empty list, with or without one."""
        if url not in self.counted:
            self.counted[url] = self._count(url)
        return self.counted[url]

    def _count(self, url):
        try:
            return records_behind(url, self.user).count()
        except NoList as error:
            return f"an error: {error}" if self.user.has_a_role else 0
