"""Ask a Prometheus every query of the dashboards, and say which return nothing.

    python3 deploy/prometheus/queries.py http://127.0.0.1:9090

Leaves with 0 when each returned data, 1 when one returned nothing, 2 when Prometheus could not be asked.
It needs Python alone. `--json` prints one JSON value.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

DASHBOARDS = Path(__file__).resolve().parent.parent / "grafana"
RAW = argparse.RawDescriptionHelpFormatter
PATIENCE_SECONDS = 10
UNTIL_THERE_IS_A_BACKUP = "bellhop_backup_age_seconds"


def queries(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the title of each panel and each of its queries."""
    for file in sorted(folder.glob("*.json")):
        for panel in json.loads(file.read_text(encoding="utf-8"))["panels"]:
            for target in panel.get("targets", ()):
                yield panel["title"], target["expr"]


def series(prometheus: str, query: str) -> int:
    """Return how many series with a number a query has at this moment. Raises URLError."""
    address = f"{prometheus.rstrip('/')}/api/v1/query?query={quote(query)}"
    with urlopen(address, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - an operator names it
        found = json.load(answer)["data"]["result"]
    return sum(it["value"][1] != "NaN" for it in found)


def main() -> int:
    """Ask, and say."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("prometheus", help="its address, like http://127.0.0.1:9090")
    parser.add_argument("--dashboards", type=Path, default=DASHBOARDS, help="a folder of dashboards")
    parser.add_argument("--without-backup", action="store_true", help="expect nothing of backups yet")
    parser.add_argument("--json", action="store_true", help="one JSON value on standard output")
    said = parser.parse_args()
    asked = []
    try:
        for title, query in queries(said.dashboards):
            if not (said.without_backup and UNTIL_THERE_IS_A_BACKUP in query):
                asked.append({"panel": title, "query": query, "series": series(said.prometheus, query)})
    except (OSError, URLError) as problem:
        print(f"{said.prometheus} could not be asked: {problem}", file=sys.stderr)
        return 2
    empty = [it for it in asked if not it["series"]]
    if said.json:
        print(json.dumps({"asked": len(asked), "empty": len(empty), "queries": asked}, indent=2))
    else:
        for it in asked:
            print(
                f"{'ok     ' if it['series'] else 'NOTHING'} {it['series']:4}  {it['panel']}: {it['query']}"
            )
        print(f"{len(asked)} queries, {len(empty)} of them returned nothing.")
    return 1 if empty else 0


if __name__ == "__main__":
    sys.exit(main())
