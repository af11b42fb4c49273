// Who is there, in the list of members, and how I look to others, in my own panel.

export function keepPresence(gateway) {
  gateway.addEventListener("PRESENCE_UPDATE", ({ detail: { d } }) => showMember(d));
  gateway.addEventListener("USER_UPDATE", ({ detail: { d } }) => showMe(d));
  const panel = document.querySelector(".presence");
  panel?.addEventListener("keydown", (event) => event.key === "Escape" && close(panel));
}

function close(panel) {
  panel.open = false;
  panel.querySelector("summary").focus();
}

function showMember({ user_id: id, status, custom_status: text, activity }) {
  const list = document.getElementById("members");
  const item = list?.querySelector(`.members__item[data-user-id="${CSS.escape(id)}"]`);
  if (!item) return;
  const word = list.dataset[status];
  item.dataset.status = status;
  item.querySelector(".face__status").title = word;
  item.querySelector('[data-part="status"]').textContent = word;
  item.querySelector('[data-part="says"] bdi').textContent = text || activity || "";
}

function showMe({ status, custom_status: text }) {
  const panel = document.querySelector(".presence");
  if (!panel) return;
  const choice = panel.querySelector(`[name="choice"][value="${CSS.escape(status)}"]`);
  panel.dataset.status = status;
  panel.querySelector('[data-part="says"] bdi').textContent =
    text || choice.closest("label").querySelector('[data-part="word"]').textContent;
  // Not under the hands of somebody who is choosing.
  if (panel.open) return;
  choice.checked = true;
  panel.querySelector('[name="custom_status"]').value = text ?? "";
}
