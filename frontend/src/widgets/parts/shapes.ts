/** Shapes for platforms, drawn for this: nobody's trademark. One path each on 24 × 24, holes by the even-odd rule. */

/** A bubble with two lines of talk. */
const TALK =
  "M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2h-7l-5 4.5V17H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM7 7v2h10V7zM7 11v2h7v-2z";
/** A screen that plays. */
const SCREEN =
  "M3 4h18a1.5 1.5 0 0 1 1.5 1.5v11A1.5 1.5 0 0 1 21 18H3a1.5 1.5 0 0 1-1.5-1.5v-11A1.5 1.5 0 0 1 3 4zM10 7.5v7l6-3.5zM7 20h10v2H7z";
/** An upright phone with a heart. */
const PHONE =
  "M8 1.5h8a2.5 2.5 0 0 1 2.5 2.5v16a2.5 2.5 0 0 1-2.5 2.5H8A2.5 2.5 0 0 1 5.5 20V4A2.5 2.5 0 0 1 8 1.5zM12 15.5l3.2-3.3a2.1 2.1 0 0 0-3.2-2.7 2.1 2.1 0 0 0-3.2 2.7z";
/** A bolt. */
const BOLT = "M13.5 1.5 4 13.5h6.5L9.5 22.5 20 9.5h-7z";
/** Two people. */
const PEOPLE =
  "M9 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM1.5 20c0-4 3.4-6.5 7.5-6.5s7.5 2.5 7.5 6.5zM16.5 5a3.5 3.5 0 1 1-.8 6.9 5.8 5.8 0 0 0 0-6.8zM18.5 20c0-2.6-1-4.7-2.7-6.2 3.7-.4 6.7 2.2 6.7 6.2z";
/** A camera. */
const CAMERA =
  "M8 5l1.5-2h5L16 5h4.5A1.5 1.5 0 0 1 22 6.5v12a1.5 1.5 0 0 1-1.5 1.5h-17A1.5 1.5 0 0 1 2 18.5v-12A1.5 1.5 0 0 1 3.5 5zM12 8a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z";
/** A price tag. */
const TAG = "M3 2h9l10 10-9.5 9.5L2.5 11.5V2.5zM7 5a2 2 0 1 0 0 4 2 2 0 0 0 0-4z";
/** Waves of a sender: any other one. */
const WAVES =
  "M12 9.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM7.8 7.8l-1.4-1.4a8 8 0 0 0 0 11.2l1.4-1.4a6 6 0 0 1 0-8.4zM16.2 7.8l1.4-1.4a8 8 0 0 1 0 11.2l-1.4-1.4a6 6 0 0 0 0-8.4zM4.9 4.9 3.5 3.5a12 12 0 0 0 0 17l1.4-1.4a10 10 0 0 1 0-14.2zM19.1 4.9l1.4-1.4a12 12 0 0 1 0 17l-1.4-1.4a10 10 0 0 0 0-14.2z";

const SHAPES: Readonly<Record<string, string>> = {
  twitch: TALK,
  youtube: SCREEN,
  tiktok: PHONE,
  tiktok_shop: TAG,
  kick: BOLT,
  facebook: PEOPLE,
  instagram: CAMERA,
  whatnot: TAG,
  shopify: TAG,
};

export const shapeOf = (platform: string): string => SHAPES[platform] ?? WAVES;
