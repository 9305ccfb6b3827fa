/** Buttons that copy a field: `<button data-copies="id" hidden>`. Without a script there is the field, to be selected. */

const SAID_MS = 2_000;

export function offerCopies(root: ParentNode): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>("[data-copies]")) {
    const field = document.getElementById(button.dataset.copies ?? "");
    if (!(field instanceof HTMLInputElement)) continue;
    const words = button.textContent;
    let timer = 0;
    button.hidden = false;
    button.addEventListener("click", async () => {
      button.textContent = (await copy(field)) ? "Copied" : "Press Ctrl+C";
      clearTimeout(timer);
      timer = window.setTimeout(() => (button.textContent = words), SAID_MS);
    });
    field.addEventListener("focus", () => field.select());
  }
}

/** The clipboard is there on HTTPS and localhost only; elsewhere the field stays selected for the keyboard. */
async function copy(field: HTMLInputElement): Promise<boolean> {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    // Nobody can copy by hand what is shown as dots.
    field.type = "text";
    field.select();
    return false;
  }
}
