/** Header lines, each ended by CR LF, as names and values alternating. */
export function parseHeaderFields(fields: string): string[] {
  const list: string[] = []
  for (const line of fields.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) list.push(line.slice(0, colon), line.slice(colon + 1).trim())
  }
  return list
}
