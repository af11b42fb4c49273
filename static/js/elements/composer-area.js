// Where one types, or why one cannot: asked for again whenever that can have changed, and when a timeout is over.
import { gateway } from "../gateway.js";
import { rowsOf } from "../lib/rows.js";
import { showTimes } from "../lib/times.js";

const CHANGES = [
  "ROLE_UPDATE", "ROLE_DELETE", "MEMBER_ROLE_ADD", "MEMBER_ROLE_REMOVE", "MEMBER_TIMEOUT", "MEMBER_TIMEOUT_REMOVE",
  "CHANNEL_UPDATE", "CATEGORY_UPDATE", "CHANNEL_OVERRIDE_UPDATE", "CHANNEL_OVERRIDE_DELETE", "SERVER_UPDATE",
  "CHANNEL_LIST_SYNC",
];
// What is about one person concerns the others not at all.
const PERSONAL = /^MEMBER_/;
const SOON = 100;
const LATER = 15_000;
// Everybody hears of a change at once and must not ask at once.
const SPREAD = 700;
const LONGEST = 2 ** 31 - 1;

class ComposerArea extends HTMLElement {
  #waiting = 0;
  #over = 0;

  connectedCallback() {
    this.me = document.querySelector(".app").dataset.userId;
    for (const name of CHANGES) gateway.addEventListener(name, (event) => this.#hear(name, event.detail.d));
    gateway.addEventListener("afresh", () => this.#soon());
    this.#arrange();
  }

  disconnectedCallback() {
    clearTimeout(this.#waiting);
    clearTimeout(this.#over);
  }

  #hear(name, d) {
    if (!PERSONAL.test(name)) this.#soon(SPREAD);
    else if (d.user_id === this.me) this.#soon();
  }

  #soon(spread = 0) {
    clearTimeout(this.#waiting);
    if (!this.isConnected) return;
    this.#waiting = setTimeout(() => this.#refresh(), SOON + Math.random() * spread);
  }

  async #refresh() {
    const response = await fetch(this.dataset.address).catch(() => null);
    // What is not there any more is for the panels, which leave.
    if (!response?.ok || response.redirected) return;
    const [fresh] = rowsOf(await response.text());
    const same = fresh.dataset.state === this.dataset.state;
    for (const name of ["state", "until", "mayModerate"]) {
      if (name in fresh.dataset) this.dataset[name] = fresh.dataset[name];
      else delete this.dataset[name];
    }
    if (!same) this.replaceChildren(...fresh.childNodes);
    showTimes(this);
    this.#arrange();
  }

  #arrange() {
    document.querySelector("message-timeline")?.toggleAttribute("data-may-moderate", "mayModerate" in this.dataset);
    clearTimeout(this.#over);
    if (!this.dataset.until) return;
    const left = new Date(this.dataset.until) - Date.now();
    // Not over by the server's clock, though by this one: there is no telling when to ask.
    const pause = left > 0 ? Math.min(left + 1000, LONGEST) : LATER;
    this.#over = setTimeout(() => this.#refresh(), pause);
  }
}

customElements.define("composer-area", ComposerArea);
