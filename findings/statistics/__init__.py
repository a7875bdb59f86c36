"""Figures: pure functions, queryset in, numbers out, counted in SQL. Definitions: findings/figures/.

Every function takes querysets that already hold only what the person may count (`known.Known`): inspections and
findings that were public on the day the figures are of.
"""
