/**
 * The choice of light on office pages. It lives in a cookie, so that the server draws the page in it at once; this here
 * carries out a new choice without a reload, in the other tabs and on pages that come back from the history, too.
 */

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const COOKIE = "cuelight-theme";
const A_YEAR_S = 365 * 24 * 3600;

/** The theme that a cookie header or `document.cookie` names; "system" when it names none that there is. */
export function themeIn(cookies: string): Theme {
  const value = cookies.match(/(?:^|;\s*)cuelight-theme=([a-z]+)/)?.[1];
  return THEMES.find((theme) => theme === value) ?? "system";
}

/** Whether this page has a choice at all: live pages are dark always. */
const choosing = () => document.querySelectorAll<HTMLInputElement>("input[name=theme]");

function draw(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  for (const input of choosing()) input.checked = input.value === theme;
  const color = getComputedStyle(document.documentElement).getPropertyValue("--canvas");
  for (const meta of document.querySelectorAll<HTMLMetaElement>("meta[name=theme-color]"))
    meta.content = color;
}

/** Makes the page's switch work. */
export function followTheme(): void {
  if (!choosing().length) return;
  const told = "BroadcastChannel" in window ? new BroadcastChannel(COOKIE) : undefined;
  const again = () => draw(themeIn(document.cookie));
  for (const input of choosing())
    input.addEventListener("change", () => {
      document.cookie = `${COOKIE}=${input.value}; path=/; max-age=${A_YEAR_S}; samesite=lax`;
      again();
      told?.postMessage(input.value);
    });
  told?.addEventListener("message", again);
  // A page kept for the back button may have been drawn before the choice.
  addEventListener("pageshow", again);
  matchMedia("(prefers-color-scheme: light)").addEventListener("change", again);
}
