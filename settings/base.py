"""Django's settings. Nothing exists only in prod: the profiles differ by values."""

import re
from typing import Any

import django_stubs_ext
from whitenoise.compress import Compressor

from cluster.identity import VERSION
from settings import logs
from settings.databases import databases
from settings.env import BASE_DIR, Environment
from settings.policies import *  # noqa: F403
from settings.policies import HSTS_SECONDS, RATE_LIMITS, SECURE_REDIRECT_EXEMPT
from settings.reading import fingerprint, notices, profile, read, report
from settings.redis import address
from settings.reference import reference
from settings.secret_key import kept_secret_key
from settings.values import hosts_of, plain

# Before any app is read: some of Django's classes, like ModelAdmin, take no type without it.
django_stubs_ext.monkeypatch()

ENVIRONMENT = read()
PROFILE = profile()
STRICT = PROFILE in ("staging", "prod")
CONFIGURATION_REPORT = report
CONFIGURATION_NOTICES = notices
CONFIGURATION_REFERENCE = reference
CONFIGURATION_FINGERPRINT = fingerprint

# --- Who we are -------------------------------------------------------------------------------
DEBUG = ENVIRONMENT.debug
DATA_DIR = ENVIRONMENT.data_dir
INSTANCE_ID = ENVIRONMENT.instance_id
RELEASES_DIR = ENVIRONMENT.releases_dir
SECRET_KEY = plain(ENVIRONMENT.secret_key) or kept_secret_key(DATA_DIR)
DEMO_PASSWORD = plain(ENVIRONMENT.demo_password)
AUDIT_KEY = plain(ENVIRONMENT.audit_key)
BACKUP_KEY = plain(ENVIRONMENT.backup_key)
BACKUP_DIRECTORY = ENVIRONMENT.backup_directory or DATA_DIR / "backups"

# --- The apps and their order -----------------------------------------------------------------
INSTALLED_APPS = [
    "requests_app",
    "security",
    "cluster",
    "security.back_office.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "security.allauth_tables.Accounts",
    "allauth.mfa",
    "channels",
    "corsheaders",
    "csp",
    "django_filters",
    "django_prometheus",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
]

# Ids come first so that every refusal below carries them, then what browsers are told; probes are
# answered before anything looks at the host name, and before a node that stops refuses; the caller is
# known before the door.
MIDDLEWARE = [
    "cluster.middleware.counting.PassageMiddleware",
    "cluster.middleware.RequestIdentityMiddleware",
    "cluster.middleware.TrailingSlashMiddleware",
    "cluster.middleware.compression.CompressionMiddleware",
    "security.headers.HeadersMiddleware",
    "security.headers.HttpsMiddleware",
    "security.middleware.CorsMiddleware",
    "cluster.middleware.ProbesMiddleware",
    "cluster.serving.middleware.EntranceMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "security.audit.middleware.AuditMiddleware",
    "security.watch.middleware.BlockListMiddleware",
    "security.middleware.SessionMiddleware",
    "security.middleware.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "security.middleware.AuthenticationMiddleware",
    "security.middleware.CallerMiddleware",
    "security.watch.middleware.ThreatMiddleware",
    "security.middleware.MessageMiddleware",
    "security.middleware.LimitsMiddleware",
    "cluster.middleware.counting.CountingMiddleware",
]

HEALTH_DETAILS_FOR = "security.probes.is_staff"

# --- Addresses and doors ----------------------------------------------------------------------
ROOT_URLCONF = "settings.urls"
ASGI_APPLICATION = "settings.asgi.application"
WSGI_APPLICATION = "settings.wsgi.application"
LIVE_APPLICATION = "settings.live.application"
APPEND_SLASH = False
CSRF_FAILURE_VIEW = "cluster.answers.csrf_failure"
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts or hosts_of(ENVIRONMENT.host)
CORS_ALLOWED_ORIGINS = ENVIRONMENT.cors_origin
CSRF_TRUSTED_ORIGINS = ENVIRONMENT.cors_origin
TRUSTED_PROXIES = ENVIRONMENT.trusted_proxies
LOAD_BALANCING_ENABLED = ENVIRONMENT.load_balancing_enabled
TOTAL_NODES = ENVIRONMENT.total_nodes
COMPRESSION_ENABLED = ENVIRONMENT.compression_enabled
LISTEN_HOST = ENVIRONMENT.host
LISTEN_PORT = ENVIRONMENT.port
SSL_CERTIFICATE = ENVIRONMENT.ssl_certificate
SSL_KEY = ENVIRONMENT.ssl_key or SSL_CERTIFICATE
ROLE = ENVIRONMENT.role
WEB_THREADS = ENVIRONMENT.web_threads
# With others there is a balancer that looks at /health/ready; one process alone has nobody to wait for.
DRAIN_GRACE = (
    3_000 * bool(ENVIRONMENT.redis_url) if ENVIRONMENT.drain_grace is None else ENVIRONMENT.drain_grace
) / 1000
DRAIN_TIMEOUT = ENVIRONMENT.drain_timeout / 1000

# --- HTTPS ------------------------------------------------------------------------------------
HTTPS_ONLY = STRICT if ENVIRONMENT.https_only is None else ENVIRONMENT.https_only
SECURE_SSL_REDIRECT = HTTPS_ONLY
SESSION_COOKIE_SECURE = HTTPS_ONLY
CSRF_COOKIE_SECURE = HTTPS_ONLY
LANGUAGE_COOKIE_SECURE = HTTPS_ONLY
# A browser takes such names over HTTPS only, and from this very host: no neighbour can plant one.
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS_ONLY else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS_ONLY else "csrftoken"
LANGUAGE_COOKIE_NAME = "__Host-language" if HTTPS_ONLY else "language"
# Not "__Host-": that would have to be sent along to every path, and this one is for /stay alone.
GUEST_COOKIE_NAME = "__Secure-bellhop_stay" if HTTPS_ONLY else "bellhop_stay"
SECURE_HSTS_SECONDS = HSTS_SECONDS[PROFILE] if HTTPS_ONLY else 0
# Without a named proxy anybody could claim to have come by HTTPS.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None

# --- Pages ------------------------------------------------------------------------------------
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    },
]

# --- Storage ----------------------------------------------------------------------------------
DATABASES = databases(ENVIRONMENT)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = address(ENVIRONMENT)
EVENT_RETENTION_DAYS = ENVIRONMENT.event_retention_days
EVENT_RETENTION_COUNT = ENVIRONMENT.event_retention_count

# Only django-ratelimit counts in it; answers are kept by cluster.cache.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "limits": {"BACKEND": "security.limits.storage.CountingCache", "KEY_PREFIX": "bellhop:limit"},
}
RATELIMIT_USE_CACHE = "limits"
FLAGS_FORCE_OFF = frozenset(ENVIRONMENT.flags_force_off)

# Milliseconds, as in all of the old system's variables.
CACHING_ENABLED = ENVIRONMENT.caching_enabled
CACHE_TTL = ENVIRONMENT.cache_ttl
CACHE_MAX_SIZE = ENVIRONMENT.cache_max_size
CACHE_MAX_BYTES = ENVIRONMENT.cache_max_bytes
TUNING_DEFAULTS = {
    name: Environment.model_fields[name.lower()].default
    for name in ("LOG_LEVEL", "PERFORMANCE_SAMPLING_RATE", "CACHE_TTL", "CACHE_MAX_SIZE")
}
CACHE_CLEANUP_INTERVAL = ENVIRONMENT.cache_cleanup_interval

# The pub/sub layer, not the core one: redis-py 8 ends the core layer's idle receivers after 5 s
# (redis/redis-py#4091), and the event log makes up for what a bell may lose.
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": (
        {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
        if REDIS_URL
        else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    ),
}

# --- People -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "security.User"
SESSION_ENGINE = "security.session_store"
SESSION_IDLE_TIMEOUT = ENVIRONMENT.session_idle_timeout
SECRET_KEY_FALLBACKS = [key] if (key := plain(ENVIRONMENT.secret_key_fallback)) else []
MFA_ADAPTER = "security.second_factor.adapter.SecondFactors"
MFA_REQUIRED_ROLES = frozenset(ENVIRONMENT.mfa_required_roles)
MFA_TOTP_ISSUER = "Bellhop"
MFA_TOTP_TOLERANCE = 1
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
OIDC_ISSUER = ENVIRONMENT.oidc_issuer
OIDC_CLIENT_ID = ENVIRONMENT.oidc_client_id
OIDC_CLIENT_SECRET = plain(ENVIRONMENT.oidc_client_secret)
OIDC_NAME = ENVIRONMENT.oidc_name
OIDC_SCOPES = tuple(ENVIRONMENT.oidc_scopes)
OIDC_USERNAME_CLAIM = ENVIRONMENT.oidc_username_claim
OIDC_LINK_BY_USERNAME = ENVIRONMENT.oidc_link_by_username
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "security.passwords.MaximumLength"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.CommonPasswordValidator",
        "OPTIONS": {"password_list_path": BASE_DIR / "security" / "breached-passwords.txt.gz"},
    },
    {"NAME": "security.passwords.HouseWords"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# --- Languages and time -----------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("vi", "Tiếng Việt")]

# --- Static files -----------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
if not STRICT:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where there is none
WHITENOISE_USE_FINDERS = not STRICT
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False
MANIFEST = "settings.statics.HashedFiles"
PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
# Source maps are for a browser's debugger: compressing them cost most of collectstatic's time.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": MANIFEST if STRICT else PLAIN},
}

# --- The JSON API -----------------------------------------------------------------------------
MAX_INPUT_LENGTH = ENVIRONMENT.max_input_length
MAX_REQUESTS_PER_ROOM_PER_HOUR = ENVIRONMENT.max_requests_per_room_per_hour
THREAT_BLOCK_SCORE = ENVIRONMENT.threat_block_score
THREAT_BLOCK_TIME = ENVIRONMENT.threat_block_time
SOCKETS_PER_CALLER = ENVIRONMENT.sockets_per_caller
RATE_LIMIT_WINDOW_MS = ENVIRONMENT.rate_limit_window_ms
RATE_LIMIT_MAX_REQUESTS = (
    RATE_LIMITS[PROFILE].requests
    if ENVIRONMENT.rate_limit_max_requests is None
    else ENVIRONMENT.rate_limit_max_requests
)
RATE_LIMIT_STAFF = (
    RATE_LIMITS[PROFILE].staff if ENVIRONMENT.rate_limit_staff is None else ENVIRONMENT.rate_limit_staff
)
RATE_LIMIT_SOCKETS = (
    RATE_LIMITS[PROFILE].sockets if ENVIRONMENT.rate_limit_sockets is None else ENVIRONMENT.rate_limit_sockets
)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["security.authentication.CallerAuthentication"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "cluster.answers.JsonUnlessAsked",
    "DEFAULT_PERMISSION_CLASSES": ["security.guard.NamedPermission"],
    "DEFAULT_PARSER_CLASSES": ["cluster.answers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["cluster.answers.EnvelopeRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [],
    "EXCEPTION_HANDLER": "cluster.answers.handle",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    # DRF would take ?format= for itself, and the export needs it.
    "URL_FORMAT_OVERRIDE": None,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Bellhop",
    "DESCRIPTION": "A guest's request reaches the right member of staff, live.",
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    # A PATCH may want a field: the shapes say which, by themselves.
    "COMPONENT_SPLIT_PATCH": False,
    "SCHEMA_PATH_PREFIX": "/api/",
    "POSTPROCESSING_HOOKS": ["requests_app.api.schema.envelope.finish"],
}

# --- Metrics and probes -----------------------------------------------------------------------
METRICS_ENABLED = ENVIRONMENT.monitoring_enabled and ENVIRONMENT.metrics_enabled
METRICS_PORT = ENVIRONMENT.metrics_port
COUNTING = (
    "cluster.middleware.counting.PassageMiddleware",
    "cluster.middleware.counting.CountingMiddleware",
)
if not METRICS_ENABLED:
    MIDDLEWARE = [name for name in MIDDLEWARE if name not in COUNTING]
PERFORMANCE_MONITORING_ENABLED = ENVIRONMENT.monitoring_enabled and ENVIRONMENT.performance_monitoring_enabled
PERFORMANCE_SAMPLING_RATE = ENVIRONMENT.performance_sampling_rate
HEALTH_CHECK_ENABLED = ENVIRONMENT.health_check_enabled
HEALTH_CHECK_INTERVAL = ENVIRONMENT.health_check_interval / 1000
HEALTH_CHECK_PATH = ENVIRONMENT.health_check_path
SECURE_REDIRECT_EXEMPT = [*SECURE_REDIRECT_EXEMPT, rf"^{re.escape(HEALTH_CHECK_PATH[1:])}$"]
OTEL_EXPORTER_OTLP_ENDPOINT = ENVIRONMENT.otel_exporter_otlp_endpoint
TRACES_SAMPLING_RATE = ENVIRONMENT.traces_sampling_rate
SENTRY_DSN = plain(ENVIRONMENT.sentry_dsn)
METRICS_TOKEN = plain(ENVIRONMENT.metrics_token)
METRICS_ALLOWED_CIDRS = ENVIRONMENT.metrics_allowed_cidrs
PROMETHEUS_LATENCY_BUCKETS = (
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1,
    2.5,
    5,
    10,
    float("inf"),
)
# Its migration collector opens the database when the process starts, before anybody asks.
PROMETHEUS_EXPORT_MIGRATIONS = False

# --- The local cluster (manage.py local) -------------------------------------------------------
LOCAL_CLUSTER: dict[str, Any] = {
    "program": BASE_DIR / "manage.py",
    "settings": "settings.staging",
    # The sidecar's other viewer is not used here.
    "prepare": (
        ("migrate", "--verbosity", "0"),
        ("collectstatic", "--noinput", "--verbosity", "0", "--ignore", "redoc"),
    ),
    "seed": ("demo",),
    # What LIMITS=default leaves alone: one machine plays a whole hotel here.
    "relaxed": {
        "MAX_REQUESTS_PER_ROOM_PER_HOUR": "100000",
        "SOCKETS_PER_CALLER": "100000",
        "RATE_LIMIT_MAX_REQUESTS": "100000000",
        "RATE_LIMIT_STAFF": "100000000",
        "RATE_LIMIT_SOCKETS": "100000000",
    },
}

# --- Logs -------------------------------------------------------------------------------------
LOGGING_CONFIG = "settings.logs.configure"
LOGGING = logs.logging_settings(
    level=ENVIRONMENT.log_level,
    form=ENVIRONMENT.log_format or ("json" if STRICT else "text"),
    ways=logs.transports(ENVIRONMENT),
    file=logs.log_file(ENVIRONMENT),
)

SILENCED_SYSTEM_CHECKS = [
    # security.headers does what these two of Django's would, for refusals and probes too.
    "security.W001",
    "security.W002",
    "security.W021",  # a hotel decides by itself to put its domain on the browsers' preload list
]
