// The modal: a form in a dialog that keeps the focus, closes on Escape and submits on Enter.
import { act, tell } from "./api.js";
import { collect } from "./fields.js";
import { onUpdate, refresh } from "./live.js";

const dialog = document.getElementById("modal");
let shownView = "";
// What was wrong with the last submission: an update draws the form anew, and this has to stand in it still.
let refused = { view: "", errors: {}, failure: "" };

/** Show the dialog while there is a form in it, and begin in its first field. */
function sync() {
  const form = dialog.querySelector("form");
  if (!form) {
    shownView = "";
    if (dialog.open) dialog.close();
    return;
  }
  if (!dialog.open) dialog.showModal();
  if (form.dataset.view !== shownView) {
    shownView = form.dataset.view;
    const first = form.querySelector(".fields [autofocus]")
      ?? form.querySelector(".fields input, .fields select, .fields textarea, .fields button");
    (first ?? form.querySelector("footer button"))?.focus();
  }
  if (refused.view === form.dataset.view) show(form);
}

async function submit(form) {
  const view = form.dataset.view;
  const buttons = form.querySelectorAll("footer button");
  refused = { view, errors: {}, failure: "" };
  clear(form);
  form.classList.add("busy");
  buttons.forEach((button) => { button.disabled = true; });
  try {
    const answer = await act("submit", { view_id: view, values: collect(form) });
    refused = { view, errors: answer.errors, failure: answer.failure ?? "" };
  } catch (error) {
    refused = { view, errors: {}, failure: error.message };
  } finally {
    form.classList.remove("busy");
    buttons.forEach((button) => { button.disabled = false; });
  }
  await refresh();
  const now = dialog.querySelector("form");
  if (now?.dataset.view === view) show(now)?.focus();
}

function clear(form) {
  form.querySelector(".failure").hidden = true;
  for (const field of form.querySelectorAll(".field.wrong")) {
    field.classList.remove("wrong");
    field.querySelector(".error").hidden = true;
    field.querySelectorAll("[aria-invalid]").forEach((input) => input.removeAttribute("aria-invalid"));
  }
}

/** Put each error below its field, and say what failed; gives the first field that is wrong. */
function show(form) {
  let first = null;
  for (const field of form.querySelectorAll("[data-input]")) {
    const sentence = refused.errors[field.dataset.input];
    if (!sentence) continue;
    field.classList.add("wrong");
    const error = field.querySelector(".error");
    error.textContent = sentence;
    error.hidden = false;
    const input = field.querySelector("input, select, textarea");
    input?.setAttribute("aria-invalid", "true");
    first ??= input;
  }
  const failure = form.querySelector(".failure");
  failure.textContent = refused.failure;
  failure.hidden = !refused.failure;
  return first;
}

async function close(everything) {
  const form = dialog.querySelector("form");
  if (!form) return;
  dialog.close(); // at once, so that what is typed next goes where the focus was; an earlier view opens again below
  try {
    await act("close", { view_id: form.dataset.view, everything });
  } catch (error) {
    tell(error.message);
  }
  await refresh();
}

/** Listen for what is done in the dialog. */
export function listen() {
  dialog.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.target.querySelector("footer [type=submit]")) submit(event.target);
  });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close(false);
  });
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("[data-close]");
    if (button) close(button.dataset.close === "everything");
  });
  dialog.addEventListener("keydown", (event) => {
    const form = event.target.closest("form");
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey) && form) form.requestSubmit();
  });
  onUpdate(sync);
  sync();
}
