// Sends a form as a script does: JSON comes back, and a refusal is an error whose message is meant for people.

const TIMEOUT = 20_000;

// `final` says that trying the same again will not help.
export class Refused extends Error {
  constructor(message, final) {
    super(message);
    this.final = final;
  }
}

export async function post(address, fields) {
  const response = await fetch(address, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
    body: new URLSearchParams(fields),
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT),
  });
  const content = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(content.error ?? "", response.status >= 400 && response.status < 500);
  return content;
}

// From the cookie: the one in the page grows old when somebody signs in anew in another tab.
function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}
