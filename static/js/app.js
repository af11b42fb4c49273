// Where every page's scripts begin. Pages work without them; with them they are alive.
import "./elements/composer-area.js";
import "./elements/message-timeline.js";
import "./elements/message-composer.js";
import "./elements/message-editor.js";
import "./elements/reorder-list.js";
import { gateway } from "./gateway.js";
import { offerCopying } from "./lib/copying.js";
import { openInDialogs } from "./lib/dialogs.js";
import { keepPanelsFresh } from "./lib/panels.js";
import { keepPresence } from "./lib/presence.js";
import { listenForSpoilers } from "./lib/spoilers.js";
import { showTimes } from "./lib/times.js";
import { keepUnread } from "./lib/unread.js";

listenForSpoilers(document);
showTimes(document);
offerCopying(document);

const app = document.querySelector(".app");
if (app) {
  openInDialogs(document);
  keepPanelsFresh(gateway);
  keepUnread(gateway);
  keepPresence(gateway);
  gateway.start(app.dataset.place);
}
