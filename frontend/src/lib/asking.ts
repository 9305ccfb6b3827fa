/** Requests of a page to its server: what came of one, as a value. Nothing here throws. */

export interface RefusedBody {
  reason: string;
  message: string;
}

export type Answer<Data> =
  | { is: "ok"; data: Data }
  /** The server says no, and why. */
  | { is: "refused"; status: number; reason: string; message: string; body: Record<string, unknown> }
  | { is: "signed out" }
  /** Nobody answered, or the server cannot just now: asking again may help. */
  | { is: "away" };

interface Options {
  signal?: AbortSignal | undefined;
  /** Sent to its end though the page goes away. */
  keepalive?: boolean | undefined;
}

/** The token that a form of this page would send. */
export function csrfToken(): string {
  return document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
}

/** GET, or POST of `sent`: as a form if it is one, files and all, else as JSON. */
export async function ask<Data>(
  path: string,
  sent?: object | URLSearchParams | FormData,
  options: Options = {},
): Promise<Answer<Data>> {
  const headers: Record<string, string> = { Accept: "application/json" };
  const isForm = sent instanceof URLSearchParams || sent instanceof FormData;
  if (sent) headers["X-CSRFToken"] = csrfToken();
  if (sent && !isForm) headers["Content-Type"] = "application/json";
  try {
    const answer = await fetch(path, {
      method: sent ? "POST" : "GET",
      headers,
      redirect: "manual",
      cache: "no-store",
      body: isForm ? sent : sent ? JSON.stringify(sent) : null,
      ...(options.signal ? { signal: options.signal } : {}),
      ...(options.keepalive ? { keepalive: true } : {}),
    });
    if (answer.status === 401 || answer.type === "opaqueredirect") return { is: "signed out" };
    if (answer.status >= 500) return { is: "away" };
    const body = (await answer.json()) as Data & Record<string, unknown>;
    if (answer.ok) return { is: "ok", data: body };
    const { reason, message } = body as unknown as RefusedBody;
    return { is: "refused", status: answer.status, reason, message, body };
  } catch {
    return { is: "away" };
  }
}

/** What a page says where nothing came of it, in its own words for a server that is away and for who is signed out. */
export function wrongIn(
  answer: Exclude<Answer<unknown>, { is: "ok" }>,
  words: { away: string; signedOut: string },
): string {
  if (answer.is === "refused") return answer.message ?? words.away;
  return answer.is === "away" ? words.away : words.signedOut;
}
