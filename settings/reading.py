"""From the process's environment to a usable `Environment`, or one list of all that is wrong."""

import hmac
import os
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError

from settings.env import SECRETS, Environment
from settings.problems import Problem, UnusableEnvironment, allowed, shown
from settings.values import plain

RETIRED = {
    "STICKY_SESSIONS": "STICKY_SESSIONS does nothing here: any node resumes any client.",
    "TRUST_PROXY": "TRUST_PROXY does nothing here: TRUSTED_PROXIES names the proxies to believe.",
}
STRICT = ("staging", "prod")
DISTRUST = (None, "0", "false", "no", "off")
NEVER_OFF = ("RATE_LIMIT_MAX_REQUESTS", "RATE_LIMIT_STAFF", "RATE_LIMIT_SOCKETS")
DISTINCT_LETTERS = 10
EXAMPLE_KEYS = ("django-insecure", "change", "secret", "your-", "example")
NEARLY = 0.86
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
    problems += [*undecodable(said)]
    said = {name: value for name, value in said.items() if is_text(value)}
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
    yield from weak_keys(said) if strict else ()
    yield from unwritable(said, environment, strict=strict)
    yield from contradictions(environment)
    for name in NEVER_OFF if strict else ():
        if getattr(environment, name.lower()) == 0:
            yield Problem(name, "is '0'", allowed(name))
    if environment.db_pool_min > environment.db_pool_max:
        yield Problem(
            "DB_POOL_MIN", f"is {environment.db_pool_min}", f"at most DB_POOL_MAX ({environment.db_pool_max})"
        )


def is_text(value: str) -> bool:
    """Say whether a value was UTF-8; Python hides other bytes as lone surrogates."""
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def undecodable(said: Mapping[str, str]) -> Iterator[Problem]:
    """Values of ours that are not text at all."""
    for name in map(str.upper, Environment.model_fields):
        if not is_text(said.get(name, "")):
            yield Problem(name, "holds bytes that are not UTF-8 text", allowed(name))


def weak_keys(said: Mapping[str, str]) -> Iterator[Problem]:
    """A key somebody typed, or copied from an example, in place of one that was drawn."""
    key = said.get("SECRET_KEY", "")
    if key and (len(set(key)) < DISTINCT_LETTERS or key.lower().startswith(EXAMPLE_KEYS)):
        words = "is too easily guessed: few different characters, or an example's"
        yield Problem("SECRET_KEY", words, allowed("SECRET_KEY"))


def unwritable(said: Mapping[str, str], environment: Environment, *, strict: bool) -> Iterator[Problem]:
    """Folders that will be written to and can not be; prod may live on a disk it may only read."""
    wanted = {}
    if not strict or "DATA_DIR" in said:
        wanted["DATA_DIR"] = environment.data_dir
    ways = environment.log_transports
    if "file" in ways if ways is not None else environment.log_enable_file:
        wanted["LOG_DIRECTORY"] = environment.log_directory or environment.data_dir / "logs"
    for name, folder in wanted.items():
        if not may_write(folder):
            yield Problem(name, f"is {str(folder)!r}, where this process may not write", allowed(name))


def may_write(folder: Path) -> bool:
    """Say whether a folder is, or could be made, ours to write in."""
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def contradictions(environment: Environment) -> Iterator[Problem]:
    """Two variables that can not both be meant."""
    if environment.db_ssl is False and environment.db_ssl_ca is not None:
        yield Problem("DB_SSL_CA", "is set beside DB_SSL=false", "one of the two")
    if environment.redis_ssl_ca and not plain(environment.redis_url).startswith("rediss:"):
        yield Problem("REDIS_SSL_CA", "is set, and REDIS_URL is not rediss://…", "with a rediss:// address")
    if environment.metrics_port == environment.port:
        yield Problem("METRICS_PORT", f"is {environment.port}, as PORT is", "another port than PORT")


def notices(environ: Mapping[str, str] = os.environ) -> list[str]:
    """A sentence for each variable that is set but does nothing here, naming what would."""
    retired = [sentence for name, sentence in RETIRED.items() if environ.get(name)]
    return [*retired, *misspelled(environ)]


def misspelled(environ: Mapping[str, str]) -> Iterator[str]:
    """Names that are nearly ours: a process that ignores them in silence is what nobody looks for."""
    known = {*map(str.upper, Environment.model_fields), *(f"{name}_FILE" for name in SECRETS)}
    for name in sorted(set(environ) - known):
        plain_name = name.removesuffix("_FILE")
        if plain_name != name and plain_name in known:
            yield f"{name} is not read: only secrets come from files. Set {plain_name}."
        elif close := get_close_matches(name.upper(), known, n=1, cutoff=NEARLY):
            yield f"{name} is not a setting of Bellhop. Did you mean {close[0]}?"


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
