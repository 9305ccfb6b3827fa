/** What a host's page tells the worker. */

export interface Hold {
  do: "hold";
  personId: number;
  /** The page's own path. */
  path: string;
  /** Built files that the page has loaded. */
  files: string[];
}

export interface HoldPictures {
  do: "pictures";
  personId: number;
  /** Absolute addresses, the most needed first. */
  urls: string[];
}

/** The page may not be seen any more, or the person is gone: nothing of theirs stays. */
export interface Forget {
  do: "forget";
  /** One page; without it everything. */
  path?: string;
}

export type ToWorker = Hold | HoldPictures | Forget;
