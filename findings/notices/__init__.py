"""Reminders by e-mail: what a person is told on a day (digest), the mail (mail), and one run for everybody (run)."""
