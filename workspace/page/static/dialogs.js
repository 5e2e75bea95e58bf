// Dialogs of the page itself: a question, the source of what is shown, the channels there are.
import { act, attempt, channel, me, request, tell } from "./api.js";
import { refresh } from "./live.js";

const get = (id) => document.getElementById(id);

/** Show a dialog; the focus goes back to where it was when it closes. */
export function open(id) {
  const dialog = get(id);
  if (!dialog.open) dialog.showModal();
  return dialog;
}

/** Ask a question; true for yes. */
export function ask(title, text, yes, deny = "Cancel") {
  const dialog = get("confirm");
  get("confirm-title").textContent = title;
  get("confirm-text").textContent = text;
  get("confirm-yes").textContent = yes;
  get("confirm-deny").textContent = deny;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "confirm"), { once: true });
  });
}

/** Show JSON as text. */
export function source(title, json) {
  const dialog = open("source");
  get("source-title").textContent = title;
  dialog.querySelector("pre").textContent = JSON.stringify(json, null, 2);
}

/** Show the JSON of a message. */
export async function messageSource(ts) {
  const answer = await attempt(() => request("GET", `/people/${me}/messages?channel=${channel}`));
  const found = answer?.messages.find((one) => one.ts === ts);
  if (found) source("Message", found);
}

async function viewSource(which) {
  const answer = await attempt(() => request("GET", `/people/${me}/${which}`));
  if (answer?.top) source(which === "home" ? "Home" : "Modal", answer.top.view);
}

/** Put text on the clipboard, and say so. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    tell("Copied.");
  } catch {
    tell("The browser did not allow copying.");
  }
}

async function joinOrLeave(button) {
  const chosen = button.closest("[data-channel]").dataset.channel;
  const joining = button.matches("[data-join]");
  if (!(await attempt(() => act(joining ? "join" : "leave", { channel: chosen })))) return;
  if (joining) location.assign(`/as/${me}/${chosen}`);
  else if (chosen === channel) location.assign(`/as/${me}`);
  else refresh();
}

/** Listen for what opens and closes dialogs. */
export function listen() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const { open: wanted, source: which } = button.dataset;
    if (wanted) open(wanted);
    else if (which) viewSource(which);
    else if (button.matches("[data-dismiss]")) button.closest("dialog").close();
    else if (button.matches("[data-copy]")) copy(button.closest("dialog").querySelector("pre").textContent);
    else if (button.matches("[data-join], [data-leave]")) joinOrLeave(button);
  });
  for (const dialog of document.querySelectorAll("dialog.sheet")) {
    dialog.addEventListener("mousedown", (event) => { if (event.target === dialog) dialog.close(); });
  }
}
