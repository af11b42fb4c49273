// Moments in the reader's zone and language.

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
const medium = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export function showTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) showTime(time);
}

export function showTime(time) {
  const moment = new Date(time.dateTime);
  time.title = full.format(moment);
  if (time.closest(".message__edited")) return;
  time.textContent = (time.closest(".timeline") ? clock : medium).format(moment);
}

export function nameOfDay(moment) {
  return day.format(moment);
}
