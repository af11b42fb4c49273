// Buttons that copy the text of a field; hidden where there are no scripts.

export function offerCopying(root) {
  for (const button of root.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
}

async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    // Only https and localhost have the clipboard; there is an older way.
    document.execCommand("copy");
  }
  button.textContent = button.dataset.done;
}
