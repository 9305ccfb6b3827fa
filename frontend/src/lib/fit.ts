/** The largest whole number from `least` to `most` that fits; `least` when none does. What fits must fit smaller, too. */
export function largest(least: number, most: number, fits: (size: number) => boolean): number {
  let low = least;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
