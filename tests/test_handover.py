"""Handing over: exactly what was shown moves, by the verbs, all or nothing; what may not move stays and says why."""

ROUTES = {"work_handover"}
