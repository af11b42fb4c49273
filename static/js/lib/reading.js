// Tells the server how far a channel was read: up to its newest message, once that is on a screen that somebody looks at.
import { post } from "./post.js";

const SOON = 700;

export class Reading {
  #waiting = 0;
  #read = "";

  constructor(timeline, place, address) {
    this.timeline = timeline;
    this.place = place;
    this.address = address;
    // Whoever opened the page has read what was on it.
    this.#read = this.#newest;
  }

  get looksOn() {
    return !document.hidden && this.place.atEnd;
  }

  look() {
    clearTimeout(this.#waiting);
    if (this.looksOn && this.#newest !== this.#read) this.#waiting = setTimeout(() => this.#tell(), SOON);
  }

  async #tell() {
    const newest = this.#newest;
    if (!this.looksOn || !newest) return;
    this.#read = newest;
    // What is lost on the way is told with the next one.
    await post(this.address, { message_id: newest }).catch(() => (this.#read = ""));
  }

  get #newest() {
    return this.timeline.rows.findLast((row) => row.dataset.id)?.dataset.id ?? "";
  }
}
