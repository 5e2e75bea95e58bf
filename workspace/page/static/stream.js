// The stream stays at its end while it is resized; away from the end, a button leads to what is new.
import { onUpdate, toEnd } from "./live.js";

const END = 60;
const stream = document.getElementById("messages");
const button = document.getElementById("newest");
let atEnd = true;

function note() {
  atEnd = stream.scrollHeight - stream.scrollTop - stream.clientHeight < END;
  if (atEnd) button.hidden = true;
}

/** Listen for scrolling, resizing and arrivals. */
export function listen() {
  if (!stream) return;
  note();
  stream.addEventListener("scroll", note, { passive: true });
  new ResizeObserver(() => { if (atEnd) toEnd(stream); }).observe(stream);
  onUpdate((arrived) => {
    if (!atEnd && arrived.some((message) => stream.contains(message))) button.hidden = false;
  });
  button.addEventListener("click", () => {
    toEnd(stream);
    stream.focus();
  });
}
