// What I send is there at once, as plain text and on its way, until the server's row takes its place: by the answer or by
// the socket, whichever is first. The nonce makes trying again harmless.
import { newNonce } from "./nonce.js";
import { Refused, post } from "./post.js";
import { rowsOf } from "./rows.js";

export class Sending {
  constructor(timeline, template, address, texts) {
    this.timeline = timeline;
    this.template = template;
    this.address = address;
    this.texts = texts;
  }

  send(content) {
    const row = this.template.content.firstElementChild.cloneNode(true);
    row.dataset.nonce = newNonce();
    row.querySelector('[data-part="text"]').textContent = content;
    row.querySelector("time").dateTime = new Date().toISOString();
    row.querySelector('[data-act="retry"]').addEventListener("click", () => this.#try(row, content));
    row.querySelector('[data-act="discard"]').addEventListener("click", () => this.#discard(row, content));
    this.timeline.append(row);
    return this.#try(row, content);
  }

  // What failed because nobody answered is tried again when somebody does.
  retryAll() {
    for (const row of this.timeline.list.querySelectorAll(":scope > [data-pending=unanswered]")) {
      row.querySelector('[data-act="retry"]').click();
    }
  }

  async #try(row, content) {
    row.dataset.pending = "";
    row.querySelector(".message__failure").hidden = true;
    try {
      const { html } = await post(this.address, { content, nonce: row.dataset.nonce });
      this.timeline.put(rowsOf(html)[0]);
    } catch (error) {
      this.#fail(row, error);
    }
  }

  #fail(row, error) {
    if (!row.isConnected) return;
    const refused = error instanceof Refused && error.final;
    row.dataset.pending = refused ? "refused" : "unanswered";
    row.querySelector('[data-part="reason"]').textContent = (refused && error.message) || this.texts.unsent;
    row.querySelector(".message__failure").hidden = false;
  }

  #discard(row, content) {
    this.timeline.take(row);
    document.dispatchEvent(new CustomEvent("together:discarded", { detail: content }));
  }
}
