/** What stands in for parts of the client in an overlay says the same as they do. */

import * as phoenix from "phoenix";
import { expect, test } from "vitest";
import address from "./phoenix-address";
import frames from "./phoenix-frames";

const MESSAGE = { join_ref: "3", ref: "4", topic: "air:1", event: "phx_join", payload: { as: "“overlay”" } };

interface Whole {
  encode: typeof frames.encode;
  decode: typeof frames.decode;
}
const whole = (phoenix as unknown as { Serializer: Whole }).Serializer; // its types leave it out

function encoded({ encode }: Whole, message: typeof MESSAGE): string {
  let found = "";
  encode.call(whole, message, (frame) => (found = frame));
  return found;
}

function decoded({ decode }: Whole, frame: string): unknown {
  let found: unknown;
  decode.call(whole, frame, (message) => (found = message));
  return found;
}

test("a frame is written as the client writes it", () => {
  expect(encoded(frames, MESSAGE)).toBe(encoded(whole, MESSAGE));
});

test("a frame is read as the client reads it", () => {
  for (const frame of [encoded(whole, MESSAGE), '[null,null,"air:1","card_changed",{"version":7}]'])
    expect(decoded(frames, frame)).toEqual(decoded(whole, frame));
});

test("the socket's address is the one that the client makes", () => {
  const all: Record<string, string>[] = [{}, { token: "cue_a-B_1" }, { token: "a&b=c/ü" }];
  for (const params of all) {
    const own = new phoenix.Socket("ws://studio.test/socket", {
      params,
      transport: class {} as unknown as typeof WebSocket,
    }).endPointURL();
    const made = address.appendParams("ws://studio.test/socket/websocket", params);
    expect(address.appendParams(made, { vsn: "2.0.0" })).toBe(own);
  }
});
