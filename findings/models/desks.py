"""On whose desk a piece of work lies: who of those named may really do it, asked in SQL.

Work that is assigned to somebody who has left, or who may not do it any more, would be seen by nobody; so managers of
the lead inspectorate see it like what is assigned to nobody.
"""

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from agencies.models import Role, User
from inspections.models import Inspection

STAFF = (Role.INSPECTOR, Role.MANAGER)


def reviewer_is_there():
    """Of findings: whether who it is assigned to may review it (`FindingRights.people_to_assign`, in review)."""
    team = Inspection.team.through.objects.filter(inspection=OuterRef(OuterRef("inspection_id")))
    may = Q(role=Role.MANAGER) | (Q(role=Role.INSPECTOR) & ~Q(pk__in=team.values("user_id")))
    people = User.objects.filter(
        may, pk=OuterRef("assigned_to"), is_active=True, agency=OuterRef("inspection__lead_inspectorate")
    )
    return Exists(people)


def writer_is_there():
    """Of drafts: whether who has it, or else its author, still works on the inspection."""
    team = Inspection.team.through.objects.filter(inspection=OuterRef(OuterRef("inspection_id")))
    lead = Q(agency=OuterRef("inspection__lead_inspectorate"))
    taking_part = lead | Q(agency__partnered_inspections=OuterRef("inspection_id"))
    may = (lead & Q(role=Role.MANAGER)) | (taking_part & Q(role__in=STAFF, pk__in=team.values("user_id")))
    holder = Coalesce(OuterRef("assigned_to_id"), OuterRef("author_id"))
    return Exists(User.objects.filter(may, pk=holder, is_active=True))


def follower_is_there():
    """Of recommendations: whether who it is assigned to still works for an inspectorate that takes part."""
    taking_part = Q(agency=OuterRef("finding__inspection__lead_inspectorate")) | Q(
        agency__partnered_inspections=OuterRef("finding__inspection")
    )
    people = User.objects.filter(taking_part, pk=OuterRef("assigned_to"), is_active=True, role__in=STAFF)
    return Exists(people)
