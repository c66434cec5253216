// The live list: rows come, change and go by themselves; ticks, focus and scroll stay.

import { calmly, freshPart, goLive } from "./page.js";
import { follow, refreshTicks, ticked, tickAgain } from "./ticks.js";

const EVERY_MINUTE = 60_000; // ages and due times move without any news
const rows = document.getElementById("bellhop-rows");

function versions() {
  const marks = rows.querySelectorAll("[data-request]");
  return new Map(Array.from(marks, (mark) => [mark.dataset.request, mark.dataset.version]));
}

function focusedLink() {
  const link = document.activeElement;
  return rows.contains(link) ? link.getAttribute("href") ?? link.value : null;
}

const refresh = calmly(async () => {
  const fresh = await freshPart();
  const before = versions();
  const ticks = ticked(rows);
  const focus = focusedLink();
  rows.replaceChildren(...document.adoptNode(fresh.body).childNodes);
  tickAgain(rows, ticks);
  for (const mark of rows.querySelectorAll("[data-request]")) {
    if (before.get(mark.dataset.request) !== mark.dataset.version) mark.closest("tr").classList.add("fresh");
  }
  if (focus) {
    const again = rows.querySelector(`a[href="${CSS.escape(focus)}"], input[value="${CSS.escape(focus)}"]`);
    again?.focus({ preventScroll: true });
  }
});

follow(rows);
const line = goLive((slug) => [`property:${slug}`]);
line?.addEventListener("news", refresh);
line?.addEventListener("reload", refresh);
setInterval(() => document.hidden || refresh(), EVERY_MINUTE);
addEventListener("pageshow", (event) => {
  refreshTicks(rows);
  if (event.persisted) refresh();
});
