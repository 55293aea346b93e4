import { foldName } from './byte-class.ts'

/** What a header name means to a gateway; everything else is `other` and passes through. */
export const headerKind = {
  other: 0,
  host: 1,
  contentLength: 2,
  transferEncoding: 3,
  connection: 4,
  /** Hop-by-hop without meaning to us (RFC 9110 section 7.6.1): removed. */
  removed: 5,
  upgrade: 6,
  expect: 7,
  contentType: 8,
  userAgent: 9,
  referer: 10,
  forwardedFor: 11,
  canary: 12,
  keepAlive: 13,
  /** What a client says of where it comes from or where it wants to go: removed and reported. */
  claim: 14,
} as const

/** One of the values of `headerKind`. */
export type HeaderKind = (typeof headerKind)[keyof typeof headerKind]

// Forwarding claims are removed in every spelling and written anew: whoever believes them believes the client.
const names: readonly (readonly [string, HeaderKind])[] = [
  ['host', headerKind.host],
  ['content-length', headerKind.contentLength],
  ['transfer-encoding', headerKind.transferEncoding],
  ['connection', headerKind.connection],
  ['keep-alive', headerKind.keepAlive],
  ['proxy-connection', headerKind.removed],
  // CGI hands it to programs as HTTP_PROXY, which many of them take for their own proxy (CVE-2016-5385).
  ['proxy', headerKind.removed],
  ['te', headerKind.removed],
  ['trailer', headerKind.removed],
  ['upgrade', headerKind.upgrade],
  ['expect', headerKind.expect],
  ['content-type', headerKind.contentType],
  ['user-agent', headerKind.userAgent],
  ['referer', headerKind.referer],
  ['x-forwarded-for', headerKind.forwardedFor],
  ['x-sevenfold-canary', headerKind.canary],
  ['forwarded', headerKind.claim],
  ['x-real-ip', headerKind.claim],
  ['x-client-ip', headerKind.claim],
  ['x-cluster-client-ip', headerKind.claim],
  ['client-ip', headerKind.claim],
  ['cf-connecting-ip', headerKind.claim],
  ['true-client-ip', headerKind.claim],
  ['fastly-client-ip', headerKind.claim],
  ['cf-connecting-ipv6', headerKind.claim],
  ['fly-client-ip', headerKind.claim],
  ['proxy-client-ip', headerKind.claim],
  ['wl-proxy-client-ip', headerKind.claim],
  ['x-appengine-user-ip', headerKind.claim],
  ['x-azure-clientip', headerKind.claim],
  ['x-envoy-external-address', headerKind.claim],
  ['x-original-forwarded-for', headerKind.claim],
  ['x-originating-ip', headerKind.claim],
  ['x-proxyuser-ip', headerKind.claim],
  ['x-remote-addr', headerKind.claim],
  ['x-remote-ip', headerKind.claim],
  ['x-original-url', headerKind.claim],
  ['x-rewrite-url', headerKind.claim],
  ['x-original-host', headerKind.claim],
  ['x-host', headerKind.claim],
  ['x-http-host-override', headerKind.claim],
  ['x-request-id', headerKind.removed],
]
const removedPrefixes = [
  ['x-forwarded-', headerKind.claim],
  ['x-sevenfold-', headerKind.removed],
] as const

interface Entry {
  readonly name: string
  readonly kind: HeaderKind
}

// Slot by length and first letter: most names of real requests fall into empty slots and cost one look-up.
const slots: (readonly Entry[] | undefined)[] = Array.from({ length: 64 * 32 })
for (const [name, kind] of names) {
  const slot = name.length * 32 + (name.charCodeAt(0) & 31)
  slots[slot] = [...(slots[slot] ?? []), { name, kind }]
}

function sameName(text: string, start: number, name: string): boolean {
  for (let i = 0; i < name.length; i += 1) {
    if (foldName[text.charCodeAt(start + i)] !== name.charCodeAt(i)) return false
  }
  return true
}

const letterX = 0x18 // 'x' & 31

/**
 * Recognises the header name at `text[start, end)` whatever its case, with `_` and `.` read as `-` (CGI-style upstreams
 * see them as one). Hot: one call a header line, guarded by bench/edge.
 */
export function headerKindOf(text: string, start: number, end: number): HeaderKind {
  const length = end - start
  if (length >= 64) return headerKind.other
  const letter = text.charCodeAt(start) & 31
  const entries = slots[length * 32 + letter]
  if (entries !== undefined) {
    for (const entry of entries) if (sameName(text, start, entry.name)) return entry.kind
  }
  if (letter === letterX && length > 12) {
    for (const [prefix, kind] of removedPrefixes) {
      if (length > prefix.length && sameName(text, start, prefix)) return kind
    }
  }
  return headerKind.other
}
