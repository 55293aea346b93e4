import type { NetworkSet } from '../address/client-address.ts'
import { parseIpInto } from '../address/ip-words.ts'
import type { Crawler } from './crawlers.ts'
import type { NameLookup } from './name-lookup.ts'

/**
 * What is known of a client that says it is a crawler. `unknown`: the name servers did not answer; that is our trouble,
 * not the crawler's.
 */
export type CrawlerProof = 'verified' | 'spoofed' | 'unknown'

/** What a verifier works with. */
export interface CrawlerVerifierOptions {
  readonly lookup: NameLookup
  /** Published ranges by name of the crawler. */
  readonly ranges: ReadonlyMap<string, NetworkSet>
  readonly monotonicMs: () => number
}

/** How long an answer holds, milliseconds. */
export const proofMs: Readonly<Record<CrawlerProof, number>> = {
  verified: 24 * 3_600_000,
  spoofed: 3_600_000,
  unknown: 60_000,
}
/** Most remembered answers. */
export const maxProofs = 20_000
/** Most questions at a time; a client that comes while all are busy is unknown. */
export const maxLookups = 64
/** Names of one address that are looked at. */
const maxNames = 8

interface Proof {
  readonly proof: CrawlerProof
  readonly until: number
}

const absent = new Set(['ENOTFOUND', 'ENODATA'])

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && absent.has(error.code)
}

function sameAddress(left: string, right: string): boolean {
  const a = new Uint32Array(4)
  const b = new Uint32Array(4)
  return parseIpInto(left, a) && parseIpInto(right, b) && a.every((word, index) => word === b[index])
}

/**
 * Finds out whether a crawler is one: by its published ranges, or by a name that its address leads back to, under a
 * domain of the operator, and that leads to the address again. The second half is what an impostor cannot fake: the
 * names of his own addresses he can choose as he likes. Answers are remembered; questions are asked beside the request.
 */
export class CrawlerVerifier {
  private readonly options: CrawlerVerifierOptions
  private readonly proofs = new Map<string, Proof>()
  private readonly asking = new Map<string, Promise<CrawlerProof>>()

  constructor(options: CrawlerVerifierOptions) {
    this.options = options
  }

  /** The answer, when it is known; else a promise of it, which never rejects. */
  verify(crawler: Crawler, address: string): CrawlerProof | Promise<CrawlerProof> {
    const key = `${crawler.name} ${address}`
    const known = this.proofs.get(key)
    if (known !== undefined && known.until > this.options.monotonicMs()) return known.proof
    const ranges = this.options.ranges.get(crawler.name)
    if (ranges !== undefined) return this.remember(key, ranges.has(address) ? 'verified' : 'spoofed')
    if (crawler.domains.length === 0) return 'unknown'
    const running = this.asking.get(key)
    if (running !== undefined) return running
    if (this.asking.size >= maxLookups) return 'unknown'
    const asked = this.ask(crawler, address).then((proof) => this.remember(key, proof))
    this.asking.set(key, asked)
    return asked
  }

  private async ask(crawler: Crawler, address: string): Promise<CrawlerProof> {
    try {
      const names = await this.options.lookup.reverse(address)
      const own = names.slice(0, maxNames).filter((name) => isUnder(name, crawler.domains))
      for (const name of own) {
        const back = await this.options.lookup.addresses(name)
        if (back.some((candidate) => sameAddress(candidate, address))) return 'verified'
      }
      return 'spoofed'
    } catch (error) {
      return isAbsent(error) ? 'spoofed' : 'unknown'
    }
  }

  private remember(key: string, proof: CrawlerProof): CrawlerProof {
    this.asking.delete(key)
    if (this.proofs.size >= maxProofs) this.proofs.clear()
    this.proofs.set(key, { proof, until: this.options.monotonicMs() + proofMs[proof] })
    return proof
  }
}

function isUnder(name: string, domains: readonly string[]): boolean {
  const lower = name.toLowerCase().replace(/\.$/, '')
  return domains.some((domain) => lower.endsWith(`.${domain}`))
}
