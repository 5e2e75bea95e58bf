// What the message box offers while one types: commands after /, people after @, channels after #.
const known = JSON.parse(document.getElementById("completions").textContent);
const MOST = 8;

/** The word at the caret, where it can be completed: its start, its sign, and what follows the sign. */
function wordAt(text, caret) {
  const found = /(?:^|\s)([@#])([\w.-]*)$/.exec(text.slice(0, caret));
  return found && { start: caret - found[2].length - 1, sign: found[1], typed: found[2].toLowerCase() };
}

function matching(all, typed, sign) {
  return all
    .filter((one) => [one.name, ...(one.about ?? "").split(" ")].some((word) => word.toLowerCase().startsWith(typed)))
    .slice(0, MOST)
    .map((one) => ({ ...one, name: sign + one.name }));
}

/** What to offer for the text before the caret: the options, and where in the text the chosen one goes. */
export function completions(text, caret, commands) {
  const [first, ...rest] = text.split(/\s/);
  if (commands && first.startsWith("/")) {
    // Once a command is chosen, its hint stays in sight while the rest is typed.
    const found = known.commands.filter((one) => (rest.length ? one.name === first : one.name.startsWith(first)));
    if (!rest.length || found.length) return { found, start: 0, hint: rest.length > 0 };
  }
  const word = wordAt(text, caret);
  if (!word) return { found: [] };
  const all = word.sign === "@" ? known.people : known.channels;
  return { found: matching(all, word.typed, word.sign), start: word.start };
}
