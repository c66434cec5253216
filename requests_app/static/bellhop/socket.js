// The line to the server: bellhop.v1 over a websocket, kept up through everything.
//
// It remembers for each property the number of the last event heard, and after every break asks
// for all that came since. Tells: `state` (live, catching-up, offline), `news` (one event),
// `reload` (the past can not be had event by event: read the page again).

const SUBPROTOCOL = "bellhop.v1";
const FINAL = new Set([4400, 4401, 4403, 4404]);
const RESTART = 1012;
const OFF = 4503; // nothing is pushed for now: each knock at the door is also a look at the page
const SLOWEST = 30_000;
const FIRST_WAIT = 500;

export class Line extends EventTarget {
  constructor(address, rooms, cursors) {
    super();
    this.address = address;
    this.rooms = rooms;
    this.cursors = cursors; // {slug: [epoch, seq]}
    this.failures = 0;
    this.over = false;
    this.patience = 30_000;
    this.reachBy = null; // {slug: seq}: the past is complete there; unknown before the server's answer
    addEventListener("offline", () => this.drop());
    addEventListener("online", () => this.now());
    document.addEventListener("visibilitychange", () => !document.hidden && this.now());
    this.open();
  }

  open() {
    clearTimeout(this.timer);
    this.timer = null;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}${this.address}`, [SUBPROTOCOL]);
    this.socket = socket;
    // A socket that was given up may still speak; only the present one counts.
    socket.onmessage = (message) => socket === this.socket && this.hear(JSON.parse(message.data));
    socket.onclose = (end) => socket === this.socket && this.closed(end.code);
    this.guard();
  }

  // Try again at once, if we are waiting to.
  now() {
    if (this.timer && !this.over) {
      this.failures = 0;
      this.open();
    }
  }

  // Let go of a socket that is known to be dead, without waiting for the network to notice.
  drop() {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    if (socket && !this.over) this.closed(0);
  }

  closed(code) {
    this.socket = null;
    clearTimeout(this.watch);
    this.over = FINAL.has(code);
    this.tell("state", { state: "offline", code });
    if (code === OFF) this.tell("reload", {});
    if (!this.over) this.timer = setTimeout(() => this.open(), this.wait(code));
  }

  wait(code) {
    if (code === RESTART && this.failures === 0) return this.after ?? Math.random() * FIRST_WAIT;
    const longest = Math.min(SLOWEST, FIRST_WAIT * 2 ** this.failures++);
    return longest * (0.5 + Math.random() / 2);
  }

  hear(frame) {
    if (frame.t === "hello") this.patience = frame.hb * 2500;
    this.guard();
    if (frame.t === "hello") this.subscribe();
    else if (frame.t === "subbed") this.joined(frame);
    else if (frame.t === "ev") this.event(frame);
    else if (frame.t === "hb") this.beat(frame.head);
    else if (frame.t === "bye") this.after = frame.after_ms;
  }

  // A line on which nothing was heard for two and a half heartbeats is dead.
  guard() {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => this.drop(), this.patience);
  }

  subscribe() {
    this.reachBy = null;
    this.tell("state", { state: "catching-up" });
    this.say({ t: "sub", id: 1, rooms: this.rooms, since: this.cursors });
  }

  joined(frame) {
    this.failures = 0;
    this.after = undefined;
    this.reachBy = Object.create(null); // a slug may be any word
    let whole = true;
    for (const [slug, answer] of Object.entries(frame.resume)) {
      if (answer.resumed) this.reachBy[slug] = answer.to;
      else whole = false;
      if (!answer.resumed && frame.head?.[slug]) this.cursors[slug] = frame.head[slug];
    }
    if (!whole) this.tell("reload", {});
    this.settle();
  }

  event(frame) {
    const known = this.cursors[frame.p];
    if (known && known[0] === frame.epoch && frame.seq <= known[1]) return;
    this.cursors[frame.p] = [frame.epoch, frame.seq];
    this.tell("news", frame);
    this.settle();
  }

  // "All your rooms are complete up to here."
  beat(head) {
    for (const [slug, seq] of Object.entries(head)) {
      const known = this.cursors[slug];
      if (known && seq > known[1]) this.cursors[slug] = [known[0], seq];
    }
    this.say({ t: "hb", ack: Object.fromEntries(Object.entries(this.cursors).map(([slug, at]) => [slug, at[1]])) });
    this.settle();
  }

  settle() {
    if (!this.reachBy) return;
    const reached = Object.entries(this.reachBy).every(([slug, to]) => (this.cursors[slug]?.[1] ?? 0) >= to);
    if (reached) this.tell("state", { state: "live" });
  }

  say(frame) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
