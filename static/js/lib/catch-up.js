// When nobody can tell what happened since: the pages that are shown are read again, newest first,
// and each row goes through the one way in. What is no longer there is taken out.
import { rowsOf } from "./rows.js";

const MOST_PAGES = 6;

export class CatchUp {
  #running = false;
  #again = false;
  // What the socket told while we were reading: it is newer than what we read.
  #told = new Set();

  constructor(timeline, place, address) {
    this.timeline = timeline;
    this.place = place;
    this.address = address;
  }

  // The socket told something of this message; what we are reading may be older than that.
  told(id) {
    if (this.#running) this.#told.add(id);
  }

  async run() {
    this.#again = this.#running;
    if (this.#running) return;
    this.#running = true;
    try {
      const found = await this.#read();
      this.place.keep(() => this.#apply(found));
    } catch {
      // The connection is gone again; when it is back this starts anew.
    } finally {
      this.#running = false;
      this.#told.clear();
    }
    if (this.#again) await this.run();
  }

  async #read() {
    const oldest = this.timeline.rows.find((row) => row.dataset.id);
    const found = { head: null, rows: [], reached: false };
    let address = this.address;
    for (let page = 0; address && page < MOST_PAGES; page++) {
      const response = await fetch(address, { headers: { "HX-Request": "true" } });
      if (!response.ok || response.redirected) throw new Error("The page cannot be read.");
      const [head, ...rows] = rowsOf(await response.text());
      found.head = head;
      found.rows.unshift(...rows);
      found.reached = oldest !== undefined && rows[0]?.dataset.createdAt <= oldest.dataset.createdAt;
      address = found.reached ? null : head.querySelector("a")?.getAttribute("href");
    }
    return found;
  }

  #apply({ head, rows, reached }) {
    const news = rows.filter((row) => !this.#told.has(row.dataset.id));
    const there = new Set(news.map((row) => row.dataset.id));
    const kept = (row) => !row.dataset.id || there.has(row.dataset.id) || this.#told.has(row.dataset.id);
    // When the pages do not reach back to what is shown there would be a hole: the list begins anew with them.
    if (!reached) this.timeline.restart(head, news);
    for (const row of this.timeline.rows) if (!kept(row)) this.timeline.take(row);
    for (const row of news) this.timeline.put(row);
  }
}
