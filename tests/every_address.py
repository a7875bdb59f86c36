"""Where every page of the register is: for tests that open or send all of them."""

from django.utils import timezone

from findings.models import (
    AccuracyComment,
    CaseReferral,
    Comment,
    Commitment,
    Letter,
    LocalEscalation,
    SavedView,
)

from .reports import proposed_in
from .states import add_evidence, begun_plan, moved, planned
from .who_sees_what import routes


def arguments(*, draft, finding, drafting, recommendation, sif, stockton, cleveland, strategy, ines, mary):
    """{name of a route: [its arguments, once for each record]}, with a record of every kind; none where it takes none."""
    arguments = {
        "agency": [[cleveland.slug]],
        "theme": [[strategy.code]],
        "figure": [["serious-weakness"], ["themes"], ["grade-history"]],
        "inspection_step": [[drafting.public_id, "pause"], [drafting.public_id, "cancel"]],
        "finding_step": [[draft.public_id, "submit"]],
        "password_link": [["any-token"]],
        "second_step_remove": [[1]],
    }
    of_inspection = {
        "inspection",
        "inspection_edit",
        "inspection_judge",
        "inspection_date",
        "finding_log",
        "findings_earlier",
    }
    arguments |= {name: [[drafting.public_id], [finding.inspection.public_id]] for name in of_inspection}
    of_finding = {
        "finding",
        "finding_edit",
        "finding_withdraw",
        "finding_assign",
        "finding_correct",
        "finding_recurrence",
        "finding_respond",
        "finding_comment",
    }
    arguments |= {name: [[draft.public_id], [finding.public_id]] for name in of_finding}
    comment = Comment.post(by=ines, finding=draft, audience="inspectorate", text="See page 12.")
    arguments |= {
        "comment_withdraw": [[comment.public_id]],
        "recommendation_comment": [[recommendation.public_id]],
    }
    of_recommendation = {name for name in routes() if name.startswith("recommendation_")}
    arguments |= {name: [[recommendation.public_id]] for name in of_recommendation | {"recommendation"}}
    arguments |= {
        "recommendation_add": [[draft.public_id], [finding.public_id]],
        "recommendation_step": [[recommendation.public_id, "close_not_implemented"]],
    }
    in_round, embargoed = (
        moved(planned(ines, sif, stockton), status, mary) for status in ("factual_accuracy", "embargoed")
    )
    line = AccuracyComment.submit(by=ines, inspection=in_round, by_agency=stockton, text="It was in June.")
    arguments |= {name: [[in_round.public_id]] for name in ("accuracy_comments", "accuracy_comment_add")}
    arguments |= {
        "accuracy_comment_decide": [[in_round.public_id, line.public_id]],
        "inspection_embargo": [[embargoed.public_id]],
        "inspection_hold": [[embargoed.public_id]],
    }
    plan = begun_plan(recommendation)
    evidence = add_evidence(recommendation, by=ines)
    arguments |= {name: [[plan.public_id]] for name in ("plan", "plan_edit")}
    arguments |= {
        "plan_begin": [[finding.inspection.public_id]],
        "plan_step": [[plan.public_id, "submit"]],
        "plan_progress": [[plan.public_id, 1]],
        "evidence_add": [[recommendation.public_id]],
        "evidence_replace": [[evidence.public_id]],
        "evidence_withdraw": [[evidence.public_id]],
        "evidence_download": [[evidence.public_id]],
    }
    case = CaseReferral.refer(
        by=ines,
        inspection=drafting,
        values={"to_agency": cleveland, "reason": "Closed too early.", "finding": draft},
    )
    raised = LocalEscalation.record(
        by=ines, finding=draft, values={"by_agency": stockton, "to_agency": cleveland}
    )
    arguments |= {
        name: [[case.public_id]] for name in ("case_referral", "case_referral_edit", "case_referral_resolve")
    }
    arguments |= {
        "case_referral_add": [[drafting.public_id]],
        "local_escalation_add": [[draft.public_id]],
        "local_escalation_edit": [[raised.public_id]],
    }
    letter = Letter.draft(
        by=mary, values={"level": 2, "to_agency": cleveland, "subject": "Attendance", "text": "We write."}
    )
    arguments |= {name: [[letter.public_id]] for name in ("letter", "letter_edit", "letter_file")}
    arguments["letter_step"] = [[letter.public_id, "send"]]
    report, proposed = proposed_in(ines, attributed_to=cleveland, theme=strategy)
    of_report = ("report", "report_facts", "report_file")
    arguments |= {name: [[report.public_id]] for name in of_report}
    arguments |= {"report_page": [[report.public_id, 1]], "proposal": [[proposed.public_id]]}
    letter.add_figure(
        by=mary, name="findings", code="findings", query="window=all", place=0, expect=letter.version
    )
    arguments["letter_start"] = [["alert"], ["reassurance"]]
    arguments["letter_figure_add"] = [[letter.public_id]]
    arguments |= {
        name: [[letter.public_id, "findings"]] for name in ("letter_figure", "letter_figure_remove")
    }
    undertaken = Commitment.undertake(
        by=mary, letter=letter, values={"text": "Attend every meeting.", "due_on": timezone.localdate()}
    )
    arguments["commitment_report"] = [[letter.public_id, undertaken.public_id]]
    view = SavedView.keep(by=ines, values={"name": "Serious", "page": "findings"})
    arguments |= {
        name: [[view.public_id]] for name in ("saved_view", "saved_view_change", "saved_view_remove")
    }
    return arguments
