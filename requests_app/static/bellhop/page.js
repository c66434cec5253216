// What both live pages share: the badge, the line, the news that concern everybody, fresh markup.

import { Line } from "./socket.js";
import { offerSound, ring } from "./sound.js";
import { toast } from "./toast.js";

const badge = document.getElementById("bellhop-live");
const CALM = 250;
const RETRY = 2000;
const SLOWEST = 60_000;

export function words(name) {
  return badge.dataset[`word${name}`];
}

// Open the line for these rooms (a function of the property's slug).
export function goLive(rooms) {
  offerSound(document.getElementById("bellhop-sound"));
  const cursors = read(badge.dataset.cursor);
  const slugs = Object.keys(cursors);
  if (!slugs.length) return null;
  const line = new Line(badge.dataset.socket, slugs.flatMap(rooms), cursors);
  line.addEventListener("state", (event) => show(event.detail));
  line.addEventListener("news", (event) => announce(event.detail));
  return line;
}

// Call `refresh` soon; calls that come meanwhile are one. One that failed is tried again, ever more slowly.
export function calmly(refresh) {
  let timer = null;
  let running = false;
  let again = false;
  let failures = 0;
  const run = async () => {
    timer = null;
    if (running) {
      again = true;
      return;
    }
    running = true;
    again = false;
    let wait = CALM;
    try {
      await refresh();
      failures = 0;
    } catch {
      again = true;
      wait = Math.min(SLOWEST, RETRY * 2 ** failures++);
    }
    running = false;
    if (again) later(wait);
  };
  const later = (wait) => (timer ??= setTimeout(run, wait * (0.5 + Math.random())));
  return () => later(CALM);
}

// Fetch this page's living part as the server would show it now.
export async function freshPart() {
  const response = await fetch(location.href, { headers: { "X-Bellhop-Part": "yes" }, cache: "no-store" });
  if (response.redirected || !response.ok) throw new Error(`${response.status}`);
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

function read(cursor) {
  const each = cursor.split(",").filter(Boolean).map((one) => one.split(":"));
  // Without a prototype: a property's slug may be any word, "__proto__" too.
  return Object.assign(Object.create(null), Object.fromEntries(each.map(([slug, epoch, seq]) => [slug, [epoch, Number(seq)]])));
}

function show({ state, code }) {
  badge.dataset.state = state;
  const word = { live: "Live", "catching-up": "CatchingUp", offline: "Offline" }[state];
  badge.querySelector(".live-word").textContent = words(word);
  badge.title = code === 4401 ? words("Login") : "";
}

function announce(news) {
  const request = news.data.request;
  if (news.event === "request:urgent") {
    const mine = request.assignedTo === badge.dataset.me ? ` · ${words("Mine")}` : "";
    const why = words(news.data.reason === "sla" ? "Overdue" : "Urgent");
    toast({ kind: "urgent", title: `${why}: ${words("Room")} ${request.roomNumber}${mine}`, ...about(request) });
    ring();
  } else if (news.event === "request:assigned" && news.data.assignedTo === badge.dataset.me && !isMine(news)) {
    toast({ kind: "mine", title: `${words("Mine")}: ${words("Room")} ${request.roomNumber}`, ...about(request) });
  }
}

function about(request) {
  const address = badge.dataset.requestUrl.replace("/0/", `/${request.id}/`);
  return { text: request.requestText, address, close: words("Close") };
}

function isMine(news) {
  return news.actor?.username === badge.dataset.me;
}
