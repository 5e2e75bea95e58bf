// Data tables: one page of rows at a time. The rows of every page are in the document; templates/_data.html has them.
function turn(table, by) {
  const page = Math.min(Math.max(Number(table.dataset.page) + by, 1), Number(table.dataset.pages));
  table.dataset.page = page;
  table.querySelector(".page").textContent = page;
  table.querySelectorAll("tbody").forEach((rows, at) => { rows.hidden = at + 1 !== page; });
  for (const button of table.querySelectorAll("[data-turn]")) {
    const end = button.dataset.turn < 0 ? 1 : Number(table.dataset.pages);
    button.setAttribute("aria-disabled", String(page === end));
  }
}

/** Listen for the buttons below data tables. */
export function listen() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".paged [data-turn]");
    if (button) turn(button.closest(".paged"), Number(button.dataset.turn));
  });
}
