// Go to a place by typing its name.
import { me } from "./api.js";
import { open } from "./dialogs.js";
import { current, move, offer } from "./listbox.js";

const dialog = document.getElementById("go");
const box = document.getElementById("go-box");
const list = document.getElementById("go-list");
const MOST = 10;

function places() {
  const known = JSON.parse(document.getElementById("completions").textContent);
  const listed = [...document.querySelectorAll(".places a")].map((link) => ({
    name: link.querySelector(".name").textContent, about: link.closest("ul").previousElementSibling.textContent.trim(), href: link.href,
  }));
  const others = known.people
    .filter((one) => one.id !== me && !listed.some((place) => place.name === one.about))
    .map((one) => ({ name: one.about, about: "Direct message", href: `/as/${me}/${one.id}` }));
  return [...listed, ...others];
}

function filter() {
  const typed = box.value.trim().toLowerCase();
  offer(box, list, places().filter((one) => one.name.toLowerCase().includes(typed)).slice(0, MOST));
  list.hidden = false;
}

const go = (option) => { if (option) location.assign(option.offered.href); };

/** Open the list of places. */
export function show() {
  open("go");
  box.value = "";
  filter();
  box.focus();
}

/** Listen for what is typed and chosen. */
export function listen() {
  box.addEventListener("input", filter);
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") move(box, list, event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter") go(current(list));
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("click", (event) => go(event.target.closest("[role=option]")));
}
