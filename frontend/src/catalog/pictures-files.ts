/** Files out of a drop, a paste or a choice. */

/** What the chooser offers; what is a picture is decided by the server, by its content. */
export const ACCEPTED = "image/jpeg,image/png,image/webp,image/gif";

export const bringsFiles = (data: DataTransfer | null): boolean =>
  data !== null && Array.from(data.types).includes("Files");

/** Whether a paste is meant for a text field and not for the page. */
export function isText(target: EventTarget | null, data: DataTransfer | null): boolean {
  const inField =
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("textarea, input:not([type=file], [type=checkbox])"));
  return inField && data !== null && Array.from(data.types).some((type) => type.startsWith("text/plain"));
}

export const sizeOf = (bytes: number): string =>
  bytes < 1 << 20 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / (1 << 20)).toFixed(1)} MB`;
