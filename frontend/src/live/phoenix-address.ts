/** Stands in for what the client asks over HTTP with: of that only the socket's address is ever made (`tools/builds.ts`). */

export default {
  appendParams(address: string, params: Record<string, string>): string {
    const query = String(new URLSearchParams(params));
    if (!query) return address;
    return `${address}${address.includes("?") ? "&" : "?"}${query}`;
  },
};
