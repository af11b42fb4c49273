// `crypto.randomUUID` exists only on https and localhost; an instance in a home network may have neither.
export function newNonce() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
