"""Write what Prometheus needs to watch the cluster of this machine (`manage.py local up`) into a folder.

    python3 deploy/prometheus/local.py var/local /tmp/watched
    cd /tmp/watched
    prometheus --config.file=prometheus.yml --storage.tsdb.path=data --web.listen-address=127.0.0.1:9090

It is prometheus.yml with this cluster's addresses, the alerts, and the token (readable by you alone).
"""

import argparse
import json
import re
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGETS = re.compile(r"( +- targets:)\n(?: +- \S+\n)+")
RAW = argparse.RawDescriptionHelpFormatter
KEPT_IN = "metrics-token"


def addresses(cluster: Path) -> list[str]:
    """Return where each node of the cluster listens. Raises OSError where there is none."""
    parts = json.loads((cluster / "cluster.json").read_text(encoding="utf-8"))["parts"]
    return [f"127.0.0.1:{it['port']}" for it in parts if it["kind"] in ("web", "live")]


def write(cluster: Path, folder: Path) -> list[str]:
    """Write the three files; return the addresses."""
    targets = addresses(cluster)
    folder.mkdir(parents=True, exist_ok=True)
    shipped = (HERE / "prometheus.yml").read_text(encoding="utf-8")
    (folder / "prometheus.yml").write_text(TARGETS.sub(rf"\1 {json.dumps(targets)}\n", shipped))
    shutil.copy(HERE / "alerts.yml", folder)
    token = folder / KEPT_IN
    token.touch(mode=0o600)
    token.write_text(json.loads((cluster / "secrets.json").read_text(encoding="utf-8"))["METRICS_TOKEN"])
    return targets


def main() -> int:
    """Write, and say which nodes are watched."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=RAW)
    parser.add_argument("cluster", type=Path, help="DATA_DIR/local of the cluster, as var/local")
    parser.add_argument("folder", type=Path, help="where to write")
    said = parser.parse_args()
    try:
        targets = write(said.cluster, said.folder)
    except (OSError, KeyError, ValueError) as problem:
        print(f"There is no cluster in {said.cluster}: {problem!r}", file=sys.stderr)
        return 1
    print(f"{said.folder} watches {', '.join(targets)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
