// The inspector: what the app and the workspace say to each other, and what is to go wrong; beside the conversation.
import * as faults from "./faults.js";
import * as traffic from "./traffic.js";

const panel = document.getElementById("inspector");
const button = document.querySelector("[data-inspect]");
const tabs = [...panel.querySelectorAll("[role=tab]")];
const REMEMBERED = "inspector";

const chosen = () => tabs.find((tab) => tab.getAttribute("aria-selected") === "true").getAttribute("aria-controls");
const isOpen = () => document.body.classList.contains("inspecting");

/** Show or hide it; the choice is remembered. */
export function toggle(shown = !isOpen()) {
  document.body.classList.toggle("inspecting", shown);
  button.setAttribute("aria-pressed", String(shown));
  panel.hidden = !shown;
  localStorage.setItem(REMEMBERED, shown ? chosen() : "");
  watch();
}

/** Listen to the traffic only while somebody looks. */
function watch() {
  const looked = isOpen() && document.visibilityState === "visible";
  traffic.follow(looked);
  if (looked && chosen() === "faults") faults.load();
}

function select(tab) {
  for (const one of tabs) {
    const is = one === tab;
    one.setAttribute("aria-selected", String(is));
    one.tabIndex = is ? 0 : -1;
    document.getElementById(one.getAttribute("aria-controls")).hidden = !is;
  }
  toggle(true);
}

/** Listen for what is done in it. */
export function listen() {
  traffic.listen(() => { if (chosen() === "faults") faults.load(); });
  faults.listen();
  button.addEventListener("click", () => toggle());
  panel.querySelector("[data-inspect-close]").addEventListener("click", () => {
    toggle(false);
    button.focus();
  });
  for (const tab of tabs) {
    tab.addEventListener("click", () => select(tab));
    tab.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      const other = tabs.find((one) => one !== tab);
      select(other);
      other.focus();
    });
  }
  document.addEventListener("visibilitychange", watch);
  const remembered = localStorage.getItem(REMEMBERED);
  if (remembered) select(tabs.find((tab) => tab.getAttribute("aria-controls") === remembered) ?? tabs[0]);
  else if (new URLSearchParams(location.search).has("inspect")) toggle(true);
}
