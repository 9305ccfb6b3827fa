/**
 * What somebody chose about the look of the office pages. It lives in a cookie, so that the server draws the next page
 * so at once; a new choice is carried out without a reload, in the other tabs and on pages that come back from the
 * history, too.
 */

const A_YEAR_S = 365 * 24 * 3600;

/** What a cookie header or `document.cookie` has under a name; "" when it has nothing. */
export function chosenIn(cookies: string, name: string): string {
  const found = cookies.split("; ").find((one) => one.startsWith(`${name}=`));
  return found?.slice(name.length + 1) ?? "";
}

/** Calls `draw` whenever the choice may have changed; gives back how to choose. */
export function follow(name: string, draw: () => void): (value: string) => void {
  const told = "BroadcastChannel" in window ? new BroadcastChannel(name) : undefined;
  told?.addEventListener("message", draw);
  // A page kept for the back button may have been drawn before the choice.
  addEventListener("pageshow", draw);
  return (value) => {
    document.cookie = `${name}=${value}; path=/; max-age=${A_YEAR_S}; samesite=lax`;
    draw();
    told?.postMessage(value);
  };
}
