/** Loads the page anew, once and not at the same moment as every other screen. */

let planned = false;

export function reloadSoon(): void {
  if (planned) return;
  planned = true;
  setTimeout(() => location.reload(), 1000 + Math.random() * 3000);
}
