/** What the parts of the editor say to each other: the wire, the client's state machine, the view. Types only. */

export type Attributes = Record<string, unknown>;

/** One operation: exactly one of insert, retain and delete. Lengths are UTF-16 units, an embed is one. */
export interface Op {
  insert?: string | Record<string, unknown>;
  retain?: number;
  delete?: number;
  attributes?: Attributes;
}

/** A change, or a document (inserts only, with a newline at the end). Never changed once made. */
export type Delta = readonly Op[];

export type Right = "read" | "comment" | "suggest" | "edit";

/** An operation as it is in the log. */
export interface Logged {
  change: Delta;
  version: number;
  op_id: string;
  user_id: number | null;
}

/** The answer to a join: of a long document `contents` are those of version `at`, and `missed` came after. */
export interface Joined {
  contents?: Delta;
  at?: number;
  missed?: Logged[];
  version: number;
  window: string;
  user_id: number | null;
  right: Right;
  manages: boolean;
  title: string;
}

/** Where somebody's selection is, at a version. */
export interface Cursor {
  anchor: number;
  head: number;
  version: number;
  window: string;
  user_id: number | null;
  name: string;
}

/** What shows the document. The client tells it of everything that it did not say itself. */
export interface View {
  /** Everything anew: the document was opened, or had to be loaded again. */
  reset(contents: Delta): void;
  /** A change of somebody else's (or an undo of one's own), made to follow what is on the screen. */
  apply(change: Delta): void;
}
