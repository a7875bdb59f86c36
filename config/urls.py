from django.urls import include, path, register_converter

from agencies import admin
from agencies.public_ids import PublicIdConverter

register_converter(PublicIdConverter, "public_id")

urlpatterns = [
    path("", include("agencies.urls")),
    path("", include("inspections.urls")),
    path("", include("findings.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "agencies.errors.bad_request"
handler403 = "agencies.errors.permission_denied"
handler404 = "agencies.errors.page_not_found"
handler500 = "agencies.errors.server_error"
