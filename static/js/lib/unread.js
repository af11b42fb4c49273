// The marks in the list of channels: what is new, and how often it calls me. The server says how it is; between its words
// each new message is counted.

export function keepUnread(gateway) {
  const me = document.querySelector(".app").dataset.userId;
  gateway.addEventListener("MESSAGE_CREATE", ({ detail: { d } }) => {
    const item = find(d.channel_id);
    if (!item || d.thread_id) return;
    // Who writes has read what was there.
    if (d.author_id === me) mark(item, false, 0);
    else if (!isRead(d.channel_id)) mark(item, true, mentionsOf(item) + (calls(d, me) ? 1 : 0));
  });
  gateway.addEventListener("CHANNEL_ACK", ({ detail: { d } }) => {
    const item = find(d.channel_id);
    if (item) mark(item, d.unread_count > 0, d.mention_count);
  });
}

function find(id) {
  return document.querySelector(`.channels__item[data-channel-id="${CSS.escape(id)}"]`);
}

function isRead(id) {
  const timeline = document.querySelector("message-timeline");
  return timeline?.channelId === id && timeline.looksOn;
}

function calls(message, me) {
  return message.mention_everyone || message.mention_user_ids.includes(me);
}

function mentionsOf(item) {
  return Number(item.querySelector('[data-part="count"]').textContent);
}

function mark(item, isUnread, mentions) {
  item.toggleAttribute("data-unread", isUnread);
  item.querySelector('[data-part="unread"]').hidden = !isUnread;
  item.querySelector('[data-part="mentions"]').hidden = !mentions;
  item.querySelector('[data-part="count"]').textContent = mentions;
}
