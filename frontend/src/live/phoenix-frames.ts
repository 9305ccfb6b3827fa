/**
 * Frames as text alone, for a page that never sends or gets any other: stands in for the client's own serializer, which
 * knows binary ones, too (`tools/builds.ts`).
 */

interface Message {
  join_ref: string | null;
  ref: string | null;
  topic: string;
  event: string;
  payload: unknown;
}

export default {
  encode({ join_ref, ref, topic, event, payload }: Message, send: (frame: string) => void): void {
    send(JSON.stringify([join_ref, ref, topic, event, payload]));
  },
  decode(frame: string, take: (message: Message) => void): void {
    const [join_ref, ref, topic, event, payload] = JSON.parse(frame);
    take({ join_ref, ref, topic, event, payload });
  },
};
