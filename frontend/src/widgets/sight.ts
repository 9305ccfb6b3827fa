/**
 * Whether anybody sees this page. A browser tells by its visibility; OBS in events of its own, too: a source can be in
 * no scene that is shown (not visible), or be shown in a preview only (not active).
 */

export class Sight {
  visible = true;
  /** Whether it is on the program; null: nobody has said. */
  active: boolean | null = null;
  private readonly changed: (() => void)[] = [];

  constructor(private readonly page: Window = window) {
    page.document.addEventListener("visibilitychange", () => this.look());
    page.addEventListener("obsSourceVisibleChanged", (event) => {
      this.source = told(event, "visible") ?? true;
      this.look();
    });
    page.addEventListener("obsSourceActiveChanged", (event) => {
      this.active = told(event, "active") ?? null;
      this.tell();
    });
    this.visible = this.isVisible();
  }

  private source = true;

  /** Whether a viewer may see it: drawn, and not in a preview alone. */
  get seen(): boolean {
    return this.visible && this.active !== false;
  }

  get isObs(): boolean {
    return "obsstudio" in this.page;
  }

  onChange(listener: () => void): void {
    this.changed.push(listener);
  }

  private look(): void {
    if (this.visible === this.isVisible()) return;
    this.visible = this.isVisible();
    this.tell();
  }

  private isVisible(): boolean {
    return this.source && this.page.document.visibilityState !== "hidden";
  }

  private tell(): void {
    this.changed.forEach((listener) => listener());
  }
}

function told(event: Event, name: string): boolean | undefined {
  const detail = (event as CustomEvent<Record<string, unknown> | null>).detail;
  const value = detail?.[name];
  return typeof value === "boolean" ? value : undefined;
}
