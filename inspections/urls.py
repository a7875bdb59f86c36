from django.urls import path

from . import break_glass_views, read_log_views, views

urlpatterns = [
    path("inspections/new/", views.inspection_add, name="inspection_add"),
    path("inspections/<public_id:public_id>/edit/", views.inspection_edit, name="inspection_edit"),
    path("inspections/<public_id:public_id>/judgements/", views.inspection_judge, name="inspection_judge"),
    path("inspections/<public_id:public_id>/dates/new/", views.inspection_date, name="inspection_date"),
    path("break-glass/", break_glass_views.break_glass, name="break_glass"),
    path("read-log/", read_log_views.read_log, name="read_log"),
]
