import { createReadStream, existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { EvalRequest } from '@sevenfold/seclang/tools'
import { environmentError, usageError } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { inputLines } from './input-lines.ts'
import { readSample } from './sample.ts'

/** A request of a file of judged traffic. */
export interface JudgedSample {
  readonly request: EvalRequest
  /** What the line itself says; undefined when it says nothing. */
  readonly benign: boolean | undefined
}

const labelLimits = { maxTextLength: 33_554_432, maxDepth: 8, maxNodes: 200_000, maxStringLength: 33_554_432 }
const benignLabels = new Set(['benign', 'good', 'legitimate'])

/** `benign: true|false`, or `label: "benign"|"attack"|…`. */
function benignOf(line: string): boolean | undefined {
  const parsed = parseBoundedJson(line, labelLimits)
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  const { benign, label } = parsed.value
  if (typeof benign === 'boolean') return benign
  return typeof label === 'string' ? benignLabels.has(label.toLowerCase()) : undefined
}

/** Requests of a file in the form of waf eval, in order. @throws CliError with the line that cannot be read. */
export async function* sampleFile(call: Call, name: string): AsyncGenerator<JudgedSample, void> {
  const path = resolve(call.io.cwd, name)
  if (!existsSync(path)) throw usageError(`there is no file ${name}`, 'name a file with one request a line')
  let number = 0
  for await (const line of inputLines(createReadStream(path))) {
    number += 1
    let request: EvalRequest
    try {
      request = readSample(line).request
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      throw environmentError(`${name}, request ${number}: ${message}`, 'the form is that of waf eval', error)
    }
    yield { request, benign: benignOf(line) }
  }
}
