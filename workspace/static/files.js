// File inputs: a file goes up as soon as it is chosen, and its id is the field's value.
import { me, tell } from "./api.js";
import { choose, chosen, remember } from "./picker.js";

async function upload(file) {
  const form = new FormData();
  form.append("file", file);
  const response = await fetch(`/people/${me}/upload`, { method: "POST", body: form });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? "The file could not be uploaded.");
  remember(answer.file.id, answer.file.name);
  return answer.file.id;
}

async function add(field, input) {
  const files = [...input.files];
  input.value = "";
  if (chosen(field).length + files.length > Number(field.dataset.files)) {
    tell(`Choose at most ${field.dataset.files}.`);
    return;
  }
  field.setAttribute("aria-busy", "true");
  try {
    for (const file of files) choose(field, [...chosen(field), await upload(file)]);
  } catch (error) {
    tell(error.message);
  } finally {
    field.removeAttribute("aria-busy");
  }
  changed(field);
}

const changed = (field) => field.dispatchEvent(new Event("change", { bubbles: true }));

/** Listen for files that are chosen and taken away again. */
export function listen() {
  document.addEventListener("change", (event) => {
    if (!event.target.matches?.(".files input[type=file]")) return;
    event.stopPropagation(); // the field has changed once the files are up
    add(event.target.closest(".files"), event.target);
  }, true);
  document.addEventListener("click", (event) => {
    const field = event.target.closest?.(".files");
    const chip = event.target.closest?.(".chip");
    if (!field || !chip) return;
    choose(field, chosen(field).filter((value) => value !== chip.dataset.value));
    field.querySelector("input").focus();
    changed(field);
  });
}
