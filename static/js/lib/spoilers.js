// A spoiler that was pressed stays open and is text from then on; without scripts it is open while it has the focus.

export function listenForSpoilers(root) {
  root.addEventListener("click", (event) => reveal(event));
  root.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") reveal(event);
  });
}

function reveal(event) {
  const spoiler = event.target.closest?.(".spoiler:not([data-open])");
  if (!spoiler) return;
  event.preventDefault();
  spoiler.dataset.open = "";
  spoiler.removeAttribute("role");
  spoiler.removeAttribute("aria-label");
}
