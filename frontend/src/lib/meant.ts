/** What a search says when it looked for other words than those that were typed. */
export function sayMeant(meant: string, asTyped: boolean): string {
  if (!meant) return "";
  return asTyped ? `Results for “${meant}”, too.` : `Showing results for “${meant}”.`;
}
