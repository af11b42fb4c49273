// The page's one socket. What arrives is dispatched as an event of the same name: `gateway.addEventListener("MESSAGE_CREATE", …)`,
// with the frame as its `detail`. It goes on where the page, or the last socket, has left off. "up" tells that news flows;
// "afresh", that nobody can tell what was missed, after which every listener reads again what it shows.

const BEAT = 30_000;
const PATIENCE = 10_000;
const BANNER_AFTER = 2_000;
const SHORTEST = 1_000;
const LONGEST = 30_000;
const SESSION_ENDED = 4004;
// Attempts that come to nothing between two doubts; the first comes with the second of them.
const DOUBT_EACH = 4;

class Gateway extends EventTarget {
  #socket = null;
  #failures = 0;
  #beat = 0;
  #unanswered = 0;
  #retry = 0;
  #banner = 0;
  #place = null;

  // From a place in the server's log: what the page shows is not older than that.
  start(place) {
    this.#place = place;
    addEventListener("online", () => this.#open());
    document.addEventListener("visibilitychange", () => document.hidden || this.#open());
    this.#open();
  }

  // Says something that is worth nothing later: while no news flows it is lost.
  say(op, d) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ op, d }));
  }

  #open() {
    if (this.#socket) return;
    clearTimeout(this.#retry);
    const address = new URL("/ws", location.href.replace(/^http/, "ws"));
    if (this.#place) address.searchParams.set("resume", this.#place);
    const socket = new WebSocket(address);
    this.#socket = socket;
    // One that was given up may still speak, and ends when the browser has waited long enough: that is no news of ours.
    socket.addEventListener("message", ({ data }) => socket === this.#socket && this.#receive(JSON.parse(data)));
    socket.addEventListener("close", ({ code }) => socket === this.#socket && this.#lost(code));
  }

  #receive(frame) {
    if (frame.op === "HEARTBEAT_ACK") clearTimeout(this.#unanswered);
    if (frame.op !== "DISPATCH") return;
    if (frame.t === "READY") this.#ready(frame.d.resumed);
    this.dispatchEvent(new CustomEvent(frame.t, { detail: frame }));
    this.#place = frame.s ?? this.#place;
  }

  #ready(resumed) {
    this.#failures = 0;
    clearTimeout(this.#banner);
    this.#banner = 0;
    this.#show(true);
    this.#beat = setInterval(() => this.#knock(), BEAT);
    this.dispatchEvent(new Event("up"));
    if (!resumed) this.dispatchEvent(new Event("afresh"));
  }

  #knock() {
    this.#socket.send(JSON.stringify({ op: "HEARTBEAT" }));
    clearTimeout(this.#unanswered);
    // A socket can be dead for minutes before the browser notices; closing it does not wait for the other side.
    this.#unanswered = setTimeout(() => this.#abandon(), PATIENCE);
  }

  #abandon() {
    const socket = this.#socket;
    this.#lost(0);
    socket.close();
  }

  #lost(code) {
    this.#socket = null;
    clearInterval(this.#beat);
    clearTimeout(this.#unanswered);
    if (code === SESSION_ENDED) {
      this.#leave();
      return;
    }
    document.documentElement.dataset.gateway = "down";
    this.#banner ||= setTimeout(() => this.#show(false), BANNER_AFTER);
    if (this.#failures % DOUBT_EACH === 1) this.#leaveIfSignedOut();
    const pause = Math.min(LONGEST, SHORTEST * 2 ** this.#failures++);
    this.#retry = setTimeout(() => this.#open(), pause * (0.5 + Math.random() / 2));
  }

  // A handshake that is refused looks like one that nobody answered: whether one is still signed in, a page tells.
  async #leaveIfSignedOut() {
    const answer = await fetch("/sessions", { method: "HEAD", redirect: "manual" }).catch(() => null);
    if (answer?.type === "opaqueredirect") this.#leave();
  }

  #leave() {
    location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
  }

  #show(up) {
    document.documentElement.dataset.gateway = up ? "up" : "down";
    const banner = document.getElementById("connection");
    if (banner) banner.hidden = up;
  }
}

export const gateway = new Gateway();
