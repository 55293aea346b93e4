import type { Inspector } from '@sevenfold/event'
import { BanTable } from '../ban/ban-table.ts'
import { defaultHttpLimits } from '../http/limits.ts'
import { parseRequestHead } from '../http/parse-request-head.ts'
import { InspectionRun } from '../pipeline/inspection-run.ts'
import type { Outcome } from '../pipeline/inspection-run.ts'

/** What a self-test of a worker found. */
export interface WorkerTest {
  readonly ok: boolean
  readonly details: Readonly<Record<string, unknown>>
}

const attack = "/?id=1'%20UNION%20SELECT%20password%20FROM%20users--%20-"
const innocent = '/?id=1'
const bounds = { inspectionSteps: 5_000_000, inspectionSliceMs: 50 }

function judge(inspector: Inspector, target: string): Promise<Outcome> {
  const run = new InspectionRun(
    inspector,
    {
      clientAddress: '192.0.2.1',
      clientPort: 1,
      serverAddress: '192.0.2.2',
      serverPort: 80,
      tls: false,
      requestId: 'selftest',
      startedAtMs: 0,
    },
    bounds,
  )
  const headers = ['Host', 'selftest.example', 'User-Agent', 'sevenfold-selftest', 'Accept', '*/*']
  return new Promise((resolve) => {
    const end = (outcome: Outcome): void => {
      run.close()
      resolve(outcome)
    }
    run.step(
      (inspection) =>
        inspection.requestHead({ kind: 'request', method: 'GET', target, version: '1.1', headers }),
      (outcome) =>
        outcome.kind === 'pass' || outcome.kind === 'more'
          ? run.step((inspection) => inspection.requestEnd(), end)
          : end(outcome),
    )
  })
}

function banTableWorks(): boolean {
  const table = new BanTable(1)
  const entry = { kind: 'ban', until: 2, decision: 1, scenario: 'selftest', origin: 'selftest' } as const
  table.set({ ...entry, value: '192.0.2.0/24' })
  return table.lookup('192.0.2.7', 1)?.kind === 'ban' && table.lookup('198.51.100.1', 1) === null
}

function parserWorks(): boolean {
  const head = parseRequestHead('GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n', defaultHttpLimits)
  return 'refused' in head
}

/** Proves that a worker judges: a known attack is stopped, an innocent request is not. */
export async function testWorker(inspector: Inspector | null): Promise<WorkerTest> {
  const details: Record<string, unknown> = { bans: banTableWorks(), framing: parserWorks() }
  if (inspector !== null) {
    const stopped = await judge(inspector, attack)
    const passed = await judge(inspector, innocent)
    details['attackStopped'] =
      stopped.kind === 'deny' || stopped.kind === 'drop' || stopped.kind === 'redirect'
    details['innocentPassed'] = passed.kind === 'pass' || passed.kind === 'more'
  }
  return { ok: Object.values(details).every((value) => value === true), details }
}

/** Proves that a worker judges with each of its rule sets. */
export async function testWorkers(inspectors: readonly Inspector[]): Promise<WorkerTest> {
  if (inspectors.length === 0) return await testWorker(null)
  const tests = await Promise.all(inspectors.map(testWorker))
  return tests.find(({ ok }) => !ok) ?? tests[0] ?? { ok: false, details: {} }
}
