import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { findImporter, importDraft, ImportError } from '@sevenfold/collector/importers'
import type { ImportContext } from '@sevenfold/collector/importers'
import { createRedactor, uuidV7 } from '@sevenfold/event'
import { exitCodes } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { inputLines } from '../waf/input-lines.ts'

/** Maps each line and prints the event that it becomes. Resolves to 1 when a line could not be read. */
export async function runMap(call: Call, format: string): Promise<number> {
  const [file] = call.words
  const input = file === undefined ? call.io.input() : createReadStream(file)
  const read = findImporter(format)?.open() ?? (() => undefined)
  const context: ImportContext = {
    source: file ?? 'input',
    now: () => Date.now(),
    newId: uuidV7,
    // A key for this run alone: the hashes of secrets link within its output, and with nothing else.
    redactor: createRedactor(randomBytes(32)),
  }
  let [number, faulty] = [0, 0]
  for await (const line of inputLines(input)) {
    number += 1
    try {
      const imported = read(line)
      if (imported !== undefined) call.io.out(JSON.stringify(importDraft(imported, context)))
    } catch (error) {
      if (!(error instanceof ImportError)) throw error
      faulty += 1
      call.io.out(JSON.stringify({ line: number, error: error.message }))
    }
  }
  call.io.note(`${number} lines read, ${faulty} not of the form`)
  return faulty === 0 ? exitCodes.ok : exitCodes.findings
}
