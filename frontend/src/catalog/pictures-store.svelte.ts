/** The pictures of one product, as everybody sees them and as this page is just changing them. No DOM. */

import { NotDone, type PicturesFacts, type ProductPicture } from "./pictures-api";

export type Ask = <Answer>(path: string, form?: Record<string, string>) => Promise<Answer>;

export interface Removed {
  id: number;
  /** "Picture 2", or what it is described as. */
  name: string;
}

export class PicturesStore {
  facts = $state.raw<PicturesFacts>();
  pictures = $state.raw<ProductPicture[]>([]);
  /** Why the last thing was not done. */
  trouble = $state("");
  /** Those that were removed just now, the newest last. */
  removed = $state.raw<Removed[]>([]);
  /** What is being written, one after the other: each answer is the whole order. */
  private line: Promise<unknown> = Promise.resolve();
  private writing = 0;
  /** Goes up with every change of ours: what was asked before is out of date. */
  private turn = 0;
  private reading = false;
  private again = false;

  constructor(
    private readonly ask: Ask,
    private readonly productId: number,
  ) {}

  /** Reads what is there. While something of ours is being written it waits; the newest reading counts. */
  async refresh(): Promise<void> {
    if (this.reading || this.writing > 0) {
      this.again = true;
      return;
    }
    this.reading = true;
    this.again = false;
    const turn = this.turn;
    try {
      const facts = await this.ask<PicturesFacts>(`/products/${this.productId}/images`);
      if (turn === this.turn) {
        this.facts = facts;
        this.pictures = facts.images;
        this.trouble = "";
      } else this.again = true;
    } catch (error) {
      if (!this.facts) this.trouble = sentence(error);
    } finally {
      this.reading = false;
    }
    this.readAgain();
  }

  /** One that was uploaded. The broadcast may have brought it already. */
  added(picture: ProductPicture): void {
    this.turn += 1;
    if (!this.pictures.some(({ id }) => id === picture.id)) this.pictures = [...this.pictures, picture];
  }

  /** Only here, while somebody is still moving it; `move` tells the server. */
  shift(id: number, to: number): void {
    const from = this.pictures.findIndex((picture) => picture.id === id);
    if (from < 0) return;
    const order = [...this.pictures];
    const [moved] = order.splice(from, 1);
    order.splice(Math.max(0, Math.min(to, order.length)), 0, moved!);
    this.turn += 1;
    this.pictures = order;
  }

  move(id: number, to: number): Promise<boolean> {
    this.shift(id, to);
    return this.write(`/images/${id}/move`, { index: String(Math.max(0, to)) });
  }

  async remove(id: number): Promise<void> {
    const index = this.pictures.findIndex((picture) => picture.id === id);
    if (index < 0) return;
    const name = this.pictures[index]!.alt || `Picture ${index + 1}`;
    this.turn += 1;
    this.pictures = this.pictures.filter((picture) => picture.id !== id);
    if (await this.write(`/images/${id}/remove`)) this.removed = [...this.removed, { id, name }];
  }

  async restore(id: number): Promise<boolean> {
    const done = await this.write(`/images/${id}/restore`);
    if (done) this.forget(id);
    return done;
  }

  /** It can no longer be taken back from here. */
  forget(id: number): void {
    this.removed = this.removed.filter((one) => one.id !== id);
  }

  /** Saves what a picture is described as. Throws NotDone. */
  async describe(id: number, alt: string): Promise<void> {
    const { image } = await this.ask<{ image: ProductPicture }>(`/images/${id}`, { alt });
    this.turn += 1;
    this.pictures = this.pictures.map((picture) =>
      picture.id === id ? { ...picture, alt: image.alt } : picture,
    );
  }

  /** True: it was done. What was not is put back as the server has it, with a sentence. */
  private write(path: string, form: Record<string, string> = {}): Promise<boolean> {
    this.writing += 1;
    const done = this.line.then(async () => {
      try {
        const { images } = await this.ask<{ images: ProductPicture[] }>(path, form);
        this.trouble = "";
        // Another change of ours waits behind this one: its answer will have both.
        if (this.writing === 1) this.pictures = images;
        return true;
      } catch (error) {
        this.trouble = sentence(error);
        this.again = true;
        return false;
      } finally {
        this.turn += 1;
        this.writing -= 1;
      }
    });
    this.line = done.then(() => this.readAgain());
    return done;
  }

  private readAgain(): void {
    if (this.again && this.writing === 0) void this.refreshKeeping();
  }

  /** The sentence about what was not done stays while the page gets back what is true. */
  private async refreshKeeping(): Promise<void> {
    const { trouble } = this;
    await this.refresh();
    this.trouble ||= trouble;
  }
}

function sentence(error: unknown): string {
  if (!(error instanceof NotDone)) throw error;
  return error.final ? error.message : `${error.message} Try again.`;
}
