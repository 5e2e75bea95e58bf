// What is done with a message: its toolbar, reactions, editing, deleting, shortcuts; with a mouse or with keys.
import { act, attempt, channel, placeOf } from "./api.js";
import { ask, copy, messageSource } from "./dialogs.js";
import { onUpdate, refresh, showEarlier } from "./live.js";
import { openMenu, wire } from "./menu.js";

const MORE = 200;
const get = (id) => document.getElementById(id);
const toolbar = get("toolbar");
const messageOf = (target) => target.closest?.("li.message");

/** Bring the toolbar to a message, with what can be done there. */
function attach(message) {
  if (toolbar.parentElement === message && !toolbar.hidden) return;
  allow(toolbar, message);
  message.append(toolbar);
  toolbar.hidden = false;
}

/** Show only what can be done with a message: one's own can be changed, one that only you see cannot. */
function allow(holder, message) {
  const { own, only } = message.dataset;
  for (const button of holder.querySelectorAll("[data-for]")) {
    button.hidden = only !== undefined || (button.dataset.for === "own" && own === undefined);
  }
}

async function react(message, name) {
  await attempt(() => act("react", { ...placeOf(message), name }));
  await refresh();
}

async function remove(message) {
  const { ts } = message.dataset;
  const sure = await ask("Delete this message?", message.dataset.own, "Delete");
  if (!sure) return;
  await attempt(() => act("delete", { channel, ts }));
  await refresh();
}

/** Change one's own message in its place: Enter saves, Escape leaves it as it was. */
export function edit(message) {
  if (message.querySelector("form.editor")) return;
  const form = get("editor").content.cloneNode(true).firstElementChild;
  const box = form.querySelector("textarea");
  box.value = message.dataset.own;
  const done = () => {
    const here = form.contains(document.activeElement);
    form.remove();
    if (here) document.getElementById(message.id)?.focus();
  };
  const save = async () => {
    const saved = await attempt(() => act("edit", { ...placeOf(form), text: box.value }));
    if (!saved) return;
    done();
    await refresh();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  form.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target === box) {
      event.preventDefault();
      save();
    } else if (event.key === "Escape") {
      done();
    }
  });
  form.querySelector("[data-cancel]").addEventListener("click", done);
  message.append(form);
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
}

const threadOf = (message) => {
  const thread = message.closest("#thread") ? new URLSearchParams(location.search).get("thread") : message.dataset.thread;
  return `?thread=${thread || message.dataset.ts}`;
};

/** Do one thing with a message; `anchor` is where a menu opens. */
export function perform(what, message, anchor, item) {
  if (what === "react") openMenu(get("palette"), anchor);
  else if (what === "thread") location.assign(threadOf(message));
  else if (what === "edit") edit(message);
  else if (what === "delete") remove(message);
  else if (what === "source") messageSource(message.dataset.ts);
  else if (what === "link") copy(`${location.origin}/archives/${channel}/p${message.dataset.ts.replace(".", "")}`);
  else if (what === "shortcut") attempt(() => act("shortcut", { callback_id: item.dataset.callback, ...placeOf(message) }));
  else if (what === "more") {
    allow(get("message-menu"), message);
    openMenu(get("message-menu"), anchor);
  }
}

function pressed(event) {
  const button = event.target.closest("button");
  if (button?.matches("[data-earlier]")) showEarlier(MORE);
  const message = button && messageOf(button);
  if (!message) return;
  if (button.dataset.react) react(message, button.dataset.react);
  else if (button.dataset.do) perform(button.dataset.do, message, button);
}

const LETTERS = { r: "react", t: "thread", e: "edit", m: "more", Delete: "delete" };

/** Keys on a message that has the focus, and on the stream around it. */
function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const stream = event.target.closest?.("ol.stream");
  const message = event.target.matches?.("li.message") ? event.target : null;
  if (!stream || (!message && event.target !== stream)) return;
  const all = [...stream.querySelectorAll("li.message")];
  const at = all.indexOf(message);
  const next = { ArrowUp: at < 0 ? all.length - 1 : Math.max(0, at - 1), ArrowDown: at + 1, Home: 0, End: all.length - 1 }[event.key];
  const what = LETTERS[event.key];
  if (next !== undefined && all[next]) all[next].focus();
  else if (what && message) {
    const button = [...toolbar.querySelectorAll("[data-do]")].find((one) => one.dataset.do === what);
    if (button.hidden) return;
    perform(what, message, button);
  } else if (event.key === "Escape") (stream.parentElement.querySelector(".composer textarea"))?.focus();
  else return;
  event.preventDefault();
}

/** Listen for what is done with messages. */
export function listen() {
  document.addEventListener("mouseover", (event) => {
    const message = messageOf(event.target);
    if (message && !document.querySelector(".menu:popover-open")) attach(message);
  });
  document.addEventListener("focusin", (event) => {
    const message = messageOf(event.target);
    if (message) attach(message);
  });
  document.addEventListener("click", pressed);
  document.addEventListener("keydown", key);
  wire(get("palette"), (item, anchor) => react(messageOf(anchor), item.dataset.react));
  wire(get("message-menu"), (item, anchor) => perform(item.dataset.do, messageOf(anchor), anchor, item));
  onUpdate(() => {
    if (!toolbar.isConnected) document.querySelector(".menus").append(toolbar);
    if (!messageOf(toolbar)) toolbar.hidden = true;
  });
}
