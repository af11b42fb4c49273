// One toolbar for all rows: it goes to the row that is pointed at or has the focus, if there is anything to do with it.

export class Toolbar {
  constructor(template, { moderates }) {
    this.element = template.content.firstElementChild.cloneNode(true);
    this.moderates = moderates;
  }

  follow(list) {
    list.addEventListener("pointerover", (event) => this.#moveTo(event.target.closest(".message")));
    list.addEventListener("focusin", (event) => this.#moveTo(event.target.closest(".message"), true));
  }

  #moveTo(row, asked = false) {
    if (!row || row.contains(this.element)) return;
    // A pointer that wanders by does not take it from the keyboard.
    if (!asked && this.element.contains(document.activeElement)) return;
    const own = row.hasAttribute("data-own");
    if (!row.dataset.id || !(own || this.moderates()) || row.querySelector("message-editor")) {
      this.element.remove();
      return;
    }
    for (const act of ["edit", "delete"]) this.#button(act).href = `/messages/${row.dataset.id}/${act}`;
    this.#button("edit").hidden = !own;
    row.append(this.element);
  }

  #button(act) {
    return this.element.querySelector(`[data-act="${act}"]`);
  }
}
