// The faults: what is to go wrong, how often; and the Socket Mode connections.
import { attempt, request, tell } from "./api.js";

const get = (id) => document.getElementById(id);
const kind = get("fault-kind");
let meanings = {};

/** Show the faults that wait to happen. */
export async function load() {
  const answer = await attempt(() => request("GET", "/control/faults"));
  if (!answer) return;
  if (!kind.options.length) {
    kind.append(...answer.kinds.map((one) => new Option(named(one), one)));
    meanings = answer.meanings ?? {};
    explain();
  }
  get("fault-list").replaceChildren(...answer.faults.map(line));
  get("fault-list").hidden = answer.faults.length === 0;
  get("faults-empty").hidden = answer.faults.length > 0;
}

const named = (one) => one[0].toUpperCase() + one.slice(1).replaceAll("_", " ");
const explain = () => { get("fault-meaning").textContent = meanings[kind.value] ?? ""; };

function line(fault) {
  const row = document.createElement("li");
  const often = fault.times === null ? "until removed" : fault.times === 1 ? "once" : `${fault.times} times`;
  const words = `${named(fault.kind)}: ${fault.match}`;
  const text = Object.assign(document.createElement("span"), { textContent: words });
  text.append(Object.assign(document.createElement("small"), { textContent: `${often}, ${fault.seconds} s` }));
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: "Remove" });
  button.setAttribute("aria-label", `Remove ${words}`);
  button.addEventListener("click", async () => {
    await attempt(() => request("DELETE", `/control/faults/${fault.id}`));
    await load();
    if (document.activeElement === document.body) kind.focus();  // the button that was pressed is gone
  });
  row.append(text, button);
  return row;
}

async function add() {
  const error = get("fault-error");
  error.hidden = true;
  try {
    await request("POST", "/control/faults", {
      kind: kind.value,
      match: get("fault-match").value.trim(),
      times: get("fault-times").value ? Number(get("fault-times").value) : null,
      seconds: Number(get("fault-seconds").value),
    });
  } catch (refused) {
    error.textContent = refused.message;
    error.hidden = false;
  }
  await load();
}

async function disconnect(reason) {
  const answer = await attempt(() => request("POST", "/control/disconnect", { reason }));
  if (answer) tell(answer.told === 1 ? "1 connection was told." : `${answer.told} connections were told.`);
}

/** Listen for what is added, removed and cut. */
export function listen() {
  kind.addEventListener("change", explain);
  get("fault-form").addEventListener("submit", (event) => {
    event.preventDefault();
    add();
  });
  get("faults").addEventListener("click", (event) => {
    const { disconnect: reason } = event.target.dataset;
    if (reason) disconnect(reason);
  });
}
