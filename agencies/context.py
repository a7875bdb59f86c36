"""What every page needs beside its own context."""

from django.conf import settings


def site(request):
    return {
        "DEMO": settings.DEMO,
        "SINGLE_SIGN_ON": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
        "second_look": getattr(request, "second_look", None),
    }
