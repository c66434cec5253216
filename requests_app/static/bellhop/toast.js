// Short notes in the corner, one about each thing. All words go in as text, never as markup.

const STAY = 20_000;
const MOST = 4;

const corner = document.createElement("div");
corner.className = "toasts";
corner.setAttribute("role", "alert");
document.body.append(corner);

export function toast({ kind, title, text, address, close }) {
  const note = document.createElement("div");
  note.className = `toast toast-${kind}`;
  note.dataset.about = address;
  corner.querySelector(`[data-about="${CSS.escape(address)}"]`)?.remove();
  note.append(link(title, text, address), closer(note, close));
  corner.append(note);
  while (corner.children.length > MOST) corner.firstElementChild.remove();
  setTimeout(() => note.remove(), STAY);
}

function link(title, text, address) {
  const anchor = document.createElement("a");
  const heading = document.createElement("strong");
  anchor.href = address;
  heading.textContent = title;
  anchor.append(heading, text);
  return anchor;
}

function closer(note, word) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "×";
  button.setAttribute("aria-label", word);
  button.addEventListener("click", () => note.remove());
  return button;
}
