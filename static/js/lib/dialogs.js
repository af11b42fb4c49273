// A link with `data-dialog` opens what it leads to in a dialog, in place of a page of its own.
import { rowsOf } from "./rows.js";
import { showTimes } from "./times.js";

export function openInDialogs(root) {
  root.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-dialog]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const open = link.closest("dialog");
    if (open && link.hasAttribute("data-close")) open.close();
    else show(link.href, open);
  });
}

async function show(address, open) {
  const wanted = new URL(address);
  // Whatever is done in the dialog leads back to the page below it.
  if (!wanted.searchParams.has("next")) wanted.searchParams.set("next", location.pathname + location.search);
  const response = await fetch(wanted, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!response?.ok || response.redirected) {
    location.assign(address);
    return;
  }
  const dialog = open ?? make();
  dialog.querySelector("[data-part=content]").replaceChildren(...rowsOf(await response.text()));
  showTimes(dialog);
  const title = dialog.querySelector("h1");
  dialog.setAttribute("aria-labelledby", title.id);
  if (!dialog.open) dialog.showModal();
  title.tabIndex = -1;
  title.focus();
}

function make() {
  const [dialog] = rowsOf(document.getElementById("dialog").innerHTML);
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.querySelector("[data-part=close]").addEventListener("click", () => dialog.close());
  // A click beside it.
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  return dialog;
}
