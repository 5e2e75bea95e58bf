// Selects that can be searched. The markup, and what each part of it is for, is in templates/_picker.html.
import { act, placeOf, tell } from "./api.js";

const PAUSE = 250; // milliseconds without typing before the app is asked for options

// What is written for a value that the page was told of since it was drawn: an option that the app suggested, a file.
const named = new Map();

/** Remember what is written for a value, so that a field drawn anew can still show it. */
export const remember = (value, words) => named.set(value, words);

const box = (picker) => picker.querySelector("[role=combobox]");
const list = (picker) => picker.querySelector("[role=listbox]");
const all = (picker) => [...picker.querySelectorAll("[role=option]")];
const shown = (picker) => all(picker).filter((option) => !option.hidden);
const isMany = (picker) => picker.dataset.field === "many";
const isOpen = (picker) => !list(picker).hidden;
const canBeEmpty = (picker) => picker.closest("[data-input]") !== null;

/** The values that are chosen. */
export const chosen = (picker) => [...picker.querySelectorAll(".chosen [data-value]")].map((one) => one.dataset.value);

/** Put these values in place of what is chosen. */
export function choose(picker, values) {
  const words = new Map([...picker.querySelectorAll(".chosen [data-value]")].map((one) => [one.dataset.value, one.textContent]));
  for (const option of all(picker)) words.set(option.dataset.value, option.dataset.text);
  picker.querySelector(".chosen").replaceChildren(
    ...values.map((value) => chip(picker, value, words.get(value) ?? named.get(value) ?? value)),
  );
  for (const option of all(picker)) option.setAttribute("aria-selected", String(values.includes(option.dataset.value)));
  if (!isMany(picker)) box(picker).value = picker.querySelector(".chosen").textContent;
}

function chip(picker, value, words) {
  const one = document.createElement(isMany(picker) ? "button" : "span");
  one.dataset.value = value;
  one.textContent = words;
  if (isMany(picker)) {
    one.type = "button";
    one.className = "chip";
    one.setAttribute("aria-label", `Remove ${words}`);
  }
  return one;
}

const changed = (picker) => picker.dispatchEvent(new Event("change", { bubbles: true }));

function open(picker) {
  if (isOpen(picker)) return;
  picker.before = chosen(picker).join("\n");
  list(picker).hidden = false;
  box(picker).setAttribute("aria-expanded", "true");
  filter(picker, "");
  mark(picker, shown(picker).find((option) => option.getAttribute("aria-selected") === "true") ?? null);
  list(picker).classList.toggle("up", !roomBelow(picker));
  list(picker).scrollIntoView({ block: "nearest" });
}

/** Whether the list opens below; it opens above where that would make what it stands in scroll further. */
function roomBelow(picker) {
  const around = picker.closest(".fields, .stream")?.getBoundingClientRect();
  const { top, bottom } = picker.getBoundingClientRect();
  const height = list(picker).offsetHeight + 8;
  return !around || bottom + height < around.bottom || top - height < around.top;
}

/** Close the list; what was typed and not chosen is dropped. */
function close(picker) {
  if (!isOpen(picker)) return;
  clearTimeout(picker.asking);
  picker.round = (picker.round ?? 0) + 1;
  list(picker).hidden = true;
  box(picker).setAttribute("aria-expanded", "false");
  mark(picker, null);
  say(picker, "");
  if (!isMany(picker) && box(picker).value === "" && canBeEmpty(picker)) choose(picker, []);
  box(picker).value = isMany(picker) ? "" : picker.querySelector(".chosen").textContent;
  if (chosen(picker).join("\n") !== picker.before) changed(picker);
}

const say = (picker, sentence) => { picker.querySelector(".none").textContent = sentence; };

function filter(picker, query) {
  if (picker.dataset.picker === "external") {
    clearTimeout(picker.asking);
    picker.asking = setTimeout(() => ask(picker, query), query ? PAUSE : 0);
    return;
  }
  const words = query.trim().toLowerCase();
  for (const option of all(picker)) option.hidden = !option.textContent.toLowerCase().includes(words);
  settle(picker, "No results");
}

/** Hide groups with nothing in them, and say so where nothing is left at all. */
function settle(picker, sentence) {
  for (const group of picker.querySelectorAll("[role=group]")) {
    group.hidden = !group.querySelector("[role=option]:not([hidden])");
  }
  say(picker, shown(picker).length ? "" : sentence);
}

async function ask(picker, query) {
  const least = Number(picker.dataset.minQuery);
  const round = picker.round = (picker.round ?? 0) + 1;
  if (query.length < least) {
    list(picker).replaceChildren();
    settle(picker, `Type ${least} or more characters`);
    return;
  }
  say(picker, "Searching…");
  try {
    const answer = await act("suggest", {
      ...placeOf(picker), block_id: picker.dataset.blockId, action_id: picker.dataset.actionId, value: query,
    });
    if (round !== picker.round) return; // a later question is under way, or the list is closed
    if (answer.failure) tell(answer.failure);
    const groups = answer.option_groups ?? [{ options: answer.options ?? [] }];
    list(picker).replaceChildren(...groups.flatMap((group, at) => drawn(picker, group, at)));
    settle(picker, answer.failure ?? "No results");
  } catch (error) {
    if (round === picker.round) settle(picker, error.message);
  }
}

function drawn(picker, group, at) {
  const tag = group.label ? "div" : "li";
  const lines = group.options.map((option, index) => {
    const line = document.createElement(tag);
    line.setAttribute("role", "option");
    line.id = `${list(picker).id}-${at}-${index}`;
    line.dataset.value = option.value;
    line.dataset.text = option.text.text;
    line.textContent = option.text.text;
    line.setAttribute("aria-selected", String(chosen(picker).includes(option.value)));
    if (option.description) line.append(Object.assign(document.createElement("small"), { textContent: option.description.text }));
    return line;
  });
  if (!group.label) return lines;
  const holder = document.createElement("li");
  holder.setAttribute("role", "group");
  holder.setAttribute("aria-label", group.label.text);
  const title = Object.assign(document.createElement("span"), { className: "group", textContent: group.label.text });
  title.setAttribute("aria-hidden", "true");
  holder.append(title, ...lines);
  return [holder];
}

/** Mark the option that Enter would choose. */
function mark(picker, option) {
  for (const one of all(picker)) one.classList.toggle("marked", one === option);
  if (option) box(picker).setAttribute("aria-activedescendant", option.id);
  else box(picker).removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

function move(picker, by) {
  const options = shown(picker);
  if (!options.length) return;
  const at = options.findIndex((option) => option.classList.contains("marked"));
  const next = at < 0 ? (by > 0 ? 0 : options.length - 1) : (at + by + options.length) % options.length;
  mark(picker, options[next]);
}

function pick(picker, option) {
  const { value, text } = option.dataset;
  if (picker.dataset.picker === "external") remember(value, text);
  if (!isMany(picker)) {
    choose(picker, [value]);
    close(picker);
    return;
  }
  const values = chosen(picker);
  if (values.includes(value)) {
    choose(picker, values.filter((one) => one !== value));
  } else if (picker.dataset.max && values.length >= Number(picker.dataset.max)) {
    tell(`Choose at most ${picker.dataset.max}.`);
  } else {
    choose(picker, [...values, value]);
  }
  box(picker).value = "";
  filter(picker, "");
  mark(picker, option.isConnected && !option.hidden ? option : null);
}

function remove(picker, button) {
  choose(picker, chosen(picker).filter((value) => value !== button.dataset.value));
  box(picker).focus();
  if (!isOpen(picker)) changed(picker);
}

/** Keys in the text field: https://www.w3.org/WAI/ARIA/apg/patterns/combobox/ */
function key(event, picker) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const marked = all(picker).find((option) => option.classList.contains("marked"));
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (isOpen(picker)) move(picker, event.key === "ArrowDown" ? 1 : -1);
    else open(picker);
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (!isOpen(picker)) open(picker);
    else if (marked && !marked.hidden) pick(picker, marked);
    else if (shown(picker).length === 1) pick(picker, shown(picker)[0]);
    else if (box(picker).value === "") close(picker);
  } else if (event.key === "Escape" && isOpen(picker)) {
    event.preventDefault(); // the list closes, and not the dialog around it
    event.stopPropagation();
    if (!isMany(picker)) box(picker).value = picker.querySelector(".chosen").textContent;
    close(picker);
  } else if (event.key === "Backspace" && isMany(picker) && box(picker).value === "") {
    const last = picker.querySelector(".chosen [data-value]:last-child");
    if (last) remove(picker, last);
  }
}

/** Listen for what is done in any picker on the page. */
export function listen() {
  const pickerOf = (target) => target.closest?.(".picker");
  document.addEventListener("keydown", (event) => {
    if (event.target.matches?.(".picker [role=combobox]")) key(event, pickerOf(event.target));
  }, true);
  document.addEventListener("input", (event) => {
    const picker = pickerOf(event.target);
    if (!picker) return;
    const query = event.target.value;
    open(picker);
    mark(picker, null);
    filter(picker, query);
  });
  // The text field's own change is no choice.
  document.addEventListener("change", (event) => {
    if (event.target.matches?.(".picker [role=combobox]")) event.stopPropagation();
  }, true);
  // The focus stays in the text field while an option is pressed.
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest?.(".picker [role=listbox]")) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const picker = pickerOf(event.target);
    if (!picker) return;
    const option = event.target.closest("[role=option]");
    const button = event.target.closest(".chip");
    if (option) pick(picker, option);
    else if (button) remove(picker, button);
    else if (event.target === box(picker)) open(picker);
  });
  document.addEventListener("focusout", (event) => {
    const picker = pickerOf(event.target);
    if (picker && !picker.contains(event.relatedTarget)) close(picker);
  });
}
