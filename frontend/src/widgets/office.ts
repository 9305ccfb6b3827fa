/** Addresses that let anybody watch are covered until they are asked for: `<button data-uncovers="id" hidden>`. */

export function uncoverAddresses(page: Document): void {
  for (const button of page.querySelectorAll<HTMLButtonElement>("[data-uncovers]")) {
    const field = page.getElementById(button.dataset.uncovers ?? "");
    if (!(field instanceof HTMLInputElement)) continue;
    const [word] = button.childNodes;
    button.hidden = false;
    button.addEventListener("click", () => {
      const show = field.type === "password";
      field.type = show ? "text" : "password";
      button.setAttribute("aria-pressed", String(show));
      if (word) word.textContent = show ? "Hide" : "Show";
    });
  }
}
