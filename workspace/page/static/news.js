// What has come in: said once to those who listen, and counted in the title.
import { onUpdate } from "./live.js";

const LONGEST = 140;
const title = document.title;
const place = document.getElementById("news");

/** The last message in words, or how many there are. */
function announce(arrived) {
  const others = arrived.filter((message) => message.dataset.own === undefined && message.isConnected);
  if (!others.length) return;
  const last = others.at(-1);
  const words = last.querySelector(".blocks, .text")?.textContent.replace(/\s+/g, " ").trim().slice(0, LONGEST) ?? "";
  say(others.length > 1 ? `${others.length} new messages` : `${last.dataset.author}: ${words}`);
}

/** To screen readers only: by a notification where the browser has them, else by a live region. */
function say(sentence) {
  if (document.ariaNotify) document.ariaNotify(sentence);
  else place.textContent = sentence;
}

function count() {
  const unread = [...document.querySelectorAll(".places .count")].reduce((sum, one) => sum + parseInt(one.textContent, 10), 0);
  document.title = unread ? `(${unread}) ${title}` : title;
}

/** Listen for messages. */
export function listen() {
  onUpdate((arrived) => {
    announce(arrived);
    count();
  });
  count();
}
