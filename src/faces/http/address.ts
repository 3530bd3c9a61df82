/** `127.0.0.1:8420`, `[::1]:8420`: host and port as they stand in a URL. */
export function addressText(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
