/** When the page may go: by itself when it is outdated, by a slip of the hand only when asked. */

let planned = false;

/** Loads the page anew, once and not at the same moment as every other screen. */
export function reloadSoon(): void {
  if (planned) return;
  planned = true;
  setTimeout(() => location.reload(), 1000 + Math.random() * 3000);
}

/** For `beforeunload`, during a show: the browser asks whoever closes the tab. */
export function askBeforeClosing(event: Event): void {
  if (!planned) event.preventDefault();
}
