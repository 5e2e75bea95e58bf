// The clock: shows the bot's time, and moves it where that can be done.
/** Listen for what is done with it. */
export function listen() {}
