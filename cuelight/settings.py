"""Every setting, read once from the environment. With nothing set, the demo studio starts on this machine.

With its readers (`environment`) this is the only module that reads environment variables; `docs/configuration.md` lists
them all.
"""

import ssl
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import make_conninfo

from cuelight import logs
from cuelight.environment import (
    LOOPBACK,
    env_base,
    env_choice,
    env_file,
    env_flag,
    env_list,
    env_networks,
    env_number,
    env_origins,
    env_passphrases,
    env_redis,
    env_secret,
    env_shopify_url,
    env_site,
    env_smtp,
    env_socket,
    env_text,
    env_version,
    split,
)

ROOT = Path(__file__).resolve().parent.parent


def pictures_place() -> dict[str, Any]:
    """Django's settings of where pictures lie: the bucket that is named, else a folder."""
    if not S3_GIVEN:
        return {"BACKEND": "cuelight.catalog.storage.Folder"}
    return {
        "BACKEND": "cuelight.catalog.bucket.Bucket",
        "OPTIONS": {
            "bucket_name": env_text("CUELIGHT_S3_BUCKET"),
            "endpoint_url": env_base("CUELIGHT_S3_ENDPOINT", "") or None,
            # Signatures need one; stores with an endpoint of their own rarely care.
            "region_name": env_text("CUELIGHT_S3_REGION", "us-east-1"),
            "access_key": env_text("CUELIGHT_S3_ACCESS_KEY"),
            "secret_key": env_text("CUELIGHT_S3_SECRET_KEY"),
            "location": env_text("CUELIGHT_S3_PREFIX").strip("/"),
        },
    }


def database(url: str) -> dict[str, Any]:
    """Django's settings for a PostgreSQL URL; ``?host=/folder`` names a socket folder, other options go to libpq."""
    parts = split("DATABASE_URL", url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://; PostgreSQL is the only database.")
    options = {"application_name": "cuelight"} | dict(parse_qsl(parts.query))
    try:
        make_conninfo("", **options)
    except ProgrammingError as error:
        raise ImproperlyConfigured(f"DATABASE_URL has an option PostgreSQL does not know: {error}.") from None
    host = parts.hostname or options.pop("host", "")
    options |= verified(host, options, DATABASE_CA)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "cuelight",
        "USER": unquote(parts.username or "") or options.pop("user", ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"pool": {"min_size": 1, "max_size": POOL_SIZE, "timeout": 5}, **options},
    }


def verified(host: str, options: dict[str, str], authority: str) -> dict[str, str]:
    """How TLS to the database goes: beyond this machine the server proves its name, or nothing is said to it.

    ``authority``: the file of the certificates that vouch for it; without one, those that the system trusts. On this
    machine (loopback, a socket folder) TLS is left to the URL. A host that is not named may come from libpq's own
    variables, so it counts as beyond; over a socket libpq does without TLS all the same.
    """
    if place := next((option for option in ("hostaddr", "service") if option in options), ""):
        raise ImproperlyConfigured(
            f"DATABASE_URL says {place}; name the server as its certificate does: postgresql://user@server/name."
        )
    mode, here = options.get("sslmode", ""), host and all(is_here(part) for part in host.split(","))
    if here and mode != "verify-full":
        return {}
    if mode not in ("", "verify-full"):
        raise ImproperlyConfigured(
            f"DATABASE_URL says sslmode={mode}, which does not check who answers; for a database on another machine it "
            "takes sslmode=verify-full. CUELIGHT_DATABASE_CA names the file of an authority that the system does not "
            "know."
        )
    authority = authority or options.get("sslrootcert", SYSTEM_AUTHORITIES)
    # Kerberos' own encryption would take the place of TLS, and no certificate would be looked at.
    return {"sslmode": "verify-full", "sslrootcert": authority, "gssencmode": "disable"}


def is_here(host: str) -> bool:
    """Whether a host of PostgreSQL is this machine itself: loopback, or a socket folder."""
    return host.startswith(("/", "@")) or host in LOOPBACK


#: What the Python of this machine trusts. psycopg's wheel has an OpenSSL of its own, whose "system" is an empty folder.
SYSTEM_AUTHORITIES = ssl.get_default_verify_paths().cafile or "system"

ENVIRONMENT = env_choice("CUELIGHT_ENV", ("development", "production"))
PRODUCTION = ENVIRONMENT == "production"
DEBUG = False
HOST = env_text("CUELIGHT_HOST", "127.0.0.1")
PORT = env_number("PORT", 4000, least=1, most=65535)
POOL_SIZE = env_number("POOL_SIZE", 10, least=2, most=1000)
DATA_DIR = Path(env_text("CUELIGHT_DATA_DIR", str(ROOT / "var"))).absolute()
DATABASE_URL = env_text("DATABASE_URL")
DATABASE_CA = env_file("CUELIGHT_DATABASE_CA")
REDIS_URL = env_redis("REDIS_URL")
REDIS_CHANNEL = env_text("CUELIGHT_REDIS_CHANNEL", "cuelight")

# Pushes a socket may send: per second, and at once. Pages of other origins that may open a socket: "https://a.example".
PUSH_RATE = env_number("CUELIGHT_PUSH_RATE", 200, least=1, most=1_000_000)
PUSH_BURST = env_number("CUELIGHT_PUSH_BURST", 500, least=1, most=1_000_000)
SOCKET_ORIGINS = env_origins("CUELIGHT_SOCKET_ORIGINS")

INSTALLED_APPS = [
    "cuelight.ui",
    "cuelight.live",
    "cuelight.jobs",
    "cuelight.accounts",
    "cuelight.catalog",
    "cuelight.documents",
    "cuelight.sessions",
    "cuelight.streams",
    "cuelight.widgets",
    "cuelight.studio",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.twitch",
    "allauth.socialaccount.providers.github",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

DATABASES = {"default": database(DATABASE_URL or "postgresql:///cuelight")}

#: Addresses of proxies of ours, whose word about where a request comes from and whether it came encrypted is taken; and
#: the header they say the first in. In production somebody else ends TLS, by default on this machine.
#: Networks beside the public ones that pictures of imported products may be fetched from.
PICTURE_NETWORKS = env_networks("CUELIGHT_PICTURE_NETWORKS", "")
TRUSTED_PROXIES = env_networks("CUELIGHT_TRUSTED_PROXIES", "127.0.0.1, ::1" if PRODUCTION else "")
PROXY_HEADER = env_text("CUELIGHT_PROXY_HEADER", "X-Forwarded-For")

#: Days that entries of the audit log are kept, and that a deleted studio can be restored.
AUDIT_DAYS = env_number("CUELIGHT_AUDIT_DAYS", 365, least=30, most=36500)
FOLD_AFTER_DAYS = env_number("CUELIGHT_FOLD_AFTER_DAYS", 90, least=30, most=36500)
ERASE_AFTER_DAYS = env_number("CUELIGHT_ERASE_AFTER_DAYS", 7, least=1, most=365)

PUBLIC_URL = env_site("CUELIGHT_PUBLIC_URL", f"http://localhost:{PORT}", encrypted=PRODUCTION)
ALLOWED_HOSTS = env_list("CUELIGHT_ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1]")
ALLOWED_HOSTS += [urlsplit(PUBLIC_URL).hostname or ""]

#: Others can get at it: it listens beyond this machine, or answers to a name of which a proxy may make it known.
REACHABLE = PRODUCTION or any(host not in LOOPBACK for host in (HOST, *ALLOWED_HOSTS))
#: What a studio that others can reach must be told; in production also where it is, and who ends TLS before it.
REQUIRED = ["DATABASE_URL", "SECRET_KEY_BASE"] if REACHABLE else []
REQUIRED += ["CUELIGHT_PUBLIC_URL"] if PRODUCTION else []
REQUIRED += ["CUELIGHT_TRUSTED_PROXIES"] if PRODUCTION and HOST not in LOOPBACK else []
#: Pictures in a bucket: whoever names one thing of it must name all that it takes.
S3_GIVEN = any(env_text(f"CUELIGHT_S3_{name}") for name in ("BUCKET", "ENDPOINT", "ACCESS_KEY", "SECRET_KEY", "PREFIX"))
REQUIRED += [f"CUELIGHT_S3_{name}" for name in ("BUCKET", "ACCESS_KEY", "SECRET_KEY")] if S3_GIVEN else []
# Amazon's own has no endpoint, but a region.
REQUIRED += ["CUELIGHT_S3_ENDPOINT"] if S3_GIVEN and not env_text("CUELIGHT_S3_REGION") else []
MISSING = [name for name in REQUIRED if not env_text(name)]
#: With nothing configured and nobody else able to reach it: one click signs in as anybody.
DEMO = not REACHABLE and not env_flag("CUELIGHT_NO_DEMO")
#: Whether studios may have an audience that is simulated. Never where real ones are.
SIMULATOR = not PRODUCTION and not env_flag("CUELIGHT_NO_SIMULATOR")

#: By role; nothing: what is stored stays. Only a start of the studio uses them, and only their hashes are kept.
ROLE_PASSPHRASES = env_passphrases()

ROOT_URLCONF = "cuelight.urls"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

MIDDLEWARE = [
    "cuelight.ui.security.HeadersMiddleware",
    "cuelight.ui.security.EncryptedMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "cuelight.ui.assets.AssetsMiddleware",
    "cuelight.catalog.media.MediaMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cuelight.accounts.gate.IdentityMiddleware",
    "cuelight.accounts.gate.GateMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "cuelight.accounts.devices.DevicesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cuelight.ui.security.TextMiddleware",
    "cuelight.ui.errors.ErrorsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cuelight.ui.context.shell",
                "cuelight.accounts.context.rights",
            ],
            "builtins": ["cuelight.ui.templatetags.islands"],
        },
    },
]

CSRF_FAILURE_VIEW = "cuelight.ui.errors.csrf_failure"
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/home"
# The first alone looks at passwords; the second is what signed links and one-click sign-ins are kept under.
AUTHENTICATION_BACKENDS = [
    "cuelight.accounts.backend.PasswordBackend",
    "django.contrib.auth.backends.ModelBackend",
]
SESSION_COOKIE_AGE = 14 * 24 * 3600

# Who may make an account: everybody, or who holds an invitation. Whom to write to about this installation.
SIGN_UP = env_choice("CUELIGHT_SIGN_UP", ("open", "invited"))
CONTACT = env_text("CUELIGHT_CONTACT")

# Mail. Without a server it goes into a folder, for trying things out; in production it then goes nowhere.
SMTP = env_smtp("CUELIGHT_SMTP_URL")
MAIL_FROM = env_text("CUELIGHT_MAIL_FROM", f"Cuelight <cuelight@{urlsplit(PUBLIC_URL).hostname}>")
MAIL_FOLDER = None if SMTP or PRODUCTION else DATA_DIR / "mail"

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
]
PASSWORD_RESET_TIMEOUT = 3600

# What all processes must agree on for a while: how often a password was tried, which one-time codes were used.
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    | {"KEY_PREFIX": REDIS_CHANNEL}
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

ACCOUNT_ADAPTER = "cuelight.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "cuelight.accounts.forms.SignInForm",
    "signup": "cuelight.accounts.forms.SignUpForm",
    "add_email": "cuelight.accounts.forms.AddAddressForm",
    "change_password": "cuelight.accounts.forms.ChangePasswordForm",
    "set_password": "cuelight.accounts.forms.SetPasswordForm",
    "reset_password": "cuelight.accounts.forms.ResetForm",
    "reset_password_from_key": "cuelight.accounts.forms.NewPasswordForm",
    "reauthenticate": "cuelight.accounts.forms.ReauthenticateForm",
}
ACCOUNT_SIGNUP_FORM_CLASS = "cuelight.accounts.naming.NameForm"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
# Who may not see a page signs in as somebody else.
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,5/5m/key"}

MFA_ADAPTER = "cuelight.accounts.adapter.CodesAdapter"
MFA_FORMS = {
    "authenticate": "cuelight.accounts.forms.CodeForm",
    "reauthenticate": "cuelight.accounts.forms.ReauthenticateByCodeForm",
    "activate_totp": "cuelight.accounts.forms.ActivateCodesForm",
}
MFA_TOTP_ISSUER = "Cuelight"
#: A code that was typed as it changed still counts, as does a clock that is half a minute off.
MFA_TOTP_TOLERANCE = 1

USERSESSIONS_ADAPTER = "cuelight.accounts.adapter.DevicesAdapter"
USERSESSIONS_TRACK_ACTIVITY = True

# Sites that people may sign in with, each on when its keys are set; and where each is, for those who run their own.
OAUTH_URLS = {
    "google": env_base("CUELIGHT_GOOGLE_URL", "https://accounts.google.com"),
    "twitch": env_base("CUELIGHT_TWITCH_URL", "https://id.twitch.tv"),
    "github": env_base("CUELIGHT_GITHUB_URL", "https://github.com"),
}
OAUTH_KEYS = {
    "google": (env_text("CUELIGHT_GOOGLE_ID"), env_text("CUELIGHT_GOOGLE_SECRET")),
    "twitch": (env_text("CUELIGHT_TWITCH_ID"), env_text("CUELIGHT_TWITCH_SECRET")),
    "github": (env_text("CUELIGHT_GITHUB_ID"), env_text("CUELIGHT_GITHUB_SECRET")),
}
for _site, (_id, _secret) in OAUTH_KEYS.items():
    if bool(_id) != bool(_secret):
        raise ImproperlyConfigured(f"CUELIGHT_{_site.upper()}_ID and CUELIGHT_{_site.upper()}_SECRET go together.")
#: Where forms may lead: a sign-in with another site begins as a form and goes on there.
OAUTH_ORIGINS = [
    "{0.scheme}://{0.netloc}".format(urlsplit(OAUTH_URLS[site])) for site, (key, _) in OAUTH_KEYS.items() if key
]
SOCIALACCOUNT_ADAPTER = "cuelight.accounts.adapter.SitesAdapter"
SOCIALACCOUNT_FORMS = {
    "signup": "cuelight.accounts.forms.SiteSignUpForm",
    "disconnect": "cuelight.accounts.forms.DisconnectForm",
}
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_QUERY_EMAIL = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = {
    site: {
        "provider_class": f"cuelight.accounts.providers.{site.capitalize()}",
        "APPS": [{"client_id": key, "secret": secret, "key": ""}] if key else [],
        "OAUTH_PKCE_ENABLED": site != "twitch",
    }
    for site, (key, secret) in OAUTH_KEYS.items()
}

# Shopify: where shops are ({shop} is the shop's domain), and the version of its API that is asked for.
SHOPIFY_URL = env_shopify_url("CUELIGHT_SHOPIFY_URL", "https://{shop}")
SHOPIFY_API_VERSION = env_version("CUELIGHT_SHOPIFY_API_VERSION", "2026-10")

# Twitch: the client that people sign in with reads and writes the studios' chats, too. What it is asked at is where the
# sign-in is; its API, its events and the pictures of its emotes have hosts of their own.
TWITCH_KEYS = OAUTH_KEYS["twitch"]
TWITCH_AUTH_URL = OAUTH_URLS["twitch"]
TWITCH_API_URL = env_base("CUELIGHT_TWITCH_API_URL", "https://api.twitch.tv/helix")
TWITCH_EVENTSUB_URL = env_socket("CUELIGHT_TWITCH_EVENTSUB_URL", "wss://eventsub.wss.twitch.tv/ws")
TWITCH_EMOTES_URL = env_base("CUELIGHT_TWITCH_EMOTES_URL", "https://static-cdn.jtvnw.net/emoticons/v2")
#: Pictures in chats that browsers fetch from the platforms themselves.
EMOTE_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(TWITCH_EMOTES_URL))]

# What Vite built; whitenoise serves it with far-future caching, since its names carry a hash.
FRONTEND_DIST = ROOT / "frontend" / "dist"
STATIC_URL = "/static/"
WHITENOISE_ROOT = None
STATICFILES_DIRS = [FRONTEND_DIST] if FRONTEND_DIST.exists() else []
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600
WHITENOISE_IMMUTABLE_FILE_TEST = r"/assets/.+-[A-Za-z0-9_-]{8}\.\w+$"

LOGGING = logs.configuration(production=PRODUCTION, secret=env_text("SECRET_KEY_BASE"))

AUTH_USER_MODEL = "accounts.Person"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SECRET_KEY = env_secret("SECRET_KEY_BASE", "demo studio on loopback; never used beyond it")

MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": pictures_place(),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_URL = env_text("CUELIGHT_MEDIA_URL", "/media/").rstrip("/") + "/"

# How requests must arrive and what browsers are told. ui/security.py does it; docs/security.md says what it is against.
HTTPS_ONLY = PRODUCTION
#: Believed because EncryptedMiddleware takes away what no proxy of ours has said.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_SSL_HOST = urlsplit(PUBLIC_URL).netloc
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS_ONLY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env_flag("CUELIGHT_HSTS_SUBDOMAINS")
#: The operator's to decide, as other sites may be under that name: subdomains, and the browsers' own lists.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
#: "__Host-": taken by browsers only over HTTPS, for all paths of this very host; no neighbour can set it.
SESSION_COOKIE_NAME = "__Host-cuelight" if HTTPS_ONLY else "cuelight"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS_ONLY else "csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS_ONLY
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 20

MEDIA_ORIGINS = [f"{parts.scheme}://{parts.netloc}" for parts in [urlsplit(MEDIA_URL)] if parts.netloc]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *MEDIA_ORIGINS],
        "font-src": [SELF],
        "connect-src": [SELF, *MEDIA_ORIGINS],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# Each app's jobs are in its jobs.py.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
