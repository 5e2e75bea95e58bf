// A date and time in Europe/London, where the whole page keeps its time, and the Unix seconds that Slack makes of it.
const LONDON = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/London", dateStyle: "short", timeStyle: "short" });

/** "1795339200" -> "2026-11-22T09:20" */
export const localOf = (seconds) => (seconds ? LONDON.format(new Date(Number(seconds) * 1000)).replace(" ", "T") : "");

/** "2026-11-22T09:20" -> "1795339200", or null for nothing. */
export function secondsOf(local) {
  const guess = Date.parse(`${local}Z`);
  if (Number.isNaN(guess)) return null;
  // In summer London is ahead: what it reads at the guessed instant says by how much.
  const ahead = Date.parse(`${localOf(guess / 1000)}Z`) - guess;
  return String((guess - ahead) / 1000);
}
