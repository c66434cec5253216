"""What each variable does, one at a time: what it sets, and the test that sees it act."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any, NamedTuple

BASE = Path(__file__).parents[2] / "settings" / "base.py"
AUTHORITY = "an authority's file"


class Effect(NamedTuple):
    """A value unlike the default, the Django settings it alone moves, and a test of what they do.

    ``beside`` names what must be set with it: a group that acts only together.
    """

    value: str
    moves: tuple[str, ...]
    seen: str
    beside: tuple[str, ...] = ()


def house(monkeypatch: Any, said: dict[str, str]) -> dict[str, Any]:
    """Return Django's settings as a process told so would have them."""
    from settings.env import Environment

    for name in map(str.upper, Environment.model_fields):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    found = runpy.run_path(str(BASE))
    # Its renderers are made anew each time, and equal nobody.
    found["LOGGING"] = re.sub(r"0x[0-9a-f]+", "", repr(found["LOGGING"]))
    return {name: value for name, value in found.items() if name.isupper() and name not in ASIDE}


ASIDE = ("ENVIRONMENT", "CONFIGURATION_REPORT", "CONFIGURATION_NOTICES", "CONFIGURATION_FINGERPRINT")

HERE = "tests/settings/test_effects.py::"
ENV = "tests/settings/test_environment.py::"
LIMITS = "tests/security/test_limits.py::"
CACHE = "tests/cluster/test_cache.py::"
TLS = "tests/settings/test_tls.py::"
TIMES = HERE + "test_databases_are_told"

OUTSIDE = "tests/watching/test_outside.py::"
SIGN_ON = "tests/security/test_single_sign_on.py::"
TOGETHER = {
    "OIDC_ISSUER": "https://login.example",
    "OIDC_CLIENT_ID": "bellhop",
    "OIDC_CLIENT_SECRET": "between-us",
}

EFFECTS = {
    "OIDC_ISSUER": Effect("https://id.example", ("OIDC_ISSUER",), SIGN_ON, tuple(TOGETHER)),
    "OIDC_CLIENT_ID": Effect("front-desk", ("OIDC_CLIENT_ID",), SIGN_ON, tuple(TOGETHER)),
    "OIDC_CLIENT_SECRET": Effect(
        "not-what-it-was",
        ("OIDC_CLIENT_SECRET",),
        SIGN_ON + "test_the_provider_is_shown_our_secret",
        tuple(TOGETHER),
    ),
    "OIDC_NAME": Effect("Hotel ID", ("OIDC_NAME",), SIGN_ON + "test_it_works"),
    "OIDC_SCOPES": Effect(
        "openid,email", ("OIDC_SCOPES",), SIGN_ON + "test_the_way_there_asks_for_what_is_configured"
    ),
    "OIDC_USERNAME_CLAIM": Effect(
        "email", ("OIDC_USERNAME_CLAIM",), SIGN_ON + "test_a_name_links_only_where_that_is_allowed"
    ),
    "OIDC_LINK_BY_USERNAME": Effect(
        "true", ("OIDC_LINK_BY_USERNAME",), SIGN_ON + "test_a_name_links_only_where_that_is_allowed"
    ),
    "HOST": Effect(
        "127.0.0.2", ("LISTEN_HOST", "ALLOWED_HOSTS"), HERE + "test_serve_listens_where_it_is_told"
    ),
    "PORT": Effect("8123", ("LISTEN_PORT",), HERE + "test_serve_listens_where_it_is_told"),
    "SSL_CERTIFICATE": Effect(
        AUTHORITY, (), "tests/serving/test_tls.py::test_both_kinds_of_server_speak_tls"
    ),
    "SSL_KEY": Effect("/tmp/key.pem", ("SSL_KEY",), "tests/serving/test_tls.py::test_a_pair_that_is_none"),
    "ROLE": Effect("web", ("ROLE",), "tests/serving/test_roles.py::"),
    "WEB_THREADS": Effect("7", ("WEB_THREADS",), "tests/serving/test_roles.py::"),
    "DRAIN_GRACE": Effect(
        "1500", ("DRAIN_GRACE",), ENV + "test_only_a_node_among_others_waits_to_be_noticed"
    ),
    "DRAIN_TIMEOUT": Effect("5000", ("DRAIN_TIMEOUT",), "tests/serving/test_drain.py::"),
    "INSTANCE_ID": Effect("web-9", ("INSTANCE_ID",), "tests/serving/test_roles.py::"),
    "TOTAL_NODES": Effect("3", ("TOTAL_NODES",), HERE + "test_total_nodes_says_who_is_missing"),
    "LOAD_BALANCING_ENABLED": Effect(
        "false", ("LOAD_BALANCING_ENABLED",), HERE + "test_load_balancing_off_leaves_the_work_to_the_first"
    ),
    "STICKY_SESSIONS": Effect("true", (), HERE + "test_what_can_not_act_is_accepted_with_a_notice"),
    "TRUST_PROXY": Effect("true", (), HERE + "test_what_can_not_act_is_accepted_with_a_notice"),
    "DATA_DIR": Effect(
        "/tmp/bellhop-elsewhere",
        ("DATA_DIR", "STATIC_ROOT", "DATABASES", "SECRET_KEY", "BACKUP_DIRECTORY"),
        "tests/settings/test_databases.py::test_sqlite_lives_under_the_data_folder",
    ),
    "RELEASES_DIR": Effect("/tmp", ("RELEASES_DIR",), "tests/releases/test_walking.py::"),
    "DEBUG": Effect("true", ("DEBUG", "WHITENOISE_AUTOREFRESH"), HERE + "test_debug_shows_more"),
    "DATABASE_URL": Effect(
        "sqlite:////tmp/bellhop-x.sqlite3",
        ("DATABASES",),
        "tests/settings/test_databases.py::test_sqlite_by_its_address",
    ),
    "DB_POOL_MIN": Effect("2", (), TIMES),
    "DB_POOL_MAX": Effect("7", (), TIMES),
    "DB_ACQUIRE_TIMEOUT": Effect("1500", (), TIMES),
    "DB_IDLE_TIMEOUT": Effect("5000", (), TIMES),
    "DB_LOCK_TIMEOUT": Effect("700", (), TIMES),
    "DB_STATEMENT_TIMEOUT": Effect("900", (), TIMES),
    "DB_SSL": Effect("true", (), TLS + "test_an_unknown_authority_is_refused"),
    "DB_SSL_REJECT_UNAUTHORIZED": Effect(
        "false", (), TLS + "test_db_ssl_reject_unauthorized_false_takes_anybody_over_tls"
    ),
    "DB_SSL_CA": Effect(AUTHORITY, (), TLS + "test_a_server_of_that_name_from_that_authority_is_taken"),
    "REDIS_URL": Effect(
        "redis://elsewhere:6379/3",
        ("REDIS_URL", "CHANNEL_LAYERS", "DRAIN_GRACE"),
        "tests/cluster/test_breaker.py::",
    ),
    "REDIS_SSL_CA": Effect(AUTHORITY, (), TLS + "test_everything_of_redis_goes_over_tls"),
    "SECRET_KEY": Effect(
        "a-key-that-somebody-has-drawn-from-a-hat",
        ("SECRET_KEY",),
        CACHE + "test_what_lies_in_redis_tells_nothing_and_opens_for_nobody_else",
    ),
    "SECRET_KEY_FALLBACK": Effect(
        "the-key-that-somebody-drew-from-a-hat-before",
        ("SECRET_KEY_FALLBACKS",),
        "tests/security/test_second_factor.py::test_secrets_are_encrypted_and_survive_a_new_key",
    ),
    "AUDIT_KEY": Effect(
        "a-key-of-its-own-under-which-the-book-is-signed",
        ("AUDIT_KEY",),
        "tests/security/audit/test_verify.py::test_another_key_does_not_vouch",
    ),
    "BACKUP_KEY": Effect(
        "a-key-of-its-own-that-seals-what-is-carried-away",
        ("BACKUP_KEY",),
        "tests/cluster/backups/test_backups.py::test_without_the_key_it_tells_nothing",
    ),
    "BACKUP_DIRECTORY": Effect(
        "/tmp/bellhop-backups",
        ("BACKUP_DIRECTORY",),
        "tests/cluster/backups/test_backups.py::test_it_lies_where_it_is_told",
    ),
    "MFA_REQUIRED_ROLES": Effect(
        "manager",
        ("MFA_REQUIRED_ROLES",),
        "tests/security/test_second_factor.py::test_a_role_that_needs_one_gets_no_token_without",
    ),
    "SESSION_IDLE_TIMEOUT": Effect(
        "60000",
        ("SESSION_IDLE_TIMEOUT",),
        "tests/security/test_sessions.py::test_an_unused_session_ends_when_the_house_says",
    ),
    "ALLOWED_HOSTS": Effect(
        "hotel.example", ("ALLOWED_HOSTS",), HERE + "test_only_allowed_hosts_are_answered"
    ),
    "CORS_ORIGIN": Effect(
        "https://app.example",
        ("CORS_ALLOWED_ORIGINS", "CSRF_TRUSTED_ORIGINS"),
        HERE + "test_a_named_origin_may_call",
    ),
    "HTTPS_ONLY": Effect(
        "true",
        (
            *("HTTPS_ONLY", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"),
            *("LANGUAGE_COOKIE_SECURE", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME"),
            *("LANGUAGE_COOKIE_NAME", "GUEST_COOKIE_NAME"),
        ),
        HERE + "test_https_only_sends_others_there",
    ),
    "TRUSTED_PROXIES": Effect(
        "10.0.0.0/8", ("TRUSTED_PROXIES", "SECURE_PROXY_SSL_HEADER"), "tests/security/test_addresses.py::"
    ),
    "OTEL_EXPORTER_OTLP_ENDPOINT": Effect(
        "http://collector:4318", ("OTEL_EXPORTER_OTLP_ENDPOINT",), OUTSIDE + "test_one_name"
    ),
    "TRACES_SAMPLING_RATE": Effect("0.1", ("TRACES_SAMPLING_RATE",), OUTSIDE + "test_a_share"),
    "SENTRY_DSN": Effect("https://key@sentry.example/1", ("SENTRY_DSN",), OUTSIDE + "test_an_error"),
    "METRICS_TOKEN": Effect("a-scraper's-token", ("METRICS_TOKEN",), "tests/cluster/test_health.py::"),
    "METRICS_ALLOWED_CIDRS": Effect(
        "192.0.2.0/24", ("METRICS_ALLOWED_CIDRS",), "tests/cluster/test_health.py::"
    ),
    "MONITORING_ENABLED": Effect(
        "false",
        ("METRICS_ENABLED", "MIDDLEWARE", "PERFORMANCE_MONITORING_ENABLED"),
        HERE + "test_metrics_off_is_a_404",
    ),
    "METRICS_ENABLED": Effect("false", ("METRICS_ENABLED", "MIDDLEWARE"), HERE + "test_metrics_off_is_a_404"),
    "METRICS_PORT": Effect("9123", ("METRICS_PORT",), HERE + "test_metrics_have_a_port_of_their_own"),
    "PERFORMANCE_MONITORING_ENABLED": Effect(
        "false", ("PERFORMANCE_MONITORING_ENABLED",), HERE + "test_performance_monitoring_off_times_nothing"
    ),
    "PERFORMANCE_SAMPLING_RATE": Effect(
        "0", ("PERFORMANCE_SAMPLING_RATE",), HERE + "test_a_share_of_operations_is_timed"
    ),
    "HEALTH_CHECK_ENABLED": Effect("false", ("HEALTH_CHECK_ENABLED",), HERE + "test_health_checks_off"),
    "HEALTH_CHECK_INTERVAL": Effect(
        "500", ("HEALTH_CHECK_INTERVAL",), HERE + "test_dependencies_are_looked_at_by_the_interval"
    ),
    "HEALTH_CHECK_PATH": Effect(
        "/healthz", ("HEALTH_CHECK_PATH", "SECURE_REDIRECT_EXEMPT"), HERE + "test_health_answers_there_too"
    ),
    "MAX_INPUT_LENGTH": Effect("50", ("MAX_INPUT_LENGTH",), HERE + "test_texts_over_the_maximum_are_refused"),
    "MAX_REQUESTS_PER_ROOM_PER_HOUR": Effect(
        "3", ("MAX_REQUESTS_PER_ROOM_PER_HOUR",), "tests/actions/test_create.py::"
    ),
    "THREAT_BLOCK_SCORE": Effect(
        "40", ("THREAT_BLOCK_SCORE",), HERE + "test_a_block_comes_at_the_score_and_lasts_its_time"
    ),
    "THREAT_BLOCK_TIME": Effect(
        "5000", ("THREAT_BLOCK_TIME",), HERE + "test_a_block_comes_at_the_score_and_lasts_its_time"
    ),
    "SOCKETS_PER_CALLER": Effect("2", ("SOCKETS_PER_CALLER",), "tests/live/test_handshake.py::"),
    "RATE_LIMIT_WINDOW_MS": Effect("5000", ("RATE_LIMIT_WINDOW_MS",), LIMITS),
    "RATE_LIMIT_MAX_REQUESTS": Effect("9", ("RATE_LIMIT_MAX_REQUESTS",), LIMITS),
    "RATE_LIMIT_STAFF": Effect("9", ("RATE_LIMIT_STAFF",), LIMITS),
    "RATE_LIMIT_SOCKETS": Effect("9", ("RATE_LIMIT_SOCKETS",), "tests/live/test_limits.py::"),
    "DEMO_PASSWORD": Effect("front-desk-at-9", ("DEMO_PASSWORD",), "tests/demo/test_demo_command.py::"),
    "COMPRESSION_ENABLED": Effect(
        "false", ("COMPRESSION_ENABLED",), "tests/cluster/test_compression.py::test_it_can_be_switched_off"
    ),
    "CACHING_ENABLED": Effect("false", ("CACHING_ENABLED",), CACHE),
    "CACHE_TTL": Effect("500", ("CACHE_TTL",), CACHE),
    "CACHE_MAX_SIZE": Effect("5", ("CACHE_MAX_SIZE",), CACHE),
    "CACHE_MAX_BYTES": Effect("5000", ("CACHE_MAX_BYTES",), CACHE),
    "CACHE_CLEANUP_INTERVAL": Effect("500", ("CACHE_CLEANUP_INTERVAL",), CACHE),
    "FLAGS_FORCE_OFF": Effect("request-caching", ("FLAGS_FORCE_OFF",), "tests/flags/test_targeting.py::"),
    "EVENT_RETENTION_DAYS": Effect("2", ("EVENT_RETENTION_DAYS",), "tests/cluster/test_jobs.py::test_by_age"),
    "EVENT_RETENTION_COUNT": Effect("9", ("EVENT_RETENTION_COUNT",), "tests/cluster/test_jobs.py::"),
    "LOG_LEVEL": Effect("error", ("LOGGING",), HERE + "test_log_variables_say_how_lines_leave"),
    "LOG_FORMAT": Effect("json", ("LOGGING",), HERE + "test_log_variables_say_how_lines_leave"),
    "LOG_TRANSPORTS": Effect("file", ("LOGGING",), HERE + "test_lines_go_where_they_are_sent"),
    "LOG_ENABLE_CONSOLE": Effect("false", ("LOGGING",), HERE + "test_lines_go_where_they_are_sent"),
    "LOG_ENABLE_FILE": Effect("true", ("LOGGING",), HERE + "test_lines_go_where_they_are_sent"),
    "LOG_DIRECTORY": Effect("/tmp", (), HERE + "test_lines_go_where_they_are_sent"),
}
