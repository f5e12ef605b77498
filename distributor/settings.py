"""Django's settings, derived from the one configuration file.

Which file: DISTRIBUTOR_CONFIG (the command line sets it from --config).
"""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from . import config
from .database import connection_settings
from .errors import BadConfiguration
from .vault import load as load_vault

CONFIGURATION = config.load(config.find())
TEMPLATES_FOLDER = config.packaged("templates")

try:
    SECRET_KEY = load_vault(CONFIGURATION.directory).web.hex()
except BadConfiguration:
    # Not set up yet: `init` must still run. Sessions made now end with the process.
    SECRET_KEY = secrets.token_hex(32)

_public = urlsplit(CONFIGURATION.web.url)
_secure = _public.scheme == "https"

DEBUG = False
ALLOWED_HOSTS = [_public.hostname or "localhost", CONFIGURATION.web.host, "localhost", "127.0.0.1"]
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]

DATABASES = {"default": connection_settings(CONFIGURATION.storage.url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "django_htmx",
    "distributor.people",
    "distributor.statements",
    "distributor.approvals",
    "distributor.delivery",
    "distributor.newsletter",
    "distributor.audit",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "distributor.web.security.ContentSecurityPolicy",
    "distributor.web.security.NoNullCharacters",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "distributor.web.urls"
WSGI_APPLICATION = "distributor.web.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [TEMPLATES_FOLDER],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "distributor.web.pages.environment",
            "context_processors": ["distributor.web.pages.common"],
        },
    },
    # allauth brings Django templates for the pages we do not write ourselves.
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "distributor.web.accounts.Accounts"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "name"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
# Behind the TLS proxy, attempts to sign in are counted per visitor, not for the proxy.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if _secure else 0

SESSION_COOKIE_NAME = "__Host-session" if _secure else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if _secure else "csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "distributor.web.failures.csrf"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"  # a GET writes no row
SESSION_COOKIE_AGE = 12 * 3600
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _secure else None
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # the mail is shown in a sandboxed frame of our own page
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

STATIC_URL = "/static/"
STATICFILES_DIRS = [TEMPLATES_FOLDER / "web" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

LANGUAGE_CODE = "en-gb"
TIME_ZONE = CONFIGURATION.organisation.timezone
USE_I18N = True
USE_TZ = True

LOGGING_CONFIG = None  # distributor.logs sets logging up, once, with redaction
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # mail leaves by newsletter only
# Names are unique without regard to case, by a constraint the check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
