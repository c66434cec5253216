"""From the process's environment to a usable `Environment`, or one list of all that is wrong."""

import hmac
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from settings.env import SECRETS, Environment
from settings.problems import Problem, UnusableEnvironment, allowed, shown

RETIRED = {
    "STICKY_SESSIONS": "STICKY_SESSIONS does nothing here: any node resumes any client.",
    "TRUST_PROXY": "TRUST_PROXY does nothing here: TRUSTED_PROXIES names the proxies to believe.",
}
STRICT = ("staging", "prod")
DISTRUST = (None, "0", "false", "no", "off")
NEVER_OFF = ("RATE_LIMIT_MAX_REQUESTS", "RATE_LIMIT_STAFF", "RATE_LIMIT_SOCKETS")
STRICT_NEEDS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS")


def profile(environ: Mapping[str, str] = os.environ) -> str:
    """The chosen settings module's last word; an unknown one is held to what prod is."""
    word = environ.get("DJANGO_SETTINGS_MODULE", "settings.dev").rpartition(".")[2]
    return word if word in {"dev", "test", "staging"} else "prod"


def read(environ: Mapping[str, str] = os.environ) -> Environment:
    """The environment as typed values; raises UnusableEnvironment with every problem found."""
    chosen = profile(environ)
    secrets, problems = secrets_from_files(environ)
    said = {name: value for name, value in environ.items() if value} | secrets
    environment, unreadable = typed(said)
    problems += unreadable
    named = {problem.variable for problem in problems}
    problems += [problem for problem in misfits(chosen, said, environment) if problem.variable not in named]
    if problems:
        raise UnusableEnvironment(chosen, problems)
    return environment


def secrets_from_files(environ: Mapping[str, str]) -> tuple[dict[str, str], list[Problem]]:
    """The secrets named by `…_FILE` variables, without the line end editors leave."""
    found: dict[str, str] = {}
    problems = []
    for name in SECRETS:
        variable, path = f"{name}_FILE", environ.get(f"{name}_FILE")
        if not path:
            continue
        if environ.get(name):
            problems.append(Problem(variable, f"is set beside {name}", "one of the two"))
            continue
        try:
            found[name] = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "not UTF-8 text"
            problems.append(
                Problem(variable, f"is {path!r}, which can not be read ({why})", "a readable file")
            )
    return found, problems


def typed(said: Mapping[str, str]) -> tuple[Environment, list[Problem]]:
    """The readable variables as an Environment, and a problem for each of the others."""
    try:
        return Environment.model_validate(dict(said)), []
    except ValidationError as error:
        bad = dict.fromkeys(str(item["loc"][0]) for item in error.errors(include_url=False))
    problems = [Problem(name, f"is {shown(name, said[name])!r}", allowed(name)) for name in bad]
    readable = {name: value for name, value in said.items() if name not in bad}
    return Environment.model_validate(readable), problems


def misfits(chosen: str, said: Mapping[str, str], environment: Environment) -> Iterator[Problem]:
    """What is readable by itself but does not fit the profile or another variable."""
    strict = chosen in STRICT
    for name in STRICT_NEEDS if strict else ("DATABASE_URL",) if chosen == "test" else ():
        if name not in said:
            yield Problem(name, f"is not set, and settings.{chosen} needs it", allowed(name))
    if strict and said.get("DATABASE_URL", "").startswith("sqlite"):
        yield Problem("DATABASE_URL", "is a SQLite path", "postgresql://user:password@host:port/name")
    if strict and environment.trust_proxy not in DISTRUST and not environment.trusted_proxies:
        yield Problem("TRUST_PROXY", "is set without TRUSTED_PROXIES", allowed("TRUST_PROXY"))
    if environment.debug and chosen != "dev":
        yield Problem("DEBUG", "is 'true'", allowed("DEBUG"))
    for name in NEVER_OFF if strict else ():
        if getattr(environment, name.lower()) == 0:
            yield Problem(name, "is '0'", allowed(name))
    if environment.db_pool_min > environment.db_pool_max:
        yield Problem(
            "DB_POOL_MIN", f"is {environment.db_pool_min}", f"at most DB_POOL_MAX ({environment.db_pool_max})"
        )


def notices(environ: Mapping[str, str] = os.environ) -> list[str]:
    """A sentence for each variable that is set but can not act here, naming what does."""
    return [sentence for name, sentence in RETIRED.items() if environ.get(name)]


def report(environ: Mapping[str, str] = os.environ) -> list[dict[str, str]]:
    """Every variable with its value, where that came from and what is allowed; secrets masked."""
    secrets, _ = secrets_from_files(environ)
    rows = []
    for field, about in Environment.model_fields.items():
        name = field.upper()
        if name in secrets:
            value, source = shown(name, secrets[name]), f"{name}_FILE"
        elif environ.get(name):
            value, source = shown(name, environ[name]), "environment"
        else:
            value, source = default_of(about.get_default(call_default_factory=True)), "default"
        rows.append({"name": name, "value": value, "source": source, "allowed": about.description or ""})
    return rows


def fingerprint(key: str, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What is set otherwise than by default, to be compared between nodes.

    A secret leaves as a short digest under ``key``: two nodes' can be told apart, neither can be told.
    """
    secrets, _ = secrets_from_files(environ)
    found = {"DJANGO_SETTINGS_MODULE": profile(environ)}
    for row in report(environ):
        name = row["name"]
        if row["source"] != "default":
            value = secrets.get(name) or environ[name]
            digest = hmac.new(key.encode(), f"{name}={value}".encode(), "sha256").hexdigest()[:8]
            found[name] = f"{row['value']} #{digest}" if name in SECRETS else row["value"]
    return found


def default_of(value: object) -> str:
    """A default in the words of the environment."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
