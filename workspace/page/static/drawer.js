// On a narrow page the side is a drawer: a button opens it; Escape, a press beside it, and leaving it close it.
const button = document.querySelector("[data-drawer]");
const side = document.getElementById("side");
const narrow = matchMedia("(width < 760px)");

const isOpen = () => document.body.classList.contains("side-open");

function set(open) {
  document.body.classList.toggle("side-open", open);
  button.setAttribute("aria-expanded", String(open));
}

function close() {
  set(false);
  button.focus();
}

/** Listen for what opens and closes it. */
export function listen() {
  button.addEventListener("click", () => {
    set(true);
    side.querySelector("a").focus();
  });
  document.addEventListener("keydown", (event) => {
    // A menu or a dialog above it closes first.
    if (event.key === "Escape" && isOpen() && !document.querySelector(":popover-open, dialog[open]")) close();
  });
  document.addEventListener("click", (event) => { if (event.target === document.body && isOpen()) close(); });
  document.addEventListener("focusin", (event) => {
    if (isOpen() && !side.contains(event.target) && !event.target.closest("[popover], dialog")) set(false);
  });
  narrow.addEventListener("change", () => set(false));
}
