// Fields of Block Kit elements: reading what is in them, and putting it back.
import { localOf, secondsOf } from "./moments.js";
import { choose, chosen } from "./picker.js";

const key = (field) => [field.dataset.blockId, field.dataset.actionId];

function read(field) {
  const kind = field.dataset.field;
  if (field.dataset.picker || field.dataset.files) return kind === "many" ? chosen(field) : chosen(field)[0] ?? null;
  if (kind === "moment") return secondsOf(field.value);
  if (kind === "one") return field.value || null;
  const picked = [...field.querySelectorAll("input:checked")].map((input) => input.value);
  return kind === "many" ? picked : picked[0] ?? null;
}

function write(field, value) {
  if (field.dataset.picker || field.dataset.files) {
    choose(field, Array.isArray(value) ? value : value ? [value] : []);
    return;
  }
  if (field.dataset.field === "moment") {
    field.value = localOf(value);
    return;
  }
  if (field.dataset.field === "one") {
    field.value = value ?? "";
    return;
  }
  const wanted = Array.isArray(value) ? value : [value];
  for (const input of field.querySelectorAll("input")) input.checked = wanted.includes(input.value);
}

/** The value of one element. */
export const valueOf = read;

/** All that is filled in below `root`, by block_id and action_id. */
export function collect(root) {
  const values = {};
  for (const field of root.querySelectorAll("[data-field]")) {
    const [block, action] = key(field);
    (values[block] ??= {})[action] = read(field);
  }
  return values;
}

/** Put values back into the fields below `root` that are still there. */
export function fill(root, values) {
  for (const field of root.querySelectorAll("[data-field]")) {
    const [block, action] = key(field);
    if (values[block] && action in values[block]) write(field, values[block][action]);
  }
}
