import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { evaluateUnitCase } from '@sevenfold/seclang/tools'
import type { UnitAnswer, UnitCase } from '@sevenfold/seclang/tools'
import { resolve } from 'node:path'
import { exitCodes } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { inputLines } from './input-lines.ts'
import { ruleFiles } from './rule-texts.ts'

const limits = { maxTextLength: 33_554_432, maxDepth: 4, maxNodes: 100, maxStringLength: 33_554_432 }

function byteString(object: JsonObject, key: string): string | undefined {
  const value = object[key]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw new Error(`${key} must be text`)
  for (let index = 0; index < value.length; index += 1) {
    if (value.charCodeAt(index) > 0xff) throw new Error(`${key} must be a byte string: one character a byte`)
  }
  return value
}

function readCase(line: string): UnitCase {
  const parsed = parseBoundedJson(line, limits)
  if (!parsed.ok) throw new Error(parsed.message)
  if (!isJsonObject(parsed.value)) throw new Error('a line must be an object')
  const object = parsed.value
  const input = byteString(object, 'input')
  // The published unit cases of the rule language call it type.
  const kind = object['kind'] ?? object['type']
  switch (kind) {
    case 'sqli':
    case 'xss':
      return { kind, input }
    case 'tfn':
      return { kind: 'tfn', name: byteString(object, 'name') ?? '', input }
    case 'op':
      return { kind: 'op', name: byteString(object, 'name') ?? '', param: byteString(object, 'param'), input }
    default:
      throw new Error('kind must be op, tfn, sqli or xss')
  }
}

/** Answers unit cases line by line, in order. Resolves to 1 when a line could not be read. */
export async function runUnit(call: Call): Promise<number> {
  const folder = resolve(call.io.cwd, call.text('files') ?? '.')
  const context = {
    regex: { multiline: call.text('dialect') === 'libmodsecurity3' },
    readDataFile: (path: string): string => ruleFiles.read(resolve(folder, path)),
    from: resolve(folder, 'unit.conf'),
  }
  let [answered, faulty] = [0, 0]
  for await (const line of inputLines(call.io.input())) {
    let answer: UnitAnswer | { error: string }
    try {
      answer = evaluateUnitCase(readCase(line), context)
      answered += 1
    } catch (error) {
      answer = { error: error instanceof Error ? error.message : String(error) }
      faulty += 1
    }
    call.io.out(JSON.stringify(answer))
  }
  call.io.note(`${answered} answered, ${faulty} unreadable`)
  return faulty === 0 ? exitCodes.ok : exitCodes.findings
}
