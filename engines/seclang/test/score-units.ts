import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OperatorContext } from '../src/operators/operator.ts'
import { evaluateUnitCase, type UnitAnswer } from '../src/operators/unit-case.ts'

/** How many cases of one group were right, wrong, or not implemented. */
export interface UnitScore {
  pass: number
  fail: number
  skip: number
}

/** Scores by group, and the first wrong answers. */
export interface UnitReport {
  readonly groups: ReadonlyMap<string, UnitScore>
  readonly wrong: readonly string[]
}

interface CaseFile {
  readonly name: string
  readonly param?: string
  readonly input?: string
  readonly output?: string
  readonly ret?: number
}

/**
 * Reads a case's text as the published harness does: UTF-8 bytes, cut at a NUL as C strings are,
 * then `\xHH` and `\uHHHH` in the text become bytes.
 */
function caseBytes(text: string): string {
  const bytes = Buffer.from(text.split('\0')[0] ?? '', 'utf8').toString('latin1')
  return bytes
    .replace(/\\x([0-9a-zA-Z]{2})/g, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16) || 0),
    )
    .replace(/\\u([0-9a-zA-Z]{4})/g, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16) & 0xff || 0),
    )
}

/** Undoes the URL encoding of a corpus line, `+` included. */
function lineBytes(line: string): string {
  return line
    .replaceAll('+', ' ')
    .replace(/%([0-9a-fA-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}

class Scores {
  readonly groups = new Map<string, UnitScore>()
  readonly wrong: string[] = []

  add(group: string, answer: UnitAnswer, right: boolean, what: string): void {
    const score = this.groups.get(group) ?? { pass: 0, fail: 0, skip: 0 }
    this.groups.set(group, score)
    if ('skip' in answer) score.skip++
    else if (right) score.pass++
    else {
      score.fail++
      if (this.wrong.length < 50) this.wrong.push(`${group}: ${what.slice(0, 200)}`)
    }
  }
}

function readCases(folder: string): CaseFile[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).flatMap(
    (file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as CaseFile[],
  )
}

function scoreUnitFolder(folder: string, context: OperatorContext, scores: Scores): void {
  for (const { name, param = '', input = '', ret } of readCases(join(folder, 'operators'))) {
    const answer = evaluateUnitCase({ kind: 'op', name, param, input: caseBytes(input) }, context)
    scores.add('operators', answer, 'ret' in answer && answer.ret === ret, `${name} ${param} ${input}`)
  }
  for (const { name, input = '', output = '' } of readCases(join(folder, 'transformations'))) {
    const answer = evaluateUnitCase({ kind: 'tfn', name, input: caseBytes(input) }, context)
    const right = 'output' in answer && answer.output === caseBytes(output)
    scores.add('transformations', answer, right, `${name} ${input}`)
  }
}

function scoreCorpus(folder: string, context: OperatorContext, scores: Scores): void {
  if (!existsSync(folder)) return
  for (const file of readdirSync(folder)) {
    const kind = file.startsWith('xss') ? 'xss' : 'sqli'
    const benign = file.startsWith('false')
    for (const line of readFileSync(join(folder, file), 'latin1').split('\n')) {
      if (line.trim() === '') continue
      const answer = evaluateUnitCase({ kind, input: lineBytes(line.trim()) }, context)
      const right = 'ret' in answer && answer.ret === (benign ? 0 : 1)
      scores.add(benign ? 'sqli lookalikes' : `${kind} corpus`, answer, right, line)
    }
  }
}

/** Scores the unit cases and corpora of a data folder with `unit/` and `libinjection/corpus/`. */
export function scoreUnits(folder: string, context: OperatorContext): UnitReport {
  const scores = new Scores()
  scoreUnitFolder(join(folder, 'unit'), context, scores)
  scoreCorpus(join(folder, 'libinjection', 'corpus'), context, scores)
  return scores
}
