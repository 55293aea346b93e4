import { createSeclangInspector } from '@sevenfold/seclang'
import { evaluateRequest } from '@sevenfold/seclang/tools'
import { exitCodes } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { inputLines } from './input-lines.ts'
import { loadRules } from './load-rules.ts'
import { idOf, readSample } from './sample.ts'

const progressEvery = 10_000

/** One question in, one answer out, in order; totals on standard error. Resolves to 1 when a line could not be read. */
export async function runEval(call: Call): Promise<number> {
  const inspector = createSeclangInspector(loadRules(call, 'block'))
  const totals = { pass: 0, block: 0, faulty: 0 }
  let number = 0
  for await (const line of inputLines(call.io.input())) {
    number += 1
    try {
      const sample = readSample(line)
      const begun = performance.now()
      const judged = evaluateRequest(sample.request, inspector)
      const micros = Math.round((performance.now() - begun) * 1000)
      totals[judged.verdict] += 1
      call.io.out(JSON.stringify({ ...judged, id: sample.id, micros }))
    } catch (error) {
      totals.faulty += 1
      const message = error instanceof Error ? error.message : String(error)
      call.io.out(JSON.stringify({ id: idOf(line), request: number, error: message }))
    }
    const done = totals.pass + totals.block + totals.faulty
    if (done % progressEvery === 0) call.io.note(`${done} requests`)
  }
  call.io.note(`${totals.pass} passed, ${totals.block} blocked, ${totals.faulty} unreadable`)
  return totals.faulty === 0 ? exitCodes.ok : exitCodes.findings
}
