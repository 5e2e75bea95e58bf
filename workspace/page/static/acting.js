// Buttons, selects and menus in messages, modals and the Home tab.
import { act, me, placeOf, tell } from "./api.js";
import { ask } from "./dialogs.js";
import { collect, valueOf } from "./fields.js";

/** Ask as the element's confirm object asks; true to go on. */
function confirmed({ dataset }) {
  if (!dataset.confirmTitle) return true;
  return ask(dataset.confirmTitle, dataset.confirmText, dataset.confirmYes, dataset.confirmDeny);
}

async function use(element, value) {
  if (element.getAttribute("aria-busy") === "true" || !(await confirmed(element))) return;
  if (element.dataset.url) window.open(element.dataset.url, "_blank", "noopener");
  const holder = element.closest("[data-ts], [data-view]");
  element.setAttribute("aria-busy", "true");
  try {
    const { failure } = await act("click", {
      ...placeOf(element),
      action_id: element.dataset.actionId,
      block_id: element.dataset.blockId,
      value,
      state: collect(holder),
    });
    if (failure) tell(failure);
  } catch (error) {
    tell(error.message);
  } finally {
    element.removeAttribute("aria-busy");
  }
}

/** Listen for presses and picks anywhere on the page. */
export function listen() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-act]");
    if (button) {
      button.closest("details.overflow")?.removeAttribute("open");
      use(button, button.dataset.value ?? null);
    } else if (!event.target.closest("details.overflow")) {
      document.querySelectorAll("details.overflow[open]").forEach((menu) => menu.removeAttribute("open"));
    }
    const link = event.target.closest('a[href*="/archives/"]');
    if (link?.origin === location.origin) {
      event.preventDefault();
      followPermalink(new URL(link.href));
    }
  });
  document.addEventListener("change", (event) => {
    const field = event.target.closest("[data-field][data-act]");
    if (field && !field.dataset.dispatch) use(field, valueOf(field));
  });
  // A field of text tells the app when its dispatch_action_config says so, and not when it is left.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches?.('input[data-act][data-dispatch~="on_enter_pressed"]')) return;
    event.preventDefault();
    use(event.target, valueOf(event.target));
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches?.('[data-act][data-dispatch~="on_character_entered"]')) typed(event.target);
  });
}

const PAUSE = 200; // milliseconds without typing before the app is told; what comes meanwhile is told together

function typed(field) {
  clearTimeout(field.telling);
  field.telling = setTimeout(() => {
    if (field.getAttribute("aria-busy") === "true") typed(field);
    else use(field, valueOf(field));
  }, PAUSE);
}

/** A link to a message is followed as the person that this page is open for. */
function followPermalink(url) {
  const [, , where, stamp] = url.pathname.split("/");
  const digits = stamp.replace(/^p/, "");
  const ts = `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  url.searchParams.set("message", ts);
  location.assign(`/as/${me}/${where}${url.search}#m-${ts}`);
}
