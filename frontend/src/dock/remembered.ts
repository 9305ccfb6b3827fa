/** What this browser remembers of its OBS. The password only where somebody has asked for it. */

export interface Remembered {
  address: string;
  password: string;
  /** Connect when the dock opens. */
  auto: boolean;
}

const KEY = "cuelight-obs";

export function remembered(address: string): Remembered {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Remembered>;
    return { address: kept.address || address, password: kept.password ?? "", auto: kept.auto ?? false };
  } catch {
    return { address, password: "", auto: false };
  }
}

export function remember(what: Remembered): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(what));
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}

/** This page's own key, the same after a reload. */
export function pageKey(make: () => string): string {
  try {
    const kept = sessionStorage.getItem(KEY) ?? make();
    sessionStorage.setItem(KEY, kept);
    return kept;
  } catch {
    return make();
  }
}
