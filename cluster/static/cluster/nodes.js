// The live page of the cluster: its living part comes anew each second, and says so when it does not.

const EVERY = 1000;
const PATIENCE = 4000;
const part = document.getElementById("cluster-state");
const word = document.getElementById("cluster-fresh");

function say(state, text) {
  word.dataset.state = state;
  // Said once a change, not once a second: a screen reader hears this line.
  if (word.textContent !== text) word.textContent = text;
}

function shownAt() {
  return part.querySelector("[data-at]")?.dataset.at ?? "";
}

async function refresh() {
  const response = await fetch(location.href, {
    headers: { "X-Bellhop-Part": "yes" },
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (response.redirected || response.status === 403) return say("stale", `${word.dataset.wordLogin} ${shownAt()} UTC`);
  if (!response.ok) throw new Error(`${response.status}`);
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
  part.replaceChildren(...document.adoptNode(fresh.body).childNodes);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  return say("live", word.dataset.wordLive);
}

async function tick() {
  if (!document.hidden) {
    try {
      await refresh();
    } catch {
      say("stale", `${word.dataset.wordStale} ${shownAt()} UTC`);
    }
  }
  setTimeout(tick, EVERY);
}

tick();
