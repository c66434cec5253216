"""What can be done to a local cluster and its parts."""

import shutil
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cluster.local import nodes, parts, pids, plan, relay, vitals, wait
from cluster.local.balancer import SPEAKS_TLS
from cluster.local.nodes import Application
from cluster.local.pids import Running
from cluster.local.plan import Part, Plan, Refused
from cluster.local.vitals import State

STOP_SECONDS = 30.0
GONE_SECONDS = 10.0
SEEN_SECONDS = 15.0
# PostgreSQL's fast shutdown: a connection somebody forgot does not hold it up.
STOP_SIGNALS = {"postgres": signal.SIGINT}

Say = Callable[[str], None]
Shown = dict[str, object]


@dataclass(frozen=True, slots=True)
class Cluster:
    """A local cluster's folder, the application it runs, and somebody who is told what happens."""

    folder: Path
    application: Application
    say: Say

    # --- the whole ------------------------------------------------------------------------------

    def up(self, *, count: int, balancer: str, port: int, limits: str, tls: bool = False) -> str:
        """Start everything; return what the demo said. What was started is stopped when one part fails."""
        self._make_folder()
        with pids.alone(self.folder, "cluster"):
            self._refuse_if_up()
            if port and not plan.is_free(port):
                raise Refused(f"Port {port} is taken; choose another PORT.")
            if tls and balancer not in SPEAKS_TLS:
                raise Refused(f"TLS is for LB={' or '.join(SPEAKS_TLS)} here, not for {balancer}.")
            drawn = plan.drawn(self.folder, nodes=count, balancer=balancer, port=port, limits=limits, tls=tls)
            if not port and drawn["lb"].port != plan.FIRST_PORT:
                self.say(f"Port {plan.FIRST_PORT} is taken, so this one takes {drawn['lb'].port}.")
            drawn.write()
            try:
                return self._start_all(drawn)
            except BaseException:
                self._stop_all(drawn)
                raise

    def down(self, *, purge: bool = False) -> bool:
        """Stop everything; say whether there was anything. The data stays unless it is purged."""
        if not self.folder.exists():
            return False
        with pids.alone(self.folder, "cluster"):
            found = plan.read(self.folder)
            if found:
                self._stop_all(found)
        if purge:
            storage = parts.storage(Plan(self.folder, "", ""))
            for folder in (storage, self.folder):
                shutil.rmtree(folder, ignore_errors=True)
        return found is not None

    def status(self) -> Shown:
        """Return every part's address, process and state."""
        found = plan.read(self.folder)
        if found is None:
            return {"url": None, "parts": []}
        known = vitals.table()
        with ThreadPoolExecutor(max_workers=len(found.parts)) as asking:
            shown = asking.map(lambda part: self._shown(part, known), found.parts)
            return {"url": found.url, "parts": list(shown)}

    def roll(self) -> None:
        """Restart every node, one after another, each through the balancer's eyes before the next."""
        found = self._plan()
        for part in found.nodes:
            if nodes.readiness(part) is None:
                raise Refused(f"{part.name} is not ready; mend that first, so that only one node is away.")
        for place, part in enumerate(found.nodes, 1):
            begun = time.monotonic()
            self.stop(part.name)
            self.start(part.name)
            self._await_seen(found, part)
            seconds = time.monotonic() - begun
            self.say(f"{place}/{len(found.nodes)} {part.name} is back after {seconds:.1f} s.")

    def manage(self, words: Sequence[str]) -> int:
        """Run a command of manage.py with this cluster's environment; return its exit code."""
        if not words:
            raise Refused("manage needs a COMMAND; for example: manage.py local manage cluster status.")
        return nodes.run(self._plan(), self.application, words)

    # --- one part -------------------------------------------------------------------------------

    def start(self, name: str) -> None:
        """Start a part that does not run: same name, port and data."""
        with pids.alone(self.folder, name):
            found = self._plan()
            part = found[name]
            running = pids.read(self.folder, name)
            if running and running.state(vitals.table()) is not State.DEAD:
                raise Refused(f"{name} is there already (process {running.pid}).")
            fresh = parts.launch_part(found, self.application, part)
            try:
                parts.await_part(found, part, fresh)
            except Refused:
                vitals.send_all(fresh.pid, signal.SIGKILL)
                raise

    def stop(self, name: str) -> None:
        """Let a part end in good order; one that does not within 30 s is killed, and that is said."""
        with pids.alone(self.folder, name):
            part, running = self._alive(name)
            if not self._ends(part, running):
                raise Refused(f"{name} did not end within {STOP_SECONDS:g} s and was killed.")

    def kill(self, name: str) -> None:
        """End a part as a power cut does."""
        _, running = self._alive(name)
        vitals.send_all(running.pid, signal.SIGKILL)
        wait.until(lambda: running.state(vitals.table()) is State.DEAD, GONE_SECONDS)

    def pause(self, name: str) -> None:
        """Hold a part still: it keeps its connections and says nothing."""
        _, running = self._alive(name)
        vitals.send_all(running.pid, signal.SIGSTOP)

    def resume(self, name: str) -> None:
        """Let a held part go on."""
        _, running = self._alive(name)
        vitals.send_all(running.pid, signal.SIGCONT)

    def wire(self, name: str, *, cut: bool = False, slow: float = 0) -> None:
        """Cut a node off from Redis, slow its way there down, or (with neither) heal it."""
        found = self._plan()
        chosen = found.nodes if name == "redis" else [found[name]]
        for part in chosen:
            if not part.is_node:
                raise Refused(f"{name} has no way to Redis of its own; name a node, or redis for all nodes.")
            relay.order(self.folder, part.name, cut=cut, slow=slow)

    # --- how ------------------------------------------------------------------------------------

    def _make_folder(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o711)  # PostgreSQL refuses root, so another user must get through to its folder
        for name in ("logs", "data"):
            (self.folder / name).mkdir(mode=0o700, exist_ok=True)

    def _refuse_if_up(self) -> None:
        found = plan.read(self.folder)
        known = vitals.table()
        for part in found.parts if found else ():
            running = pids.read(self.folder, part.name)
            if running and running.state(known) is not State.DEAD:
                raise Refused(f"A cluster is up already at {found.url if found else ''}; take it down first.")
            pids.forget(self.folder, part.name)

    def _plan(self) -> Plan:
        found = plan.read(self.folder)
        if found is None:
            raise Refused("No local cluster is up; `manage.py local up` starts one.")
        return found

    def _alive(self, name: str) -> tuple[Part, Running]:
        part = self._plan()[name]
        running = pids.read(self.folder, name)
        if running is None:
            raise Refused(f"{name} was stopped; `manage.py local start {name}` starts it again.")
        if running.state(vitals.table()) is State.DEAD:
            raise Refused(f"{name} is dead; `manage.py local start {name}` starts it again.")
        return part, running

    def _start_all(self, drawn: Plan) -> str:
        (self.folder / relay.FILE).unlink(missing_ok=True)
        self.say("Starting PostgreSQL, Valkey and the relay")
        self._open(drawn, (drawn["postgres"], drawn["redis"], drawn["relay"]))
        self.say("Preparing the database")
        said = nodes.prepare(drawn, self.application)
        self.say(f"Starting {len(drawn.nodes)} nodes")
        self._open(drawn, drawn.nodes)
        self.say(f"Starting the balancer, {drawn.balancer}")
        self._open(drawn, (drawn["lb"],))
        return said

    def _open(self, drawn: Plan, chosen: Iterable[Part]) -> None:
        opened = [(part, parts.launch_part(drawn, self.application, part)) for part in chosen]
        for part, running in opened:
            parts.await_part(drawn, part, running)

    def _stop_all(self, found: Plan) -> None:
        """Stop the balancer and the nodes together, then what they stand on."""
        below = ("relay", "redis", "postgres")
        self._end_together([part for part in found.parts if part.name not in below])
        for name in below:
            self._end_together([found[name]])
        (self.folder / plan.FILE).unlink(missing_ok=True)

    def _end_together(self, chosen: Iterable[Part]) -> None:
        known = vitals.table()
        there = [(part, running) for part in chosen if (running := pids.read(self.folder, part.name))]
        living = [it for it in there if it[1].state(known) is not State.DEAD]
        for part, running in living:
            _ask_to_end(part, running, hurried=True)
        for part, running in living:
            if not self._ends(part, running, asked=True):
                self.say(f"{part.name} did not end in time and was killed.")
        for part, _ in there:
            pids.forget(self.folder, part.name)

    def _ends(self, part: Part, running: Running, *, asked: bool = False) -> bool:
        if not asked:
            _ask_to_end(part, running)
        family = vitals.family(running.pid, vitals.table())
        ended = wait.until(lambda: running.state(vitals.table()) is State.DEAD, STOP_SECONDS)
        if not ended:
            vitals.send_all(running.pid, signal.SIGKILL)
        wait.until(lambda: not any(one in vitals.table() for one in family[1:]), GONE_SECONDS)
        pids.forget(self.folder, part.name)
        return ended

    def _await_seen(self, found: Plan, part: Part) -> None:
        if not wait.until(lambda: parts.seen(found, part.kind) == part.name, SEEN_SECONDS):
            raise Refused(
                f"{part.name} is ready, but the balancer sends it nothing; stopped here, the others serve on."
            )

    def _shown(self, part: Part, known: vitals.Table) -> Shown:
        running = pids.read(self.folder, part.name)
        state = running.state(known) if running else State.STOPPED
        there = running is not None and state is not State.DEAD
        return {
            "name": part.name,
            "kind": part.kind,
            "role": part.kind if part.is_node else None,
            "url": part.url,
            "pid": running.pid if running and there else None,
            "state": state,
            "version": _version(part, running, state),
        }


def _version(part: Part, running: Running | None, state: State) -> str | None:
    """Return a part's version; a node's from itself, for it can go over to another release in its place."""
    if part.is_node and state is State.RUNNING and (said := nodes.version(part)):
        return said
    return running.version if running else None


def _ask_to_end(part: Part, running: Running, *, hurried: bool = False) -> None:
    # A node drains at SIGTERM; at SIGINT it does not wait for a balancer that is going too.
    usual = signal.SIGINT if hurried and part.is_node else signal.SIGTERM
    vitals.send(running.pid, STOP_SIGNALS.get(part.kind, usual))
    for one in vitals.family(running.pid, vitals.table()):
        vitals.send(one, signal.SIGCONT)  # a held process hears nothing
