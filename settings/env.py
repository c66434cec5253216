"""What the environment may say, typed, and every mistake told at once.

Each variable's description is what the reader is told is allowed. A secret may also come from a
file: `SECRET_KEY_FILE=/run/secrets/key` stands for `SECRET_KEY`. An empty string means "not set".
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from settings.values import (
    Network,
    certificates,
    database_url,
    endpoint,
    health_path,
    hosts,
    issuer,
    log_level,
    networks,
    origins,
    redis_url,
    sentry_dsn,
    signing_keys,
    transports,
    words,
)

BASE_DIR = Path(__file__).resolve().parent.parent

# The contract's thirteen; the apps declare what they do, and a test holds the two lists equal.
FlagName = Literal[
    "request-advanced-filtering",
    "request-advanced-security",
    "request-caching",
    "request-cluster-coordination",
    "request-controller-v2",
    "request-load-balancing",
    "request-pagination",
    "request-performance-monitoring",
    "request-production-config",
    "request-real-time-notifications",
    "request-response-standardization",
    "request-service-layer",
    "request-validation-v2",
]
Role = Literal["superuser", "manager", "front-desk", "housekeeping", "maintenance", "concierge", "it-support"]
Hosts = Annotated[list[str], BeforeValidator(hosts)]
Names = Annotated[list[str], BeforeValidator(words)]
Flags = Annotated[list[FlagName], BeforeValidator(words)]
Roles = Annotated[list[Role], BeforeValidator(words)]
Networks = Annotated[list[Network], BeforeValidator(networks)]
Origins = Annotated[list[str], BeforeValidator(origins)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(database_url)]
RedisUrl = Annotated[SecretStr, AfterValidator(redis_url)]
Issuer = Annotated[str, AfterValidator(issuer)]
SigningKeys = Annotated[SecretStr, AfterValidator(signing_keys)]
Endpoint = Annotated[str, AfterValidator(endpoint)]
SentryDsn = Annotated[SecretStr, AfterValidator(sentry_dsn)]
Certificates = Annotated[Path, AfterValidator(certificates)]
HealthPath = Annotated[str, AfterValidator(health_path)]
Transports = Annotated[list[str], BeforeValidator(transports)]
LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(log_level)]

LOOPBACK_AND_PRIVATE = "127.0.0.0/8,::1,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7"
SECRETS = (
    *("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SECRET_KEY_FALLBACK"),
    *("SENTRY_DSN", "METRICS_TOKEN", "DEMO_PASSWORD", "AUDIT_KEY", "BACKUP_KEY", "OIDC_CLIENT_SECRET"),
)
MILLISECONDS = "a whole number of milliseconds"


class Environment(BaseModel):
    """Every variable that acts; the schema is also what `manage.py check_config` prints."""

    model_config = ConfigDict(alias_generator=str.upper, extra="ignore", frozen=True)

    # Where it listens and what it is called
    host: str = Field(
        "127.0.0.1", pattern=r"^[A-Za-z0-9.:_-]+$", description="an address or host name to listen on"
    )
    port: int = Field(8000, ge=1, le=65535, description="a TCP port, 1 to 65535")
    ssl_certificate: Certificates | None = Field(
        None,
        description="a readable file (PEM) with the certificate a node shows and those above it: it then "
        "speaks TLS on PORT; not set means plain HTTP behind a proxy",
    )
    ssl_key: Path | None = Field(
        None,
        description="a readable file (PEM) with the certificate's key; not set means SSL_CERTIFICATE's own",
    )
    role: Literal["all", "web", "live"] = Field(
        "all", description="all (everything), web (JSON and pages) or live (sockets)"
    )
    web_threads: int = Field(2, ge=1, le=64, description="threads that answer in the role web, 1 to 64")
    drain_grace: int | None = Field(
        None,
        ge=0,
        le=600_000,
        description=f"{MILLISECONDS}, 0 to 600000, for the balancer to notice that a node stops; "
        "not set means 3000 with REDIS_URL, else 0",
    )
    drain_timeout: int = Field(
        20_000,
        ge=100,
        le=600_000,
        description=f"{MILLISECONDS}, 100 to 600000, for calls to end when a node stops",
    )
    instance_id: str = Field(
        "",
        pattern=r"^([A-Za-z0-9][A-Za-z0-9._-]{0,53})?$",
        description="up to 54 letters, digits, dots, hyphens and underscores, first a letter or digit",
    )
    total_nodes: int | None = Field(
        None,
        ge=1,
        le=1_000,
        description="how many nodes there should be, 1 to 1000: cluster-status is degraded while fewer live",
    )
    load_balancing_enabled: bool = Field(
        True,
        description="true, or false: this node is ready only while it is the first of its role by name",
    )
    sticky_sessions: bool | None = Field(None, description="nothing any more: any node resumes any client")
    data_dir: Path = Field(BASE_DIR / "var", description="a folder this process may write to")
    backup_directory: Path | None = Field(
        None, description="a folder for manage.py backup; not set means backups under DATA_DIR"
    )
    releases_dir: Path | None = Field(
        None, description="the folder with a folder for each release and the link `current`; for rollback"
    )
    debug: bool = Field(False, description="true or false; true only with settings.dev")

    # What it stores its data in
    database_url: DatabaseUrl | None = Field(
        None,
        description="postgresql://user:password@host:port/name; settings.dev also takes sqlite:///path",
    )
    db_pool_min: int = Field(
        1, ge=0, le=1000, description="connections kept open, 0 to 1000, at most DB_POOL_MAX"
    )
    db_pool_max: int = Field(10, ge=1, le=1000, description="connections at most, 1 to 1000")
    db_acquire_timeout: int = Field(2_000, ge=100, le=600_000, description=f"{MILLISECONDS}, 100 to 600000")
    db_idle_timeout: int = Field(
        600_000, ge=1_000, le=86_400_000, description=f"{MILLISECONDS}, 1000 to 86400000"
    )
    db_lock_timeout: int = Field(
        5_000, ge=0, le=600_000, description=f"{MILLISECONDS}, 0 (no bound) to 600000"
    )
    db_statement_timeout: int = Field(
        30_000, ge=0, le=86_400_000, description=f"{MILLISECONDS}, 0 (no bound) and up"
    )
    db_ssl: bool | None = Field(
        None, description="true or false; not set leaves it to DATABASE_URL's sslmode"
    )
    db_ssl_reject_unauthorized: bool = Field(
        True, description="true (verify the server's certificate and name) or false"
    )
    db_ssl_ca: Certificates | None = Field(
        None,
        description="a readable file of the authorities PostgreSQL's certificate may come from (PEM); it "
        "turns DB_SSL on; not set means the system's",
    )
    redis_url: RedisUrl | None = Field(None, description="redis://host:port/0, rediss://… or unix:///path")
    redis_ssl_ca: Certificates | None = Field(
        None,
        description="a readable file of the authorities the certificate of a rediss:// server may come from "
        "(PEM); not set means the system's",
    )

    # Who may reach it
    secret_key: SecretStr | None = Field(None, min_length=32, description="at least 32 random characters")
    secret_key_fallback: SecretStr | None = Field(
        None, min_length=32, description="the SECRET_KEY before this one, while it is being changed"
    )
    audit_key: SigningKeys | None = Field(
        None,
        description="at least 32 random characters that sign the audit book, older keys behind it, "
        "separated by commas, each as long; not set means a key derived from SECRET_KEY",
    )
    backup_key: SigningKeys | None = Field(
        None,
        description="at least 32 random characters that encrypt backups, older keys behind it, separated by "
        "commas, each as long; not set means backups anybody can read",
    )
    allowed_hosts: Hosts = Field([], description="host names separated by commas, without scheme or port")
    cors_origin: Origins = Field([], description="origins like https://app.example.com, separated by commas")
    https_only: bool | None = Field(
        None, description="true (secure cookies, redirect, HSTS) or false (plain HTTP)"
    )
    trusted_proxies: Networks = Field(
        [], description="addresses or networks (10.0.0.0/8), separated by commas"
    )
    trust_proxy: str | None = Field(
        None, description="nothing any more: TRUSTED_PROXIES names the proxies to believe"
    )
    metrics_token: SecretStr | None = Field(None, min_length=16, description="at least 16 characters")
    metrics_allowed_cidrs: Networks = Field(
        default_factory=lambda: networks(LOOPBACK_AND_PRIVATE),
        description="addresses or networks (10.0.0.0/8), separated by commas",
    )

    # How it can be watched
    monitoring_enabled: bool = Field(
        True, description="true, or false: neither metrics nor operation timings; probes stay"
    )
    metrics_enabled: bool = Field(
        True, description="true, or false: /metrics is a 404 and requests are not counted"
    )
    metrics_port: int | None = Field(
        None,
        ge=1,
        le=65535,
        description="a TCP port of its own for /metrics under the same guards, 1 to 65535; `serve` opens it "
        "beside PORT",
    )
    performance_monitoring_enabled: bool = Field(True, description="true, or false: operations are not timed")
    performance_sampling_rate: float = Field(
        1.0, ge=0, le=1, allow_inf_nan=False, description="the share of operations that is timed, 0 to 1"
    )
    health_check_enabled: bool = Field(
        True,
        description="true, or false: /health is a 404 and no dependency is looked at; /health/live and "
        "/health/ready stay",
    )
    health_check_interval: int = Field(
        1_000,
        ge=100,
        le=60_000,
        description=f"{MILLISECONDS}, 100 to 60000: a node that serves looks at its dependencies so often, "
        "and nothing it has seen is believed longer",
    )
    health_check_path: HealthPath = Field(
        "/health",
        description="a path like /healthz where /health answers too; none of pages, the API or sockets",
    )

    otel_exporter_otlp_endpoint: Endpoint = Field(
        "",
        description="the address of an OpenTelemetry collector (http://collector:4318) that is sent traces "
        "by OTLP over HTTP; not set means no traces",
    )
    traces_sampling_rate: float = Field(
        1.0, ge=0, le=1, allow_inf_nan=False, description="the share of calls that is traced, 0 to 1"
    )
    sentry_dsn: SentryDsn | None = Field(
        None,
        description="the DSN of a Sentry project (https://key@host/1) that is told errors, without any "
        "text, address, token or query; not set means nobody is told",
    )

    # What it accepts
    max_input_length: int = Field(
        10_000, ge=1, le=1_000_000, description="characters in one text, 1 to 1000000"
    )
    max_requests_per_room_per_hour: int = Field(
        10, ge=1, le=100_000, description="a whole number, 1 to 100000"
    )
    threat_block_score: int = Field(
        100, ge=20, le=1_000_000, description="the score that blocks a source, 20 to 1000000"
    )
    threat_block_time: int = Field(
        600_000,
        ge=1_000,
        le=604_800_000,
        description=f"{MILLISECONDS}, 1000 to 604800000, that a block lasts",
    )
    sockets_per_caller: int = Field(
        10, ge=1, le=100_000, description="open sockets of one caller at one node, 1 to 100000"
    )
    rate_limit_window_ms: int = Field(
        900_000,
        ge=1_000,
        le=86_400_000,
        description=f"{MILLISECONDS}, 1000 to 86400000: the window of RATE_LIMIT_MAX_REQUESTS",
    )
    rate_limit_max_requests: int | None = Field(
        None,
        ge=0,
        le=100_000_000,
        description="calls in the window of one guest, one key or one unknown address, up to 100000000; "
        "0 (off) only with settings.dev; not set means 100, in staging 200, in dev 0",
    )
    rate_limit_staff: int | None = Field(
        None,
        ge=0,
        le=100_000_000,
        description="calls a minute of one member of staff, up to 100000000; 0 (off) only with settings.dev; "
        "not set means 600, in dev 0",
    )
    rate_limit_sockets: int | None = Field(
        None,
        ge=0,
        le=100_000_000,
        description="new sockets a minute of one caller, up to 100000000; 0 (off) only with settings.dev; "
        "not set means 20, in dev 0",
    )
    mfa_required_roles: Roles = Field(
        [],
        description="roles that need a second factor, separated by commas: superuser, manager, front-desk, "
        "housekeeping, maintenance, concierge, it-support",
    )
    session_idle_timeout: int = Field(
        28_800_000,
        ge=60_000,
        le=43_200_000,
        description=f"{MILLISECONDS}, 60000 to 43200000, after which an unused session is over",
    )
    oidc_issuer: Issuer = Field(
        "",
        description="an OpenID Connect provider as it names itself (https://login.example.com), "
        "with which people may sign in; with OIDC_CLIENT_ID and OIDC_CLIENT_SECRET",
    )
    oidc_client_id: str = Field("", max_length=255, description="what the provider calls this service")
    oidc_client_secret: SecretStr | None = Field(
        None, max_length=1_000, description="what this service shows the provider"
    )
    oidc_name: str = Field(
        "single sign-on",
        max_length=60,
        description="the provider's name on the login page, up to 60 characters",
    )
    oidc_scopes: Names = Field(
        ["openid", "profile"],
        description="scopes to ask for, separated by commas; openid always is",
    )
    oidc_username_claim: str = Field(
        "preferred_username",
        pattern=r"^[A-Za-z0-9_.:/-]{1,100}$",
        description="which claim OIDC_LINK_BY_USERNAME compares; email counts only when email_verified",
    )
    oidc_link_by_username: bool = Field(
        False,
        description="true (a first login links the account of the same username, never a superuser's) or "
        "false (an administrator links each)",
    )
    demo_password: SecretStr | None = Field(None, max_length=128, description="up to 128 characters")

    compression_enabled: bool = Field(
        True, description="true, or false: no answer is compressed, whoever asks"
    )

    # What it remembers
    caching_enabled: bool = Field(True, description="true, or false: every read goes to the database")
    cache_ttl: int = Field(
        60_000,
        ge=100,
        le=86_400_000,
        description=f"{MILLISECONDS} an answer is kept at most, 100 to 86400000",
    )
    cache_max_size: int = Field(
        1_000, ge=1, le=1_000_000, description="answers one process remembers, 1 to 1000000"
    )
    cache_max_bytes: int = Field(
        33_554_432, ge=1, le=17_179_869_184, description="bytes one process remembers, 1 to 17179869184"
    )
    cache_cleanup_interval: int = Field(
        60_000,
        ge=100,
        le=86_400_000,
        description=f"{MILLISECONDS} between looks for answers that have ended, 100 to 86400000",
    )

    # What is switched off whatever the database says
    flags_force_off: Flags = Field(
        [], description="feature flags (docs/flags.md) separated by commas: off here, without a database"
    )

    # What it keeps
    event_retention_days: int = Field(
        7, ge=1, le=3_650, description="days for which events can be replayed, 1 to 3650"
    )
    event_retention_count: int = Field(
        100_000,
        ge=1,
        le=100_000_000,
        description="events of one property that can be replayed, 1 to 100000000",
    )

    # What it says
    log_level: LogLevel = Field("INFO", description="debug, info, warning, error or critical")
    log_format: Literal["json", "text"] | None = Field(None, description="json or text")
    log_transports: Transports | None = Field(
        None, description="console, file or both, separated by a comma; not set means what LOG_ENABLE_… say"
    )
    log_enable_console: bool = Field(True, description="true (lines on stderr) or false")
    log_enable_file: bool = Field(
        False, description="true (a file in LOG_DIRECTORY, 10 MB and the five before it) or false"
    )
    log_directory: Path | None = Field(
        None, description="a folder this process may write to; not set means logs under DATA_DIR"
    )
