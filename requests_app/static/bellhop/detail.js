// One request, live: what happens to it elsewhere shows here, and never over what is being typed.

import { calmly, freshPart, goLive } from "./page.js";

const detail = document.getElementById("bellhop-detail");
const news = document.getElementById("bellhop-news");
const WITHOUT_FORMS = ["now", "timeline", "thread"];

function parts(root) {
  return new Map(Array.from(root.querySelectorAll("[data-part]"), (part) => [part.dataset.part, part]));
}

function isChanged(field) {
  if (field.type === "hidden" || field.type === "submit") return false;
  if (field.tagName === "SELECT") return Array.from(field.options).some((one) => one.selected !== one.defaultSelected);
  return field.value !== field.defaultValue;
}

function isBusy() {
  const fields = Array.from(detail.querySelectorAll("input, select, textarea"));
  return fields.some(isChanged) || fields.includes(document.activeElement) || detail.querySelector(".missed, .errorlist");
}

function version(root) {
  return root.querySelector("[data-part=now]")?.dataset.version;
}

const refresh = calmly(async () => {
  const fresh = await freshPart();
  if (!isBusy()) {
    const open = detail.querySelector("details")?.open;
    detail.replaceChildren(...document.adoptNode(fresh.body).childNodes);
    if (open) detail.querySelector("details")?.setAttribute("open", "");
    return;
  }
  if (version(fresh) !== version(detail)) news.hidden = false;
  const shown = parts(detail);
  const found = parts(fresh);
  for (const name of WITHOUT_FORMS) shown.get(name)?.replaceWith(document.adoptNode(found.get(name)));
});

const request = `request:${detail.dataset.request}`;
const line = goLive((slug) => [request, `property:${slug}`]);
line?.addEventListener("news", (event) => concerns(event.detail) && refresh());
line?.addEventListener("reload", refresh);

function concerns(event) {
  return event.rooms.includes(request);
}

// A step must not throw away what was typed in the form beside it.
let sending = false;
detail.addEventListener("submit", (event) => {
  const others = Array.from(detail.querySelectorAll("form")).filter((form) => form !== event.target);
  sending = !others.some((form) => Array.from(form.elements).some(isChanged));
});
addEventListener("beforeunload", (event) => {
  const typed = Array.from(detail.querySelectorAll("input, select, textarea")).some(isChanged);
  if (typed && !sending) event.preventDefault();
});
