// The clock: moves the bot's time where that can be done; the time shown runs along with the page.
import { request } from "./api.js";

const menu = document.getElementById("clock-menu");

async function move(to) {
  const error = document.getElementById("clock-error");
  error.hidden = true;
  try {
    await request("POST", "/control/clock", { to });
    menu.hidePopover();
  } catch (refused) {
    error.textContent = refused.message;
    error.hidden = false;
  }
}

/** Listen for where it should go; begin with the time that it is. */
export function listen() {
  if (!menu) return;
  const at = document.getElementById("clock-at");
  menu.addEventListener("toggle", (event) => {
    if (event.newState === "open") at.value = document.querySelector("#clock-button time").getAttribute("datetime");
  });
  menu.addEventListener("click", (event) => {
    const { to } = event.target.dataset;
    if (to) move(to);
  });
  menu.addEventListener("submit", (event) => {
    event.preventDefault();
    if (at.value) move(at.value);
  });
}
