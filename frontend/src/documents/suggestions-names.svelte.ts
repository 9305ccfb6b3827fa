/** Who somebody is by their id: who is here says so, of others the document's history is asked once. */

interface Known {
  id: number | null;
  name: string;
}

export class Names {
  private asked = $state.raw(new Map<number, string>());
  private heard = new Map<number, string>();
  private isAsking = false;

  constructor(private readonly options: { person: { id: number; name: string }; page: string | undefined }) {}

  /** Those who have the document open. */
  hear(people: readonly { user_id: number | null; name: string }[]): void {
    for (const { user_id, name } of people) if (user_id !== null) this.heard.set(user_id, name);
  }

  of(id: number): string {
    const { person } = this.options;
    if (id === person.id) return "You";
    const name = this.asked.get(id) ?? this.heard.get(id);
    if (name === undefined) void this.ask();
    return name ?? "Somebody";
  }

  private async ask(): Promise<void> {
    const { page } = this.options;
    if (this.isAsking || !page) return;
    this.isAsking = true;
    try {
      const answer = await fetch(`${page}/history/versions`, { headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) return;
      const { authors } = (await answer.json()) as { authors: Known[] };
      this.asked = new Map(authors.flatMap(({ id, name }) => (id === null ? [] : [[id, name] as const])));
    } catch {
      // Without names there are suggestions all the same.
    }
  }
}
