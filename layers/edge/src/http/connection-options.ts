/** What a Connection header says (RFC 9110 section 7.6.1). */
export interface ConnectionOptions {
  readonly close: boolean
  readonly keepAlive: boolean
  readonly upgrade: boolean
  /** Lower-case names of further headers that belong to this hop only. */
  readonly nominated: readonly string[]
}

const none: readonly string[] = []
const common: ReadonlyMap<string, ConnectionOptions> = new Map([
  ['close', { close: true, keepAlive: false, upgrade: false, nominated: none }],
  ['keep-alive', { close: false, keepAlive: true, upgrade: false, nominated: none }],
  ['Keep-Alive', { close: false, keepAlive: true, upgrade: false, nominated: none }],
  ['Upgrade', { close: false, keepAlive: false, upgrade: true, nominated: none }],
])
const own = new Set(['close', 'keep-alive', 'upgrade', 'te', ''])

/** Reads the value of all Connection headers, joined by commas. */
export function parseConnection(value: string): ConnectionOptions {
  const known = common.get(value)
  if (known !== undefined) return known
  const options = value.split(',').map((option) => option.trim().toLowerCase())
  return {
    close: options.includes('close'),
    keepAlive: options.includes('keep-alive'),
    upgrade: options.includes('upgrade'),
    nominated: options.filter((option) => !own.has(option)),
  }
}

/** Removes the lines of the nominated headers from header lines in normal form. */
export function withoutNominated(fields: string, nominated: readonly string[]): string {
  const names = new Set(nominated)
  return fields
    .split('\r\n')
    .filter((line) => line !== '' && !names.has(line.slice(0, line.indexOf(':')).toLowerCase()))
    .map((line) => `${line}\r\n`)
    .join('')
}
