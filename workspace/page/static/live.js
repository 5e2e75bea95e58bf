// Keeps the page up to date: after each change the pieces that differ are fetched and put in place.
import { act, channel, me, request, tell } from "./api.js";
import { collect, fill } from "./fields.js";

const AWAY = 5000; // milliseconds between looks while nobody looks at the page
const END = 60; // so near to the end, in pixels, a stream goes on with what arrives

const listeners = [];
let running = null;
let queued = null;
let shown = 0;

/** Call `listener` with the messages that arrived, after each update. */
export const onUpdate = (listener) => listeners.push(listener);

/** Fetch what has changed; done when an update that began after the call is in place. */
export function refresh() {
  if (!running) {
    running = update().catch((error) => tell(error.message)).finally(() => { running = null; });
    return running;
  }
  queued ??= running.then(() => {
    queued = null;
    return refresh();
  });
  return queued;
}

async function update() {
  const query = new URLSearchParams(location.search);
  query.set("line", document.body.dataset.line);
  if (shown) query.set("shown", shown);
  const have = [...document.querySelectorAll("[data-live] > [data-mark]")].map((piece) => piece.dataset.mark);
  const regions = await request("POST", `${location.pathname}/live?${query}`, { have });
  if (regions.gone) {
    location.assign(`/as/${me}`);
    return;
  }
  const arrived = [...document.querySelectorAll("[data-live]")]
    .flatMap((region) => reconcile(region, regions[region.dataset.live] ?? []));
  listeners.forEach((listener) => listener(arrived));
  seen();
}

/** Put a region's pieces in place; the messages that are new in it. */
function reconcile(region, pieces) {
  const atEnd = isAtEnd(region);
  const present = new Map([...region.children].map((child) => [child.dataset.key, child]));
  const wanted = new Set(pieces.map(([key]) => key));
  for (const [key, child] of present) if (!wanted.has(key)) child.remove();
  const arrived = [];
  let before = region.firstElementChild;
  for (const [key, mark, html] of pieces) {
    const old = present.get(key);
    const child = old?.dataset.mark === mark ? old : parsed(html);
    if (old && child !== old) {
      if (before === old) before = child;
      swap(old, child);
    }
    if (child === before) before = before.nextElementSibling;
    else region.insertBefore(child, before);
    if (!old && child.matches(".message")) arrived.push(child);
  }
  // Only what comes at the end has just been said: earlier messages are shown when they are asked for.
  const fresh = arrived.filter((child) => !child.nextElementSibling || arrived.includes(child.nextElementSibling));
  fresh.forEach((child) => child.classList.add("fresh"));
  if (fresh.length && atEnd) toEnd(region);
  return fresh;
}

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html; // drawn by the workspace's own templates, which escape what people wrote
  return template.content.firstElementChild;
}

/** Replace a piece; what was typed, focused or opened in the old one goes on in the new one. */
function swap(old, placed) {
  const active = old.contains(document.activeElement) ? document.activeElement : null;
  const typed = collect(old);
  const scrolled = old.querySelector(".fields")?.scrollTop;
  old.querySelectorAll("[data-carry]").forEach((part) => placed.append(part));
  old.replaceWith(placed);
  fill(placed, typed);
  if (scrolled) placed.querySelector(".fields").scrollTop = scrolled;
  if (active) heir(active, old, placed).focus();
}

/** What takes the focus: the part itself where it went on, the one that stands for it, or all of the new piece. */
function heir(active, old, placed) {
  if (placed.contains(active)) return active;
  const named = active !== old && active.id && document.getElementById(active.id);
  return named || placed;
}

const isAtEnd = (region) => region.scrollHeight - region.scrollTop - region.clientHeight < END;

/** Scroll a stream to its end. */
export const toEnd = (stream) => { stream.scrollTop = stream.scrollHeight; };

/** Draw this many earlier messages more; what is being read stays where it is. */
export async function showEarlier(more) {
  const stream = document.getElementById("messages");
  const below = stream.scrollHeight - stream.scrollTop;
  shown = stream.querySelectorAll(".message").length + more;
  await refresh();
  stream.scrollTop = stream.scrollHeight - below;
}

const newest = () => [...document.querySelectorAll("#messages > .message")].at(-1)?.dataset.ts ?? "";

/** Tell the workspace that the conversation was read, where it was and something in it was not. */
function seen() {
  const unread = document.querySelector(".places [aria-current].unread");
  if (unread && document.visibilityState === "visible" && newest()) act("read", { channel }).catch(() => {});
}

/** Begin to listen for changes. A page that nobody looks at lets go of its connection: a browser has six. */
export function follow() {
  for (const stream of document.querySelectorAll("ol.stream")) if (!stream.querySelector(":target")) toEnd(stream);
  let source = null;
  let looking = null;
  const changed = () => {
    const visible = document.visibilityState === "visible";
    clearInterval(looking);
    source?.close();
    source = null;
    if (visible) {
      source = new EventSource(`/people/${me}/changes`);
      source.onmessage = refresh;
    } else {
      document.body.dataset.line = newest(); // what comes from now on is new when the person is back
      looking = setInterval(refresh, AWAY);
    }
  };
  document.addEventListener("visibilitychange", changed);
  changed();
  seen();
}
