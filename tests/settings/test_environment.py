"""What the environment may say, and how a mistake is told."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from settings.problems import UnusableEnvironment
from settings.reading import notices, read, report
from settings.values import plain

IN_PROD = {
    "DJANGO_SETTINGS_MODULE": "settings.prod",
    "DATABASE_URL": "postgresql://bellhop:opensesame@db:5432/bellhop",
    "REDIS_URL": "redis://redis:6379/0",
    "SECRET_KEY": "only-the-tests-know-this-key-of-more-than-fifty-letters",
    "ALLOWED_HOSTS": "bellhop.example",
}
ROOT = Path(__file__).resolve().parents[2]


def problems(**environ: str) -> dict[str, str]:
    with pytest.raises(UnusableEnvironment) as caught:
        read(IN_PROD | environ)
    return {problem.variable: str(problem) for problem in caught.value.problems}


def test_dev_needs_nothing():
    environment = read({"DJANGO_SETTINGS_MODULE": "settings.dev"})

    assert environment.port == 8000
    assert environment.database_url is None


def test_prod_takes_what_it_needs():
    environment = read(IN_PROD | {"CORS_ORIGIN": "https://a.example, https://b.example/", "PORT": "8080"})

    assert environment.port == 8080
    assert environment.allowed_hosts == ["bellhop.example"]
    assert environment.cors_origin == ["https://a.example", "https://b.example"]


@pytest.mark.parametrize("missing", ["DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS"])
@pytest.mark.parametrize("module", ["settings.staging", "settings.prod", "somebody.elses"])
def test_it_refuses_prod_without(missing, module):
    assert "is not set" in problems(**{missing: "", "DJANGO_SETTINGS_MODULE": module})[missing]


def test_every_problem_is_told_at_once():
    found = problems(PORT="abc", SECRET_KEY="short", REDIS_URL="", DB_POOL_MIN="20", LOG_LEVEL="loud")

    assert set(found) == {"PORT", "SECRET_KEY", "REDIS_URL", "DB_POOL_MIN", "LOG_LEVEL"}
    assert found["PORT"] == "PORT is 'abc'; allowed: a TCP port, 1 to 65535"


@pytest.mark.parametrize(
    ("variable", "value", "shown"),
    [
        ("SECRET_KEY", "hunter2", "********"),
        ("METRICS_TOKEN", "hunter2", "********"),
        ("DATABASE_URL", "mysql://bell:hunter2@db/x", "mysql://bell:********@db/x"),
        ("DATABASE_URL", "mysql://bell:hunter2@x@db/x", "mysql://bell:********@db/x"),
        ("DATABASE_URL", "host=db password=hunter2", "********"),
        ("REDIS_URL", "http://:hunter2@redis/0?password=hunter2", "http://:********@redis/0"),
    ],
)
def test_a_secret_is_never_shown(variable, value, shown):
    said = problems(**{variable: value})[variable]

    assert "hunter2" not in said
    assert repr(shown) in said


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("HOST", "not a host"),
        ("INSTANCE_ID", "a b"),
        ("DATABASE_URL", "sqlite:///prod.sqlite3"),
        ("DATABASE_URL", "postgresql://db"),
        ("DATABASE_URL", "postgresql://db:port/name"),
        ("REDIS_URL", "redis:"),
        ("ALLOWED_HOSTS", "https://bellhop.example"),
        ("ALLOWED_HOSTS", "bellhop.example:8000"),
        ("CORS_ORIGIN", "*"),
        ("CORS_ORIGIN", "https://a.example/path"),
        ("TRUSTED_PROXIES", "10.0.0.0/33"),
        ("METRICS_ALLOWED_CIDRS", "everywhere"),
        ("TRUST_PROXY", "true"),
        ("DEBUG", "true"),
        ("DB_POOL_MAX", "many"),
        ("DB_SSL", "perhaps"),
        ("MAX_INPUT_LENGTH", "0"),
        ("LOG_FORMAT", "xml"),
        ("SECRET_KEY_FILE", "/nowhere/at/all"),
        ("SECRET_KEY", "k" * 50),
        ("SECRET_KEY", "django-insecure-0123456789abcdefghijklmnopqrstuvwxyz"),
        ("DATABASE_URL", "postgresql://db/x?sslmode=perhaps"),
        ("DATABASE_URL", "postgresql://db/x?sslmood=require"),
        ("DB_SSL_CA", "/nowhere/ca.pem"),
        ("DB_SSL_CA", __file__),
        ("REDIS_SSL_CA", "/nowhere/ca.pem"),
        ("CORS_ORIGIN", "https://a.example,*"),
        ("CORS_ORIGIN", "a.example"),
        ("TRUSTED_PROXIES", "10.0.0.O/8"),
        ("DATA_DIR", f"{__file__}/var"),
        ("LOG_TRANSPORTS", "console,carrier-pigeon"),
        ("LOG_TRANSPORTS", "file,file"),
        ("LOG_ENABLE_FILE", "sometimes"),
        ("METRICS_PORT", "8000"),
        ("METRICS_ENABLED", "on-Mondays"),
        ("HEALTH_CHECK_INTERVAL", "99"),
        ("HEALTH_CHECK_PATH", "healthz"),
        ("HEALTH_CHECK_PATH", "/"),
        ("HEALTH_CHECK_PATH", "/api/request"),
        ("HEALTH_CHECK_PATH", "/../health"),
        ("PERFORMANCE_SAMPLING_RATE", "1.01"),
        ("PERFORMANCE_SAMPLING_RATE", "nan"),
        ("TOTAL_NODES", "0"),
        ("STICKY_SESSIONS", "gum"),
        ("RATE_LIMIT_WINDOW_MS", "-1"),
        ("INSTANCE_ID", "n\udcff"),
        ("FLAGS_FORCE_OFF", "request-cashing"),
        ("FLAGS_FORCE_OFF", "request-caching request-pagination"),
        ("BACKUP_KEY", "short"),
    ],
)
def test_it_refuses(variable, value):
    assert set(problems(**{variable: value})) == {variable}


def test_an_empty_text_means_not_set():
    assert read(IN_PROD | {"PORT": "", "HTTPS_ONLY": "", "DB_SSL": ""}).port == 8000


def test_a_secret_may_come_from_a_file(tmp_path):
    key = "drawn-from-a-hat-by-somebody-who-looked-away"
    (tmp_path / "key").write_text(f"{key}\n")

    environment = read(IN_PROD | {"SECRET_KEY": "", "SECRET_KEY_FILE": str(tmp_path / "key")})

    assert plain(environment.secret_key) == key


def test_a_secret_and_its_file_are_one_too_many(tmp_path):
    assert set(problems(SECRET_KEY_FILE=str(tmp_path))) == {"SECRET_KEY_FILE"}


def test_what_can_not_act_is_said_with_its_successor():
    assert "TRUSTED_PROXIES" in notices({"TRUST_PROXY": "1"})[0]
    assert notices({"PORT": "1"}) == []


def test_the_report_says_where_a_value_came_from():
    rows = {row["name"]: row for row in report({"PORT": "81", "SECRET_KEY": "s" * 40})}

    assert (rows["PORT"]["value"], rows["PORT"]["source"]) == ("81", "environment")
    assert rows["SECRET_KEY"]["value"] == "********"
    assert rows["HOST"]["source"] == "default"


@pytest.mark.parametrize(
    "command",
    [["manage.py", "check_config"], ["-c", "import settings.asgi"], ["-c", "import settings.wsgi"]],
    ids=["manage.py", "asgi", "wsgi"],
)
def test_a_process_leaves_with_78(command):
    environ = os.environ | IN_PROD | {"PORT": "abc", "REDIS_URL": ""}
    done = subprocess.run(
        [sys.executable, *command], env=environ, cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 78
    assert "PORT is 'abc'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ({}, "0.0"),
        ({"REDIS_URL": "redis://redis:6379/0"}, "3.0"),
        ({"REDIS_URL": "redis://redis:6379/0", "DRAIN_GRACE": "0"}, "0.0"),
        ({"DRAIN_GRACE": "1500"}, "1.5"),
    ],
)
def test_only_a_node_among_others_waits_to_be_noticed(tmp_path, said, seconds):
    plain = {name: value for name, value in os.environ.items() if name not in ("REDIS_URL", "DRAIN_GRACE")}
    environ = {**plain, "DJANGO_SETTINGS_MODULE": "settings.dev", "DATA_DIR": str(tmp_path), **said}
    shown = [sys.executable, "-c", "from settings import dev; print(float(dev.DRAIN_GRACE))"]
    found = subprocess.run(shown, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == seconds


def test_a_folder_for_logs_must_be_ours_to_write_in(tmp_path):
    (tmp_path / "file").touch()
    said = {"LOG_ENABLE_FILE": "true", "LOG_DIRECTORY": str(tmp_path / "file")}
    assert set(problems(**said)) == {"LOG_DIRECTORY"}
    assert read(IN_PROD | {"LOG_DIRECTORY": str(tmp_path / "file")})


@pytest.mark.parametrize(("body", "named"), [(b"short", "SECRET_KEY"), (b"\xff\xfe" * 30, "SECRET_KEY_FILE")])
def test_a_file_that_holds_no_key_is_refused(tmp_path, body, named):
    (tmp_path / "key").write_bytes(body)
    assert named in problems(SECRET_KEY="", SECRET_KEY_FILE=str(tmp_path / "key"))


def test_authorities_must_have_somebody_to_vouch_for(tmp_path):
    authority = certificate_of_nobody(tmp_path)
    assert set(problems(REDIS_SSL_CA=authority)) == {"REDIS_SSL_CA"}
    assert set(problems(DB_SSL_CA=authority, DB_SSL="false")) == {"DB_SSL_CA"}


def certificate_of_nobody(folder):
    from tests.settings.authority import Authority

    return str(Authority(folder, "nobody").path)


def test_a_name_that_is_nearly_ours_is_said():
    said = notices({"DATABSE_URL": "x", "LOG_LEVLE": "info", "PORT_FILE": "/x", "HOME": "/", "HOSTNAME": "h"})
    assert said == [
        "DATABSE_URL is not a setting of Bellhop. Did you mean DATABASE_URL?",
        "LOG_LEVLE is not a setting of Bellhop. Did you mean LOG_LEVEL?",
        "PORT_FILE is not read: only secrets come from files. Set PORT.",
    ]


@pytest.mark.parametrize(
    "command",
    [["manage.py", "check"], ["manage.py", "serve"], ["-c", "import settings.asgi"]],
    ids=["manage.py", "serve", "asgi"],
)
def test_an_unknown_profile_leaves_with_78(command):
    environ = os.environ | IN_PROD | {"DJANGO_SETTINGS_MODULE": "settings.prd", "PORT": "abc"}
    done = run(command, environ)

    assert done.returncode == 78
    assert "DJANGO_SETTINGS_MODULE is 'settings.prd', which is not there" in done.stderr
    assert "PORT is 'abc'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_profile_can_be_tried_from_another():
    done = run(["manage.py", "check_config", "--profile", "prod", "--json"], os.environ | {"REDIS_URL": ""})

    assert done.returncode == 78
    said = json.loads(done.stdout)
    assert (said["profile"], said["usable"]) == ("prod", False)
    assert {"REDIS_URL", "SECRET_KEY"} <= {problem["variable"] for problem in said["problems"]}


def run(command, environ):
    return subprocess.run(
        [sys.executable, *command], env=environ, cwd=ROOT, capture_output=True, text=True, check=False
    )
