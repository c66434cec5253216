// The ticked rows: Django's own script holds on to the rows it first saw, and ours come and go.

const BOXES = "input.action-select";

// Count what is ticked, tick all at once, and mark the rows.
export function follow(rows) {
  rows.addEventListener("change", (event) => {
    if (event.target.id === "action-toggle") {
      for (const box of rows.querySelectorAll(BOXES)) box.checked = event.target.checked;
    }
    refreshTicks(rows);
  });
}

export function ticked(rows) {
  return new Set(Array.from(rows.querySelectorAll(`${BOXES}:checked`), (box) => box.value));
}

export function tickAgain(rows, values) {
  for (const box of rows.querySelectorAll(BOXES)) box.checked = values.has(box.value);
  refreshTicks(rows);
}

export function refreshTicks(rows) {
  const boxes = Array.from(rows.querySelectorAll(BOXES));
  for (const box of boxes) box.closest("tr").classList.toggle("selected", box.checked);
  const count = boxes.filter((box) => box.checked).length;
  const all = document.getElementById("action-toggle");
  if (all) all.checked = count > 0 && count === boxes.length;
  const counter = document.querySelector(".action-counter");
  if (counter) counter.textContent = `${count} / ${boxes.length}`;
}
