// Keeps the page up to date: after each change the page is fetched again, and what differs is put in place.
import { act, channel, me } from "./api.js";
import { collect, fill } from "./fields.js";

const shown = new Map();
const listeners = [];
let under = null;
let again = false;

/** Call `listener` after each update. */
export const onUpdate = (listener) => listeners.push(listener);

/** Fetch the page and put in place what has changed; calls that come meanwhile are answered by one more round. */
export function refresh() {
  if (under) {
    again = true;
    return under;
  }
  under = update().finally(() => {
    under = null;
    if (again) {
      again = false;
      refresh();
    }
  });
  return under;
}

async function update() {
  const response = await fetch(location.pathname + location.search);
  if (!response.ok) return;
  const next = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const region of document.querySelectorAll("[data-live]")) {
    const source = next.querySelector(`[data-live="${region.dataset.live}"]`);
    if (source) reconcile(region, source);
  }
  listeners.forEach((listener) => listener());
  seen();
}

function reconcile(region, source) {
  const name = region.dataset.live;
  const atEnd = region.scrollHeight - region.scrollTop - region.clientHeight < 60;
  const present = new Map([...region.children].map((child) => [child.dataset.key, child]));
  const wanted = [...source.children];
  const keys = new Set(wanted.map((child) => child.dataset.key));
  const form = name === "modal" ? region.firstElementChild : null;
  const typed = form ? collect(form) : null;
  for (const [key, child] of present) if (!keys.has(key)) child.remove();
  let before = region.firstElementChild;
  let arrived = false;
  for (const child of wanted) {
    const id = `${name} ${child.dataset.key}`;
    const html = child.outerHTML;
    const old = present.get(child.dataset.key);
    const placed = old && shown.get(id) === html ? old : document.importNode(child, true);
    if (placed !== old) {
      shown.set(id, html);
      if (!old && child.classList.contains("message")) {
        placed.classList.add("fresh");
        arrived = true;
      }
      swap(region, old, placed, before);
      if (old && before === old) before = placed;
    }
    if (placed === before) before = before.nextElementSibling;
    else region.insertBefore(placed, before);
  }
  // An updated view keeps what was typed; a view above or below it has its own fields.
  if (typed && region.firstElementChild?.dataset.view === form.dataset.view) fill(region, typed);
  if (arrived && atEnd) region.scrollTop = region.scrollHeight;
}

/** Replace an element; what was being typed or focused in it goes on in the new one. */
function swap(region, old, placed, before) {
  if (!old) {
    region.insertBefore(placed, before);
    return;
  }
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  const typed = collect(old);
  old.replaceWith(placed);
  fill(placed, typed);
  if (focused) document.getElementById(focused)?.focus();
}

/** Remember what the server drew, so that the first update touches nothing that is the same. */
function remember() {
  for (const region of document.querySelectorAll("[data-live]")) {
    for (const child of region.children) shown.set(`${region.dataset.live} ${child.dataset.key}`, child.outerHTML);
  }
}

function seen() {
  if (document.visibilityState === "visible") act("read", { channel }).catch(() => {});
}

/** Begin to listen for changes. */
export function follow() {
  remember();
  for (const stream of document.querySelectorAll("ol.stream")) {
    if (!stream.querySelector(":target")) stream.scrollTop = stream.scrollHeight;
  }
  const source = new EventSource(`/people/${me}/changes`);
  source.onmessage = () => { refresh(); };
  document.addEventListener("visibilitychange", seen);
  seen();
}
