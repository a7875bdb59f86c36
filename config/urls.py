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
