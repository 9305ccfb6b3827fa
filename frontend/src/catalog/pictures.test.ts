import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AGAIN_AFTER_MS, AltText, SAVE_AFTER_MS } from "./pictures-alt.svelte";
import { NotDone, notDone, type Added, type PicturesFacts, type ProductPicture } from "./pictures-api";
import { sizeOf } from "./pictures-files";
import { grabbing, target } from "./pictures-order.svelte";
import { PicturesStore } from "./pictures-store.svelte";
import { AT_ONCE, MOST_TRIES, Uploads } from "./pictures-uploads.svelte";

const picture = (id: number, alt = ""): ProductPicture => ({
  id,
  url: `/media/${id}.jpg`,
  thumbnail_url: null,
  placeholder_url: null,
  alt,
  width: 10,
  height: 10,
  srcset: null,
});
const settled = async () => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("a refusal", () => {
  it("says what the server says, and whether asking again helps", () => {
    const refused = notDone(422, JSON.stringify({ reason: "invalid_image", message: "This is a PDF." }));
    expect([refused.message, refused.final]).toEqual(["This is a PDF.", true]);
    const away = notDone(503, JSON.stringify({ message: "Try again in a moment." }));
    expect([away.message, away.final]).toEqual(["Try again in a moment.", false]);
    expect([notDone(0, "").message, notDone(0, "").final]).toEqual(["The connection broke.", false]);
    expect(notDone(502, "<html>Bad gateway</html>").message).toBe("The server answered 502.");
    expect(notDone(401, "").message).toMatch(/signed out/);
  });
});

/** A server that answers when the test says so. */
class Sending {
  asked: {
    file: File;
    sent: (share: number) => void;
    signal: AbortSignal;
    done: (a: Added) => void;
    fail: (e: NotDone) => void;
  }[] = [];
  send = (file: File, sent: (share: number) => void, signal: AbortSignal) =>
    new Promise<Added>((done, fail) => this.asked.push({ file, sent, signal, done, fail }));
}

const file = (name: string, bytes = 10) => new File([new Uint8Array(bytes)], name);
const broken = () => new NotDone("The connection broke.", false);

describe("uploads", () => {
  const made = (limits = { most: 50, largest_bytes: 1000 }) => {
    const server = new Sending();
    const arrived: number[] = [];
    const uploads = new Uploads(
      server.send,
      ({ image }) => arrived.push(image.id),
      () => limits,
    );
    return { server, arrived, uploads };
  };

  it("go three at a time, in their order", async () => {
    const { server, arrived, uploads } = made();
    uploads.add(
      ["a", "b", "c", "d", "e"].map((name) => file(name)),
      0,
    );
    expect(server.asked.map(({ file: { name } }) => name)).toEqual(["a", "b", "c"]);
    server.asked[1]!.done({ image: picture(2), is_new: true });
    await settled();
    expect(server.asked.map(({ file: { name } }) => name)).toEqual(["a", "b", "c", "d"]);
    expect(arrived).toEqual([2]);
    expect(uploads.list.map(({ name }) => name)).toEqual(["a", "c", "d", "e"]);
  });

  it("never more than three, whatever becomes of them", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 40 }), async (fates) => {
        const { server, uploads } = made();
        let next = 0;
        const running = () =>
          uploads.list.filter(({ stage }) => stage === "sending" || stage === "storing").length;
        for (const fate of fates) {
          if (fate === 0) uploads.add([file(`${next++}`), file(`${next++}`)], 0);
          const open = server.asked.at(-1);
          if (fate === 1) open?.done({ image: picture(next++), is_new: true });
          if (fate === 2) open?.fail(broken());
          if (fate === 3) open?.fail(new NotDone("No.", true));
          if (fate === 4 && uploads.list[0]) uploads.dismiss(uploads.list[0]);
          await settled();
          expect(running()).toBeLessThanOrEqual(AT_ONCE);
          if (uploads.list.some(({ stage }) => stage === "waiting")) expect(running()).toBe(AT_ONCE);
        }
        for (const upload of [...uploads.list]) uploads.dismiss(upload);
      }),
      { numRuns: 60 },
    );
  });

  it("say how far they are, and that they are being stored", () => {
    const { server, uploads } = made();
    uploads.add([file("a")], 0);
    server.asked[0]!.sent(0.4);
    expect([uploads.list[0]!.stage, uploads.list[0]!.sent]).toEqual(["sending", 0.4]);
    server.asked[0]!.sent(1);
    expect(uploads.list[0]!.stage).toBe("storing");
  });

  it("that are refused say why, with the name of the file, and are not sent again", async () => {
    const { server, uploads } = made();
    uploads.add([file("IMG_2034.heic")], 0);
    server.asked[0]!.fail(new NotDone("This is a HEIC photo.", true));
    await settled();
    expect(uploads.list[0]!.sentence).toBe("IMG_2034.heic: this is a HEIC photo.");
    expect(uploads.underway).toEqual([]);
    uploads.retryBroken();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.asked).toHaveLength(1);
  });

  it("that cannot be taken are not sent at all", () => {
    const { server, uploads } = made({ most: 3, largest_bytes: 5 << 20 });
    uploads.add([file("big", (5 << 20) + 1), file("none", 0), file("a"), file("b")], 2);
    expect(server.asked.map(({ file: { name } }) => name)).toEqual(["a"]);
    expect(uploads.list.map(({ sentence }) => sentence)).toEqual([
      "big: this picture is larger than 5 MB.",
      "none: this file is empty.",
      "",
      "b: a product has 3 pictures at most.",
    ]);
  });

  it("that break are tried again, ever later, then only when asked", async () => {
    const { server, arrived, uploads } = made();
    uploads.add([file("a")], 0);
    for (let tries = 1; tries < MOST_TRIES; tries += 1) {
      server.asked.at(-1)!.fail(broken());
      await settled();
      expect(uploads.list[0]!.sentence).toBe("a: the connection broke. It is tried again.");
      const pause = Math.min(15_000, 1000 * 2 ** (tries - 1));
      await vi.advanceTimersByTimeAsync(pause - 1);
      expect(server.asked).toHaveLength(tries);
      await vi.advanceTimersByTimeAsync(1);
      expect(server.asked).toHaveLength(tries + 1);
    }
    server.asked.at(-1)!.fail(broken());
    await settled();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(server.asked).toHaveLength(MOST_TRIES);
    expect(uploads.underway).toHaveLength(1); // leaving would lose it
    uploads.retry(uploads.list[0]!);
    server.asked.at(-1)!.done({ image: picture(1), is_new: true });
    await settled();
    expect([arrived, uploads.list]).toEqual([[1], []]);
  });

  it("that are cancelled stop, and another goes in their place", async () => {
    const { server, arrived, uploads } = made();
    uploads.add(
      ["a", "b", "c", "d"].map((name) => file(name)),
      0,
    );
    uploads.dismiss(uploads.list[0]!);
    expect(server.asked[0]!.signal.aborted).toBe(true);
    expect(server.asked.at(-1)!.file.name).toBe("d");
    server.asked[0]!.fail(broken());
    await settled();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.asked).toHaveLength(4);
    expect(arrived).toEqual([]);
  });

  it("of a picture that is there say so", async () => {
    const { server, uploads } = made();
    uploads.add([file("image.png")], 0);
    server.asked[0]!.done({ image: picture(1), is_new: false });
    await settled();
    expect(uploads.list[0]!.sentence).toBe("Pasted picture: this picture is among them already.");
    expect(uploads.underway).toEqual([]);
  });
});

/** A server with pictures; answers wait for `let`. */
class Shelf {
  ids = [1, 2, 3];
  asked: string[] = [];
  private waiting: (() => void)[] = [];
  fails: NotDone | undefined;

  ask = <Answer>(path: string, form?: Record<string, string>): Promise<Answer> => {
    this.asked.push(`${path} ${form?.index ?? ""}`.trim());
    return new Promise<Answer>((resolve, reject) => {
      this.waiting.push(() => {
        if (this.fails) return reject(this.fails);
        this.change(path, form);
        const images = this.ids.map((id) => picture(id));
        resolve({
          studio_id: 1,
          name: "Hoop",
          most: 50,
          largest_bytes: 9,
          images,
        } as PicturesFacts as Answer);
      });
    });
  };

  /** Answers what waits, the oldest first, and whatever is asked because of it. */
  async let(): Promise<void> {
    await settled();
    while (this.waiting.length > 0) {
      this.waiting.shift()!();
      await settled();
    }
  }

  async letOne(): Promise<void> {
    await settled();
    this.waiting.shift()?.();
    await settled();
  }

  private change(path: string, form?: Record<string, string>): void {
    const [, id, what] = /^\/images\/(\d+)\/(\w+)$/.exec(path) ?? [];
    if (!id) return;
    this.ids = this.ids.filter((one) => one !== Number(id));
    if (what === "move") this.ids.splice(Number(form!.index), 0, Number(id));
    if (what === "restore") this.ids.splice(0, 0, Number(id));
  }
}

describe("the pictures of a product", () => {
  const opened = async () => {
    const shelf = new Shelf();
    const store = new PicturesStore(shelf.ask, 7);
    void store.refresh();
    await shelf.let();
    return { shelf, store, ids: () => store.pictures.map(({ id }) => id) };
  };

  it("move at once, and several moves reach the server one after the other", async () => {
    const { shelf, store, ids } = await opened();
    void store.move(3, 0);
    void store.move(2, 0);
    expect(ids()).toEqual([2, 3, 1]);
    await settled();
    expect(shelf.asked.slice(1)).toEqual(["/images/3/move 0"]);
    await shelf.letOne();
    expect(ids()).toEqual([2, 3, 1]); // the first answer knows nothing of the second move
    await shelf.let();
    expect([ids(), shelf.ids]).toEqual([
      [2, 3, 1],
      [2, 3, 1],
    ]);
  });

  it("are as the server has them after a change that was not done", async () => {
    const { shelf, store, ids } = await opened();
    shelf.fails = new NotDone("You may not do this.", true);
    const done = store.move(3, 0);
    await shelf.letOne();
    expect(await done).toBe(false);
    shelf.fails = undefined;
    await shelf.let();
    expect([ids(), store.trouble]).toEqual([[1, 2, 3], "You may not do this."]);
  });

  it("are read again for somebody else's change, but not over a change of ours", async () => {
    const { shelf, store, ids } = await opened();
    void store.refresh(); // told of something
    void store.move(3, 0); // before the answer is there
    shelf.ids = [1, 2, 3, 4];
    await shelf.letOne(); // the reading: older than the move
    expect(ids()).toEqual([3, 1, 2]);
    await shelf.let();
    expect(ids()).toEqual([3, 1, 2, 4]);
  });

  it("come back after a removal, and only what was removed can", async () => {
    const { shelf, store, ids } = await opened();
    void store.remove(1);
    expect([ids(), store.removed]).toEqual([[2, 3], []]);
    await shelf.let();
    expect(store.removed).toEqual([{ id: 1, name: "Picture 1" }]);
    void store.restore(1);
    await shelf.let();
    expect([ids(), store.removed]).toEqual([[1, 2, 3], []]);
  });

  it("have an upload once, whether the answer or the broadcast is first", async () => {
    const { shelf, store, ids } = await opened();
    store.added(picture(9));
    store.added(picture(9));
    shelf.ids = [1, 2, 3, 9];
    void store.refresh();
    await shelf.let();
    expect(ids()).toEqual([1, 2, 3, 9]);
  });
});

describe("the keyboard", () => {
  it("moves within the grid and never out of it", () => {
    expect(target("ArrowRight", 2, 6, 3)).toBe(3);
    expect(target("ArrowUp", 1, 6, 3)).toBe(1);
    expect(target("ArrowUp", 4, 6, 3)).toBe(1);
    expect(target("ArrowDown", 4, 6, 3)).toBe(5);
    expect(target("a", 1, 6, 3)).toBeUndefined();
    fc.assert(
      fc.property(
        fc.constantFrom("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"),
        fc.integer({ min: 1, max: 50 }),
        fc.nat(49),
        fc.integer({ min: 1, max: 8 }),
        (key, count, place, columns) => {
          const to = target(key, place % count, count, columns)!;
          expect(to >= 0 && to < count).toBe(true);
        },
      ),
    );
  });

  it("tells the server only where a picture was put down", async () => {
    const shelf = new Shelf();
    const store = new PicturesStore(shelf.ask, 7);
    void store.refresh();
    await shelf.let();
    const said: string[] = [];
    const grab = grabbing(store, (sentence) => said.push(sentence));
    expect(grab.key("ArrowLeft", 3)).toBe(false);
    grab.toggle(3);
    grab.key("ArrowLeft", 3);
    grab.key("Escape", 3);
    expect(store.pictures.map(({ id }) => id)).toEqual([1, 2, 3]);
    grab.toggle(3);
    grab.key("Home", 3);
    expect(shelf.asked).toHaveLength(1);
    grab.toggle(3);
    await shelf.let();
    expect(shelf.asked.slice(1)).toEqual(["/images/3/move 0"]);
    expect(said.at(-2)).toBe("Position 1 of 3, the primary picture");
    expect(said.at(-1)).toBe("Put down, position 1 of 3, the primary picture.");
    expect(grab.id).toBeUndefined();
  });
});

describe("a description", () => {
  it("is saved a moment after the last key, once", async () => {
    const saved: string[] = [];
    const alt = new AltText("", async (text) => void saved.push(text));
    alt.type("On");
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS - 1);
    alt.type("On the ear");
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS - 1);
    expect([saved, alt.state]).toEqual([[], "typing"]);
    await vi.advanceTimersByTimeAsync(1);
    expect([saved, alt.state]).toEqual([["On the ear"], "saved"]);
    await alt.flush();
    expect(saved).toHaveLength(1);
  });

  it("that is being typed is not overwritten by somebody else's", () => {
    const alt = new AltText("Old", () => Promise.resolve());
    alt.type("Mine");
    alt.follow("Theirs");
    expect(alt.text).toBe("Mine");
    const idle = new AltText("Old", () => Promise.resolve());
    idle.follow("Theirs");
    expect(idle.text).toBe("Theirs");
  });

  it("that could not be saved stays, and is tried again", async () => {
    let tries = 0;
    const alt = new AltText("", () => (++tries < 3 ? Promise.reject(broken()) : Promise.resolve()));
    alt.type("On the ear");
    await alt.flush();
    expect([alt.state, alt.sentence, alt.isUnsaved]).toEqual(["failed", "The connection broke.", true]);
    await vi.advanceTimersByTimeAsync(2 * AGAIN_AFTER_MS);
    expect([alt.state, alt.text, tries]).toEqual(["saved", "On the ear", 3]);
  });

  it("typed on while it is saved is saved to its end", async () => {
    const saved: string[] = [];
    let done = () => {};
    const alt = new AltText("", (text) => {
      saved.push(text);
      return new Promise<void>((resolve) => (done = resolve));
    });
    alt.type("On");
    void alt.flush();
    alt.type("On the ear");
    done();
    await settled();
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS);
    expect(saved).toEqual(["On", "On the ear"]);
  });
});

describe("files", () => {
  it("have a size for people", () => {
    expect([sizeOf(10), sizeOf(2048), sizeOf(3 << 20)]).toEqual(["1 KB", "2 KB", "3.0 MB"]);
  });
});
