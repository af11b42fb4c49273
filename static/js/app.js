// Where every page's scripts begin. Pages work without them; with them they are alive.
import "./elements/message-timeline.js";
import "./elements/message-composer.js";
import "./elements/message-editor.js";
import { gateway } from "./gateway.js";
import { keepPanelsFresh } from "./lib/panels.js";
import { listenForSpoilers } from "./lib/spoilers.js";
import { showTimes } from "./lib/times.js";

listenForSpoilers(document);
showTimes(document);

if (document.querySelector(".app")) {
  keepPanelsFresh(gateway);
  gateway.start();
}
