/** What may stand behind an overlay's address. Whatever else stands there, and whatever is no value, is passed over. Pure. */

export interface Query {
  /** Safe areas and names of widgets, while nothing is live. */
  guides: boolean;
  /** Data to try it with, while nothing is live. */
  test: boolean;
  mute: boolean;
  /** `#rrggbb` for chroma key; undefined: transparent. */
  background: string | undefined;
  /** Kinds of widget; undefined: all. */
  only: ReadonlySet<string> | undefined;
  hide: ReadonlySet<string>;
}

const COLOR = /^#?([0-9a-f]{6}|[0-9a-f]{3})$/i;
const KIND = /^[a-z][a-z0-9_]{0,19}$/;
/** More names than there are kinds are none of ours. */
const MOST = 40;

export function read(search: string): Query {
  const asked = new URLSearchParams(search);
  const only = kinds(asked.get("only"));
  return {
    guides: isOn(asked.get("guides")),
    test: isOn(asked.get("test")),
    mute: isOn(asked.get("mute")),
    background: color(asked.get("bg")) ?? color(asked.get("key")),
    only: only.size ? only : undefined,
    hide: kinds(asked.get("hide")),
  };
}

/** Whether a widget of this kind stands on the page. */
export function wants({ only, hide }: Pick<Query, "only" | "hide">, type: string): boolean {
  return (only === undefined || only.has(type)) && !hide.has(type);
}

const isOn = (value: string | null): boolean => value === "1" || value === "true" || value === "";

function color(value: string | null): string | undefined {
  const digits = COLOR.exec(value?.trim() ?? "")?.[1];
  return digits === undefined ? undefined : `#${digits.toLowerCase()}`;
}

function kinds(value: string | null): ReadonlySet<string> {
  const names = (value ?? "").split(",", MOST).map((name) => name.trim());
  return new Set(names.filter((name) => KIND.test(name)));
}
