/** Every kind of widget, loaded when one stands on the page. A kind is a folder; the same in `cuelight/widgets/kinds/`. */

import type { WidgetModule } from "../types";

const kinds = import.meta.glob<{ default: WidgetModule }>("./*/index.ts");

/** Undefined for one that this page does not know: a newer server has it, and the page will load itself anew. */
export async function loadWidget(type: string): Promise<WidgetModule | undefined> {
  return (await kinds[`./${type}/index.ts`]?.())?.default;
}
