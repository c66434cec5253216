"""The whole suite, part after part, and one closing count: `python -m tests.run [pytest options]`."""

import os
import re
import subprocess
import sys
from collections import Counter

WORKERS = ("-n", "auto", "--maxprocesses", "4", "--dist", "loadscope")
COUNTED = ("passed", "failed", "errors", "skipped", "xfailed", "xpassed")
DRILL = "tests/drill/test_short_drill.py"
PARTS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "PostgreSQL": (("tests", "--ignore=tests/journeys", f"--ignore={DRILL}", *WORKERS), {}),
    "SQLite": (
        ("tests", "--ignore=tests/journeys", "-m", "both_databases", *WORKERS),
        {"BELLHOP_TEST_DATABASE": "sqlite"},
    ),
    # By itself: it measures how soon a cluster heals, which other tests beside it would delay.
    "drill": ((DRILL,), {}),
    # Playwright's synchronous API keeps a loop running, which Django takes for an asynchronous caller.
    "journeys": (("tests/journeys",), {"DJANGO_ALLOW_ASYNC_UNSAFE": "true"}),
}


def main() -> int:
    """Run every part, even after a failure; fail when any did."""
    total: Counter[str] = Counter()
    failed = []
    for name, (arguments, environment) in PARTS.items():
        print(f"\n##### {name}", flush=True)
        code, closing = run(arguments, environment)
        total += counts(closing)
        if code:
            failed.append(name)
    print(
        f"\n{total['passed']} passed, {total['failed'] + total['errors']} failed, {total['skipped']} skipped"
    )
    if failed:
        print(f"Failed: {', '.join(failed)}.")
    return 1 if failed else 0


def run(arguments: tuple[str, ...], environment: dict[str, str]) -> tuple[int, str]:
    """One pytest run: its exit code and its closing line."""
    command = [sys.executable, "-m", "pytest", *arguments, *sys.argv[1:]]
    closing = ""
    with subprocess.Popen(
        command, env=os.environ | environment, stdout=subprocess.PIPE, text=True
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            closing = line if re.search(r"\bin \d[\d.:]*s", line) else closing
    return process.returncode, closing


def counts(closing: str) -> Counter[str]:
    """The numbers in pytest's closing line."""
    plural = closing.replace("error,", "errors,").replace("error in", "errors in")
    found = re.findall(r"(\d+) (\w+)", plural)
    return Counter({word: int(number) for number, word in found if word in COUNTED})


if __name__ == "__main__":
    sys.exit(main())
