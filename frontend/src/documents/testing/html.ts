/** Enough of an HTML parser for the clipboards in `samples/`: the browser's own is what the page uses. */

import type { Parsed } from "../paste";

const VOID = new Set(["br", "img", "hr", "meta", "link", "input", "col"]);
const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: "\u00a0", apos: "'" };

const decode = (text: string) =>
  text.replace(/&(#x?[0-9a-f]+|\w+);/gi, (whole, name: string) => {
    if (!name.startsWith("#")) return ENTITIES[name] ?? whole;
    return String.fromCodePoint(name[1] === "x" ? parseInt(name.slice(2), 16) : Number(name.slice(1)));
  });

class Element implements Parsed {
  readonly nodeType = 1;
  readonly nodeValue = null;
  readonly childNodes: Parsed[] = [];
  constructor(
    readonly nodeName: string,
    private readonly attributes = new Map<string, string>(),
  ) {}
  getAttribute(name: string): string | null {
    return this.attributes.get(name) ?? null;
  }
}

const TOKEN =
  /<!--[\s\S]*?-->|<![^>]*>|<\?[^>]*>|<(\/?)([a-z][\w:-]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>|[^<]+|</gi;
const ATTRIBUTE = /([^\s=/"'>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/g;

export function parse(html: string): Parsed {
  const open = [new Element("body")];
  for (const [token, close, name, attributes] of html.matchAll(TOKEN)) {
    const top = open.at(-1)!;
    if (!name) {
      if (!token.startsWith("<!") && !token.startsWith("<?"))
        top.childNodes.push({ nodeType: 3, nodeName: "#text", nodeValue: decode(token), childNodes: [] });
    } else if (close) {
      const at = open.findLastIndex(({ nodeName }) => nodeName === name.toLowerCase());
      if (at > 0) open.length = at;
    } else {
      const all = [...(attributes ?? "").matchAll(ATTRIBUTE)].map(
        ([, key, a, b, c]) => [key!.toLowerCase(), decode(a ?? b ?? c ?? "")] as const,
      );
      const element = new Element(name.toLowerCase(), new Map(all));
      top.childNodes.push(element);
      if (!VOID.has(element.nodeName) && !attributes?.endsWith("/")) open.push(element);
    }
  }
  return open[0]!;
}
