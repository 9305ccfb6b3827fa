import { expect, test } from "vitest";
import { receipt } from "./receipt";
import type { Message } from "./types";

const sent = Date.parse("2026-11-27T18:00:00Z");
const message = (acked_at: string | null = null) =>
  ({ sent_at: "2026-11-27T18:00:00+00:00", acked_at }) as Message;

test("a message is given ten seconds before it is late", () => {
  expect(receipt(message(), sent)).toEqual({ text: "Not seen yet", late: false });
  expect(receipt(message(), sent + 9_999)).toEqual({ text: "Not seen yet", late: false });
  expect(receipt(message(), sent + 10_000)).toEqual({ text: "Not seen for 10 s", late: true });
  expect(receipt(message(), sent + 185_000)).toEqual({ text: "Not seen for 3 min", late: true });
});

test("a clock that is behind does not make it negative", () =>
  expect(receipt(message(), sent - 5_000)).toEqual({ text: "Not seen yet", late: false }));

test("once seen it says how long that took, and is never late", () => {
  expect(receipt(message("2026-11-27T18:00:04.2+00:00"), sent + 60_000)).toEqual({
    text: "✓ Seen after 4 s",
    late: false,
  });
  expect(receipt(message("2026-11-27T18:01:41Z"), sent).text).toBe("✓ Seen after 1 min");
});
