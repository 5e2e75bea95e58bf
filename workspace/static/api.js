// What the page asks of the workspace, as the person it is open for.
export const me = document.body.dataset.user;
export const channel = document.body.dataset.channel;

/** POST an action; the answer, or an Error with the sentence the person should read. */
export async function act(action, data) {
  const response = await fetch(`/people/${me}/${action}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(data),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? "That did not work.");
  return answer;
}

/** Where an element stands, as an action names it: in a view, or in a message of this channel. */
export function placeOf(element) {
  const { view, ts } = element.closest("[data-ts], [data-view]").dataset;
  return view ? { view_id: view } : { channel, ts };
}

let hiding;

/** Show a sentence for a few seconds. */
export function tell(sentence) {
  const toast = document.getElementById("toast");
  toast.textContent = sentence;
  toast.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { toast.hidden = true; }, 6000);
}
