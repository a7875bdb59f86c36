"""What every page needs beside its own context."""

from django.conf import settings


def site(request):
    return {"DEMO": settings.DEMO, "second_look": getattr(request, "second_look", None)}
