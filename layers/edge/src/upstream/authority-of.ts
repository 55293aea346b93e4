/** `host:port`, IPv6 in brackets; the host alone for a service on a Unix socket, whose port is 0. */
export function authorityOf({ host, port }: { readonly host: string; readonly port: number }): string {
  const name = host.includes(':') ? `[${host}]` : host
  return port === 0 ? name : `${name}:${port}`
}
