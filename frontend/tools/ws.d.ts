/** What the tools use of the package, which brings no types. */
declare module "ws" {
  interface Options {
    headers?: Record<string, string>;
    origin?: string;
  }
  export default class Socket extends WebSocket {
    constructor(address: string | URL, protocols?: string | string[], options?: Options);
    on(event: "close" | "error", listener: () => void): this;
    terminate(): void;
  }
}
