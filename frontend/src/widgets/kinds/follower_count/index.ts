import type { Component } from "svelte";
import countCss from "../../parts/count.css?inline";
import partsCss from "../../parts/parts.css?inline";
import type { DisplayProps, WidgetModule } from "../../types";
import Display from "./Display.svelte";

export default {
  Display: Display as unknown as Component<DisplayProps>,
  css: partsCss + countCss,
} satisfies WidgetModule;
