// Deleting asks first, in a dialog, unless Shift is held.
import { post } from "./post.js";

export class Deletion {
  #row = null;

  constructor(dialog, done) {
    this.dialog = dialog;
    this.done = done;
    dialog.querySelector("form").addEventListener("submit", (event) => this.#answer(event));
  }

  ask(row, { sure }) {
    this.#row = row;
    this.#part("quote").textContent = row.querySelector(".message__content").innerText.slice(0, 300);
    this.#part("reason").textContent = "";
    if (!sure) this.dialog.showModal();
    else this.#carryOut();
  }

  #answer(event) {
    if (event.submitter?.value !== "delete") return;
    event.preventDefault();
    this.#carryOut();
  }

  async #carryOut() {
    const { id } = this.#row.dataset;
    try {
      await post(`/messages/${id}/delete`, {});
      this.dialog.close();
      this.done(id);
    } catch (error) {
      this.#part("reason").textContent = error.message;
      if (!this.dialog.open) this.dialog.showModal();
    }
  }

  #part(name) {
    return this.dialog.querySelector(`[data-part="${name}"]`);
  }
}
