from django.urls import path

from .views import (
    agencies,
    compare,
    dashboard,
    figures,
    findings,
    home,
    inspections,
    logging,
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
    path("findings/<public_id:public_id>/", findings.finding, name="finding"),
    path("findings/<public_id:public_id>/edit/", logging.finding_edit, name="finding_edit"),
    path("findings/<public_id:public_id>/<slug:verb>/confirm/", findings.finding_step, name="finding_step"),
    path("findings/<public_id:public_id>/withdraw/", findings.finding_withdraw, name="finding_withdraw"),
    path("views/", saved_views.saved_views, name="saved_views"),
    path("views/new/", saved_views.saved_view_add, name="saved_view_add"),
    path("views/<public_id:public_id>/", saved_views.saved_view, name="saved_view"),
    path("views/<public_id:public_id>/change/", saved_views.saved_view_change, name="saved_view_change"),
    path("views/<public_id:public_id>/remove/", saved_views.saved_view_remove, name="saved_view_remove"),
    path("themes/", themes.themes, name="themes"),
    path("themes/<slug:code>/", themes.theme, name="theme"),
]
