"""What an auditor reads first: who may load, call, frame and remember what."""

from typing import NamedTuple

from csp.constants import NONE, SELF

HOUR = 60 * 60

CSP_REPORT_PATH = "/api/csp-report"

# Scripts and styles come from our own files alone: nothing inline, nothing evaluated.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "report-uri": CSP_REPORT_PATH,
        "report-to": "csp",
    },
}

PERMISSIONS_POLICY: dict[str, str | list[str] | tuple[str]] = {
    "accelerometer": [],
    "autoplay": ["self"],  # the sound of an urgent request
    "camera": [],
    "display-capture": [],
    "fullscreen": ["self"],
    "geolocation": [],
    "gyroscope": [],
    "magnetometer": [],
    "microphone": [],
    "midi": [],
    "payment": [],
    "publickey-credentials-get": ["self"],
    "usb": [],
}

CORS_ALLOW_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
CORS_ALLOW_HEADERS = (
    "accept",
    "accept-language",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "x-csrftoken",
    "x-request-id",
    "x-requested-with",
)
CORS_EXPOSE_HEADERS = (
    "ETag",
    "Idempotent-Replayed",
    "Location",
    "RateLimit-Limit",
    "RateLimit-Policy",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "X-Cache",
    "X-Instance-ID",
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "X-Request-ID",
    "X-Stream-Cursor",
)
# A browser may send its session along only from an origin that CORS_ORIGIN names.
CORS_ALLOW_CREDENTIALS = True
CORS_URLS_REGEX = r"^/(api|health)(/|$)"
CORS_PREFLIGHT_MAX_AGE = 600


class Limits(NamedTuple):
    """Calls of a guest, key or stranger in the window; calls and new sockets of one caller in a minute."""

    requests: int
    staff: int
    sockets: int


OFF = Limits(0, 0, 0)
RATE_LIMITS = {"dev": OFF, "test": OFF, "staging": Limits(200, 600, 20), "prod": Limits(100, 600, 20)}

SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Front ends that CORS_ORIGIN names fetch by CORS, which this does not concern; nobody embeds our answers.
CROSS_ORIGIN_RESOURCE_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

SESSION_COOKIE_AGE = 12 * HOUR
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

# Probes and scrapers speak plain HTTP to a node's own port.
SECURE_REDIRECT_EXEMPT = [r"^health(/|$)", r"^metrics$"]
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = False
# Staging's promise to browsers is short: it may have to be taken back.
HSTS_SECONDS = {"dev": 0, "test": 0, "staging": HOUR, "prod": 365 * 24 * HOUR}

# A secret beside a text its reader has chosen can be told from the compressed length (BREACH): nothing under
# these paths is compressed, nor any page with a CSRF token in it, nor the answer to a write.
NEVER_COMPRESSED = ("/admin", "/accounts", "/api/auth", "/api/stay", "/api/ws-ticket")
