// The list of messages. There is one way in, `put`, and it may be called with the same message any number of times.
import { comesBefore, dress, isMessage, momentOf, sameDay, sameRun } from "./rows.js";
import { nameOfDay } from "./times.js";

export class Timeline {
  constructor(list, { me, day }) {
    this.list = list;
    this.me = me;
    this.day = day;
  }

  get rows() {
    return [...this.list.querySelectorAll(":scope > .message")];
  }

  get last() {
    return this.rows.at(-1);
  }

  find(id) {
    return this.list.querySelector(`:scope > [data-id="${CSS.escape(id)}"]`);
  }

  // Adds a row at its place, or in place of the one it is a newer state of. True when there is something new to read.
  put(row) {
    const known = this.find(row.dataset.id);
    if (known) {
      this.#update(known, row);
      return false;
    }
    const pending = row.dataset.authorId === this.me && this.pending(row.dataset.nonce);
    if (pending) this.take(pending);
    const before = this.rows.findLast((other) => comesBefore(other, row));
    if (!before && this.#unloaded) return false;
    if (before) before.after(row);
    else this.#head ? this.#head.after(row) : this.list.prepend(row);
    this.#settle(row);
    return !pending;
  }

  // Adds one's own row that has no place in the order yet.
  append(row) {
    this.list.append(row);
    this.#settle(row);
  }

  remove(id) {
    const row = this.find(id);
    if (row) this.take(row);
  }

  take(row) {
    const next = this.#next(row);
    this.#separator(row)?.remove();
    row.remove();
    if (next) this.#regroup(next);
  }

  pending(nonce) {
    return nonce ? this.list.querySelector(`:scope > [data-pending][data-nonce="${CSS.escape(nonce)}"]`) : null;
  }

  // Begins anew with these rows; those that are only here come after them.
  restart(head, rows) {
    const ours = this.rows.filter((row) => !row.dataset.id || !rows.some((other) => other.dataset.id === row.dataset.id));
    const first = rows[0]?.dataset.createdAt ?? "";
    const later = ours.filter((row) => !row.dataset.id || row.dataset.createdAt > first);
    this.list.replaceChildren(head, ...[...rows, ...later].sort((one, other) => (comesBefore(one, other) ? -1 : 1)));
    this.settleAll();
  }

  // After rows came in by another way (a page, htmx): each once, dressed and grouped.
  settleAll() {
    const seen = new Set();
    for (const row of this.rows) {
      if (row.dataset.id && seen.has(row.dataset.id)) this.take(row);
      seen.add(row.dataset.id);
    }
    for (const row of this.rows) {
      dress(row, this.me);
      this.#regroup(row);
    }
  }

  #update(known, row) {
    // The text of a moment sorts as the moment does; a late answer to an older edit changes nothing.
    if (row.dataset.editedAt <= known.dataset.editedAt) return;
    // Not under the hands of somebody who is editing: it waits until they are done.
    if (known.querySelector("message-editor")) {
      known.newer = row;
      return;
    }
    const focused = known.contains(document.activeElement);
    known.replaceWith(row);
    this.#settle(row);
    if (focused) row.focus({ preventScroll: true });
  }

  #settle(row) {
    dress(row, this.me);
    this.#regroup(row);
    const next = this.#next(row);
    if (next) this.#regroup(next);
  }

  #regroup(row) {
    const before = this.#previous(row);
    const newDay = !before || !sameDay(before, row);
    const separator = this.#separator(row);
    if (newDay) this.#showDay(row, separator);
    else separator?.remove();
    row.toggleAttribute("data-grouped", !newDay && sameRun(before, row));
  }

  #showDay(row, separator) {
    const shown = separator ?? this.day.content.firstElementChild.cloneNode(true);
    shown.querySelector("time").textContent = nameOfDay(momentOf(row));
    if (!separator) row.before(shown);
  }

  #separator(row) {
    const before = row.previousElementSibling;
    return before?.matches(".timeline__day") ? before : null;
  }

  #previous(row) {
    let before = row.previousElementSibling;
    while (before && !isMessage(before)) before = before.previousElementSibling;
    return before;
  }

  #next(row) {
    let after = row.nextElementSibling;
    while (after && !isMessage(after)) after = after.nextElementSibling;
    return after;
  }

  get #head() {
    return this.list.querySelector(":scope > :is(.timeline__more, .timeline__start)");
  }

  get #unloaded() {
    return this.list.querySelector(":scope > .timeline__more") !== null;
  }
}
