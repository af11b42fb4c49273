// Editing a message where it stands. The form is the one of the edit page, fetched when it is wanted.
import { composing, finishes } from "../lib/enter.js";
import { post } from "../lib/post.js";
import { rowsOf } from "../lib/rows.js";

export async function openEditor(row, timeline) {
  const open = row.querySelector("message-editor");
  if (open) {
    open.querySelector("textarea").focus();
    return;
  }
  const address = `/messages/${row.dataset.id}/edit`;
  const response = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!response?.ok || response.redirected) {
    location.assign(address);
    return;
  }
  const [editor] = rowsOf(await response.text());
  row.querySelector(".toolbar")?.remove();
  row.querySelector(".message__content").hidden = true;
  row.querySelector("article").append(editor);
  editor.begin(row, timeline);
}

class MessageEditor extends HTMLElement {
  begin(row, timeline) {
    this.row = row;
    this.timeline = timeline;
    this.form = this.querySelector("form");
    this.area = this.querySelector("textarea");
    this.area.focus();
    this.area.setSelectionRange(this.area.value.length, this.area.value.length);
    this.form.addEventListener("submit", (event) => this.#save(event));
    this.area.addEventListener("keydown", (event) => this.#press(event));
    this.querySelector("[data-act=cancel]").addEventListener("click", (event) => {
      event.preventDefault();
      this.#close();
    });
  }

  #press(event) {
    if (event.key === "Escape" && !composing(event)) this.#close();
    if (!finishes(event)) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  async #save(event) {
    event.preventDefault();
    try {
      const { html } = await post(this.form.getAttribute("action"), { content: this.area.value });
      [this.row.newer] = rowsOf(html);
      this.#close();
    } catch (error) {
      this.querySelector("[data-part=reason]").textContent = error.message;
    }
  }

  #close() {
    const { newer } = this.row;
    this.row.querySelector(".message__content").hidden = false;
    this.remove();
    if (newer) this.timeline.put(newer);
    document.querySelector("message-composer textarea")?.focus();
  }
}

customElements.define("message-editor", MessageEditor);
