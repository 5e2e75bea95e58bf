// The traffic: a row for every request between the app and the workspace, which opens to both of its sides.
import { request, tell } from "./api.js";

const MOST = 500;
const get = (id) => document.getElementById(id);
const list = get("exchanges");
const rows = new Map();
const CLEARED = "traffic cleared";
const FILTER = "traffic filter";
const KINDS = {
  web_api: "Web API", response_url: "response URL", slash_commands: "command", interactive: "interaction", events_api: "event", socket: "socket",
};
let last = 0;
let source = null;
let wanted = false;
let onNews = () => {};

const cleared = () => Number(sessionStorage.getItem(CLEARED) ?? 0);
const paused = () => get("traffic-pause").getAttribute("aria-pressed") === "true";

/** Begin to follow the traffic, or stop. */
export function follow(on) {
  wanted = on;
  source?.close();
  source = null;
  if (!on || paused()) return;
  source = new EventSource("/control/traffic/stream");
  source.onmessage = load;
}

async function load() {
  let news;
  try {
    news = await request("GET", `/control/traffic?since=${last}`);
  } catch (error) {
    tell(error.message);
    return;
  }
  if (news.last < last) { // another workspace has taken this one's place
    rows.forEach((row) => row.remove());
    rows.clear();
    sessionStorage.removeItem(CLEARED);
  }
  last = news.last;
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  news.exchanges.filter((one) => one.number > cleared()).forEach(put);
  while (rows.size > MOST) {
    const [number, row] = rows.entries().next().value;
    row.remove();
    rows.delete(number);
  }
  settle();
  if (atEnd) list.scrollTop = list.scrollHeight;
  onNews();
}

const made = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text ?? "" });

function put(exchange) {
  const row = rows.get(exchange.number) ?? list.appendChild(made("li", "exchange"));
  rows.set(exchange.number, row);
  row.words = JSON.stringify(exchange).toLowerCase();
  const details = row.firstElementChild ?? row.appendChild(document.createElement("details"));
  const focused = details.contains(document.activeElement);
  details.replaceChildren(summary(exchange), ...(details.open ? sides(exchange) : []));
  details.ontoggle = () => { if (details.open && details.children.length === 1) details.append(...sides(exchange)); };
  if (focused) details.firstElementChild.focus();
}

function summary(exchange) {
  const line = document.createElement("summary");
  const fromApp = exchange.direction === "from_app";
  const arrow = made("span", `arrow ${exchange.direction}`, fromApp ? "←" : "→");
  arrow.title = fromApp ? "from the app" : "to the app";
  arrow.setAttribute("role", "img");
  arrow.setAttribute("aria-label", arrow.title);
  const name = made("span", "what", exchange.name);
  if (exchange.fault) name.append(" ", made("span", "fault", exchange.fault.replaceAll("_", " ")));
  const waiting = exchange.milliseconds === null;
  const status = exchange.status ?? (waiting ? "…" : "none");
  const bad = !waiting && exchange.kind !== "socket" && (!exchange.status || exchange.status >= 400 || exchange.response?.body?.ok === false);
  line.append(
    arrow,
    name,
    made("span", "kind", `${KINDS[exchange.kind] ?? exchange.kind}${exchange.via === "socket" && exchange.kind !== "socket" ? ", socket" : ""}`),
    made("span", `status${bad ? " bad" : ""}`, exchange.kind === "socket" ? "" : String(status)),
    made("span", "time", waiting ? "" : `${exchange.milliseconds < 10 ? exchange.milliseconds.toFixed(1) : Math.round(exchange.milliseconds)} ms`),
  );
  return line;
}

function sides(exchange) {
  return [["Request", exchange.request], ["Response", exchange.response]].flatMap(([title, part]) => {
    const text = made("pre", "json", part?.body == null ? "(empty)" : pretty(part.body));
    text.tabIndex = 0;
    text.setAttribute("role", "group");
    text.setAttribute("aria-label", `${title} of ${exchange.name}`);
    return [made("h3", "", title), text, ...(part?.headers ? [headers(part.headers)] : [])];
  });
}

function headers(all) {
  const details = made("details", "headers");
  const lines = Object.entries(all).map(([key, value]) => `${key}: ${value}`);
  details.append(made("summary", "", `Headers (${lines.length})`), made("pre", "", lines.join("\n")));
  return details;
}

const pretty = (body) => (typeof body === "string" ? body : JSON.stringify(body, null, 2));

/** Show the rows that have every word of the filter. */
function settle() {
  const words = get("traffic-filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  let any = false;
  for (const row of rows.values()) {
    row.hidden = !words.every((word) => row.words.includes(word));
    any ||= !row.hidden;
  }
  list.hidden = !any;
  get("traffic-empty").hidden = any;
  get("traffic-empty").textContent = words.length ? "Nothing has these words." : "Nothing yet. Send a command or press a button.";
}

/** Listen for the filter and the buttons; `news` is called after each change. */
export function listen(news) {
  onNews = news;
  get("traffic-filter").value = sessionStorage.getItem(FILTER) ?? "";
  get("traffic-filter").addEventListener("input", (event) => {
    sessionStorage.setItem(FILTER, event.target.value);
    settle();
  });
  get("traffic-pause").addEventListener("click", ({ currentTarget }) => {
    const pause = !paused();
    currentTarget.setAttribute("aria-pressed", String(pause));
    currentTarget.querySelector("use").setAttribute("href", `/static/icons.svg#${pause ? "play" : "pause"}`);
    follow(wanted);
  });
  get("traffic-clear").addEventListener("click", () => {
    sessionStorage.setItem(CLEARED, Math.max(cleared(), ...rows.keys()));
    rows.forEach((row) => row.remove());
    rows.clear();
    settle();
  });
}
