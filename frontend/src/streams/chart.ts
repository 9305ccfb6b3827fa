/** The viewer chart as uPlot draws it: dark, thin lines, no more ink than the numbers need. */

import uPlot from "uplot";
import { count, hour } from "./amounts";
import { lookOf } from "./platforms";
import type { Mark } from "./viewers";

export const platformColor = (platform: string): string => lookOf(platform).color;

interface Ground {
  width: number;
  height: number;
  styles: CSSStyleDeclaration;
  onPoint: (index: number | null) => void;
  marks: () => readonly Mark[];
}

export function options(platforms: readonly string[], ground: Ground): uPlot.Options {
  const token = (name: string) => ground.styles.getPropertyValue(`--${name}`).trim();
  const font = `13px ${token("font")}`;
  const text = token("text");
  const axis: uPlot.Axis = { stroke: token("muted"), font, ticks: { show: false } };
  const short = (value: number) => (value >= 10_000 ? `${Math.round(value / 1000)}k` : count(value));
  return {
    width: ground.width,
    height: ground.height,
    padding: [12, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { time: true, auto: false },
      y: { range: (_, __, most) => [0, Math.max(4, (most || 0) * 1.12)] },
    },
    axes: [
      {
        ...axis,
        size: 26,
        space: 64,
        grid: { show: false },
        values: (_, splits) => splits.map((at) => hour(at * 1000)),
      },
      {
        ...axis,
        size: 48,
        space: 24,
        grid: { stroke: token("line"), width: 1 },
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000],
        values: (_, splits) => splits.map(short),
      },
    ],
    series: [
      {},
      {
        label: "All",
        stroke: text,
        width: 2,
        fill: `${text}12`,
        points: { show: false },
      },
      // One platform alone is the total.
      ...(platforms.length > 1 ? platforms : []).map((platform) => ({
        label: lookOf(platform).name,
        stroke: platformColor(platform),
        width: 1.5,
        points: { show: false },
      })),
    ],
    hooks: {
      setCursor: [({ cursor }) => ground.onPoint(cursor.idx ?? null)],
      draw: [
        (plot) => drawMarks(plot, ground.marks(), { font, raid: token("info"), follow: token("muted") }),
      ],
    },
  };
}

interface Inks {
  font: string;
  raid: string;
  follow: string;
}

/** A raid is a line with its number, follows are ticks along the ground, longer for more. */
function drawMarks({ ctx, bbox, scales, valToPos }: uPlot, all: readonly Mark[], inks: Inks): void {
  const [from, to] = [scales.x?.min ?? 0, scales.x?.max ?? 0];
  const ratio = uPlot.pxRatio;
  const bottom = bbox.top + bbox.height;
  const words = bbox.height > 80 * ratio;
  let written = 0;
  ctx.save();
  ctx.lineWidth = ratio;
  for (const { at, kind, many } of all) {
    if (at < from || at > to) continue;
    const x = Math.round(valToPos(at, "x", true)) + 0.5;
    ctx.beginPath();
    ctx.strokeStyle = ctx.fillStyle = kind === "raid" ? inks.raid : inks.follow;
    ctx.setLineDash(kind === "raid" ? [3 * ratio, 3 * ratio] : []);
    ctx.moveTo(x, bottom);
    ctx.lineTo(x, kind === "raid" ? bbox.top : bottom - ratio * Math.min(16, 3 + many * 2));
    ctx.stroke();
    if (kind !== "raid" || !words || x < written) continue;
    ctx.font = inks.font.replace("13px", `${13 * ratio}px`);
    const says = `Raid ${count(many)}`;
    const end = x + ctx.measureText(says).width + 10 * ratio;
    // At the edge the line alone tells of it; so it does beside another's words.
    if (end > bbox.left + bbox.width) continue;
    written = end;
    ctx.textAlign = "left";
    ctx.textBaseline = "top";
    ctx.fillText(says, x + 5 * ratio, bbox.top);
  }
  ctx.restore();
}
