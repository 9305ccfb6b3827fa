/**
 * A page that nobody sees does no work for the eye: nothing moves, and what would move is at its end at once. A browser
 * ends no animation while it draws no frames, so that what leaves would pile up until it is shown again.
 */

/** Adopted by every widget's root; says something only while the page sleeps. */
export const restSheet = new CSSStyleSheet();
const REST =
  "*, *::before, *::after { animation-play-state: paused !important; transition: none !important; }";

/**
 * The id of an animation that another one follows as soon as it is over. Ended, the next would be ended, too, and so on
 * without a frame in between, for ever: it stands still instead.
 */
export const RUNS_ON = "runs-on";

let asleep = false;

export function sleep(on: boolean, roots: readonly DocumentOrShadowRoot[]): void {
  if (on === asleep) return;
  asleep = on;
  restSheet.replaceSync(on ? REST : "");
  for (const root of [document, ...roots])
    for (const animation of root.getAnimations()) {
      if (animation.id === RUNS_ON) on ? animation.pause() : animation.play();
      else if (on && animation.constructor === Animation) end(animation);
    }
}

/** Once per page. */
export function endMotionWhileAsleep(): void {
  const animate = Element.prototype.animate;
  Element.prototype.animate = function (...given: Parameters<typeof animate>): Animation {
    const animation = animate.apply(this, given);
    if (asleep && animation.id === RUNS_ON) animation.pause();
    // Not before whoever asked has said what is to happen at its end.
    else if (asleep) queueMicrotask(() => end(animation));
    return animation;
  };
}

function end(animation: Animation): void {
  const { onfinish } = animation;
  try {
    // The event itself would come with the next frame, in an hour.
    animation.onfinish = null;
    animation.finish();
  } catch {
    animation.onfinish = onfinish; // it has no end
    return;
  }
  onfinish?.call(animation, new AnimationPlaybackEvent("finish"));
}
