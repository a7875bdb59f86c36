"""Routes whose table of who sees what stands beside their other tests, not in test_visibility.

Each module named here has ROUTES, the names of the routes that its tables hold; test_visibility compares both.
"""

ELSEWHERE = {
    "test_bulk": {"findings_bulk", "recommendations_bulk"},
    "test_comments": {"finding_comment", "recommendation_comment", "comment_withdraw"},
    "test_letters": {"letters", "letter_add", "letter", "letter_edit", "letter_step"},
}
