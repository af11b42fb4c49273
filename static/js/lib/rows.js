// Rows of messages: made from HTML that the server has rendered, compared, and dressed for this reader.
import { showTimes } from "./times.js";

const CLOSE = 5 * 60_000;

export function rowsOf(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.children];
}

export function isMessage(element) {
  return element?.matches?.(".message") ?? false;
}

// The order of a channel; what is still on its way comes last.
export function comesBefore(one, other) {
  if (one.dataset.createdAt === undefined || other.dataset.createdAt === undefined) {
    return other.dataset.createdAt === undefined && one.dataset.createdAt !== undefined;
  }
  const [a, b] = [one.dataset.createdAt, other.dataset.createdAt];
  return a === b ? one.dataset.id < other.dataset.id : a < b;
}

export function dress(row, me) {
  row.toggleAttribute("data-own", row.dataset.authorId === me);
  const called = (row.dataset.mentions ?? "").split(" ");
  row.toggleAttribute("data-mentions-me", called.includes(me) || called.includes("everyone"));
  showTimes(row);
}

export function momentOf(row) {
  return row.dataset.createdAt ? new Date(row.dataset.createdAt) : new Date();
}

export function sameDay(one, other) {
  return momentOf(one).toDateString() === momentOf(other).toDateString();
}

export function sameRun(one, other) {
  return one.dataset.authorId === other.dataset.authorId && momentOf(other) - momentOf(one) < CLOSE;
}
