// Keys that work anywhere on the page.
import { open } from "./dialogs.js";
import { show as go } from "./go.js";
import { toggle as inspect } from "./inspector.js";

const typing = (target) => target.matches?.("input, textarea, select, [contenteditable]");

/** The parts of the page, in order, and what takes the focus in each. */
const PARTS = [".places a[aria-current], .side a", "main .stream", "#composer", "#thread", "#reply", ".inspector input"];

function nextPart(back) {
  const parts = PARTS.map((part) => document.querySelector(part)).filter((part) => part?.checkVisibility());
  const holder = (part) => part.closest("nav, form, ol, aside, .stream");
  const at = parts.findIndex((part) => holder(part)?.contains(document.activeElement));
  parts[(at + (back ? -1 : 1) + parts.length) % parts.length]?.focus();
}

/** Listen for keys. */
export function listen() {
  document.addEventListener("keydown", (event) => {
    const chord = event.ctrlKey || event.metaKey;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "?" && !typing(event.target)) open("keys");
    else if (chord && event.key.toLowerCase() === "k") go();
    else if (chord && event.key.toLowerCase() === "i" && !event.shiftKey) inspect();
    else if (event.key === "F6") nextPart(event.shiftKey);
    else return;
    event.preventDefault();
  });
}
