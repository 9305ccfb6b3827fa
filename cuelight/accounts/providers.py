"""Sites that people sign in with: where each is asked, and how far its word about an address is taken."""

from typing import Any, ClassVar

from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.github.provider import GitHubProvider
from allauth.socialaccount.providers.github.views import GitHubOAuth2Adapter
from allauth.socialaccount.providers.google.provider import GoogleProvider
from allauth.socialaccount.providers.google.views import GoogleOAuth2Adapter
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from allauth.socialaccount.providers.twitch.provider import TwitchProvider
from allauth.socialaccount.providers.twitch.views import TwitchOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


class Asking(OAuth2Adapter):  # type: ignore[misc]
    """Asks a site at its configured address, and comes back to our public one."""

    #: Where the site is for everybody but those who run their own, or a fake of it.
    usual: str
    #: The site's other hosts, for everybody.
    elsewhere: ClassVar[dict[str, str]]

    def at(self, path: str, host: str = "") -> str:
        base: str = settings.OAUTH_URLS[self.provider_id]
        return (self.elsewhere[host] if host and base == self.usual else base) + path

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return str(settings.PUBLIC_URL + reverse(f"{self.provider_id}_callback"))

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        try:
            return super().complete_login(request, app, token, **kwargs)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ProviderException(f"{self.provider_id} answered something else: {type(error).__name__}") from error


class GoogleAsking(Asking, GoogleOAuth2Adapter):  # type: ignore[misc]
    usual = "https://accounts.google.com"
    elsewhere: ClassVar = {"token": "https://oauth2.googleapis.com", "api": "https://www.googleapis.com"}

    @property
    def authorize_url(self) -> str:
        return self.at("/o/oauth2/v2/auth")

    @property
    def access_token_url(self) -> str:
        return self.at("/token", "token")

    @property
    def identity_url(self) -> str:
        return self.at("/oauth2/v2/userinfo", "api")

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        """Looks at the signature every time, also of what came straight from the token's address."""
        found: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.at("/oauth2/v1/certs", "api"),
            issuer=self.at(""),
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_pem_x509_certificate,
        )
        return found


class TwitchAsking(Asking, TwitchOAuth2Adapter):  # type: ignore[misc]
    usual = "https://id.twitch.tv"
    elsewhere: ClassVar = {"api": "https://api.twitch.tv"}

    @property
    def authorize_url(self) -> str:
        return self.at("/oauth2/authorize")

    @property
    def access_token_url(self) -> str:
        return self.at("/oauth2/token")

    @property
    def profile_url(self) -> str:
        return self.at("/helix/users", "api")


class GitHubAsking(Asking, GitHubOAuth2Adapter):  # type: ignore[misc]
    usual = "https://github.com"
    elsewhere: ClassVar = {"api": "https://api.github.com"}

    @property
    def authorize_url(self) -> str:
        return self.at("/login/oauth/authorize")

    @property
    def access_token_url(self) -> str:
        return self.at("/login/oauth/access_token")

    @property
    def profile_url(self) -> str:
        return self._api("/user")

    @property
    def emails_url(self) -> str:
        return self._api("/user/emails")

    def _api(self, path: str) -> str:
        """An enterprise server has its interface below its own address."""
        return self.at(path if self.at("") == self.usual else f"/api/v3{path}", "api")


class Careful:
    """Takes from a request only what our own buttons send."""

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        scope: list[str] = self.get_scope()  # type: ignore[attr-defined]
        return scope

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        params: dict[str, str] = self.get_auth_params()  # type: ignore[attr-defined]
        return params

    def vouches_for(self, email: str, login: Any) -> bool:
        """Whether the site's word that an address is somebody's is good enough to let them into our account of it."""
        return False


class Google(Careful, GoogleProvider):  # type: ignore[misc]
    oauth2_adapter_class = GoogleAsking

    def vouches_for(self, email: str, login: Any) -> bool:
        """Google runs the mailbox itself: of its own addresses, and of organisations it hosts. Another address it has
        only once sent a mail to."""
        return email.lower().endswith("@gmail.com") or bool(login.account.extra_data.get("hd"))


class Twitch(Careful, TwitchProvider):  # type: ignore[misc]
    oauth2_adapter_class = TwitchAsking


class Github(Careful, GitHubProvider):  # type: ignore[misc]
    oauth2_adapter_class = GitHubAsking

    def vouches_for(self, email: str, login: Any) -> bool:
        """The main address, which GitHub has had confirmed and goes on sending mail to."""
        return True


ASKING = (GoogleAsking, TwitchAsking, GitHubAsking)
