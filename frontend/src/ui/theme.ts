/** The choice of light on office pages: the switch in the sidebar, and what the system says. */

import { chosenIn, follow } from "./chosen";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const COOKIE = "cuelight-theme";

/** The theme that a cookie header or `document.cookie` names; "system" when it names none that there is. */
export function themeIn(cookies: string): Theme {
  const value = chosenIn(cookies, COOKIE);
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
  const again = () => draw(themeIn(document.cookie));
  const choose = follow(COOKIE, again);
  for (const input of choosing()) input.addEventListener("change", () => choose(input.value));
  matchMedia("(prefers-color-scheme: light)").addEventListener("change", again);
}
