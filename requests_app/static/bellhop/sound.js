// Two short notes for an urgent request, if the person allowed them with the button.

const WISH = "bellhop.sound";
const NOTES = [880, 1175];

let context = null;
let button = null;

export function offerSound(element) {
  button = element;
  button.addEventListener("click", () => allow(!isOn()));
  // Browsers stay silent until the page was touched: the wish of last time waits for the first click.
  if (localStorage.getItem(WISH) === "yes") addEventListener("pointerdown", wake, { once: true });
  show();
}

export function ring() {
  if (!isOn()) return;
  wake();
  NOTES.forEach((frequency, place) => note(frequency, context.currentTime + place * 0.18));
  button.dataset.rang = String(Number(button.dataset.rang ?? 0) + 1);
}

function isOn() {
  return localStorage.getItem(WISH) === "yes";
}

function allow(wish) {
  localStorage.setItem(WISH, wish ? "yes" : "no");
  if (wish) wake();
  show();
}

function wake() {
  context ??= new AudioContext();
  context.resume();
}

function note(frequency, start) {
  const tone = new OscillatorNode(context, { frequency });
  const volume = new GainNode(context, { gain: 0 });
  volume.gain.setValueAtTime(0.0001, start);
  volume.gain.exponentialRampToValueAtTime(0.3, start + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.5);
  tone.connect(volume).connect(context.destination);
  tone.start(start);
  tone.stop(start + 0.5);
}

function show() {
  button.setAttribute("aria-pressed", String(isOn()));
  button.querySelector(".sound-word").textContent = isOn() ? button.dataset.wordOn : button.dataset.wordOff;
}
