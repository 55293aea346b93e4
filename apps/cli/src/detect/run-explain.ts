import { HubEngine } from '@sevenfold/behaviour'
import { exitCodes } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { inputLines } from '../waf/input-lines.ts'
import { explanationText } from './explanation-text.ts'
import { LineNotes } from './explain-line.ts'
import { chooseHub } from './choose-hub.ts'
import { noteProblems } from './note-problems.ts'

async function* linesOf(call: Call): AsyncGenerator<string> {
  if (call.words.length > 0) yield call.words.join(' ')
  else yield* inputLines(call.io.input())
}

/** Shows what each rule makes of a line. Resolves to 1 when no parser knows a line. */
export async function runExplain(call: Call): Promise<number> {
  const chosen = chooseHub(call)
  const notes = new LineNotes()
  const engine = new HubEngine(chosen.files, {
    clock: 'log',
    backend: chosen.backend,
    facilities: chosen.facilities,
    onOverflow: () => {},
    observer: notes.observer,
  })
  noteProblems(call, [...chosen.problems, ...engine.rules.problems])
  let unparsed = 0
  for await (const raw of linesOf(call)) {
    const explanation = notes.explain(raw, engine, () =>
      engine.takeLine({ raw, source: 'line', module: 'file', labels: chosen.labels }),
    )
    if (explanation.outcome === 'unparsed') unparsed += 1
    call.io.out(call.json ? JSON.stringify(explanation) : explanationText(explanation, call.flag('all')))
  }
  return unparsed === 0 ? exitCodes.ok : exitCodes.findings
}
