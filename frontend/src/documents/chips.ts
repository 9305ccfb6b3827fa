/** Pictures, and products with the name, price and picture that they have now. */

import type { Node } from "@tiptap/pm/model";
import type { NodeView, NodeViewConstructor } from "@tiptap/pm/view";
import { inlineAttributes } from "./lines";
import { embedOf } from "./nodes";
import { isMention } from "./schema";

/** A product as a chip shows it. */
export interface Card {
  id: number;
  name: string;
  /** As it is written: with its currency. */
  price?: string;
  picture?: string;
  /** It was deleted, or may not be seen. */
  gone?: boolean;
}

/** Asks for cards, many at once, and tells the chips. */
export class Cards {
  private readonly known = new Map<number, Card>();
  private readonly waiting = new Set<number>();
  private readonly listeners = new Map<number, Set<(card: Card) => void>>();
  private timer?: ReturnType<typeof setTimeout>;

  constructor(private readonly ask: (ids: number[]) => Promise<Card[]>) {}

  follow(id: number, told: (card: Card) => void): () => void {
    const all = this.listeners.get(id) ?? new Set();
    this.listeners.set(id, all.add(told));
    const card = this.known.get(id);
    if (card) told(card);
    else this.want(id);
    return () => all.delete(told);
  }

  /** They may have changed: all that are on the page are asked for again. */
  refresh(ids: Iterable<number> = this.listeners.keys()): void {
    for (const id of ids) if (this.listeners.get(id)?.size) this.want(id);
  }

  private want(id: number): void {
    this.waiting.add(id);
    this.timer ??= setTimeout(() => void this.fetch(), 30);
  }

  private async fetch(): Promise<void> {
    this.timer = undefined;
    const ids = [...this.waiting];
    this.waiting.clear();
    try {
      for (const card of await this.ask(ids)) {
        this.known.set(card.id, card);
        for (const told of this.listeners.get(card.id) ?? []) told(card);
      }
    } catch {
      // The name that was written stands there meanwhile.
    }
  }
}

/** How an embed is drawn where it is more than its text. */
export function chips(cards: Cards): NodeViewConstructor {
  return (node) => {
    const [name, value] = embedOf(node);
    if (name === "image") return new Picture(node);
    if (name === "mention" && isMention(value) && value.kind === "product")
      return new Product(node, value.id, value.label, cards);
    return undefined as unknown as NodeView;
  };
}

class Picture implements NodeView {
  readonly dom = document.createElement("span");
  private readonly image = document.createElement("img");

  constructor(private node: Node) {
    this.dom.className = "picture";
    this.image.draggable = false;
    this.image.addEventListener("error", () => this.dom.classList.add("broken"));
    this.image.addEventListener("load", () => this.dom.classList.add("there"));
    this.dom.append(this.image);
    this.draw();
    this.image.src = String(embedOf(node)[1]);
  }

  private draw(): void {
    const { alt, width } = inlineAttributes(this.node) ?? {};
    this.image.alt = typeof alt === "string" ? alt : "";
    this.dom.dataset.alt = this.image.alt || "Picture";
    this.image.width = typeof width === "number" ? width : 480;
  }

  update(node: Node): boolean {
    if (node.type !== this.node.type || embedOf(node)[1] !== embedOf(this.node)[1]) return false;
    this.node = node;
    this.draw();
    return true;
  }
  ignoreMutation = () => true;
}

class Product implements NodeView {
  readonly dom = document.createElement("span");
  private readonly leave: () => void;

  constructor(
    private readonly node: Node,
    id: number,
    label: string,
    cards: Cards,
  ) {
    this.dom.className = "mention product";
    this.draw({ id, name: label });
    this.leave = cards.follow(id, (card) => this.draw(card.gone ? { ...card, name: label } : card));
  }

  private draw({ name, price, picture, gone }: Card): void {
    const image = document.createElement("span");
    image.className = "mention-picture";
    if (picture) {
      const img = document.createElement("img");
      img.src = picture;
      img.alt = "";
      img.draggable = false;
      image.append(img);
    }
    const words = document.createElement("span");
    words.textContent = name;
    this.dom.replaceChildren(image, words);
    this.dom.classList.toggle("gone", !!gone);
    if (gone) this.dom.title = "This product is not there any more.";
    if (!price) return;
    const cost = document.createElement("span");
    cost.className = "price";
    cost.textContent = price;
    this.dom.append(cost);
  }

  update = (node: Node) => node.eq(this.node);
  ignoreMutation = () => true;
  destroy = () => this.leave();
}
