// File inputs: a file goes up as soon as it is chosen, and its id is the field's value.
import { tell, upload } from "./api.js";
import { choose, chosen, remember } from "./picker.js";

async function handIn(file) {
  const { id, name } = await upload(file);
  remember(id, name);
  return id;
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
    for (const file of files) choose(field, [...chosen(field), await handIn(file)]);
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
