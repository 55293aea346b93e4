// Crawlers of the fixtures before the step that judges them: how many genuine ones are challenged, how many impostors
// get in. The name servers answer what the fixture says.
import { readFileSync } from 'node:fs'
import { AgentClasses } from '../../layers/edge/src/bots/agent-class.ts'
import { CrawlerVerifier } from '../../layers/edge/src/bots/crawler-verifier.ts'

interface Fixture {
  readonly agent: string
  readonly address: string
  readonly names: readonly string[]
  readonly forward: readonly string[]
}

const fixtures = JSON.parse(
  readFileSync(new URL('../../layers/edge/src/bots/testdata/crawlers.json', import.meta.url), 'utf8'),
) as Readonly<Record<'genuine' | 'spoofed', readonly Fixture[]>>

const notFound = (): Error => Object.assign(new Error('not found'), { code: 'ENOTFOUND' })

async function judge({ agent, address, names, forward }: Fixture): Promise<string> {
  const found = new AgentClasses().of(agent)
  if (found.kind !== 'crawler') return found.kind
  const lookup = {
    reverse: () => (names.length === 0 ? Promise.reject(notFound()) : Promise.resolve(names)),
    addresses: (name: string) =>
      names.includes(name) ? Promise.resolve(forward) : Promise.reject(notFound()),
  }
  return new CrawlerVerifier({ lookup, ranges: new Map(), monotonicMs: () => 0 }).verify(
    found.crawler,
    address,
  )
}

const genuine = await Promise.all(fixtures.genuine.map(judge))
const spoofed = await Promise.all(fixtures.spoofed.map(judge))
const challenged = genuine.filter((verdict) => verdict !== 'verified').length
const caught = spoofed.filter((verdict) => verdict === 'spoofed').length
const holds = challenged === 0 && genuine.length >= 200 && caught === spoofed.length
console.log(
  `crawlers: ${challenged} of ${genuine.length} genuine ones not let in, ${caught} of ${spoofed.length} impostors caught; limit 0 and all: ${holds ? 'holds' : 'OVER'}`,
)
if (!holds) process.exitCode = 1
