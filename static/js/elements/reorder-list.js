// A list that can be dragged into another order. The arrows beside each row do the same by keyboard, without scripts too.

class ReorderList extends HTMLElement {
  #dragged = null;
  #before = "";

  connectedCallback() {
    this.addEventListener("dragstart", (event) => this.#begin(event));
    this.addEventListener("dragover", (event) => this.#over(event));
    this.addEventListener("drop", (event) => this.#over(event));
    this.addEventListener("dragend", () => this.#end());
    // A refusal comes with the list as it is, and says why.
    this.addEventListener("htmx:beforeSwap", ({ detail }) => {
      if (detail.serverResponse.includes('id="order"')) detail.shouldSwap = true;
    });
  }

  get #names() {
    return [...this.querySelectorAll("[data-name]")].map((row) => row.dataset.name).join();
  }

  #begin(event) {
    this.#dragged = event.target.closest("[draggable]");
    this.#before = this.#names;
    event.dataTransfer.effectAllowed = "move";
    this.#dragged.toggleAttribute("data-dragged", true);
  }

  #over(event) {
    const row = event.target.closest("[data-name]");
    if (!this.#dragged) return;
    // Also between the rows: what is let go there is not a link to be opened.
    event.preventDefault();
    if (!row || row === this.#dragged) return;
    const { top, height } = row.getBoundingClientRect();
    if (event.clientY < top + height / 2) row.before(this.#dragged);
    else row.after(this.#dragged);
  }

  #end() {
    this.#dragged?.removeAttribute("data-dragged");
    this.#dragged = null;
    if (this.#names === this.#before) return;
    const form = this.querySelector("[data-part=order]");
    form.elements.order.value = this.#names;
    form.requestSubmit();
  }
}

customElements.define("reorder-list", ReorderList);
