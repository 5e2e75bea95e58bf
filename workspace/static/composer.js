// The message box: Enter sends, Shift and Enter begins a line, a slash offers the app's commands.
import { act, channel, tell } from "./api.js";
import { refresh } from "./live.js";

const list = document.getElementById("completions");
const options = list ? [...list.children] : [];

const visible = () => options.filter((option) => !option.hidden);
const current = () => visible().find((option) => option.getAttribute("aria-selected") === "true");

/** Offer the commands that begin with what is typed; once one is chosen, keep its hint in sight. */
function suggest(box) {
  if (!list) return;
  const [word, ...rest] = box.value.split(/\s/);
  const slash = word.startsWith("/");
  for (const option of options) {
    const name = option.dataset.command;
    option.hidden = !(slash && (rest.length ? name === word : name.startsWith(word)));
  }
  list.hidden = visible().length === 0;
  select(box, rest.length ? null : visible()[0]);
}

function select(box, chosen) {
  for (const option of options) option.setAttribute("aria-selected", String(option === chosen));
  if (chosen && !list.hidden) box.setAttribute("aria-activedescendant", chosen.id);
  else box.removeAttribute("aria-activedescendant");
}

function complete(box, option) {
  box.value = `${option.dataset.command} `;
  suggest(box);
  box.focus();
}

function move(box, step) {
  const all = visible();
  select(box, all[(all.indexOf(current()) + step + all.length) % all.length]);
}

function key(form, box, event) {
  const choosing = list && !list.hidden && current() && form.id === "composer-form";
  const typed = box.value.trim();
  if (choosing && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    move(box, event.key === "ArrowDown" ? 1 : -1);
  } else if (choosing && event.key === "Escape") {
    list.hidden = true;
  } else if (choosing && (event.key === "Tab" || (event.key === "Enter" && typed !== current().dataset.command))) {
    event.preventDefault();
    complete(box, current());
  } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
}

async function send(form, box) {
  const text = box.value.trim();
  if (!text || form.classList.contains("busy")) return;
  const thread = form.dataset.thread;
  form.classList.add("busy");
  box.value = "";
  grow(box);
  suggest(box);
  try {
    if (text.startsWith("/") && !thread) await act("command", { channel, text });
    else await act("say", { channel, text, thread_ts: thread });
  } catch (error) {
    if (!box.value) box.value = text;
    tell(error.message);
  } finally {
    form.classList.remove("busy");
  }
  await refresh();
  const stream = form.parentElement.querySelector("ol.stream");
  if (stream) stream.scrollTop = stream.scrollHeight;
}

function grow(box) {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

/** Wire every composer on the page. */
export function listen() {
  for (const form of document.querySelectorAll("form[data-composer]")) {
    const box = form.querySelector("textarea");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form, box);
    });
    box.addEventListener("keydown", (event) => key(form, box, event));
    box.addEventListener("input", () => {
      grow(box);
      if (form.id === "composer-form") suggest(box);
    });
  }
  list?.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[data-command]");
    event.preventDefault();
    if (option) complete(document.getElementById("composer"), option);
  });
  const first = document.getElementById("reply") ?? document.getElementById("composer");
  if (!document.getElementById("modal").open) first?.focus();
}
