// The inspector: what the app and the workspace say to each other, beside the conversation.
const button = document.querySelector("[data-inspect]");
const REMEMBERED = "inspector";

/** Show or hide it; the choice is remembered. */
export function toggle(shown = !document.body.classList.contains("inspecting")) {
  document.body.classList.toggle("inspecting", shown);
  button.setAttribute("aria-pressed", String(shown));
  document.getElementById("inspector").hidden = !shown;
  localStorage.setItem(REMEMBERED, shown ? "open" : "");
}

/** Listen for what is done in it. */
export function listen() {
  button.addEventListener("click", () => toggle());
  if (localStorage.getItem(REMEMBERED) || new URLSearchParams(location.search).has("inspect")) toggle(true);
}
