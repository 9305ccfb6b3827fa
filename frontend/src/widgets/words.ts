/** Sentences that people write for their widgets, with words in braces. Pure. */

/** `{name} gave {amount}` with what there is put in. A word that is not known stays as it was typed: a typo is seen. */
export function filled(template: string, words: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (all, word: string) => words[word] ?? all);
}

/** A name of any script, so that it does not turn the words around it. */
export const isolated = (name: string): string => `${FROM}${name}${TO}`;
// First strong isolate, and its end.
const [FROM, TO] = [String.fromCodePoint(0x2068), String.fromCodePoint(0x2069)];
