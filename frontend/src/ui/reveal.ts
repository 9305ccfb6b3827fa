/** Buttons that show a secret's field and hide it again: `<button data-reveals="id" hidden>`. */

export function offerReveals(root: ParentNode): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>("[data-reveals]")) {
    const field = document.getElementById(button.dataset.reveals ?? "");
    if (!(field instanceof HTMLInputElement)) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      const hidden = field.type === "password";
      field.type = hidden ? "text" : "password";
      button.textContent = hidden ? "Hide" : "Show";
      button.setAttribute("aria-pressed", String(hidden));
    });
  }
}
