// Who types in this channel, for as long as they said so lately. The line changes only when somebody begins or ends, so
// that a screen reader does not speak at every key.

const LASTS = 10_000;

export class Typing {
  #ends = new Map();

  constructor(line) {
    this.line = line;
  }

  begin(id, name) {
    clearTimeout(this.#ends.get(id)?.timer);
    this.#ends.set(id, { name, timer: setTimeout(() => this.end(id), LASTS) });
    this.#show();
  }

  end(id) {
    clearTimeout(this.#ends.get(id)?.timer);
    this.#ends.delete(id);
    this.#show();
  }

  #show() {
    const names = [...this.#ends.values()].map(({ name }) => name);
    const { one, two, many } = this.line.dataset;
    const words = ["", one, two][names.length] ?? many;
    const text = words.replace("{one}", names[0]).replace("{two}", names[1]);
    if (this.line.textContent !== text) this.line.textContent = text;
  }
}
