// npm's quill-delta, line by line: one JSON case on stdin, one JSON answer on stdout.
// Started by test_algebra_in_node.py with the folder of node_modules as its argument.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import path from "node:path";

const Delta = createRequire(path.join(path.resolve(process.argv[2]), "x.js"))("quill-delta");

for await (const line of createInterface({ input: process.stdin })) {
  const { document, first, second, later } = JSON.parse(line);
  const [one, other] = [new Delta(first), new Delta(second)];
  const places = Array.from({ length: new Delta(document).length() + 1 }, (_, place) => place);
  const answer = {
    after: new Delta(document).compose(one).ops,
    composed: one.compose(new Delta(later)).ops,
    second_after_first: one.transform(other, true).ops,
    first_before_second: other.transform(one, false).ops,
    undone: new Delta(document).compose(one).compose(one.invert(new Delta(document))).ops,
    places: places.map((place) => one.transformPosition(place, false)),
    places_with_priority: places.map((place) => one.transformPosition(place, true)),
  };
  process.stdout.write(JSON.stringify(answer) + "\n");
}
