from django.contrib.auth import views as auth_views
from django.urls import path

from . import probes, typed_views, views
from .sign_in import link_views, second_step_views, session_views, single_sign_on_views
from .sign_in import views as sign_in

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/forgotten/", link_views.password_forgotten, name="password_forgotten"),
    path("sign-in/forgotten/sent/", link_views.password_forgotten_sent, name="password_forgotten_sent"),
    path("sign-in/password/", link_views.password_choose, name="password_choose"),
    path("sign-in/password/<str:token>/", link_views.password_link, name="password_link"),
    path(
        "sign-out/", auth_views.LogoutView.as_view(template_name="account/signed_out.html"), name="sign_out"
    ),
    path("account/", sign_in.account, name="account"),
    path("sign-in/with/", single_sign_on_views.single_sign_on, name="single_sign_on"),
    path("sign-in/with/back/", single_sign_on_views.single_sign_on_back, name="single_sign_on_back"),
    path("sign-in/second-step/", second_step_views.second_step_asked, name="second_step_asked"),
    path("account/second-step/", second_step_views.second_step, name="second_step"),
    path("account/second-step/app/", second_step_views.app_add, name="app_add"),
    path("account/second-step/passkey/", second_step_views.passkey_add, name="passkey_add"),
    path("account/second-step/codes/", second_step_views.codes_made, name="codes_made"),
    path(
        "account/second-step/<int:pk>/remove/",
        second_step_views.second_step_remove,
        name="second_step_remove",
    ),
    path("account/sessions/", session_views.sessions, name="sessions"),
    path("account/password/", sign_in.password_change, name="password_change"),
    path("account/password/changed/", sign_in.password_change_done, name="password_change_done"),
    path("account/confirm/", sign_in.confirm, name="confirm"),
    path("typed/", typed_views.typed_save, name="typed_save"),
    path("typed/discard/", typed_views.typed_discard, name="typed_discard"),
    path("about/", views.about, name="about"),
    path("healthz", probes.healthz, name="healthz"),
    path("agencies/", views.agencies, name="agencies"),
]
