/** Header fields as Node's HTTP/2 takes them. */
export type Http2Fields = Record<string, string | string[] | number>

/** Of a connection of HTTP/1.1 (RFC 9113 section 8.2.2): Node throws on them. */
const ofConnection: ReadonlySet<string> = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
])
/** Fields whose lines cannot be joined (RFC 9110 section 5.3, RFC 9113 section 8.2.3). */
const ofLines: ReadonlySet<string> = new Set(['set-cookie', 'cookie'])

/** An empty list without a prototype: `constructor` is a name like any other. */
export function newFields(): Http2Fields {
  return Object.create(null) as Http2Fields
}

/**
 * Adds a line. Node throws when one of the fields that may stand once only comes as a list, and services do send them
 * twice: equal lines become one, others are joined as RFC 9110 section 5.3 allows.
 * @param name lower case.
 */
export function addField(fields: Http2Fields, name: string, value: string): void {
  if (ofConnection.has(name)) return
  const before = fields[name]
  if (before === undefined) fields[name] = value
  else if (ofLines.has(name)) fields[name] = [...(Array.isArray(before) ? before : [String(before)]), value]
  else if (before !== value) fields[name] = `${String(before)}, ${value}`
}
