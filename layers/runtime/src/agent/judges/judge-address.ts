import { BlockList, isIP } from 'node:net'

// Networks that a request from outside has no business to reach (IANA special-purpose address registries).
const inner4 = (
  [
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ] as const
).map(([network, prefix]) => ({ network: numberOf(network), shift: 32 - prefix }))

const inner6 = new BlockList()
for (const [network, prefix] of [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  inner6.addSubnet(network, prefix, 'ipv6')
}

/** An IPv4 address as a number. Node's own list makes an object outside of the heap for each question. */
function numberOf(address: string): number {
  let number = 0
  for (const part of address.split('.')) number = number * 256 + Number(part)
  return number
}

function isInner4(number: number): boolean {
  return inner4.some(({ network, shift }) => number >>> shift === network >>> shift)
}

/** The IPv4 address inside a mapped IPv6 address (RFC 4291, section 2.5.5.2), in both of its spellings. */
function mappedNumber(address: string): number | undefined {
  const [, dotted, high = '', low = ''] =
    /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i.exec(address) ?? []
  if (dotted !== undefined) return numberOf(dotted)
  return high === '' ? undefined : Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16)
}

const innerNames = /^(?:localhost|.*\.localhost|.*\.internal|.*\.local|metadata)$/i

const maxHosts = 1_000
const known = new Map<string, boolean>()

/** True for loopback, private, link-local, metadata and other special addresses, and for names that mean them. */
export function isInner(host: string): boolean {
  let answer = known.get(host)
  if (answer === undefined) {
    answer = readHost(host)
    if (known.size >= maxHosts) known.clear()
    known.set(host, answer)
  }
  return answer
}

function readHost(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
  const family = isIP(name)
  if (family === 0) return innerNames.test(name)
  const number = family === 4 ? numberOf(name) : mappedNumber(name)
  return number === undefined ? inner6.check(name, 'ipv6') : isInner4(number)
}

/** An outgoing connection as a client is about to make it. */
export interface Outgoing {
  /** Host as the URL parser writes it (decimal and octal addresses resolved). */
  readonly host: string
  /** Port, or empty for the scheme's own. */
  readonly port: string
}

const longestTarget = 2_048
// An address with a scheme, without one, or a host alone, perhaps with port and path. Behind an `@` it takes the place of a
// host that was put in front; a port or a path tells it from a mail address.
const likeTarget =
  /^(?:[a-z][a-z0-9+.-]*:)?\/\/|^[\w.-]+(?::\d+)?(?:[/?#]|$)|^\[[0-9a-f:.]+\]|^[^/?#\s@]*@[\w.-]+(?::\d+|[/?#])/i

// A word alone names a host of its own spelling; numbers do not (2130706433 is an address).
const word = /^[a-z_-][\w-]*$/i

function targetOf(text: string): Outgoing | undefined {
  const form = text.startsWith('//') ? `http:${text}` : text.includes('://') ? text : `http://${text}`
  if (!URL.canParse(form)) return undefined
  const url = new URL(form)
  return { host: url.hostname.toLowerCase(), port: url.port }
}

/** Hosts that inputs name, in whatever spelling: `host:port`, or `host` alone where no port is named. */
export function hostsChosenBy(inputs: Iterable<string>, except: readonly string[] = []): ReadonlySet<string> {
  const hosts = new Set<string>()
  for (const input of inputs) {
    if (word.test(input)) {
      if (!except.includes(input)) hosts.add(input.toLowerCase())
      continue
    }
    if (input.length > longestTarget || !likeTarget.test(input) || except.includes(input)) continue
    const target = targetOf(input)
    if (target === undefined || target.host === '') continue
    hosts.add(target.port === '' ? target.host : `${target.host}:${target.port}`)
  }
  return hosts
}

const shortestBeginning = 3

/** Does an input name the scheme and the beginning of a host, whose rest was appended? */
export function beginsHost(inputs: Iterable<string>, { host, port }: Outgoing): boolean {
  const whole = `${host}:${port}`.toLowerCase()
  for (const input of inputs) {
    if (!input.startsWith('http') || input.length > whole.length + 8) continue
    const beginning = /^https?:\/\/([^/?#]+)$/i.exec(input)?.[1]?.toLowerCase()
    if (beginning !== undefined && beginning.length >= shortestBeginning && whole.startsWith(beginning))
      return true
  }
  return false
}
