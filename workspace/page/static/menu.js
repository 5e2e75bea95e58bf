// Menus: opened at a button, moved in with the arrow keys (https://www.w3.org/WAI/ARIA/apg/patterns/menubar/).
const items = (menu) => [...menu.querySelectorAll("[role=menuitem]:not([hidden])")];

/** Open a menu at an element; the focus goes back there when it closes. */
export function openMenu(menu, anchor) {
  menu.anchor = anchor;
  menu.showPopover();
  const at = anchor.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const below = at.bottom + size.height + 8 < innerHeight;
  menu.style.left = `${Math.max(8, Math.min(at.left, innerWidth - size.width - 8))}px`;
  menu.style.top = `${below ? at.bottom + 4 : Math.max(8, at.top - size.height - 4)}px`;
  anchor.setAttribute("aria-expanded", "true");
  items(menu)[0]?.focus();
}

function key(menu, event) {
  const all = items(menu);
  const at = all.indexOf(document.activeElement);
  const next = {
    ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1,
  }[event.key];
  if (next !== undefined) all[(next + all.length) % all.length]?.focus();
  else if (event.key === "Tab") menu.hidePopover();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Wire a menu; `pick` is called with the chosen item and the element that the menu was opened at. */
export function wire(menu, pick) {
  menu.addEventListener("keydown", (event) => key(menu, event));
  menu.addEventListener("click", (event) => {
    const item = event.target.closest("[role=menuitem]");
    if (!item) return;
    menu.hidePopover();
    pick(item, menu.anchor);
  });
  menu.addEventListener("beforetoggle", (event) => {
    if (event.newState !== "closed") return;
    menu.anchor?.removeAttribute("aria-expanded");
    if (menu.contains(document.activeElement)) menu.anchor?.focus();
  });
}
