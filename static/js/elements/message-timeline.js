// The messages of a channel, alive: news comes in, mine goes out, and the reader's place is kept.
import { gateway } from "../gateway.js";
import { CatchUp } from "../lib/catch-up.js";
import { Deletion } from "../lib/deletion.js";
import { Place } from "../lib/place.js";
import { Reading } from "../lib/reading.js";
import { rowsOf } from "../lib/rows.js";
import { Sending } from "../lib/sending.js";
import { Timeline } from "../lib/timeline.js";
import { Toolbar } from "../lib/toolbar.js";
import { Typing } from "../lib/typing.js";
import { openEditor } from "./message-editor.js";

class MessageTimeline extends HTMLElement {
  connectedCallback() {
    const { address, channelId } = this.dataset;
    this.channelId = channelId;
    this.me = document.querySelector(".app").dataset.userId;
    this.list = this.querySelector(".timeline__list");
    this.jump = this.querySelector(".timeline__jump");
    this.place = new Place(this.querySelector(".timeline__scroller"));
    this.timeline = new Timeline(this.list, { me: this.me, day: this.#part("day") });
    this.timeline.settleAll();
    this.reading = new Reading(this.timeline, this.place, this.dataset.readAddress);
    this.typing = new Typing(this.#part("typing"));
    this.catchUp = new CatchUp(this.timeline, this.place, address);
    this.sending = new Sending(this.timeline, this.#part("pending"), address, this.#part("texts").dataset);
    this.deletion = new Deletion(this.#part("confirm"), (id) => this.timeline.remove(id));
    new Toolbar(this.#part("toolbar"), { moderates: () => "mayModerate" in this.dataset }).follow(this.list);
    this.#listen();
  }

  // A page of the past shows what it shows: it hears of changes, not of what is new.
  get isPast() {
    return "past" in this.dataset;
  }

  // Whether somebody looks at the newest messages, as they come.
  get looksOn() {
    return !this.isPast && this.reading.looksOn;
  }

  send(content) {
    if (this.isPast) return false;
    this.place.toEnd();
    this.sending.send(content);
    this.place.toEnd();
    return true;
  }

  editLast() {
    const mine = this.timeline.rows.findLast((row) => row.hasAttribute("data-own") && row.dataset.id);
    if (mine) openEditor(mine, this.timeline);
  }

  #listen() {
    gateway.addEventListener("MESSAGE_CREATE", ({ detail }) => this.#hear(detail, () => this.#receive(detail)));
    gateway.addEventListener("MESSAGE_UPDATE", ({ detail }) => this.#hear(detail, () => this.#change(detail)));
    gateway.addEventListener("MESSAGE_DELETE", ({ detail }) => this.#hear(detail, () => this.timeline.remove(detail.d.id)));
    gateway.addEventListener("TYPING_START", ({ detail: { d } }) => this.#hearTyping(d));
    gateway.addEventListener("up", () => this.isPast || this.sending.retryAll());
    gateway.addEventListener("afresh", () => this.#begin());
    this.addEventListener("htmx:afterSwap", () => this.timeline.settleAll());
    this.addEventListener("click", (event) => this.#act(event));
    this.place.scroller.addEventListener("keydown", (event) => this.#move(event));
    this.place.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    document.addEventListener("visibilitychange", () => this.#look());
    this.jump.addEventListener("click", () => this.place.toEnd());
  }

  #hear({ d }, change) {
    if (d.channel_id !== this.channelId || d.thread_id) return;
    this.catchUp.told(d.id);
    this.place.keep(change);
    this.#look();
  }

  #hearTyping({ channel_id: channel, user_id: id, username: name }) {
    if (channel === this.channelId && id !== this.me && !this.isPast) this.typing.begin(id, name);
  }

  #scrolled() {
    if (this.place.atEnd) this.jump.hidden = true;
    this.#look();
  }

  #look() {
    if (!this.isPast) this.reading.look();
  }

  #receive({ html, d }) {
    if (this.isPast) return;
    const wasAtEnd = this.place.atEnd;
    const [row] = rowsOf(html);
    this.typing.end(d.author_id);
    if (!this.timeline.put(row) || d.author_id === this.me) return;
    this.#announce(row);
    this.jump.hidden = wasAtEnd || row !== this.timeline.last;
  }

  #change({ html, d }) {
    if (this.timeline.find(d.id)) this.timeline.put(rowsOf(html)[0]);
  }

  async #begin() {
    if (this.isPast) return;
    await this.catchUp.run();
    this.#look();
  }

  #announce(row) {
    const author = row.querySelector(".message__author").textContent;
    const text = row.querySelector(".message__content").textContent.trim();
    this.#part("announcer").textContent = `${author}: ${text}`.slice(0, 200);
  }

  #act(event) {
    const act = event.target.closest(".toolbar [data-act]")?.dataset.act;
    if (!act || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const row = event.target.closest(".message");
    if (act === "edit") openEditor(row, this.timeline);
    else this.deletion.ask(row, { sure: event.shiftKey });
  }

  // Up and down go from message to message; Tab then reaches what can be done with it.
  #move(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || event.target.closest("textarea") || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const { rows } = this.timeline;
    const at = rows.indexOf(event.target.closest(".message"));
    const next = at < 0 ? rows.at(-1) : rows[at + step];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  #part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }
}

customElements.define("message-timeline", MessageTimeline);
