// Where one types: Enter sends, and what is not sent yet is kept until it is.
import { gateway } from "../gateway.js";
import { finishes } from "../lib/enter.js";

const WARN_FROM = 500;
// Others take it for over after ten seconds; the server tells of it every three at most.
const TYPING_EVERY = 4_000;

class MessageComposer extends HTMLElement {
  #typed = 0;

  connectedCallback() {
    this.form = this.querySelector("form");
    this.area = this.querySelector("textarea");
    this.count = this.querySelector(".composer__count");
    this.max = Number(this.form.dataset.max);
    // Nothing is sent when there is nothing: no reason to scold.
    this.form.noValidate = true;
    this.key = `draft:${document.querySelector(".app").dataset.userId}:${this.form.dataset.channelId}`;
    this.area.value ||= sessionStorage.getItem(this.key) ?? "";
    this.form.addEventListener("submit", (event) => this.#submit(event));
    this.area.addEventListener("keydown", (event) => this.#press(event));
    this.area.addEventListener("input", () => {
      this.#changed();
      this.#type();
    });
    document.addEventListener("together:discarded", this.#discarded);
    this.#changed();
    // On a page that is open already the focus is wherever somebody has put it.
    const idle = document.activeElement === document.body || !document.activeElement;
    if (idle && matchMedia("(hover: hover)").matches) this.area.focus({ preventScroll: true });
  }

  disconnectedCallback() {
    document.removeEventListener("together:discarded", this.#discarded);
  }

  #discarded = ({ detail }) => this.#takeBack(detail);

  get timeline() {
    return document.querySelector("message-timeline");
  }

  #press(event) {
    if (finishes(event)) {
      event.preventDefault();
      this.form.requestSubmit();
    }
    if (event.key === "ArrowUp" && !this.area.value) {
      event.preventDefault();
      this.timeline.editLast();
    }
  }

  #submit(event) {
    const content = this.area.value.trim();
    if (!content || this.#left < 0) {
      event.preventDefault();
      return;
    }
    // On a page of the past the form is sent as it is, which leads to the newest messages.
    sessionStorage.removeItem(this.key);
    if (!this.timeline.send(content)) return;
    event.preventDefault();
    this.area.value = "";
    this.#changed();
    this.area.focus();
  }

  #takeBack(content) {
    this.area.value = this.area.value ? `${content}\n${this.area.value}` : content;
    this.#changed();
    this.area.focus();
  }

  #changed() {
    if (this.area.value) sessionStorage.setItem(this.key, this.area.value);
    else sessionStorage.removeItem(this.key);
    this.count.hidden = this.#left > WARN_FROM;
    this.count.textContent = this.#left;
    this.count.toggleAttribute("data-over", this.#left < 0);
    if (!CSS.supports("field-sizing", "content")) this.#grow();
  }

  #type() {
    if (!this.area.value.trim() || Date.now() - this.#typed < TYPING_EVERY) return;
    this.#typed = Date.now();
    gateway.say("TYPING_START", { channel_id: this.form.dataset.channelId });
  }

  #grow() {
    this.area.style.blockSize = "auto";
    this.area.style.blockSize = `${this.area.scrollHeight}px`;
  }

  // As the server counts: in code points.
  get #left() {
    return this.max - [...this.area.value.trim()].length;
  }
}

customElements.define("message-composer", MessageComposer);
