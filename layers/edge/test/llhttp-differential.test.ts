import { Buffer } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { driveConnection } from './support/drive-connection.ts'
import { runLlhttp } from './support/llhttp.ts'
import type { LlhttpSeen } from './support/llhttp.ts'
import { mutate, randomOf } from './support/mutate.ts'
import type { Seen } from './support/drive-engine.ts'

const full = process.env['SEVENFOLD_CONFORMANCE'] === 'full'
const runs = Number(process.env['SEVENFOLD_FUZZ_RUNS'] ?? (full ? 10_000_000 : 30_000))
const seed = Number(process.env['SEVENFOLD_FUZZ_SEED'] ?? 20_260_101)

const corpus = (
  JSON.parse(readFileSync(new URL('../src/http/testdata/requests.json', import.meta.url), 'utf8')) as {
    raw: string
  }[]
)
  .map(({ raw }) => raw)
  .filter((raw) => raw.length < 2000)

/**
 * What we take and llhttp does not, with the reason. Everything else that we take, llhttp must take too, with the same
 * boundaries and bodies.
 */
const exceptions: readonly {
  readonly why: string
  applies(bytes: Buffer, seen: Seen, other: LlhttpSeen): boolean
}[] = [
  {
    why: 'after an upgrade request llhttp hands all further bytes over unread; we wait for the answer first',
    applies: (_bytes, seen) =>
      seen.requests.some(({ method }) => method === 'GET') && /upgrade/i.test(_bytes.toString('latin1')),
  },
  {
    why: 'after "Connection: close" or HTTP/1.0 we end the connection and throw away what follows; llhttp reports it as an error',
    applies: (_bytes, _seen, other) => other.error === 'HPE_CLOSED_CONNECTION',
  },
]

/** Lets ended connections be collected: their end is told in a later turn of the event loop. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function complete(seen: Pick<Seen, 'requests'>): Seen['requests'] {
  return seen.requests.filter((request) => request.complete)
}

/** Origin-form of a target as llhttp leaves it. */
function reduced(target: string): string {
  return target.replace(/^https?:\/\/[^/?]*/i, '').replace(/^(?!\/|\*)/, '/')
}

/** Why the two disagree, or null. */
function disagreement(bytes: Buffer): string | null {
  const seen = driveConnection([bytes])
  const ours = complete(seen)
  if (ours.length === 0) return null
  const other = runLlhttp(bytes)
  if (exceptions.some(({ applies }) => applies(bytes, seen, other))) return null
  const theirs = complete(other)
  for (const [index, request] of ours.entries()) {
    const match = theirs[index]
    if (match === undefined) return `request ${index} is not taken by llhttp (${other.error})`
    if (match.method !== request.method) return `method ${request.method} is ${match.method} for llhttp`
    if (reduced(match.target) !== request.target)
      return `target ${request.target} is ${match.target} for llhttp`
    if (match.body !== request.body) return `body of request ${index} differs`
  }
  return null
}

describe('differential test against llhttp', () => {
  it('takes nothing from the vectors that llhttp refuses', () => {
    for (const raw of corpus) expect(disagreement(Buffer.from(raw, 'latin1')), JSON.stringify(raw)).toBeNull()
  })

  it(
    `takes nothing that llhttp refuses in ${runs} mutated messages (seed ${seed})`,
    { timeout: 3_600_000 },
    async () => {
      const random = randomOf(seed)
      let taken = 0
      for (let run = 0; run < runs; run += 1) {
        if (run % 2000 === 0) await breathe()
        const bytes = mutate(corpus, random)
        const why = disagreement(bytes)
        if (why !== null) expect.fail(`${why}: ${JSON.stringify(bytes.toString('latin1'))}`)
        if (driveConnection([bytes]).requests.length > 0) taken += 1
      }
      // A test whose inputs are all refused would prove nothing.
      expect(taken).toBeGreaterThan(runs / 50)
    },
  )

  it(
    'gives the same result for a mutated message whole and byte by byte',
    { timeout: 3_600_000 },
    async () => {
      const random = randomOf(seed + 1)
      for (let run = 0; run < runs / 20; run += 1) {
        if (run % 2000 === 0) await breathe()
        const bytes = mutate(corpus, random)
        const whole = driveConnection([bytes])
        const single = driveConnection(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)))
        expect(complete(single), JSON.stringify(bytes.toString('latin1'))).toEqual(complete(whole))
        expect(single.refusals, JSON.stringify(bytes.toString('latin1'))).toEqual(whole.refusals)
      }
    },
  )
})
