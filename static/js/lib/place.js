// Where the reader is: at the end, which follows what is new, or further up, which must not move under their eyes.

const NEAR = 32;

export class Place {
  constructor(scroller) {
    this.scroller = scroller;
  }

  // The scroller is reversed: its end is 0, what is older is negative.
  get atEnd() {
    return this.scroller.scrollTop > -NEAR;
  }

  toEnd() {
    this.scroller.scrollTop = 0;
  }

  // Makes a change without moving what is being read.
  keep(change) {
    if (this.atEnd) {
      change();
      this.toEnd();
      return;
    }
    const top = this.scroller.getBoundingClientRect().top;
    const rows = [...this.scroller.querySelectorAll(".message")];
    const anchor = rows.find((row) => row.getBoundingClientRect().bottom > top);
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (anchor?.isConnected) this.scroller.scrollTop += anchor.getBoundingClientRect().top - before;
  }
}
