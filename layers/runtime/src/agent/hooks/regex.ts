import type { Agent } from '../agent.ts'
import { finding } from '../attack.ts'
import type { Finding } from '../attack.ts'
import { countSteps } from '../judges/count-steps.ts'
import { canExplode, mayExplode, readRegex } from '../lexers/regex-tree.ts'
import type { RegexNode } from '../lexers/regex-tree.ts'
import { isServing } from '../request-context.ts'
import type { RequestContext } from '../request-context.ts'

/** Name of the global function that rewritten regular expressions go through. */
export const regexGateName = '__sevenfoldRegexGate'
/** A group that is repeated, as a pattern. `){` alone opens every other block; a group is repeated by a number. */
export const repeatedGroup: string = String.raw`\)(?:[+*]|\{\d)`
/** Shorter texts end in time whatever the pattern is. */
const shortestText = 18
const baseSteps = 60_000
const stepsOfCharacter = 40
/** Steps that the agent itself takes for one request. */
const maxStepsOfRequest = 1_000_000
const longestSource = 1_048_576
const maxPatterns = 2_000

/** Does a repeated group stand in a regular expression somewhere? Cheap, because every loaded file is asked. */
const candidates =
  /\/(?![*/\s])(?:[^\\/\n]|\\.){0,2000}\)(?:[*+]|\{\d+,)(?:[^\\/\n]|\\.){0,2000}\/[a-z]{0,8}/g

function comesFrom(context: RequestContext, text: string): boolean {
  const inputs = context.raw()
  if (inputs.has(text)) return true
  for (const input of inputs)
    if (input.length >= shortestText && (input.includes(text) || text.includes(input))) return true
  return false
}

function judgeRegex(
  tree: RegexNode,
  { regex, text, context }: { regex: RegExp; text: string; context: RequestContext },
): Finding | null {
  // A text that is read in many small steps, each of them innocent, is not counted over and over.
  if (context.countedSteps > maxStepsOfRequest) return null
  const { flags } = regex
  const from = flags.includes('g') || flags.includes('y') ? regex.lastIndex : 0
  const steps = countSteps(tree, { text, flags, limit: baseSteps + stepsOfCharacter * text.length, from })
  if (steps !== Infinity) context.countedSteps += steps
  return steps === Infinity
    ? finding('regex-denial', text, `an input makes /${regex.source.slice(0, 100)}/ go back without end`)
    : null
}

/** The gate: dangerous patterns get an `exec` that counts before it matches, and finds nothing in a refused text. */
export function hookRegex(agent: Agent): void {
  const trees = new Map<string, RegexNode | undefined>()
  const native = RegExp.prototype.exec
  const treeOf = (regex: RegExp): RegexNode | undefined => {
    const key = `${regex.source}/${regex.flags}`
    if (!trees.has(key) && trees.size < maxPatterns) trees.set(key, readRegex(regex.source, regex.flags))
    return trees.get(key)
  }
  const exec = function (this: RegExp, text: unknown): RegExpExecArray | null {
    if (typeof text === 'string' && isServing() && agent.mode !== 'off') {
      if (agent.observer !== undefined) agent.observe({ kind: 'regex', sink: 'RegExp.exec', text })
      if (text.length >= shortestText) {
        const tree = treeOf(this)
        const refusal =
          tree === undefined
            ? null
            : agent.check('RegExp.exec', (context) =>
                comesFrom(context, text) ? judgeRegex(tree, { regex: this, text, context }) : null,
              )
        if (refusal !== null) {
          this.lastIndex = 0
          return null
        }
      }
    }
    return native.call(this, text as string)
  }
  Object.defineProperty(globalThis, regexGateName, {
    value: (regex: RegExp): RegExp =>
      Object.defineProperty(regex, 'exec', {
        value: exec,
        writable: true,
        configurable: true,
        enumerable: false,
      }),
  })
}

const judged = new Map<string, boolean>()

/** Packages stand in a process several times, and so do their patterns. */
function isDangerous(text: string): boolean {
  const known = judged.get(text)
  if (known !== undefined) return known
  const close = text.lastIndexOf('/')
  const pattern = text.slice(1, close)
  const tree = mayExplode(pattern) ? readRegex(pattern, text.slice(close + 1)) : undefined
  const answer = tree !== undefined && canExplode(tree)
  if (judged.size < maxPatterns) judged.set(text, answer)
  return answer
}

// What a regular expression follows, where a division cannot stand (ECMA-262, section 12.9.5).
const opener = /(?:^|[=(,:[!&|?{};+]|=>|\b(?:return|typeof|case|in|of|void|throw|do|else|await|yield))\s*$/
const quotes = /['"`]/g
const longestPrefix = 200

/**
 * Does a regular expression begin here, as far as its line tells? Reading the whole source would cost the start of a
 * process 20 ms. What is mistaken stands in a text, and is then a call in somebody's text of code that works as before.
 */
function beginsRegex(source: string, at: number): boolean {
  const line = source.slice(Math.max(source.lastIndexOf('\n', at - 1) + 1, at - longestPrefix), at)
  if (!opener.test(line) || line.includes('//') || /^\s*\*/.test(line)) return false
  return (line.match(quotes)?.length ?? 0) % 2 === 0
}

const longestLine = 4_000

/** Positions of the lines in which a repeated group may stand between two slashes; nearly no line does. */
function linesWorthReading(
  source: string,
  groups: readonly number[],
): readonly { readonly start: number; readonly end: number }[] {
  const lines: { readonly start: number; readonly end: number }[] = []
  let read = 0
  for (const at of groups) {
    if (at <= read) continue
    // Sources on one line are looked at in pieces; each is read once.
    const from = Math.max(0, at - longestLine)
    const start = from + source.slice(from, at).lastIndexOf('\n') + 1
    const rest = source.slice(at, at + 2 * longestLine)
    const length = rest.indexOf('\n')
    const end = at + (length < 0 ? rest.length : length)
    const text = source.slice(start, end)
    if (text.indexOf('/') !== text.lastIndexOf('/')) lines.push({ start, end })
    read = end
  }
  return lines
}

/** Sends the regular expressions of a source that can explode through the gate. Lines stay. `groups`: where its repeated groups end. */
export function rewriteRegexes(source: string, groups: readonly number[]): string {
  if (source.length > longestSource) return source
  let result = ''
  let from = 0
  for (const line of linesWorthReading(source, groups)) {
    for (const { 0: text, index } of source.slice(line.start, line.end).matchAll(candidates)) {
      const at = line.start + index
      if (at < from || !beginsRegex(source, at) || !isDangerous(text)) continue
      result += `${source.slice(from, at)}${regexGateName}(${text})`
      from = at + text.length
    }
  }
  return from === 0 ? source : result + source.slice(from)
}
