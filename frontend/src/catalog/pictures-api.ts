/** What the pictures of a product ask of the server, over HTTP. No Svelte here. */

import type { Picture } from "../sessions/types";

export interface ProductPicture extends Picture {
  /** The picture in several widths, for a browser to choose from; null: not made yet. */
  srcset: string | null;
}

export interface PicturesFacts {
  studio_id: number;
  name: string;
  /** Pictures a product has at most, and bytes of a file. */
  most: number;
  largest_bytes: number;
  images: ProductPicture[];
}

export interface Added {
  image: ProductPicture;
  /** False: the product had this very picture already. */
  is_new: boolean;
}

/** The server's "no", as a sentence. `final`: asking again will not change it. */
export class NotDone extends Error {
  constructor(
    message: string,
    readonly final: boolean,
  ) {
    super(message);
  }
}

export const BROKEN = "The connection broke.";
const SIGNED_OUT = "You are signed out. Sign in in another tab, then try again.";

/** A refusal or a break as it came; `status` 0: nobody answered. */
export function notDone(status: number, body: string): NotDone {
  if (status === 0) return new NotDone(BROKEN, false);
  if (status === 401) return new NotDone(SIGNED_OUT, true);
  let message = "";
  try {
    message = String((JSON.parse(body) as { message?: unknown }).message ?? "");
  } catch {
    // a proxy's page, or nothing
  }
  return new NotDone(message || `The server answered ${status}.`, status < 500);
}

/** Every page has one in the form that signs out. */
const csrf = (): string =>
  document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";

const headers = () => ({ Accept: "application/json", "X-CSRFToken": csrf() });

export async function ask<Answer>(path: string, form?: Record<string, string>): Promise<Answer> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      headers: headers(),
      cache: "no-store",
      ...(form ? { method: "POST", body: new URLSearchParams(form) } : {}),
    });
  } catch {
    throw notDone(0, "");
  }
  const body = await answer.text();
  if (!answer.ok) throw notDone(answer.status, body);
  return JSON.parse(body) as Answer;
}

/** Sends one file; `sent` is told from 0 to 1. Not `fetch`: that tells nobody how far it is. */
export function upload(
  productId: number,
  file: File,
  sent: (share: number) => void,
  signal: AbortSignal,
): Promise<Added> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("file", file);
    request.upload.onprogress = (event) => event.lengthComputable && sent(event.loaded / event.total);
    request.upload.onload = () => sent(1);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as Added);
      else reject(notDone(request.status, request.responseText));
    };
    request.onerror = request.onabort = request.ontimeout = () => reject(notDone(0, ""));
    signal.addEventListener("abort", () => request.abort());
    request.open("POST", `/products/${productId}/images`);
    for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
    request.send(form);
  });
}
