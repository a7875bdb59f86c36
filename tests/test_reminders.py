"""Reminders by e-mail: only who asked, only what they may see at that moment, nothing twice, and no storms."""

ROUTES = {"notifications"}
