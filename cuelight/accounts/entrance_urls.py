"""Paths before the studio: signing in, up and out, and one's own account.

The paths are ours, the names allauth's: it finds its pages by them.
"""

from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as codes
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.socialaccount import views as sites
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.cache import never_cache

from cuelight.accounts import entrance_pages, views
from cuelight.accounts.entrance_pages import said, where_codes_are_on, where_it_can_be_proven
from cuelight.accounts.gate import account_page
from cuelight.accounts.providers import ASKING
from cuelight.ui.public import public

Page = Callable[..., HttpResponse]


def open_to_all(page: Any) -> Page:
    return public(never_cache(said(page)))


def own(page: Any) -> Page:
    return never_cache(account_page("account.manage")(said(page)))


urlpatterns = [
    path("sign-in", open_to_all(entrance_pages.SignIn.as_view()), name="account_login"),
    path("sign-in/code", open_to_all(codes.authenticate), name="mfa_authenticate"),
    path("sign-in/mailed-code", open_to_all(account.confirm_login_code), name="account_confirm_login_code"),
    path("sign-in/inactive", open_to_all(account.account_inactive), name="account_inactive"),
    path("sign-in/cancelled", open_to_all(sites.login_cancelled), name="socialaccount_login_cancelled"),
    path("sign-in/failed", open_to_all(entrance_pages.Failed.as_view()), name="socialaccount_login_error"),
    path("sign-out", views.sign_out, name="account_logout"),
    path("sign-up", open_to_all(entrance_pages.SignUp.as_view()), name="account_signup"),
    path("sign-up/site", open_to_all(sites.signup), name="socialaccount_signup"),
    path("signed-in", views.signed_in),
    path("enter/<str:token>", views.enter),
    path(
        "confirm-email",
        open_to_all(entrance_pages.ConfirmationSent.as_view()),
        name="account_email_verification_sent",
    ),
    path("confirm-email/<str:key>", open_to_all(entrance_pages.Confirm.as_view()), name="account_confirm_email"),
    path("password-reset", open_to_all(entrance_pages.Reset.as_view()), name="account_reset_password"),
    path("password-reset/sent", open_to_all(entrance_pages.ResetSent.as_view()), name="account_reset_password_done"),
    path(
        "password-reset/done",
        open_to_all(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path(
        "password-reset/<slug:uidb36>/<str:key>",
        open_to_all(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("reauthenticate", own(where_it_can_be_proven(account.reauthenticate)), name="account_reauthenticate"),
    path("reauthenticate/code", own(where_it_can_be_proven(codes.reauthenticate)), name="mfa_reauthenticate"),
    path("account", views.account, name="account"),
    path("account/email", own(entrance_pages.Addresses.as_view()), name="account_email"),
    path("account/password", own(account.password_change), name="account_change_password"),
    path("account/password/first", own(account.password_set), name="account_set_password"),
    path("account/codes", own(codes.index), name="mfa_index"),
    path("account/codes/on", own(totp.activate_totp), name="mfa_activate_totp"),
    path("account/codes/off", own(where_codes_are_on(totp.deactivate_totp)), name="mfa_deactivate_totp"),
    path(
        "account/codes/recovery", own(where_codes_are_on(recovery.view_recovery_codes)), name="mfa_view_recovery_codes"
    ),
    path(
        "account/codes/recovery/new",
        own(where_codes_are_on(recovery.generate_recovery_codes)),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/codes/recovery/file",
        own(where_codes_are_on(recovery.download_recovery_codes)),
        name="mfa_download_recovery_codes",
    ),
    path("account/devices", views.account_devices, name="usersessions_list"),
    path("account/connections", own(entrance_pages.Connections.as_view()), name="socialaccount_connections"),
    path("account/erase", views.erase),
]
for asking in ASKING:
    site = asking.provider_id
    urlpatterns += [
        path(f"oauth/{site}", open_to_all(entrance_pages.to_site(asking)), name=f"{site}_login"),
        path(f"oauth/{site}/callback", open_to_all(entrance_pages.from_site(asking)), name=f"{site}_callback"),
    ]
