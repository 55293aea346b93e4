import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Harness } from './harness.ts'
import { startVariant } from './start-variant.ts'

interface CaseRequest {
  readonly path: string
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

interface Case {
  readonly id: string
  readonly cls: string
  readonly req: CaseRequest | readonly CaseRequest[]
}

interface Cases {
  attacks(context: unknown): readonly Case[]
  benign(): readonly Case[]
}

// The harness's classes in our words.
const names: Readonly<Record<string, readonly string[]>> = {
  sqli: ['sql-injection'],
  nosqli: ['nosql-injection'],
  cmdi: ['command-injection'],
  path: ['path-traversal'],
  ssrf: ['ssrf'],
  code: ['code-injection'],
  ssti: ['template-injection', 'code-injection'],
  protopol: ['prototype-pollution'],
  deser: ['unsafe-deserialisation', 'code-injection'],
  xxe: ['xxe'],
  xss: ['xss'],
  redirect: ['open-redirect'],
  redos: ['regex-denial'],
  weak: ['weak-hash'],
}

/** What a traced run named. */
export interface Tracing {
  readonly attacks: number
  readonly named: number
  readonly missed: readonly string[]
  readonly benign: number
  /** Innocent requests in which a flow was named. */
  readonly wrong: readonly string[]
}

/** Runs every case with each request traced and compares the classes that are named with the right ones. */
export async function runTracing(harness: Harness): Promise<Tracing> {
  const cases = (await import(pathToFileURL(join(harness.folder, 'cases.mjs')).href)) as Cases
  const { port, stop } = await startVariant(harness, 'sevenfold-iast')
  const log = join(harness.folder, 'iast.log')
  const send = async ({ path, method, headers, body }: CaseRequest): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: method ?? 'GET',
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal: AbortSignal.timeout(15_000),
    })
    return answer.text()
  }
  const namedBy = async ({ req }: Case): Promise<ReadonlySet<string>> => {
    const before = statSync(log, { throwIfNoEntry: false })?.size ?? 0
    for (const request of [req].flat() as readonly CaseRequest[]) await send(request).catch(() => '')
    if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) === before) return new Set()
    const lines = readFileSync(log).subarray(before).toString('utf8').trim().split('\n')
    return new Set(lines.map((line) => (JSON.parse(line) as { readonly name: string }).name))
  }
  const context: unknown = JSON.parse(await send({ path: '/ports' }))
  const attacks = cases.attacks(context)
  const missed: string[] = []
  for (const one of attacks) {
    const found = await namedBy(one)
    if (!(names[one.cls] ?? []).some((name) => found.has(name)))
      missed.push(`${one.id} (${[...found].join(' ')})`)
  }
  const benign = cases.benign()
  const wrong: string[] = []
  for (const one of benign) {
    const found = await namedBy(one)
    if (found.size > 0) wrong.push(`${one.id} (${[...found].join(' ')})`)
  }
  await stop()
  return {
    attacks: attacks.length,
    named: attacks.length - missed.length,
    missed,
    benign: benign.length,
    wrong,
  }
}
