"""What is typed: the documents' own lines, and between them what the world does meanwhile."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = "/usr/local/src/bellhop"
PASSWORD = "seven doors at night 7"
GOOD, NOT_LOADING, DYING = "0.2.0", "0.3.0", "0.4.0"
PROBE = """touch /run/probing
cat > /root/probe.sh <<'X'
while [ -e /run/probing ]; do
  curl -s -m 20 -o /dev/null -w '%{http_code}\\n' --cacert /etc/bellhop/tls/fullchain.pem \\
    -H "Authorization: Bearer $1" 'https://bellhop.example/api/request?limit=5'
  sleep 0.1
done
X
bash /root/probe.sh "$TOKEN" > /root/probe.log 2>&1 </dev/null &
"""
COUNTED = (
    'runuser -u postgres -- psql -At bellhop -c "select count(*), max(id) from requests_app_guestrequest"'
)
ALERTS = "curl -fsS http://127.0.0.1:9090/api/v1/alerts"
DESTROYED = "pg_dropcluster --stop 15 main\npg_createcluster 15 main >&2"


class NotThere(Exception):
    """A document has no such section any more."""


@dataclass(frozen=True, slots=True)
class Step:
    """Some lines for the shell, and where they are from."""

    title: str
    lines: str


def section(document: str, begins: str) -> list[str]:
    """Return the shell blocks of the section of a document whose heading begins so. Raises NotThere."""
    text = (ROOT / "docs" / document).read_text()
    for part in re.split(r"^## ", text, flags=re.MULTILINE):
        if part.startswith(begins):
            return re.findall(r"```sh\n(.*?)```", part, flags=re.DOTALL)
    raise NotThere(f"docs/{document} has no section {begins!r}")


def written(document: str, begins: str) -> list[Step]:
    """Return a section's blocks as steps."""
    blocks = enumerate(section(document, begins), 1)
    return [Step(f"{document} § {begins} [{number}]", block) for number, block in blocks]


def refused(line: str) -> str:
    """Return a line that is right when the command says no."""
    return f'{line} && {{ echo "it went, and should not have"; exit 1; }} || echo "it said no: $?"'


def steps() -> list[Step]:
    """Return all of it, in order: install, watch, upgrade, break, go back, back up, destroy, restore."""
    return [*installing(), *watching(), *upgrading(), *restoring()]


def installing() -> list[Step]:
    """Return sections 1 to 7."""
    names = "127.0.0.1 localhost\\n::1 localhost\\n127.0.0.1 bellhop.example\\n"
    found = [
        Step("the world: names", f"printf '{names}' > /etc/hosts; update-ca-certificates >&2\ncd {SOURCE}\n"),
        Step("install.md, the host", section("install.md", "# Installing")[0]),
    ]
    for number in range(1, 8):
        found += written("install.md", f"{number}.")
    return found


def watching() -> list[Step]:
    """Return section 8, with its browser, and a minute for Prometheus to look."""
    prometheus, use = section("install.md", "8.")
    use, queries = use.rsplit("python3 ", 1)
    browser = f"SSL_CERT_FILE=/etc/bellhop/tls/fullchain.pem python3 {SOURCE}/tests/acceptance/browser.py"
    return [
        Step("the world: the browser", f"{browser} '{PASSWORD}'\n"),
        Step("install.md § 8. [1]", prometheus),
        Step("install.md § 8. [2]", use),
        Step("the world: three scrapes", "sleep 45\n"),
        Step("install.md § 8. [2], its last line", f"python3 {queries}"),
    ]


def upgrading() -> list[Step]:
    """Return an upgrade, the way back, one that can not be loaded, one that dies, and the way back again."""
    (whole,) = section("install.md", "Upgrading")
    installed, look, go = whole.rstrip().rsplit("\n", 2)
    (back,) = section("install.md", "Going back")
    status = "bellhop cluster status"
    return [
        Step("the world: somebody works all the while", PROBE),
        Step(f"install.md § Upgrading, to {GOOD}", f"cd {SOURCE}-{GOOD}\n{whole}{status}\n"),
        Step("install.md § Going back", back),
        Step(
            f"install.md § Upgrading, to {NOT_LOADING}, which can not be loaded",
            f"cd {SOURCE}-{NOT_LOADING}\n{installed}\n{refused(look)}\n",
        ),
        Step(
            f"install.md § Upgrading, to {DYING}, which dies",
            f"cd {SOURCE}-{DYING}\n{installed}\n{look}\n{refused(go)}\n{refused(status)}\n",
        ),
        Step("Prometheus tells of it", f"{ALERTS} | grep -o BellhopNodeDown | head -n 1\n"),
        Step("install.md § Going back, from what dies", f"{back}{status}\n"),
        Step("the world: what they saw", "rm /run/probing; wait; sort /root/probe.log | uniq -c\n"),
        Step("nothing but 200", "if grep -qv '^200$' /root/probe.log; then false; fi\n"),
    ]


def restoring() -> list[Step]:
    """Return a backup, the end of the database, and the night after it."""
    return [
        Step("backup.md, a backup", "bellhop backup --verify\nsystemctl start bellhop-backup\n"),
        Step(
            "the world: the database's disk dies",
            f"BEFORE=$({COUNTED})\n{DESTROYED}\ncd {SOURCE}\n",
        ),
        *written("install.md", "3."),
        *written("install.md", "4."),
        *written("backup.md", "The database is lost"),
        Step(
            "every request is back",
            f'AFTER=$({COUNTED})\necho "$BEFORE / $AFTER"\n[ "$BEFORE" = "$AFTER" ]\n',
        ),
        Step(
            "and it is watched",
            "sleep 15\npython3 deploy/prometheus/queries.py http://127.0.0.1:9090 | tail -n 1\n",
        ),
    ]
