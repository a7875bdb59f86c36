from django.urls import path

from .views import (
    agencies,
    bulk,
    comments,
    compare,
    corrections,
    dashboard,
    figures,
    finding_responses,
    finding_steps,
    findings,
    home,
    inspections,
    letters,
    logging,
    recurrence,
    saved_views,
    themes,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("compare/", compare.compare, name="compare"),
    path("figures/", figures.figures, name="figures"),
    path("figures/<slug:code>/", figures.figure, name="figure"),
    path("agencies/<slug:slug>/", agencies.agency, name="agency"),
    path("inspections/", inspections.inspections, name="inspections"),
    path("inspections/<public_id:public_id>/", inspections.inspection, name="inspection"),
    path(
        "inspections/<public_id:public_id>/<slug:verb>/confirm/",
        inspections.inspection_step,
        name="inspection_step",
    ),
    path("inspections/<public_id:public_id>/findings/new/", logging.finding_log, name="finding_log"),
    path(
        "inspections/<public_id:public_id>/findings/earlier/",
        logging.findings_earlier,
        name="findings_earlier",
    ),
    path("findings/", findings.findings, name="findings"),
    path("findings/change/", bulk.findings_bulk, name="findings_bulk"),
    path("recommendations/change/", bulk.recommendations_bulk, name="recommendations_bulk"),
    path("findings/<public_id:public_id>/", findings.finding, name="finding"),
    path("findings/<public_id:public_id>/edit/", logging.finding_edit, name="finding_edit"),
    path(
        "findings/<public_id:public_id>/<slug:verb>/confirm/", finding_steps.finding_step, name="finding_step"
    ),
    path("findings/<public_id:public_id>/withdraw/", finding_steps.finding_withdraw, name="finding_withdraw"),
    path("findings/<public_id:public_id>/assign/", finding_steps.finding_assign, name="finding_assign"),
    path("findings/<public_id:public_id>/correct/", corrections.finding_correct, name="finding_correct"),
    path(
        "findings/<public_id:public_id>/recurrence/", recurrence.finding_recurrence, name="finding_recurrence"
    ),
    path(
        "findings/<public_id:public_id>/respond/", finding_responses.finding_respond, name="finding_respond"
    ),
    path("findings/<public_id:public_id>/comments/new/", comments.finding_comment, name="finding_comment"),
    path(
        "recommendations/<public_id:public_id>/comments/new/",
        comments.recommendation_comment,
        name="recommendation_comment",
    ),
    path("comments/<public_id:public_id>/withdraw/", comments.comment_withdraw, name="comment_withdraw"),
    path("letters/", letters.letters, name="letters"),
    path("letters/new/", letters.letter_add, name="letter_add"),
    path("letters/<public_id:public_id>/", letters.letter, name="letter"),
    path("letters/<public_id:public_id>/edit/", letters.letter_edit, name="letter_edit"),
    path("letters/<public_id:public_id>/<slug:verb>/confirm/", letters.letter_step, name="letter_step"),
    path("views/", saved_views.saved_views, name="saved_views"),
    path("views/new/", saved_views.saved_view_add, name="saved_view_add"),
    path("views/<public_id:public_id>/", saved_views.saved_view, name="saved_view"),
    path("views/<public_id:public_id>/change/", saved_views.saved_view_change, name="saved_view_change"),
    path("views/<public_id:public_id>/remove/", saved_views.saved_view_remove, name="saved_view_remove"),
    path("themes/", themes.themes, name="themes"),
    path("themes/<slug:code>/", themes.theme, name="theme"),
]
