/** Keeps the screen from sleeping while the page is looked at. Needs HTTPS or localhost; a browser may refuse, too. */

/** `told` hears whether the screen is kept awake, each time that changes. Returns how to stop. */
export function keepAwake(told: (awake: boolean) => void): () => void {
  let lock: WakeLockSentinel | undefined;
  let stopped = false;

  async function ask(): Promise<void> {
    if (document.visibilityState !== "visible" || (lock && !lock.released)) return;
    try {
      // Missing where the page is not secure, which is a refusal like any other.
      const granted = await navigator.wakeLock.request("screen");
      if (stopped) return void granted.release();
      lock = granted;
      told(true);
    } catch {
      told(false);
    }
  }

  const look = () => void ask();
  // A hidden page loses its lock; one that low power took comes back with the next look.
  document.addEventListener("visibilitychange", look);
  void ask();
  return () => {
    stopped = true;
    document.removeEventListener("visibilitychange", look);
    void lock?.release();
  };
}
