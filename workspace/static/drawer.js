// On a narrow page the side is a drawer: a button opens it, Escape and a press beside it close it.
const button = document.querySelector("[data-drawer]");
const side = document.getElementById("side");
const narrow = matchMedia("(width < 760px)");

function set(open) {
  document.body.classList.toggle("side-open", open);
  button.setAttribute("aria-expanded", String(open));
  for (const other of document.querySelectorAll("main, aside")) other.inert = open;
  if (open) side.querySelector("a").focus();
  else button.focus();
}

/** Listen for what opens and closes it. */
export function listen() {
  button.addEventListener("click", () => set(true));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.classList.contains("side-open")) set(false);
  });
  document.addEventListener("click", (event) => {
    if (event.target === document.body && document.body.classList.contains("side-open")) set(false);
  });
  narrow.addEventListener("change", () => { if (document.body.classList.contains("side-open")) set(false); });
}
