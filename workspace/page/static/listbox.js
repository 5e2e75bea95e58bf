// A list of options below a text field: the field keeps the focus, the arrow keys choose.
const options = (list) => [...list.children];

/** The option that Enter would choose. */
export const current = (list) => (list.hidden ? null : options(list).find((one) => one.getAttribute("aria-selected") === "true") ?? null);

/** Mark an option as the one that Enter would choose. */
export function select(box, list, chosen) {
  for (const one of options(list)) one.setAttribute("aria-selected", String(one === chosen));
  if (chosen) box.setAttribute("aria-activedescendant", chosen.id);
  else box.removeAttribute("aria-activedescendant");
  chosen?.scrollIntoView({ block: "nearest" });
}

/** Move the mark up or down. */
export function move(box, list, step) {
  const all = options(list);
  select(box, list, all[(all.indexOf(current(list)) + step + all.length) % all.length]);
}

/** Show these options: each has a name, and may have a hint and something about it. */
export function offer(box, list, found, chosen = 0) {
  list.replaceChildren(...found.map((one, at) => {
    const line = document.createElement("li");
    line.id = `${list.id}-${at}`;
    line.setAttribute("role", "option");
    line.append(part("strong", one.name), part("span", one.hint, "hint"), part("span", one.about, "about"));
    line.offered = one;
    return line;
  }));
  list.hidden = found.length === 0;
  select(box, list, list.children[chosen] ?? null);
}

function part(tag, text, className = "") {
  return Object.assign(document.createElement(tag), { textContent: text ?? "", className });
}
