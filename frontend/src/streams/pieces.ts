/** A message as the pieces it is drawn of. Nothing in it is ever markup. Pure. */

import type { Role, StreamEvent } from "./types";

export type Piece =
  { is: "text" | "mention" | "cheer" | "link"; text: string } | { is: "emote"; text: string; image: string };

/** `origins`: where pictures may come from; the browser would refuse every other. */
export function pieces(event: StreamEvent, origins: readonly string[]): Piece[] {
  const { fragments, text = "" } = event;
  if (!fragments?.length) return text ? [{ is: "text", text }] : [];
  return fragments.map((one): Piece => {
    if (one.type === "emote" && one.image && mayShow(one.image, origins))
      return { is: "emote", text: one.text, image: one.image };
    return { is: one.type === "emote" ? "text" : one.type, text: one.text };
  });
}

export function mayShow(address: string, origins: readonly string[]): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, origin } = new URL(address);
  return protocol === "https:" && origins.includes(origin);
}

/** What stands before a name: short, and in full. */
export const ROLES: Readonly<Record<Role, [short: string, full: string]>> = {
  broadcaster: ["HOST", "The channel itself"],
  moderator: ["MOD", "Moderator"],
  vip: ["VIP", "VIP of the channel"],
  subscriber: ["SUB", "Subscriber"],
  verified: ["✓", "Verified by the platform"],
  own: ["YOU", "Sent from here"],
};

/** Which messages are wanted: empty means all. */
export interface Filter {
  platforms: readonly string[];
  kinds: readonly ("chat" | "question" | "system")[];
}

export function wanted(
  talk: readonly StreamEvent[],
  { platforms, kinds }: Filter,
  isQuestion: (event: StreamEvent) => boolean,
): readonly StreamEvent[] {
  if (platforms.length === 0 && kinds.length === 0) return talk;
  return talk.filter((event) => {
    const kind = isQuestion(event) ? "question" : event.kind;
    return (
      (platforms.length === 0 || platforms.includes(event.platform)) &&
      (kinds.length === 0 || kinds.includes(kind as "chat"))
    );
  });
}
