// The app's own page: opening one of its tabs tells the app so.
import { act, attempt } from "./api.js";

/** Tell that the tab which this page shows was opened. */
export function listen() {
  const { tab } = document.body.dataset;
  if (tab === "home" || tab === "messages") attempt(() => act("home", { tab }));
}
