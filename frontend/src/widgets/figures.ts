/** Numbers and amounts as widgets write them. Pure. */

import { minorDigits, money } from "../lib/money";
import { amountInWords, count } from "../streams/amounts";

const COMPACT: Intl.NumberFormatOptions = { notation: "compact", maximumFractionDigits: 1 };
const SHORT = new Intl.NumberFormat("en-US", COMPACT);

/** 12345 → `12,345`, or short `12.3K`. */
export function figure(value: number, short = false): string {
  return short && Math.abs(value) >= 1000 ? SHORT.format(value) : count(value);
}

const isMoney = (currency: string): boolean => /^[A-Z]{3}$/.test(currency);

/**
 * In minor units of a currency; without one it is pieces. Even amounts stand without their zeros: `$1,250`, `$12.50`;
 * short `$1.3K`. A platform's own unit has its name: `1,200 bits`.
 */
export function amountFigure(value: number, currency: string, short = false): string {
  if (!currency) return figure(value, short);
  if (!isMoney(currency)) return amountInWords({ value, currency });
  const unit = 10 ** minorDigits(currency);
  if (short && value >= 1000 * unit) {
    const look = { style: "currency", currency, currencyDisplay: "narrowSymbol", ...COMPACT } as const;
    return new Intl.NumberFormat("en-US", look).format(value / unit);
  }
  const text = money(value, currency);
  return unit > 1 && value % unit === 0 ? text.replace(/\.0+$/, "") : text;
}

/** What is set in whole units, in minor ones; a platform's own units have none. */
export const minorUnits = (whole: number, currency: string): number =>
  isMoney(currency) ? whole * 10 ** minorDigits(currency) : whole;
