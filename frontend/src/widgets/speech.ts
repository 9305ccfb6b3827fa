/** Reading aloud with the voice that the machine has; without one nothing is said. */

let saying: SpeechSynthesisUtterance | undefined;

export const canSpeak = (): boolean => typeof speechSynthesis !== "undefined";

/** What is still being said gives way. */
export function speak(text: string, loud: number): void {
  if (!canSpeak() || text === "") return;
  hush();
  saying = new SpeechSynthesisUtterance(text);
  saying.volume = loud;
  speechSynthesis.speak(saying);
}

export function hush(): void {
  if (!canSpeak() || saying === undefined) return;
  saying = undefined;
  speechSynthesis.cancel();
}
