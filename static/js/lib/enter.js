// Enter finishes what one writes; Shift+Enter breaks the line. Keyboards on a touch screen have no Shift+Enter, so that
// Enter breaks the line there, and the button finishes.
const TOUCH = matchMedia("(hover: none) and (pointer: coarse)");

// Enter also ends a word in an input method; some browsers tell by the key code only.
export const composing = (event) => event.isComposing || event.keyCode === 229;

export const finishes = (event) => event.key === "Enter" && !event.shiftKey && !composing(event) && !TOUCH.matches;
