/** How one host's screen is set up: kept on that screen, of no concern to the show. */

export interface ViewOptions {
  /** Of the talking points; 1 is the size of the house. */
  size: number;
  mirror: boolean;
  flip: boolean;
  /** 0 as bright as it is, 0.8 nearly dark. */
  dim: number;
}

export const PLAIN: ViewOptions = { size: 1, mirror: false, flip: false, dim: 0 };
const KEY = "cuelight.host-view";

export class ViewStore {
  options = $state.raw<ViewOptions>(PLAIN);

  constructor(private readonly storage: Pick<Storage, "getItem" | "setItem"> | undefined) {
    this.options = read(storage?.getItem(KEY) ?? null);
  }

  set(change: Partial<ViewOptions>): void {
    this.options = { ...this.options, ...change };
    try {
      this.storage?.setItem(KEY, JSON.stringify(this.options));
    } catch {
      // A full or forbidden store: it holds until the page is loaded again.
    }
  }
}

/** What was kept, as far as it makes sense. */
export function read(text: string | null): ViewOptions {
  let kept: Partial<Record<keyof ViewOptions, unknown>> = {};
  try {
    kept = (JSON.parse(text ?? "{}") as typeof kept | null) ?? {};
  } catch {
    // Somebody else's, or broken: as if nothing had been kept.
  }
  return {
    size: within(kept.size, 0.8, 2, PLAIN.size),
    mirror: kept.mirror === true,
    flip: kept.flip === true,
    dim: within(kept.dim, 0, 0.8, PLAIN.dim),
  };
}

function within(value: unknown, least: number, most: number, otherwise: number): number {
  return typeof value === "number" && value >= least && value <= most ? value : otherwise;
}
