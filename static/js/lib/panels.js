// Keeps what stands around the messages as it is on the server: after a change it is fetched again, whole.

const CHANGES = ["CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE", "SERVER_UPDATE", "SERVER_DELETE", "MEMBER_JOIN", "MEMBER_LEAVE"];
const PARTS = ["rail", "channels", "members"];
const SOON = 300;
// Everybody hears of a change at once and must not ask at once.
const SPREAD = 900;

export function keepPanelsFresh(gateway) {
  const server = document.getElementById("channels")?.dataset.serverId;
  if (!server) return;
  const here = document.querySelector("message-timeline")?.dataset.channelId;
  let waiting = 0;
  const changed = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => refresh(server, here), SOON + Math.random() * SPREAD);
  };
  for (const name of CHANGES) gateway.addEventListener(name, changed);
  let first = true;
  gateway.addEventListener("up", () => {
    if (!first) changed();
    first = false;
  });
}

async function refresh(server, here) {
  const response = await fetch(`/channels/${server}/panels?channel=${here ?? ""}`).catch(() => null);
  if (response?.redirected || response?.status === 404) {
    location.assign("/");
    return;
  }
  if (!response?.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const part of PARTS) replace(document.getElementById(part), fresh.getElementById(part));
  if (here && !document.querySelector(".channels [aria-current=page]")) location.assign(`/channels/${server}`);
}

function replace(old, fresh) {
  // What somebody is just using by keyboard, or has not changed, stays.
  if (!old || !fresh || old.isEqualNode(fresh) || old.contains(document.activeElement)) return;
  const place = old.scrollTop;
  old.replaceWith(fresh);
  fresh.scrollTop = place;
}
