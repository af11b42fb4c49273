// Keeps what stands around the messages as it is on the server: after a change it is fetched again, whole. Who loses
// the channel that is open, or the server, is taken elsewhere at once: who was removed to where it says so, and why.

const CHANGES = [
  "CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE", "CATEGORY_CREATE", "CATEGORY_UPDATE", "CATEGORY_DELETE",
  "CHANNEL_OVERRIDE_UPDATE", "CHANNEL_OVERRIDE_DELETE", "SERVER_UPDATE", "SERVER_DELETE",
  "ROLE_CREATE", "ROLE_UPDATE", "ROLE_DELETE",
  "MEMBER_JOIN", "MEMBER_LEAVE", "MEMBER_UPDATE", "MEMBER_KICK", "MEMBER_BAN", "MEMBER_ROLE_ADD", "MEMBER_ROLE_REMOVE",
  "MEMBER_TIMEOUT", "MEMBER_TIMEOUT_REMOVE", "CHANNEL_LIST_SYNC", "afresh",
];
const DEPARTURES = { MEMBER_LEAVE: "/", MEMBER_KICK: "/sessions/acts", MEMBER_BAN: "/sessions/acts" };
const PARTS = ["rail", "channels", "members"];
const SOON = 300;
// Everybody hears of a change at once and must not ask at once.
const SPREAD = 900;

export function keepPanelsFresh(gateway) {
  const server = document.getElementById("channels")?.dataset.serverId;
  if (!server) return;
  const here = document.querySelector("message-timeline")?.dataset.channelId;
  const me = document.querySelector(".app").dataset.userId;
  let waiting = 0;
  const changed = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => refresh(server, here), SOON + Math.random() * SPREAD);
  };
  for (const name of CHANGES) gateway.addEventListener(name, changed);
  for (const [name, to] of Object.entries(DEPARTURES)) {
    gateway.addEventListener(name, ({ detail: { d } }) => d.user_id === me && d.server_id === server && leave(to));
  }
  gateway.addEventListener("CHANNEL_DELETE", ({ detail: { d } }) => d.id === here && leave(`/channels/${server}`));
  gateway.addEventListener("SERVER_DELETE", ({ detail: { d } }) => d.id === server && leave("/"));
}

async function refresh(server, here) {
  const response = await fetch(`/channels/${server}/panels?channel=${here ?? ""}`).catch(() => null);
  if (response?.redirected || response?.status === 404) {
    leave("/");
    return;
  }
  if (!response?.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  if (here && !fresh.querySelector(".channels [aria-current=page]")) {
    leave(`/channels/${server}`);
    return;
  }
  for (const part of PARTS) replace(document.getElementById(part), fresh.getElementById(part));
}

// What one may not see any more goes from the screen before the next page is there, and "back" does not lead to it.
function leave(address) {
  document.getElementById("main").replaceChildren();
  location.replace(address);
}

function replace(old, fresh) {
  // What somebody is just using by keyboard, or has not changed, stays.
  if (!old || !fresh || old.isEqualNode(fresh) || old.contains(document.activeElement)) return;
  const place = old.scrollTop;
  old.replaceWith(fresh);
  fresh.scrollTop = place;
}
