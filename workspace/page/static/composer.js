// The message box: Enter sends, Shift and Enter begins a line; commands, people and channels are completed.
import { act, attempt, channel, tell, upload } from "./api.js";
import { completions } from "./completions.js";
import { current, move, offer } from "./listbox.js";
import { refresh, toEnd } from "./live.js";
import { openMenu, wire } from "./menu.js";
import { edit } from "./messages.js";

const listOf = (form) => form.querySelector(".completions");
const isThread = (form) => form.dataset.thread !== undefined;

function suggest(form, box) {
  const { found, start, hint } = completions(box.value, box.selectionStart, !isThread(form));
  form.start = start;
  offer(box, listOf(form), found, hint ? -1 : 0);
}

function complete(form, box, option) {
  const rest = box.value.slice(box.selectionStart);
  box.setRangeText(`${option.offered.name}${rest.startsWith(" ") ? "" : " "}`, form.start, box.selectionStart, "end");
  suggest(form, box);
  box.focus();
}

/** Insert a command as if it had been typed. */
function insert(name) {
  const box = document.getElementById("composer");
  box.value = `${name} `;
  suggest(box.form, box);
  box.focus();
}

function key(form, box, event) {
  const list = listOf(form);
  const option = current(list);
  const plain = !event.shiftKey && !event.isComposing;
  if (option && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    move(box, list, event.key === "ArrowDown" ? 1 : -1);
  } else if (!list.hidden && event.key === "Escape") {
    list.hidden = true;
  } else if (option && plain && (event.key === "Tab" || (event.key === "Enter" && box.value.trim() !== option.offered.name))) {
    complete(form, box, option);
  } else if (event.key === "Enter" && plain) {
    form.requestSubmit();
  } else if (event.key === "ArrowUp" && !box.value) {
    const own = [...form.parentElement.querySelectorAll("ol.stream > [data-own]")].at(-1);
    if (own) edit(own);
  } else return;
  event.preventDefault();
}

/** A command may take its time; what is written meanwhile is sent at once. */
function busy(form, more) {
  form.under = (form.under ?? 0) + more;
  form.classList.toggle("busy", form.under > 0);
}

async function send(form, box) {
  const text = box.value.trim();
  if (!text) return;
  const thread = form.dataset.thread;
  busy(form, 1);
  put(form, box, "");
  try {
    if (text.startsWith("/") && !thread) await act("command", { channel, text });
    else await act("say", { channel, text, thread_ts: thread });
  } catch (error) {
    if (!box.value) put(form, box, text);
    tell(error.message);
  } finally {
    busy(form, -1);
  }
  await refresh();
  const stream = form.parentElement.querySelector("ol.stream");
  if (stream) toEnd(stream);
}

async function attach(form, input) {
  const [file] = input.files;
  input.value = "";
  if (file) await attempt(() => upload(file, { channel, thread_ts: form.dataset.thread }));
  await refresh();
}

function put(form, box, text) {
  box.value = text;
  changed(form, box);
}

/** After each change: the box is as high as its text, and the text is kept while the person looks elsewhere. */
function changed(form, box) {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
  sessionStorage.setItem(draftOf(form), box.value);
  suggest(form, box);
}

const draftOf = (form) => `draft ${document.body.dataset.user} ${channel} ${form.dataset.thread ?? ""}`;

function listenTo(form) {
  const box = form.querySelector("textarea");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, box);
  });
  box.addEventListener("keydown", (event) => key(form, box, event));
  box.addEventListener("input", () => changed(form, box));
  box.addEventListener("blur", () => { listOf(form).hidden = true; });
  const input = form.querySelector("input[type=file]");
  form.querySelector("[data-attach]").addEventListener("click", () => input.click());
  input.addEventListener("change", () => attach(form, input));
  listOf(form).addEventListener("mousedown", (event) => {
    const option = event.target.closest("[role=option]");
    event.preventDefault();
    if (option) complete(form, box, option);
  });
  put(form, box, sessionStorage.getItem(draftOf(form)) ?? "");
}

/** Wire every composer on the page. */
export function listen() {
  document.querySelectorAll("form[data-composer]").forEach(listenTo);
  const menu = document.getElementById("global-menu");
  wire(menu, (item) => {
    if (item.dataset.insert) insert(item.dataset.insert);
    else attempt(() => act("shortcut", { callback_id: item.dataset.callback }));
  });
  document.querySelector("[data-open-menu]")?.addEventListener("click", (event) => openMenu(menu, event.currentTarget));
  const first = document.getElementById("reply") ?? document.getElementById("composer");
  if (!document.getElementById("modal").open && !location.hash) first?.focus();
}
