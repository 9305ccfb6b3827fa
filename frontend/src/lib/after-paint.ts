/** Longer than any frame: a page that draws none, being hidden, goes on all the same. */
const NO_FRAME_MS = 100;

/** Calls once what is on its way to the screen has been drawn, or would have been. Gives how to call it off. */
export function afterPaint(then: () => void): () => void {
  let timer = setTimeout(then, NO_FRAME_MS);
  const frame = requestAnimationFrame(() => {
    clearTimeout(timer);
    // The frame is drawn behind this callback; a task of its own comes behind that.
    timer = setTimeout(then);
  });
  return () => {
    clearTimeout(timer);
    cancelAnimationFrame(frame);
  };
}

/** Calls when the page has nothing better to do, half a second from now at the latest. Gives how to call it off. */
export function whenIdle(then: () => void): () => void {
  if (typeof requestIdleCallback !== "function") {
    const timer = setTimeout(then, 200); // Safari
    return () => clearTimeout(timer);
  }
  let asked = 0;
  const callOff = afterPaint(() => (asked = requestIdleCallback(() => then(), { timeout: 400 })));
  return () => {
    callOff();
    cancelIdleCallback(asked);
  };
}
