/** Prices are whole minor units of a currency; they become text here, and text becomes prices, and nowhere else. */

const NO_MINOR_UNIT = new Set(
  "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(" "),
);
const THOUSANDTHS = new Set("BHD IQD JOD KWD LYD OMR TND".split(" "));
/** The same as on the server: what is above is a product id in the wrong field. */
const HIGHEST = 999_999_999_999;

const MALFORMED = "Invalid price format";
const USE_A_POINT = `${MALFORMED}: use a point for decimals, such as 1299.00`;
const NOT_POSITIVE = "Price must be positive";

/** How many decimals a price has, as the server counts: the browser's own idea is of cash, not of prices. */
export function minorDigits(currency: string): number {
  if (NO_MINOR_UNIT.has(currency)) return 0;
  return THOUSANDTHS.has(currency) ? 3 : 2;
}

const formats = new Map<string, Intl.NumberFormat>();

function formatOf(currency: string): Intl.NumberFormat {
  let format = formats.get(currency);
  if (!format) {
    const digits = minorDigits(currency);
    format = new Intl.NumberFormat("en-US", {
      style: "currency",
      currency,
      currencyDisplay: "narrowSymbol",
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    formats.set(currency, format);
  }
  return format;
}

export function money(minorUnits: number, currency: string): string {
  return formatOf(currency).format(minorUnits / 10 ** minorDigits(currency));
}

/** The amount alone, as a field shows it: 4999 → `49.99`. */
export function amount(minorUnits: number, currency: string): string {
  const digits = minorDigits(currency);
  const text = String(minorUnits).padStart(digits + 1, "0");
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** What somebody has typed: its value, or the sentence that says why it is none. */
export type Reading<Value> = { value: Value } | { problem: string };

// Thousands are parted by one mark throughout; the point is the decimal mark.
const AMOUNT = /^(?:(\d{1,3}(?:([,'’ \u00a0\u2009\u202f])\d{3})(?:\2\d{3})*|\d+)(?:\.(\d+))?|\.(\d+))$/;
// One or two digits after a comma cannot be thousands: a decimal comma, as half the world types it.
const DECIMAL_COMMA = /^(\d+),(\d{1,2})$/;

/** Minor units of a price as people type it: `29.90`, `29,90`, `$1,299.00`. Never guesses: `1.299,00` is refused. */
export function readAmount(typed: string, currency: string): Reading<number> {
  const text = withoutMark(typed.trim(), currency);
  const minus = /^[-\u2212]\s*/.test(text);
  const digits = minorDigits(currency);
  const bare = text.replace(/^[-\u2212]\s*/, "");
  const match = AMOUNT.exec(digits === 0 ? bare : bare.replace(DECIMAL_COMMA, "$1.$2"));
  if (!match) return { problem: /\d,\d{1,2}(?!\d)/.test(bare) ? USE_A_POINT : MALFORMED };
  const part = match[3] ?? match[4] ?? "";
  if (part.length > digits || bare.length > 40) return { problem: MALFORMED };
  const whole = (match[1] ?? "0").replace(/\D/g, "");
  const value = Number(whole + part.padEnd(digits, "0"));
  if (value > HIGHEST) return { problem: MALFORMED };
  return minus || value === 0 ? { problem: NOT_POSITIVE } : { value };
}

/** Without the mark of this currency, before or behind: `$`, `USD`. Another currency's stays, and is refused. */
function withoutMark(text: string, currency: string): string {
  const symbol = formatOf(currency)
    .formatToParts(1)
    .find(({ type }) => type === "currency")!.value;
  for (const mark of [symbol, currency]) {
    const [start, end] = [text.slice(0, mark.length), text.slice(-mark.length)];
    if (start.toUpperCase() === mark.toUpperCase()) return text.slice(mark.length).trim();
    if (end.toUpperCase() === mark.toUpperCase()) return text.slice(0, -mark.length).trim();
  }
  return text;
}
