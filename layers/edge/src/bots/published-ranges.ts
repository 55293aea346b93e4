import { isJsonObject } from '@sevenfold/event'
import { createNetworkSet } from '../address/client-address.ts'
import type { NetworkSet } from '../address/client-address.ts'
import { parseIpRange } from '../address/ip-words.ts'
import { EdgeError } from '../edge-error.ts'

/** Longest list that is read, characters. */
export const maxRangesLength = 4_194_304
/** Most networks of one list. */
export const maxRanges = 20_000

function fromJson(text: string): readonly string[] {
  const value: unknown = JSON.parse(text)
  const prefixes = isJsonObject(value) ? value['prefixes'] : value
  if (!Array.isArray(prefixes)) throw new EdgeError('EDGE_CONFIG_INVALID', 'no list of prefixes')
  return prefixes.map((entry: unknown) => {
    if (typeof entry === 'string') return entry
    const network = isJsonObject(entry)
      ? (entry['ipv4Prefix'] ?? entry['ipv6Prefix'] ?? entry['prefix'])
      : undefined
    return typeof network === 'string' ? network : ''
  })
}

/**
 * Reads the published ranges of a crawler: JSON in the form of the search engines (`prefixes` with `ipv4Prefix` and
 * `ipv6Prefix`), or one network a line with `#` for remarks.
 * @throws EdgeError EDGE_CONFIG_INVALID.
 */
export function publishedRanges(text: string, name: string): NetworkSet {
  if (text.length > maxRangesLength)
    throw new EdgeError('EDGE_CONFIG_INVALID', `${name}: longer than ${maxRangesLength} characters`)
  const isJson = /^\s*[{[]/.test(text)
  const networks = isJson
    ? fromJson(text)
    : text
        .split('\n')
        .map((line) => line.replace(/#.*$/, '').trim())
        .filter((line) => line !== '')
  if (networks.length > maxRanges)
    throw new EdgeError('EDGE_CONFIG_INVALID', `${name}: more than ${maxRanges} networks`)
  const wrong = networks.find((network) => parseIpRange(network) === null)
  if (wrong !== undefined)
    throw new EdgeError('EDGE_CONFIG_INVALID', `${name}: not a network: ${wrong.slice(0, 60)}`)
  return createNetworkSet(networks)
}
