"""Routes whose table of who sees what stands beside their other tests, not in test_visibility.

Each module named here has ROUTES, the names of the routes that its tables hold; test_visibility compares both.
"""

ELSEWHERE = {
    "test_accuracy": {"accuracy_comments", "accuracy_comment_add", "accuracy_comment_decide"},
    "test_referrals": {
        "case_referrals",
        "case_referral",
        "case_referral_add",
        "case_referral_edit",
        "case_referral_resolve",
        "local_escalation_add",
        "local_escalation_edit",
    },
    "test_bulk": {"findings_bulk", "recommendations_bulk"},
    "test_review": {"finding_assign"},
    "test_corrections_of_findings": {"finding_correct"},
    "test_found_again": {"finding_recurrence"},
    "test_finding_responses": {"finding_respond"},
    "test_comments": {"finding_comment", "recommendation_comment", "comment_withdraw"},
    "test_embargo": {"inspection_embargo", "inspection_hold"},
    "test_letters": {"letters", "letter_add", "letter", "letter_edit", "letter_step"},
    "test_recommendation_visibility": {
        "recommendations",
        "recommendation",
        "recommendation_add",
        "recommendation_edit",
        "recommendation_step",
        "recommendation_respond",
        "recommendation_claim",
        "recommendation_verify",
        "recommendation_supersede",
        "recommendation_date",
        "recommendation_date_decide",
        "recommendation_assign",
    },
    "test_evidence": {"evidence_add", "evidence_replace", "evidence_withdraw", "evidence_download"},
    "test_plans": {"plans", "plan_begin", "plan", "plan_edit", "plan_step", "plan_progress"},
    "test_work": {"work"},
    "test_read_log": {"read_log"},
    "test_break_glass": {"break_glass"},
    "test_handover": {"work_handover"},
    "test_reminders": {"notifications"},
    "test_fresh_sign_in": {"confirm"},
    "test_own_sessions": {"account", "sessions"},
    "test_password_links": {"password_forgotten", "password_forgotten_sent", "password_link", "password_choose"},
}
