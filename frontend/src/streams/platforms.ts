/** How platforms are named and marked here: a letter on a color, ours, nobody's trademark. */

export interface Look {
  name: string;
  letter: string;
  /** Of the mark's ground; its letter is dark and stands out by 4.5 at least. */
  color: string;
}

const LOOKS: Readonly<Record<string, Look>> = {
  twitch: { name: "Twitch", letter: "T", color: "#a98bff" },
  youtube: { name: "YouTube", letter: "Y", color: "#ff7a70" },
  kick: { name: "Kick", letter: "K", color: "#7ee05a" },
  tiktok: { name: "TikTok", letter: "t", color: "#4fd8e6" },
  tiktok_shop: { name: "TikTok Shop", letter: "s", color: "#4fd8e6" },
  facebook: { name: "Facebook", letter: "F", color: "#6aa5ff" },
  instagram: { name: "Instagram", letter: "I", color: "#f08fd0" },
  whatnot: { name: "Whatnot", letter: "W", color: "#f2d45c" },
  shopify: { name: "Shopify", letter: "$", color: "#9bd17c" },
  simulator: { name: "Simulated audience", letter: "S", color: "#8fb1f7" },
};

export function lookOf(platform: string): Look {
  const letter = [...platform][0]?.toUpperCase() ?? "?";
  return LOOKS[platform] ?? { name: platform, letter, color: "#c3c6cc" };
}
