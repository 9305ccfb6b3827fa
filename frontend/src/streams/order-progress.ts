/** How far an order file is, as it travels on `orders:{id}`. */
export interface OrderProgress {
  id: number;
  /** `gone`: somebody cancelled it. */
  state: "reading" | "asking" | "failed" | "preview" | "applying" | "done" | "gone";
  /** What is being done, and that with how far it is. */
  step: string;
  sentence: string;
  /** On the bar; without a total nobody knows. */
  done: number;
  total: number | null;
  /** Why nothing goes on; empty: it does. */
  note: string;
}

/** Whether the page that was opened with `first` is still the right one: each state has its own. */
export const goesOn = (now: OrderProgress, first: OrderProgress): boolean => now.state === first.state;

/** Where to read what has come of it. */
export const nextPage = (now: OrderProgress): string =>
  now.state === "gone" ? "/dashboard/orders" : `/dashboard/orders/${now.id}`;
