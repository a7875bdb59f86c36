"""Which inspection a report belongs to, once a person has confirmed what it says: the one recorded, or a new one."""

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, Channel

from .models import Coverage, IllegalTransition, Inspection, Provenance, Status


def recorded_already(user, *, framework, inspected_agency, fieldwork_to, **others):
    """The inspection that these facts are of, among those that the person may see; None where there is none."""
    return (
        Inspection.objects.visible_to(user)
        .exclude(status=Status.CANCELLED)
        .filter(framework=framework, inspected_agency=inspected_agency, fieldwork_to=fieldwork_to)
        .order_by("pk")
        .first()
    )


@transaction.atomic
def settle(report, *, by, values, judgements, expect=None):
    """Says of which inspection the report is; (inspection, whether it was recorded anew).

    One of the same framework, agency and last day of fieldwork is never doubled, and stays as it is recorded. A new
    one counts as published elsewhere, and as not read for findings until somebody says that all are recorded.
    """
    # Two people who confirm reports of one agency wait for each other here.
    Agency._base_manager.select_for_update().get(pk=values["inspected_agency"].pk)
    inspection = recorded_already(by, **values)
    is_new = inspection is None
    if is_new:
        framework = values["framework"]
        partners = framework.inspectorates.exclude(pk=by.agency_id) if framework.joint else []
        inspection = Inspection.record_published(
            by=by,
            channel=Channel.PAGE,
            values={
                **values,
                "lead_inspectorate": by.agency,
                "partner_inspectorates": list(partners),
                "report_url": report.url,
                "coverage": Coverage.GRADES,
                "team": [by],
            },
            judgements=judgements,
            provenance=Provenance.REPORT,
            source=f"{report.file_name}, SHA-256 {report.sha256}",
        )
    elif not inspection.takes_findings_from(by):
        raise IllegalTransition(
            _("%(inspection)s is recorded already, and you do not work on it: ask its team or its manager.")
            % {"inspection": inspection}
        )
    report.belong_to(inspection, by=by, expect=expect)
    return inspection, is_new
