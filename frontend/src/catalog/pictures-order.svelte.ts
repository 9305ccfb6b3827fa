/** Putting pictures in order by keyboard: one is grabbed, moved with the arrows, put down or put back. No DOM. */

import type { PicturesStore } from "./pictures-store.svelte";

export interface Grab {
  readonly id: number | undefined;
  /** Grabs a picture, or puts down the grabbed one where it is. */
  toggle: (id: number) => void;
  /** True: a picture was grabbed and the key was about it. */
  key: (key: string, columns: number) => boolean;
  /** Puts it down where it is: its frame has lost the focus. */
  drop: () => void;
}

export function grabbing(store: PicturesStore, say: (sentence: string) => void): Grab {
  let held = $state<{ id: number; from: number }>();
  const place = (id: number) => store.pictures.findIndex((picture) => picture.id === id);
  const at = (id: number) =>
    `position ${place(id) + 1} of ${store.pictures.length}${place(id) === 0 ? ", the primary picture" : ""}`;

  function toggle(id: number): void {
    if (held) return drop();
    held = { id, from: place(id) };
    say(`Grabbed, ${at(id)}. Arrow keys move it, Space puts it down, Escape puts it back.`);
  }

  function drop(): void {
    if (!held) return;
    const { id, from } = held;
    held = undefined;
    const to = place(id);
    if (to < 0) return; // somebody has removed it
    if (to !== from) void store.move(id, to);
    say(`Put down, ${at(id)}.`);
  }

  function key(name: string, columns: number): boolean {
    if (!held) return false;
    const { id, from } = held;
    if (name === "Escape") {
      store.shift(id, from);
      held = undefined;
      say(`Put back, ${at(id)}.`);
      return true;
    }
    const to = target(name, place(id), store.pictures.length, columns);
    if (to === undefined) return false;
    store.shift(id, to);
    say(at(id).replace(/^p/, "P"));
    return true;
  }

  return {
    get id() {
      return held?.id;
    },
    toggle,
    key,
    drop,
  };
}

/** Where an arrow key leads in a grid of so many columns; undefined: it is none. Stays within the grid. */
export function target(key: string, place: number, count: number, columns: number): number | undefined {
  const steps: Record<string, number> = {
    ArrowLeft: place - 1,
    ArrowRight: place + 1,
    ArrowUp: place - columns,
    ArrowDown: place + columns,
    Home: 0,
    End: count - 1,
  };
  const to = steps[key];
  if (to === undefined) return undefined;
  if (key === "ArrowUp" && to < 0) return place;
  return Math.max(0, Math.min(count - 1, to));
}
