// Buttons, selects and menus in messages, modals and the Home tab.
import { act, placeOf, tell } from "./api.js";
import { collect, valueOf } from "./fields.js";

/** Ask as the element's confirm object asks; true to go on. */
function confirmed(element) {
  const words = element.dataset;
  if (!words.confirmTitle) return Promise.resolve(true);
  const dialog = document.getElementById("confirm");
  document.getElementById("confirm-title").textContent = words.confirmTitle;
  document.getElementById("confirm-text").textContent = words.confirmText;
  document.getElementById("confirm-yes").textContent = words.confirmYes;
  document.getElementById("confirm-deny").textContent = words.confirmDeny;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "confirm"), { once: true });
  });
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
    if (field) use(field, valueOf(field));
  });
}

/** A link to a message is followed as the person that this page is open for. */
function followPermalink(url) {
  const [, , where, stamp] = url.pathname.split("/");
  const digits = stamp.replace(/^p/, "");
  const ts = `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  location.assign(`/as/${document.body.dataset.user}/${where}${url.search}#m-${ts}`);
}
