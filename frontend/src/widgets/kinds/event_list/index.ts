import type { Component } from "svelte";
import type { DisplayProps, WidgetModule } from "../../types";
import css from "./display.css?inline";
import Display from "./Display.svelte";

export default { Display: Display as unknown as Component<DisplayProps>, css } satisfies WidgetModule;
