// What the page asks of the workspace, as the person it is open for.
export const me = document.body.dataset.user;
export const channel = document.body.dataset.channel;

/** Ask for JSON, send it, or send a form; the answer, or an Error with the sentence that the person should read. */
export async function request(method, path, data) {
  const json = { headers: { "Content-Type": "application/json" }, body: JSON.stringify(data) };
  const sent = data === undefined ? {} : data instanceof FormData ? { body: data } : json;
  let response;
  try {
    response = await fetch(path, { method, ...sent });
  } catch {
    throw new Error("The workspace does not answer.");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? "That did not work.");
  return answer;
}

/** Do something as this person. */
export const act = (action, data) => request("POST", `/people/${me}/${action}`, data);

/** Hand in a file; `place` is where it is shared at once, if anywhere. */
export async function upload(file, place = {}) {
  const form = new FormData();
  form.append("file", file);
  for (const [name, value] of Object.entries(place)) if (value) form.append(name, value);
  return (await request("POST", `/people/${me}/upload`, form)).file;
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

/** Do something, and say what went wrong where it did not work. */
export async function attempt(doing) {
  try {
    const answer = await doing();
    if (answer?.failure) tell(answer.failure);
    return answer;
  } catch (error) {
    tell(error.message);
    return null;
  }
}
