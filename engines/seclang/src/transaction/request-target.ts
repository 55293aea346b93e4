import { decodeUrlText } from '../bodies/url-encoded.ts'

/** Parts of a request target. */
export interface RequestTarget {
  /** Path with query, without scheme and host. */
  readonly uri: string
  /** Path alone, percent-decoded. */
  readonly fileName: string
  /** Path after its last slash. */
  readonly baseName: string
  readonly query: string
}

/**
 * Splits a request target (RFC 9112, 3.2). The path is percent-decoded, as in the peers; `decoded` gives the uri
 * decoded too, as libmodsecurity 3 does.
 */
export function splitTarget(target: string, decoded: boolean): RequestTarget {
  const local = withoutAuthority(target)
  const hash = local.indexOf('#')
  const bare = hash < 0 ? local : local.slice(0, hash)
  const mark = bare.indexOf('?')
  const path = mark < 0 ? bare : bare.slice(0, mark)
  const fileName = decodePercent(path)
  const uri = decoded ? decodePercent(bare) : local
  return {
    uri,
    fileName,
    baseName: fileName.slice(Math.max(fileName.lastIndexOf('/'), fileName.lastIndexOf('\\')) + 1),
    query: mark < 0 ? '' : bare.slice(mark + 1),
  }
}

function withoutAuthority(target: string): string {
  if (target.startsWith('/')) return target
  const match = /^[A-Za-z][-+.A-Za-z0-9]*:\/\/[^/?#]*/.exec(target)
  if (match === null) return target
  const rest = target.slice(match[0].length)
  return rest.startsWith('/') ? rest : `/${rest}`
}

// A plus sign is a plus sign in a path.
function decodePercent(text: string): string {
  if (!text.includes('%')) return text
  return text
    .split('+')
    .map((piece) => decodeUrlText(piece, { invalid: false }))
    .join('+')
}
